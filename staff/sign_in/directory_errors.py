"""What is said when the hospital's directory does not answer; free of the LDAP library, which is an extra."""

UNAVAILABLE = (
    "医院目录服务暂时无法连接，使用目录密码的账号暂不能登录；使用本系统密码的账号不受影响，"
    "请核对密码后再试，或联系系统管理员。"
)


class DirectoryUnavailableError(Exception):
    """The directory could not be asked, or refused the app's own account."""
