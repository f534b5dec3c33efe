"""The one settings file. Everything that differs between places comes from the environment.

QC_DATA_DIR     folder of everything the app writes (default: var/ in the checkout)
DATABASE_URL    another database than the SQLite file in QC_DATA_DIR
QC_DEBUG        1 only on a developer's machine
QC_HOSTS        host names the app answers to, comma separated
QC_HTTPS        1 behind a TLS proxy (secure cookies, HSTS)
QC_SECURITY_PROFILE  of passwords and roles: classified3 (等保2.0 level 3, the default), classified2 or nist
                (its former name QC_PASSWORD_PROFILE, with classified or nist, is still read)
QC_GRANT_REQUEST_DAYS  within how many days a requested role or password must be confirmed (default: 7)
QC_HOLIDAYS_FILE  public holidays, passed over when single-use passwords run out (default: weekends alone)
QC_PASSWORD_WORKDAYS  how many working days a single-use password holds (default: 1; on printed slips: 3)
QC_DORMANT_DAYS  after how many days without a sign-in an account is disabled (default: 90; 0: never)
QC_SECOND_FACTOR  who must sign in with a second factor: privileged (administrators and auditors, the
                default), all, or off (demonstrations and tests)
QC_CONFIRM_MINUTES  after how many minutes the password is asked for again before signing, unmasking and
                granting (default: 10)
QC_LDAP_URL     the hospital's directory: ldaps://… or ldap://… (StartTLS); needs requirements-ldap.txt
QC_LDAP_SEARCH, QC_LDAP_FILTER  where and how accounts are found: a base DN; (uid=%(user)s)
QC_LDAP_BIND_DN, QC_LDAP_BIND_PASSWORD  the account that searches (default: anonymous)
QC_LDAP_CA      a file with the authority's certificate (default: those of the system)
QC_LDAP_CREATE, QC_LDAP_NAME  1 makes accounts without roles at the first sign-in; attribute of the name (cn)
QC_OIDC_ISSUER  the hospital's OpenID provider: https://…; needs requirements-oidc.txt
QC_OIDC_CLIENT_ID, QC_OIDC_CLIENT_SECRET  how the app is registered there
QC_OIDC_CLAIM, QC_OIDC_LABEL  the claim that is the account's name (preferred_username); the button's text
QC_EMAIL_URL    a mail server, for reminders: smtp+tls://user:password@host:587 (default: mails go nowhere)
QC_EMAIL_FROM   the sender's address of these mails
QC_WEBHOOK_URL  where the daily digests are posted as JSON of counts, one a person (default: nowhere)
QC_ALERT_TO     whom alerts are mailed to, comma separated (default: nobody); QC_WEBHOOK_URL gets them as well
QC_DISK_FREE_MB  below how much free space /readyz says unready (default: 1024)
QC_METRICS_FROM  addresses or networks that may read /metrics, comma separated (default: none)
QC_METRICS_TOKEN  who sends it as a bearer token may read /metrics too
QC_SYSLOG       where the trail is forwarded: udp://host:514, tcp://host:601 or unix:///dev/log
                (default: nowhere)
QC_ACCESS_LOG   0 writes no line a request to the log
QC_BASE_URL     the app's address in mails and calendars (default: the first of QC_HOSTS)
QC_REMIND_TO    whom manage.py remind_qualifications writes to: RAD=a@h.cn,b@h.cn;FAR=c@h.cn (default: nobody)
QC_MONTHLY_DUE_DAY  by which day of the next month a month's check is due (default: 15; the draft sets none)
QC_APPEAL_DAYS  how many days after a ruling became visible an own report's physician may appeal (default: 15)
QC_APPEAL_DECISION_DAYS  within how many days an appeal is to be decided (default: 10)
QC_RESULT_DAYS  how many days until the result of a batch of packets is deleted (default: 14)
QC_UNMASKED_DAYS  how many days an unmasked packet may be approved for at most (default: 14)
QC_BACKUP_DIR   folder of backups; the worker makes one each night (default: none is made)
QC_BACKUP_COPY  a second folder, on another disk or machine, that each backup is copied to
QC_BACKUP_KEEP, QC_BACKUP_KEEP_DAYS  a backup is removed beyond so many newer ones and so many days (14; 30)
QC_BACKUP_PASSPHRASE_FILE  file with the passphrase that backups are encrypted to (or QC_BACKUP_PASSPHRASE)
QC_BACKUP_KEY   file with an X25519 public key (PEM) to encrypt to instead; the private key stays elsewhere
QC_BACKUP_HOURS, QC_DRILL_DAYS  when the newest backup and restore drill are overdue (default: 26; 92)
QC_PACKET_KEY   a PKCS#12 file to seal packets with (QC_PACKET_KEY_PASSWORD; default: a key made here)
QC_SECRET_KEY   default: a key created once in QC_DATA_DIR, readable by its owner only
"""

import contextlib
import os
import secrets
import sqlite3
from ipaddress import ip_network
from pathlib import Path

import environ

from qcportal.directory import DIRECTORY_BACKEND, directory_settings, provider_settings
from qcportal.server.data_folder import make_private

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()
# lxml came with pyHanko; openpyxl would take it, write Chinese as &#N; and change every workbook's bytes.
os.environ["OPENPYXL_LXML"] = "False"

QC_DATA_DIR = Path(env.str("QC_DATA_DIR", default=str(BASE_DIR / "var"))).resolve()
make_private(QC_DATA_DIR)  # here, where every process of the app passes: commands, web workers, job worker


def _stored_secret(name: str) -> str:
    """Read a secret from the data directory; create it on first use, safe against two first uses."""
    path = QC_DATA_DIR / name
    if not path.exists():
        draft = QC_DATA_DIR / f".{name}.{secrets.token_hex(8)}"
        draft.touch(mode=0o600)
        draft.write_text(secrets.token_urlsafe(50), encoding="ascii")
        # A link appears whole or not at all, and only the first one wins.
        with contextlib.suppress(FileExistsError):
            os.link(draft, path)
        draft.unlink()
    return path.read_text(encoding="ascii").strip()


SECRET_KEY = env.str("QC_SECRET_KEY", default="") or _stored_secret("secret_key")
# Patients are told apart by keyed tokens, so that a frozen list can be handed out without identities.
QC_PATIENT_SECRET = env.str("QC_PATIENT_SECRET", default="") or _stored_secret("patient_secret")
QC_PACKET_KEY = env.str("QC_PACKET_KEY", default="")
QC_PACKET_KEY_PASSWORD = env.str("QC_PACKET_KEY_PASSWORD", default="")
QC_KEYS_DIR = QC_DATA_DIR / "keys"
DEBUG = env.bool("QC_DEBUG", default=False)
ALLOWED_HOSTS = env.list("QC_HOSTS", default=["localhost", "127.0.0.1", "[::1]", "testserver"])
QC_HTTPS = env.bool("QC_HTTPS", default=False)
CSRF_TRUSTED_ORIGINS = [f"https://{host}" for host in ALLOWED_HOSTS] if QC_HTTPS else []

INSTALLED_APPS = [
    "qcportal",  # before django_q: its command qcluster is ours
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.forms",
    "axes",
    "csp",
    "crispy_forms",
    "crispy_bootstrap5",
    "django_filters",
    "django_htmx",
    "django_tables2",
    "django_q",
    "trail",
    "exporting",
    "standards",
    "staff",
    "reports",
    "audits",
    "scoring",
    "demo",
]

MIDDLEWARE = [
    "qcportal.watching.middleware.watched_requests",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "trail.middleware.remember_origin",
    "staff.sign_in.middleware.session_limits",
    "staff.sign_in.ending.announce_end",
    "staff.sign_in.middleware.password_change_first",
    "staff.sign_in.middleware.second_factor_first",
    "django.contrib.messages.middleware.MessageMiddleware",
    "staff.searching.middleware.stored_searches",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "staff.sign_in.middleware.no_store",
    "staff.form_tokens.middleware.OneTimeForms",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "qcportal.urls"
WSGI_APPLICATION = "qcportal.wsgi.application"
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "qcportal.navigation.shell",
            ],
        },
    }
]

# --- database -------------------------------------------------------------------------------------

# The WAL-reset corruption bug was mended in SQLite 3.51.3; older libraries keep the rollback journal.
_JOURNAL = "WAL" if sqlite3.sqlite_version_info >= (3, 51, 3) else "DELETE"
DATABASES = {"default": env.db_url("DATABASE_URL", default=f"sqlite:///{QC_DATA_DIR / 'qcportal.sqlite3'}")}
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    DATABASES["default"]["OPTIONS"] = {
        # Django's deferred default fails two thirds of concurrent read-modify-write requests.
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": f"PRAGMA journal_mode={_JOURNAL}; PRAGMA synchronous=FULL; PRAGMA temp_store=MEMORY;",
    }
else:
    # Without persistent connections PostgreSQL answers a third of the requests per second.
    DATABASES["default"]["CONN_MAX_AGE"] = 600
    DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- people and sessions --------------------------------------------------------------------------

AUTH_USER_MODEL = "staff.User"
QC_ROLES_FILE = BASE_DIR / "qcportal" / "roles.yaml"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "django.contrib.auth.backends.ModelBackend",
]
# Accounts of the hospital's own directory and OpenID provider: extras, off unless configured.
if _directory := directory_settings(env):
    vars().update(_directory)
    AUTHENTICATION_BACKENDS.append(DIRECTORY_BACKEND)  # last: local accounts work while it is away
QC_OIDC = provider_settings(env)
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
# 等保2.0 wants character classes and a change every 90 days, ASVS 6.2.5 and 6.2.10 forbid both. A hospital in
# China is examined under the first, so it is the default; `nist` chooses the second (docs/deploy.md).
_FORMER = {"classified": "classified3"}
_profile = env.str("QC_SECURITY_PROFILE", default="") or env.str("QC_PASSWORD_PROFILE", default="classified3")
QC_SECURITY_PROFILE = _FORMER.get(_profile, _profile)
if QC_SECURITY_PROFILE not in ("classified3", "classified2", "nist"):
    raise ValueError(
        f"QC_SECURITY_PROFILE={_profile}：应为 classified3（等保三级）、classified2（等保二级）或 nist。"
    )
QC_GRANT_REQUEST_DAYS = env.int("QC_GRANT_REQUEST_DAYS", default=7)
QC_PASSWORD_DAYS = None if QC_SECURITY_PROFILE == "nist" else 90
QC_ONE_TIME_PASSWORD_HOURS = 24  # of one printed by a command
QC_PASSWORD_WORKDAYS = env.int("QC_PASSWORD_WORKDAYS", default=1)
QC_SLIP_WORKDAYS = max(3, QC_PASSWORD_WORKDAYS)  # a slip is handed on before it is used
QC_DORMANT_DAYS = env.int("QC_DORMANT_DAYS", default=90)
QC_HOLIDAYS_FILE = env.str("QC_HOLIDAYS_FILE", default="") or BASE_DIR / "staff/accounts/data/holidays.yaml"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "staff.accounts.passwords.SimilarityValidator"},
    {"NAME": "staff.accounts.passwords.LengthValidator"},
    {"NAME": "staff.accounts.passwords.CommonValidator"},
    {"NAME": "staff.accounts.passwords.ChineseCommonValidator"},
    {"NAME": "staff.accounts.passwords.LocalWordsValidator"},
    {"NAME": "staff.accounts.passwords.LastFiveValidator"},
]
if QC_SECURITY_PROFILE != "nist":
    AUTH_PASSWORD_VALIDATORS.append({"NAME": "staff.accounts.passwords.CharacterClassesValidator"})
QC_SECOND_FACTOR = env.str("QC_SECOND_FACTOR", default="privileged")
if QC_SECOND_FACTOR not in ("privileged", "all", "off"):
    raise ValueError(f"QC_SECOND_FACTOR={QC_SECOND_FACTOR}：应为 privileged、all 或 off。")
# Who holds any of these is an administrator or an auditor (docs/quality.md T5).
QC_SECOND_FACTOR_PERMISSIONS = (
    "staff.manage_accounts",
    "staff.manage_departments",
    "staff.grant_roles",
    "staff.view_trail",
)
QC_CONFIRM_MINUTES = env.int("QC_CONFIRM_MINUTES", default=10)
LOGIN_URL = "login"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "login"

AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = 0.25  # hours: 15 minutes
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_USERNAME_CALLABLE = "staff.sign_in.lockout.counted_name"
AXES_RESET_ON_SUCCESS = True
AXES_LOCKOUT_CALLABLE = "staff.sign_in.lockout.locked_page"
# A try during the lock-out does not lengthen it: the page can say when it ends.
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False
QC_ACCOUNT_FAILURE_LIMIT = 20  # from all addresses together, in the same 15 minutes
QC_ADDRESS_FAILURES_RECORDED = 20  # of unknown names, in the same time; then one event for all
AXES_ENABLE_ACCESS_FAILURE_LOG = False
AXES_VERBOSE = False
AXES_CLIENT_IP_CALLABLE = "trail.middleware.client_ip"  # one trusted proxy, or none

SESSION_ENGINE = "staff.sessions.store"
SESSION_COOKIE_AGE = 12 * 3600  # slides with each save; staff.sign_in.middleware has the absolute one
QC_SESSION_HOURS = 12
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = QC_HTTPS
QC_IDLE_MINUTES = 30
QC_IDLE_MINUTES_STRICT = 15  # administrators and inspectors

# --- browser safety -------------------------------------------------------------------------------

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        "font-src": ["'self'"],
        "connect-src": ["'self'"],
        "form-action": ["'self'"],
        "base-uri": ["'none'"],
        "frame-ancestors": ["'none'"],
    }
}
X_FRAME_OPTIONS = "DENY"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_SSL_REDIRECT = QC_HTTPS
SECURE_REDIRECT_EXEMPT = [r"^(healthz|readyz|metrics)$"]  # asked on the machine itself, without the proxy
SECURE_HSTS_SECONDS = 31_536_000 if QC_HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = QC_HTTPS
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if QC_HTTPS else None
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5_000
DATA_UPLOAD_MAX_NUMBER_FILES = 1_000  # a folder of packets to verify, with all that is beside them
QC_UPLOAD_MAX_BYTES = 100 * 1024 * 1024

# --- files, language, time ------------------------------------------------------------------------

STATIC_URL = "/static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATIC_ROOT = QC_DATA_DIR / "static"
STATIC_ROOT.mkdir(exist_ok=True)  # whitenoise warns of a folder that is not there
STORAGES = {
    "default": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": QC_DATA_DIR / "files"},
    },
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
WHITENOISE_USE_FINDERS = True  # served straight from static/: nothing to collect in bin/demo
FILE_UPLOAD_PERMISSIONS = 0o600

LANGUAGE_CODE = "zh-hans"
TIME_ZONE = "Asia/Shanghai"
USE_TZ = True
USE_I18N = True
FORMAT_MODULE_PATH = "qcportal.formats"

CRISPY_ALLOWED_TEMPLATE_PACKS = "bootstrap5"
CRISPY_TEMPLATE_PACK = "bootstrap5"
DJANGO_TABLES2_TEMPLATE = "django_tables2/qc.html"

# --- mail -----------------------------------------------------------------------------------------

# Off unless a server is named: nothing of a department leaves the house by itself.
EMAIL_BACKEND = "django.core.mail.backends.dummy.EmailBackend"
if _mail := env.str("QC_EMAIL_URL", default=""):
    vars().update(env.email_url_config(_mail))
EMAIL_TIMEOUT = 20
DEFAULT_FROM_EMAIL = env.str("QC_EMAIL_FROM", default="qcportal@localhost")
QC_WEBHOOK_URL = env.str("QC_WEBHOOK_URL", default="")
if QC_WEBHOOK_URL and not QC_WEBHOOK_URL.startswith(("https://", "http://")):
    raise ValueError("QC_WEBHOOK_URL：应为 https:// 或 http:// 开头的地址。")
QC_BASE_URL = env.str(
    "QC_BASE_URL", default=f"{'https' if QC_HTTPS else 'http'}://{ALLOWED_HOSTS[0]}"
).rstrip("/")
QC_REMIND_TO = env.str("QC_REMIND_TO", default="")

# --- watching -------------------------------------------------------------------------------------

QC_ALERT_TO = env.list("QC_ALERT_TO", default=[])
QC_DISK_FREE_MB = env.int("QC_DISK_FREE_MB", default=1024)
QC_METRICS_FROM = env.list("QC_METRICS_FROM", default=[])
for _network in QC_METRICS_FROM:
    try:
        ip_network(_network)
    except ValueError:
        raise ValueError(f"QC_METRICS_FROM：{_network} 不是地址或网段。") from None
QC_METRICS_TOKEN = env.str("QC_METRICS_TOKEN", default="")
QC_SYSLOG = env.str("QC_SYSLOG", default="")
if QC_SYSLOG and not QC_SYSLOG.startswith(("udp://", "tcp://", "unix:///")):
    raise ValueError("QC_SYSLOG：应为 udp://、tcp:// 或 unix:/// 开头的地址。")

# --- the year -------------------------------------------------------------------------------------

QC_MONTHLY_DUE_DAY = env.int("QC_MONTHLY_DUE_DAY", default=15)
QC_APPEAL_DAYS = env.int("QC_APPEAL_DAYS", default=15)
QC_APPEAL_DECISION_DAYS = env.int("QC_APPEAL_DECISION_DAYS", default=10)

QC_RESULT_DAYS = env.int("QC_RESULT_DAYS", default=14)
QC_UNMASKED_DAYS = env.int("QC_UNMASKED_DAYS", default=14)

# --- backups --------------------------------------------------------------------------------------

QC_BACKUP_DIR = Path(_folder).resolve() if (_folder := env.str("QC_BACKUP_DIR", default="")) else None
QC_BACKUP_COPY = Path(_folder).resolve() if (_folder := env.str("QC_BACKUP_COPY", default="")) else None
QC_BACKUP_KEEP = env.int("QC_BACKUP_KEEP", default=14)
QC_BACKUP_KEEP_DAYS = env.int("QC_BACKUP_KEEP_DAYS", default=30)
QC_BACKUP_PASSPHRASE = env.str("QC_BACKUP_PASSPHRASE", default="")
QC_BACKUP_PASSPHRASE_FILE = env.str("QC_BACKUP_PASSPHRASE_FILE", default="")
QC_BACKUP_KEY = env.str("QC_BACKUP_KEY", default="")
QC_BACKUP_HOURS = env.int("QC_BACKUP_HOURS", default=26)  # a day, and the time a backup may take
QC_DRILL_DAYS = env.int("QC_DRILL_DAYS", default=92)

# --- background jobs ------------------------------------------------------------------------------

QC_JOBS_INLINE = env.bool("QC_JOBS_INLINE", default=False)  # tests and one-shot commands run jobs at once
Q_CLUSTER = {
    "name": "qcportal",
    "orm": "default",
    "workers": 1,
    "timeout": 3600,
    "retry": 3700,
    "max_attempts": 3,
    "ack_failures": True,
    "poll": 1.0,
    "save_limit": 500,
    "catch_up": False,
    "label": "后台任务",
    "sync": QC_JOBS_INLINE,
}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s [%(request_id)s] %(message)s"}},
    "filters": {
        "calendar": {"()": "qcportal.server.log_filter.HideCalendarAddress"},
        "request": {"()": "qcportal.server.request_id.AddRequestId"},
    },
    "handlers": {
        "stderr": {"class": "logging.StreamHandler", "formatter": "line", "filters": ["calendar", "request"]},
    },
    "root": {"handlers": ["stderr"], "level": "WARNING"},
    "loggers": {
        "axes": {"level": "ERROR"},
        "qcportal.access": {"level": "INFO" if env.bool("QC_ACCESS_LOG", default=True) else "ERROR"},
    },
}
SILENCED_SYSTEM_CHECKS: list[str] = []
