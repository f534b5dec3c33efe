"""身份鉴别 and 访问控制: accounts, passwords, sessions, roles."""

from collections import defaultdict
from datetime import timedelta

from django.apps import apps
from django.conf import settings
from django.db.models import Q
from django.urls import URLPattern, URLResolver, get_resolver
from django.utils import timezone

from staff.access import step_up as confirming
from staff.access import withholding
from staff.access.permissions import policy
from staff.access.profile import ADMINISTRATORS, security_profile
from staff.access.querysets import DepartmentScoped
from staff.access.retention import MANAGES
from staff.accounts.models import GrantRequest, RoleGrant, User
from staff.security.domain.control import Finding, holds_if, not_applicable
from trail.models import Event

_MONTH = timedelta(days=30)
_UNUSED = timedelta(days=90)
# What is done with these is confirmed by the password again (docs/quality.md T5).
_CONFIRMED = (
    "scoring.sign_sheet",
    "reports.unmask",
    "scoring.approve_unmasked",
    "staff.grant_roles",
    MANAGES,
)


def first_passwords() -> Finding:
    """T1: single-use passwords end within a day."""
    hours = settings.QC_ONE_TIME_PASSWORD_HOURS
    waiting = User.objects.filter(is_active=True, must_change_password=True).count()
    text = f"初始密码由系统随机生成，一次有效，{hours}小时内须修改；现有{waiting}个账号待设密码"
    return holds_if(hours <= 24, text, "staff:accounts")


def lock_out() -> Finding:
    """T2: wrong passwords lock the account."""
    limit, minutes = settings.AXES_FAILURE_LIMIT, round(settings.AXES_COOLOFF_TIME * 60)
    on = "axes.backends.AxesStandaloneBackend" in settings.AUTHENTICATION_BACKENDS
    since = timezone.now() - _MONTH
    rows = Event.objects.filter(action="staff.lock_out", at__gte=since)
    text = f"连续输错{limit}次锁定{minutes}分钟；近30日锁定{rows.count()}次"
    return holds_if(on and limit <= 5 and minutes >= 15, text, "staff:trail")


def passwords() -> Finding:
    """T3: length, classes, history and change."""
    names = {item["NAME"].rpartition(".")[2] for item in settings.AUTH_PASSWORD_VALIDATORS}
    always = {"LengthValidator", "CommonValidator", "LastFiveValidator"} <= names
    argon = settings.PASSWORD_HASHERS[0].endswith("Argon2PasswordHasher")
    days = settings.QC_PASSWORD_DAYS
    rules = "四类字符至少三类" if "CharacterClassesValidator" in names else "不限字符类别（NIST）"
    text = f"至少10个字符，{rules}，{f'每{days}日更换' if days else '不强制定期更换'}，不与最近五次相同"
    level = security_profile().code == "nist" or ("CharacterClassesValidator" in names and bool(days))
    return holds_if(always and argon and level, f"{text}；Argon2存储：{'是' if argon else '否'}")


def sessions() -> Finding:
    """T4: idle and absolute limits."""
    idle, strict, hours = settings.QC_IDLE_MINUTES, settings.QC_IDLE_MINUTES_STRICT, settings.QC_SESSION_HOURS
    on = "staff.sign_in.middleware.session_limits" in settings.MIDDLEWARE
    text = f"无操作{idle}分钟（管理员、审计员、检查专家{strict}分钟）退出，最长{hours}小时"
    return holds_if(on and idle <= 30 and strict <= 15 and hours <= 12, text)


def second_factor() -> Finding:
    """T5: administrators and auditors sign in with a second factor."""
    who = settings.QC_SECOND_FACTOR
    asked = "staff.sign_in.middleware.second_factor_first" in settings.MIDDLEWARE
    words = {"privileged": "管理员、审计员必须使用", "all": "所有账号必须使用"}
    people = User.objects.filter(is_active=True)
    if who == "privileged":
        holders = RoleGrant.objects.in_force().filter(role__in=_privileged_roles())
        people = people.filter(pk__in=holders.values("user"))
    text = f"双重验证：{words.get(who, '未强制')}，没有绑定的登录后须先绑定"
    text += f"；{people.count()}个账号中{people.exclude(second_factor_at=None).count()}个已绑定"
    return holds_if(asked and who in words, text, "staff:accounts")


def _privileged_roles() -> list[str]:
    """The roles whose holders must use a second factor."""
    codes = set(settings.QC_SECOND_FACTOR_PERMISSIONS)
    return [role.code for role in policy().roles.values() if role.permissions & codes]


def step_up() -> Finding:
    """T5: the password is asked for again before signing, unmasking and granting."""
    minutes = settings.QC_CONFIRM_MINUTES
    asking = [view for view in _views(get_resolver().url_patterns) if getattr(view, "qc_confirmed", False)]
    codes = {code for view in asking for code in getattr(view, "qc_permissions", ())}
    missing = [policy().permissions[code] for code in _CONFIRMED if code not in codes]
    text = f"签发、显示身份、授权、清除等{len(asking)}项操作前再次输入密码，{minutes}分钟内有效"
    text += f"；未要求的：{'、'.join(missing)}" if missing else ""
    return holds_if(bool(confirming._registered) and not missing and minutes <= 15, text)


def secure_transport() -> Finding:
    """T6: sign-in data travel over TLS only."""
    secure = settings.QC_HTTPS and settings.SESSION_COOKIE_SECURE
    return holds_if(secure, f"仅经HTTPS访问：{'是' if secure else '否（请设置 QC_HTTPS=1）'}")


def three_administrators() -> Finding:
    """T7: each of the three is there, and nobody is two that exclude each other."""
    held: dict[int, set[str]] = defaultdict(set)
    rows = RoleGrant.objects.in_force().filter(role__in=ADMINISTRATORS, user__is_active=True)
    for user, role in rows.values_list("user_id", "role"):
        held[user].add(role)
    there = set().union(*held.values()) if held else set()
    missing = [policy().roles[code].name for code in ADMINISTRATORS if code not in there]
    profile = security_profile()
    both = sum(1 for roles in held.values() if any(profile.conflict(role, roles) for role in roles))
    text = f"系统管理员、安全管理员、审计员分设，现有{len(held)}人；兼任的{both}人"
    text += f"；缺{'、'.join(missing)}" if missing else ""
    return holds_if(not missing and not both, text, "staff:accounts")


def dual_control() -> Finding:
    """T7: sensitive roles are confirmed by a second person; those one person gave alone are counted."""
    profile = security_profile()
    if not profile.dual_control:
        return not_applicable(f"安全级别为{profile.name}，不要求两人授权")
    sensitive = [code for code in policy().roles if policy().needs_two_persons(code)]
    names = ("user", "role", "department")
    given = RoleGrant.objects.in_force().filter(role__in=sensitive, user__is_active=True)
    by_people = given.exclude(granted_by=None).values_list(*names)
    confirmed = GrantRequest.objects.filter(status=GrantRequest.Status.CONFIRMED, kind="role")
    alone = len(set(by_people) - set(confirmed.values_list(*names)))
    text = f"查看受检者或结局的角色须一人申请、另一人确认：已确认{confirmed.count()}项"
    text += f"，待确认{GrantRequest.objects.pending().count()}项，未经第二人确认的{alone}项"
    text += f"；服务器命令授予{given.filter(granted_by=None).count()}项"
    return holds_if(alone == 0, text, "staff:grant_requests")


def denied_by_default() -> Finding:
    """A1: every view names its permission."""
    views = list(_views(get_resolver().url_patterns))
    bare = sum(1 for view in views if not hasattr(view, "qc_permissions"))
    return holds_if(bare == 0, f"{len(views)}个地址逐一声明所需权限，未声明的{bare}个；未列明的一律拒绝")


def _views(patterns: list[URLPattern | URLResolver]) -> list[object]:
    found: list[object] = []
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            found += _views(pattern.url_patterns)
        else:
            found.append(pattern.callback)
    return found


def foreign_refused() -> Finding:
    """A1: a person without roles is shown no row of any department; refused tries are recorded."""
    rows_of_all = [model._default_manager.all() for model in apps.get_models()]
    scoped = [rows for rows in rows_of_all if isinstance(rows, DepartmentScoped)]
    nobody = User(pk=0)
    shown = [rows.visible_to(nobody, "home.view") for rows in scoped]
    open_ = [rows for rows in shown if not rows.query.is_empty() and rows.exists()]
    rows = Event.objects.filter(action="access.refused", at__gte=timezone.now() - _MONTH)
    text = f"{len(scoped)}类数据按科室授权，无授权即不可见，例外{len(open_)}类"
    text += f"；越权访问记入留痕：近30日{rows.count()}次"
    return holds_if(bool(scoped) and not open_, text, "staff:trail")


def blind_review() -> Finding:
    """A2: what is under review is withheld from its reader."""
    on = bool(withholding._registered)
    return holds_if(on, f"评审未完成前，结局与姓名对评审人隐去：{'已启用' if on else '未启用'}")


def unused_accounts() -> Finding:
    """Accounts that nobody uses or that are over are switched off."""
    before = timezone.now() - _UNUSED
    idle = Q(last_login__lt=before) | Q(last_login__isnull=True, date_joined__lt=before)
    ended = Q(expires_on__lt=timezone.localdate())
    count = User.objects.filter(is_active=True).filter(idle | ended).count()
    return holds_if(count == 0, f"90日未登录或已到期而未停用的账号{count}个", "staff:accounts")
