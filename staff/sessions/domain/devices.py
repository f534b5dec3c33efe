"""What a person calls their device, made from what the browser says of itself."""

# The first that is found names it: every browser also claims to be an older one.
_BROWSERS = (
    ("MicroMessenger", "微信"),
    ("QQBrowser", "QQ浏览器"),
    ("360SE", "360浏览器"),
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("Firefox/", "Firefox"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
)
_SYSTEMS = (
    ("Windows", "Windows"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("HarmonyOS", "鸿蒙"),
    ("Mac OS X", "macOS"),
    ("Linux", "Linux"),
)


def device_of(user_agent: str) -> str:
    """Chrome · Windows; 未知设备 when neither is recognised."""
    found = (
        next((label for word, label in known if word in user_agent), "") for known in (_BROWSERS, _SYSTEMS)
    )
    return " · ".join(filter(None, found)) or "未知设备"
