"""Settings come from the environment or a `.env` file; `.env.example` lists them all.

A missing or malformed one stops the start with a sentence: which, why, and an example.
"""

from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import dj_database_url

from clinic_site.configuration import editor_extensions, environment, mail, uploads
from clinic_site.configuration.environment import env, mail_address, read, refuse, retention, text

BASE_DIR = Path(__file__).resolve().parent.parent
environment.load(BASE_DIR / ".env")

DEBUG = read(env.bool, "DEBUG", False, "must be true or false.", "false")
DATA_DIR = Path(text("DATA_DIR", BASE_DIR / "var")).resolve()
try:
    (DATA_DIR / "static").mkdir(parents=True, exist_ok=True)
except OSError as error:
    refuse(
        "DATA_DIR",
        f"{DATA_DIR} cannot be written ({error.strerror}); database, uploads and mail files live"
        " there.",
        "/var/lib/clinic",
    )


def secret_key():
    key, path = text("SECRET_KEY"), text("SECRET_KEY_FILE")
    if path and not key:
        try:
            key = Path(path).read_text(encoding="utf-8").strip()
        except OSError as error:
            refuse(
                "SECRET_KEY_FILE", f"cannot be read ({error.strerror}).", "/etc/clinic/secret-key"
            )
        except ValueError:
            refuse("SECRET_KEY_FILE", "is not text in UTF-8.", "/etc/clinic/secret-key")
    if len(key) < 50:
        refuse(
            "SECRET_KEY",
            "is missing or shorter than 50 characters; it signs the library links and sessions,"
            " so it must be long, random and kept. `python3 -c 'import secrets;"
            " print(secrets.token_urlsafe(50))'` makes one.",
            "(those characters), or SECRET_KEY_FILE=/etc/clinic/secret-key",
        )
    return key


SECRET_KEY = secret_key()
# Former keys: what they signed stays good while the key is changed (docs/runbook.md).
SECRET_KEY_FALLBACKS = text("SECRET_KEY_FALLBACKS").replace(",", " ").split()
if any(len(key) < 50 for key in SECRET_KEY_FALLBACKS):
    refuse(
        "SECRET_KEY_FALLBACKS",
        "must list former values of SECRET_KEY, each of at least 50 characters.",
        "(the former key)",
    )


SCHEME, BASE_HOST, BASE_PORT = environment.base_url(
    "BASE_URL", f"http://127.0.0.1:{text('PORT', '8000')}"
)
BASE_URL = f"{SCHEME}://{BASE_HOST}{BASE_PORT}"
IS_HTTPS = SCHEME == "https"
ALLOWED_HOSTS = environment.allowed_hosts("ALLOWED_HOSTS", BASE_HOST)

TRUSTED_PROXIES = read(
    env.int,
    "TRUSTED_PROXIES",
    0,
    "must be the number of proxies in front of the site, whose X-Forwarded-For is believed.",
    "1",
)
if TRUSTED_PROXIES < 0:
    refuse("TRUSTED_PROXIES", "cannot be negative.", "1")

ADMIN_PATH = environment.admin_path("ADMIN_PATH", "admin/")

TIME_ZONE = text("TIME_ZONE", "America/Detroit")
try:
    ZoneInfo(TIME_ZONE)
except (ValueError, OSError, KeyError):
    refuse("TIME_ZONE", "must be a zone name of the IANA list.", "America/Detroit")

LOG_LEVEL = text("LOG_LEVEL", "INFO").upper()
if LOG_LEVEL not in {"DEBUG", "INFO", "WARNING", "ERROR"}:
    refuse("LOG_LEVEL", "must be one of DEBUG, INFO, WARNING, ERROR.", "INFO")

DEFAULT_FROM_EMAIL = SERVER_EMAIL = mail_address("DEFAULT_FROM_EMAIL", "clinic@localhost")
ALERT_EMAIL = mail_address("ALERT_EMAIL", DEFAULT_FROM_EMAIL)

LEAD_RETENTION_MONTHS = retention("LEAD_RETENTION_MONTHS", 24, "months", 600)
MAIL_RETENTION_DAYS = retention("MAIL_RETENTION_DAYS", 30, "days", 36_500)
QUARANTINE_RETENTION_DAYS = retention("QUARANTINE_RETENTION_DAYS", 30, "days", 36_500)
LIMIT_RETENTION_DAYS = retention("LIMIT_RETENTION_DAYS", 1, "days", 36_500)


# The ESP whose API takes our mail, if one does, and what django-anymail knows of it.
ESP, ANYMAIL = "", dict[str, str]()
EMAIL_TIMEOUT = mail.TIMEOUT_SECONDS
globals().update(mail.read())


def database():
    default = f"sqlite:///{DATA_DIR / 'db.sqlite3'}"
    try:
        config = dj_database_url.parse(
            text("DATABASE_URL", default), conn_max_age=60, conn_health_checks=True
        )
    except (ValueError, KeyError):
        config = {}
    engine = config.get("ENGINE", "").rpartition(".")[2]
    if engine not in {"sqlite3", "postgresql"}:
        refuse(
            "DATABASE_URL",
            "must name a SQLite file or a PostgreSQL database.",
            "postgres://user:password@127.0.0.1:5432/clinic",
        )
    if engine == "sqlite3":
        if not (folder := Path(config["NAME"]).absolute().parent).is_dir():
            refuse("DATABASE_URL", f"there is no folder {folder} for the database.", default)
        # Writers wait in a fair queue (docs/decisions/0010).
        config["ENGINE"] = "clinic_site.sqlite3"
        config["TEST"] = {"NAME": ":memory:"}  # pytest-django knows that of Django's engine alone
        # Measured in docs/decisions/0002: FULL costs 0.4 ms a commit and loses nothing on a power
        # cut; IMMEDIATE takes the write lock at BEGIN, so that read-then-write waits, not fails.
        config["OPTIONS"] = {
            "transaction_mode": "IMMEDIATE",
            "timeout": 5,
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;",
        }
    else:
        # As with SQLite: whoever waits longer is told to try again, and no thread hangs for ever.
        waits = "-c lock_timeout=5s -c statement_timeout=60s"
        config["OPTIONS"] = {"connect_timeout": 5, "options": waits} | config.get("OPTIONS", {})
    return config


DATABASES = {"default": database()}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

INSTALLED_APPS = [
    "clinic_site",
    "articles",
    "leads",
    "axes",
    "crispy_forms",
    "django_otp",
    "django_otp.plugins.otp_static",
    "django_otp.plugins.otp_totp",
    "django_prose_editor",
    "simple_history",
    "solo",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.messages",
    "django.contrib.sessions",
    "django.contrib.sitemaps",
    "django.contrib.staticfiles",
    "django.forms",
]

MIDDLEWARE = [
    "clinic_site.web.logs.RequestIdMiddleware",
    "clinic_site.web.headers.SecurityHeadersMiddleware",
    "clinic_site.web.refusals.RefusalsMiddleware",
    "clinic_site.health.ProbesMiddleware",
    "clinic_site.web.errors.StorageTroubleMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "clinic_site.web.time_zone.PracticeZoneMiddleware",
    "clinic_site.web.admin_sessions.AdminSessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "clinic_site.web.capitals.CapitalsMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django_otp.middleware.OTPMiddleware",
    "clinic_site.staff.lockout.SecondFactorMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "simple_history.middleware.HistoryRequestMiddleware",
    "axes.middleware.AxesMiddleware",
]

# templates/django/forms/ takes precedence over Django's own templates of form fields.
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "clinic_site.models.practice_in_templates",
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    }
]

ROOT_URLCONF = "clinic_site.urls"
WSGI_APPLICATION = "clinic_site.wsgi.application"
LANGUAGE_CODE = "en-us"
USE_I18N = False  # one language; formats stay American
USE_TZ = True
FORMAT_MODULE_PATH = "clinic_site.formats"

AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]

# The admin's door (promise 17): 5 wrong passwords lock a client out for a quarter of an hour, 20 a
# name; clinic_site/staff/lockout.py counts.
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "django.contrib.auth.backends.ModelBackend",
]
AXES_HANDLER = "clinic_site.staff.lockout.Lock"
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = timedelta(minutes=15)
AXES_LOCKOUT_PARAMETERS = ["ip_address", "username"]
AXES_LOCKOUT_CALLABLE = "clinic_site.staff.lockout.locked_out"
AXES_CLIENT_IP_CALLABLE = "clinic_site.web.visitor.client_key_as_address"
AXES_RESET_ON_SUCCESS = True  # door.Lock says of whom
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False
AXES_DISABLE_ACCESS_LOG = True  # it keeps browsers and hours of staff for ever
AXES_ENABLE_ADMIN = False
AXES_VERBOSE = False
REQUIRE_SECOND_FACTOR = read(
    env.bool, "REQUIRE_SECOND_FACTOR", False, "must be true or false.", "true"
)
OTP_TOTP_ISSUER = BASE_HOST  # what the staff's app calls this login
OTP_ADMIN_HIDE_SENSITIVE_DATA = True

STATIC_URL = "/static/"
STATIC_ROOT = DATA_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
DJANGO_PROSE_EDITOR_EXTENSIONS = [editor_extensions.PASTE]
MEDIA_ROOT = DATA_DIR / "uploads"
STORAGES = {
    "default": uploads.storage(),
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
# Source maps are neither served compressed nor worth the build's time.
WHITENOISE_SKIP_COMPRESS_EXTENSIONS = ("map", "png", "woff2", "jpg", "gz", "br")

CRISPY_ALLOWED_TEMPLATE_PACKS = CRISPY_TEMPLATE_PACK = "clinic"

# Cookies exist in the admin only, and no longer than a working day.
SESSION_COOKIE_NAME = "staff_session"  # a neighbour on the domain may have a "sessionid"
SESSION_COOKIE_PATH = CSRF_COOKIE_PATH = f"/{ADMIN_PATH}"
SESSION_COOKIE_AGE = 8 * 60 * 60
SESSION_SAVE_EVERY_REQUEST = True
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = IS_HTTPS
CSRF_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "clinic_site.web.errors.forbidden"
# The site under each of its names; the guard of the public forms reads this list too.
CSRF_TRUSTED_ORIGINS = list(
    dict.fromkeys(f"{SCHEME}://{host}{BASE_PORT}" for host in [BASE_HOST, *ALLOWED_HOSTS])
)

SECURE_HSTS_SECONDS = 31_536_000 if IS_HTTPS else 0
# Only a trusted proxy can tell whether the visitor came by TLS; without one nothing is redirected.
SECURE_SSL_REDIRECT = IS_HTTPS and TRUSTED_PROXIES > 0
if TRUSTED_PROXIES:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SILENCED_SYSTEM_CHECKS = [
    "security.W008",  # see SECURE_SSL_REDIRECT
    # Whether the clinic's other subdomains have TLS is not this site's to promise.
    "security.W005",
    "security.W021",
]
X_FRAME_OPTIONS = "DENY"

# The admin saves whole guides; public forms are held to 64 kB by clinic_site.web.same_origin.
DATA_UPLOAD_MAX_MEMORY_SIZE = 2_500_000
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2_000

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"json": {"()": "clinic_site.web.logs.JsonFormatter"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "json"}},
    "root": {"handlers": ["stderr"], "level": LOG_LEVEL},
    "loggers": {
        "django": {"handlers": ["stderr"], "level": LOG_LEVEL, "propagate": False},
        # Its warnings name paths, and paths can hold tokens; errors are logged without them.
        "django.request": {"level": "ERROR"},
        "django.security": {"level": "CRITICAL"},
        "py.warnings": {"level": "CRITICAL"},  # they repeat what was typed
        "axes": {"level": "WARNING"},  # a line at every start and log-in otherwise
    },
}
