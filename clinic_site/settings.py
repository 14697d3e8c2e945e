"""Settings come from the environment or a `.env` file; `.env.example` lists them all.

If one is missing or malformed, the site does not start, and one sentence says which, why, and
gives an example.
"""

import logging
from datetime import timedelta
from pathlib import Path

from clinic_site.configuration import database, editor_extensions, environment, mail, uploads
from clinic_site.configuration.environment import (
    env,
    mail_address,
    read,
    refuse,
    retention,
    validate,
)
from clinic_site.zones import find_zone

BASE_DIR = Path(__file__).resolve().parent.parent
environment.load(BASE_DIR / ".env")

DEBUG = read(env.bool, "DEBUG", False, "must be true or false.", "false")
DATA_DIR = env.path("DATA_DIR", BASE_DIR / "var").resolve()
try:
    (DATA_DIR / "static").mkdir(parents=True, exist_ok=True)
except OSError as error:
    refuse(
        "DATA_DIR",
        f"{DATA_DIR} cannot be written ({error.strerror}); database, uploads and mail files are"
        " kept there.",
        "/var/lib/clinic",
    )


SECRET_KEY = environment.secret_key()
# After a change of the key, links and sessions that a former key signed stay valid
# (docs/runbook.md).
SECRET_KEY_FALLBACKS = environment.former_secret_keys("SECRET_KEY_FALLBACKS")

SCHEME, BASE_HOST, BASE_PORT = environment.base_url(
    "BASE_URL", f"http://127.0.0.1:{env.str('PORT', '8000')}"
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
    validate=validate.Range(min=0),
)

ADMIN_PATH = environment.admin_path("ADMIN_PATH", "admin/")

TIME_ZONE = env.str("TIME_ZONE", "America/Detroit")
if find_zone(TIME_ZONE) is None:
    refuse("TIME_ZONE", "must be the name of a time zone in the IANA list.", "America/Detroit")

LOG_LEVEL = read(
    env.log_level,
    "LOG_LEVEL",
    logging.INFO,
    "must be one of DEBUG, INFO, WARNING, ERROR.",
    "INFO",
    validate=validate.OneOf([logging.DEBUG, logging.INFO, logging.WARNING, logging.ERROR]),
)

DEFAULT_FROM_EMAIL = SERVER_EMAIL = mail_address("DEFAULT_FROM_EMAIL", "clinic@localhost")
ALERT_EMAIL = mail_address("ALERT_EMAIL", DEFAULT_FROM_EMAIL)

LEAD_RETENTION_MONTHS = retention("LEAD_RETENTION_MONTHS", 24, "months", 600)
MAIL_RETENTION_DAYS = retention("MAIL_RETENTION_DAYS", 30, "days", 36_500)
QUARANTINE_RETENTION_DAYS = retention("QUARANTINE_RETENTION_DAYS", 30, "days", 36_500)
LIMIT_RETENTION_DAYS = retention("LIMIT_RETENTION_DAYS", 1, "days", 36_500)


mail_settings = mail.settings()
EMAIL_BACKEND = mail_settings.backend
EMAIL_HOST = mail_settings.host
EMAIL_PORT = mail_settings.port
EMAIL_HOST_USER = mail_settings.user
EMAIL_HOST_PASSWORD = mail_settings.password
EMAIL_USE_TLS = mail_settings.use_tls
EMAIL_USE_SSL = mail_settings.use_ssl
EMAIL_TIMEOUT = mail.TIMEOUT_SECONDS
ESP = mail_settings.esp  # the ESP whose API sends our mail, or ""
ANYMAIL = mail_settings.anymail

DATABASES = {"default": database.settings(DATA_DIR)}
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
    "clinic_site.web.lowercase_redirect.LowercaseRedirectMiddleware",
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
USE_I18N = False  # the site has one language, American English
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

# 5 wrong passwords lock a client out for 15 minutes, and 20 lock a user name (promise 17).
# clinic_site/staff/lockout.py counts them.
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "django.contrib.auth.backends.ModelBackend",
]
AXES_HANDLER = "clinic_site.staff.lockout.LockoutHandler"
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = timedelta(minutes=15)
AXES_LOCKOUT_PARAMETERS = ["ip_address", "username"]
AXES_LOCKOUT_CALLABLE = "clinic_site.staff.lockout.refuse_while_locked_out"
AXES_CLIENT_IP_CALLABLE = "clinic_site.web.visitor.visitor_key_as_address"
AXES_RESET_ON_SUCCESS = True  # lockout.LockoutHandler decides which counts are reset
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False
AXES_DISABLE_ACCESS_LOG = True  # axes never deletes its rows about the browsers and logins of staff
AXES_ENABLE_ADMIN = False
AXES_VERBOSE = False
REQUIRE_SECOND_FACTOR = read(
    env.bool, "REQUIRE_SECOND_FACTOR", False, "must be true or false.", "true"
)
OTP_TOTP_ISSUER = BASE_HOST  # the name of this login in the staff's authenticator app
OTP_ADMIN_HIDE_SENSITIVE_DATA = True


def keep_for_a_day(headers, path, url):
    """Lets browsers keep the icons for only a day, because their addresses contain no hash."""
    if not url.startswith(STATIC_URL):
        headers["Cache-Control"] = "public, max-age=86400"


STATIC_URL = "/static/"
STATIC_ROOT = DATA_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
DJANGO_PROSE_EDITOR_EXTENSIONS = [editor_extensions.PASTE]
MEDIA_ROOT = DATA_DIR / "uploads"
STORAGES = {
    "default": uploads.settings(),
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
# Icons have to be at fixed addresses, such as /favicon.ico. `.ci/icons` draws them.
WHITENOISE_ROOT = BASE_DIR / "root_files"
WHITENOISE_ADD_HEADERS_FUNCTION = keep_for_a_day
# Source maps are served uncompressed, because only developers load them. The other types are
# compressed already.
WHITENOISE_SKIP_COMPRESS_EXTENSIONS = ("map", "png", "woff2", "jpg", "gz", "br")

CRISPY_ALLOWED_TEMPLATE_PACKS = CRISPY_TEMPLATE_PACK = "clinic"

# Only the admin sets cookies. They expire after a working day without a request.
SESSION_COOKIE_NAME = "staff_session"  # another site on the domain may set a "sessionid"
SESSION_COOKIE_PATH = CSRF_COOKIE_PATH = f"/{ADMIN_PATH}"
SESSION_COOKIE_AGE = 8 * 60 * 60
SESSION_SAVE_EVERY_REQUEST = True
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = IS_HTTPS
CSRF_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "clinic_site.web.errors.forbidden"
# One origin for each host name. clinic_site.web.same_origin also reads this list, for public forms.
CSRF_TRUSTED_ORIGINS = list(
    dict.fromkeys(f"{SCHEME}://{host}{BASE_PORT}" for host in [BASE_HOST, *ALLOWED_HOSTS])
)

SECURE_HSTS_SECONDS = 31_536_000 if IS_HTTPS else 0
# Only a trusted proxy can tell whether the visitor used TLS, so without one nothing is redirected.
SECURE_SSL_REDIRECT = IS_HTTPS and TRUSTED_PROXIES > 0
if TRUSTED_PROXIES:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SILENCED_SYSTEM_CHECKS = [
    "security.W008",  # see SECURE_SSL_REDIRECT
    # HSTS for subdomains and preloading: this site does not know whether the clinic's other
    # subdomains have TLS.
    "security.W005",
    "security.W021",
]
X_FRAME_OPTIONS = "DENY"

# The admin saves whole guides. clinic_site.web.same_origin limits public forms to 64 kB.
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
        # Its warnings contain paths, and paths can contain tokens. JsonFormatter removes them from
        # errors.
        "django.request": {"level": "ERROR"},
        "django.security": {"level": "CRITICAL"},
        "py.warnings": {"level": "CRITICAL"},  # a warning can quote what a visitor typed
        "axes": {"level": "WARNING"},  # below it, axes logs every start and every login
    },
}
