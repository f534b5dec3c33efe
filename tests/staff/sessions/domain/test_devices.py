"""Names of devices."""

import pytest

from staff.sessions.domain.devices import device_of

WINDOWS = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "


@pytest.mark.parametrize(
    ("agent", "device"),
    [
        (WINDOWS + "Chrome/130.0.0.0 Safari/537.36", "Chrome · Windows"),
        (WINDOWS + "Chrome/130.0.0.0 Safari/537.36 Edg/130.0.0.0", "Edge · Windows"),
        ("Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0", "Firefox · Linux"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) Safari/604.1", "Safari · iPhone"),
        ("python-requests/2.32", "未知设备"),
        ("", "未知设备"),
    ],
)
def test_device_of(agent, device):
    assert device_of(agent) == device
