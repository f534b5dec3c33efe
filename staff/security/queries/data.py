"""入侵防范, 恶意代码防范, 数据保密性, 剩余信息, 个人信息: settings and short self-tests."""

import re
from datetime import timedelta
from importlib import metadata
from io import BytesIO
from typing import Any

import openpyxl
from django.conf import settings
from django.core.checks import Tags, run_checks
from django.db.models import Q
from django.template import engines
from django.utils import timezone

from exporting.masking import mask_id, mask_name
from exporting.xlsx import Book
from spreadsheets.reading import MAX_BYTES, SECONDS
from staff.security.domain.control import Finding, holds_if, not_applicable
from trail.models import Event

_PINNED = re.compile(r"^([\w.-]+)(?:\[[^]]*\])?==([^\s;\\]+)", re.M)
_FORMULA = '=HYPERLINK("http://x")'


def browser_rules() -> Finding:
    """T6: pages allow only their own scripts; the framework's own security checks are clean."""
    rules = settings.CONTENT_SECURITY_POLICY["DIRECTIVES"]
    closed = rules["default-src"] == ["'none'"] and "'unsafe-inline'" not in rules["script-src"]
    found = run_checks(tags=[Tags.security], include_deployment_checks=True)
    text = f"内容安全策略默认拒绝：{'是' if closed else '否'}；部署检查提示{len(found)}项"
    ids = "、".join(sorted({str(message.id) for message in found})[:5])
    return holds_if(closed and not found and not settings.DEBUG, text + (f"（{ids}）" if ids else ""))


def text_is_data() -> Finding:
    """I1: a template escapes what it is given."""
    shown = engines["django"].from_string("{{ text }}").render({"text": "<b>"})
    return holds_if(
        shown == "&lt;b&gt;", "报告文本按数据处理：页面转义自检通过，生成文件时不访问任何网络地址"
    )


def spreadsheets() -> Finding:
    """I2: files are read in a process with limits."""
    size = min(MAX_BYTES, settings.QC_UPLOAD_MAX_BYTES) // 1024**2
    return holds_if(
        size <= 100, f"上传文件先核查再读取，读取进程单独运行，上限{size} MB、{SECONDS}秒，超限即拒收"
    )


def cells_are_text() -> Finding:
    """I3: an exported cell is no formula."""
    book = Book(title="自检", author="", created=timezone.now())
    book.page("自检", [20]).add([_FORMULA])
    cell = openpyxl.load_workbook(BytesIO(book.to_bytes())).worksheets[0]["A1"]
    return holds_if(cell.data_type == "s", "导出的单元格不会成为公式：自检通过")


def uploads() -> Finding:
    """I5: uploads lie outside the web root and are sent as attachments."""
    storages: dict[str, Any] = settings.STORAGES
    inside = str(storages["default"]["OPTIONS"]["location"])
    outside = not inside.startswith(str(settings.STATIC_ROOT)) and not settings.MEDIA_URL.strip("/")
    text = "上传文件按内容核对类型，随机命名，存于网站目录之外，只作为附件下发并核对SHA-256"
    return holds_if(outside, text)


def locked_packages() -> Finding:
    """The software that is installed is the one that was released: versions with hashes."""
    path = settings.BASE_DIR / "requirements.lock"
    lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
    locked = dict(_PINNED.findall("\n".join(lines)))
    differing = sorted(name for name, version in locked.items() if _installed(name) not in (version, None))
    text = f"第三方组件固定版本并附SHA-256：{len(locked)}个，与安装版本不符的{len(differing)}个"
    text += f"（{'、'.join(differing[:5])}）" if differing else ""
    return holds_if(bool(locked) and not differing, f"{text}；清单见 manage.py sbom")


def _installed(name: str) -> str | None:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return None


def antivirus() -> Finding:
    return not_applicable("主机的恶意代码防护由医院在操作系统上部署；本系统不执行上传的文件")


def trusted_boot() -> Finding:
    return not_applicable("可信验证由服务器硬件与操作系统提供，应用软件不涉及")


def data_folder() -> Finding:
    """F9: other accounts of the machine can read no data."""
    open_ = [message for message in run_checks() if message.id == "qcportal.W001"]
    return holds_if(not open_, f"数据目录与数据库仅限本系统账号读写；可被其他账号读取的{len(open_)}处")


def disk_encryption() -> Finding:
    return not_applicable("存储加密由主机磁盘加密实现（docs/deploy.md）；密码以Argon2散列存储，令牌只存散列")


def residual() -> Finding:
    """T4, T6: pages of signed-in users are stored by no cache, results are removed in time."""
    on = "staff.sign_in.middleware.no_store" in settings.MIDDLEWARE
    days = settings.QC_RESULT_DAYS
    last = Event.objects.filter(action="staff.clean_up").order_by("-seq").values_list("at", flat=True).first()
    unmasked = settings.QC_UNMASKED_DAYS
    text = f"页面不留缓存：{'是' if on else '否'}；批量结果保存{days}日、未脱敏文件至多{unmasked}日后删除"
    return holds_if(on, text, checked_at=last)


def masking() -> Finding:
    """A3: identity is masked."""
    masked = mask_name("张三丰") == "张**" and mask_name("欧阳修") == "欧阳*"
    masked = masked and "19491231" not in mask_id("11010519491231002X")
    return holds_if(masked, "姓名、证件号默认遮盖（张三丰显示为张**）：自检通过")


def unmasking() -> Finding:
    """A3: showing an identity needs a reason and is recorded."""
    rows = Event.objects.filter(action="reports.unmask", at__gte=timezone.now() - timedelta(days=30))
    bare = rows.filter(Q(detail__reason__isnull=True) | Q(detail__reason="")).count()
    text = f"显示身份信息须填写理由并留痕：近30日{rows.count()}次，其中没有理由的{bare}次"
    return holds_if(bare == 0, text, "staff:trail")


def no_identity_in_logs() -> Finding:
    """A4: what is logged names nobody; what is typed into a filter stands in no address."""
    logging: dict[str, Any] = settings.LOGGING
    level = logging["root"]["level"]
    stored = "staff.searching.middleware.stored_searches" in settings.MIDDLEWARE
    text = f"日志级别{level}；检索文字不进网址：{'是' if stored else '否'}"
    return holds_if(
        stored and level in ("WARNING", "ERROR", "CRITICAL"), f"{text}；日志、任务参数与留痕不含受检者身份"
    )
