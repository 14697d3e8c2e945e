"""How mail is sent, from EMAIL_URL: by a mail server, by an ESP, or into files.

An ESP (email service provider) is a company that sends our mail through its web API.
"""

from dataclasses import dataclass, field
from importlib.util import find_spec
from typing import Any
from urllib.parse import parse_qsl, unquote

import dj_email_url

from clinic_site.configuration.environment import env, read, refuse, split, validate

# For one step of a delivery. It must be much shorter than the lease in leads/delivery/outbox.py,
# because a second worker sends the mail again after the lease.
TIMEOUT_SECONDS = 30
# Our schemes, and dj-email-url's names for them. Other schemes are refused, because dj-email-url
# accepts an unknown scheme, connects without TLS, and sends the password in clear text.
SCHEMES = {
    "smtp": "smtp",
    "smtp+tls": "submission",
    "smtp+ssl": "submission",
    "consolemail": "console",
    "dummymail": "dummy",
    "memorymail": "memory",
}
IMPLICIT_TLS_PORT = 465

# The ESPs, and django-anymail's names for their keys. Only these are supported, because they can
# leave links unchanged and opens uncounted, and their bounce reports say which mail bounced.
ESP_KEYS = {
    "mailgun": "API_KEY",
    "postmark": "SERVER_TOKEN",
    "sparkpost": "API_KEY",
}
ESP_OPTIONS = {"api_url", "webhook_signing_key"}
SECRET_LENGTH = 24


@dataclass(frozen=True)
class MailSettings:
    """Django's EMAIL_* settings with its defaults, and those of django-anymail for an ESP."""

    backend: str
    host: str = "localhost"
    port: int = 25
    user: str = ""
    password: str = ""
    use_tls: bool = False
    use_ssl: bool = False
    esp: str = ""
    anymail: dict[str, Any] = field(default_factory=dict)


def settings() -> MailSettings:
    """Without EMAIL_URL every mail becomes a file."""
    url = env.str("EMAIL_URL", "")
    scheme = url.partition(":")[0]
    if not url:
        return MailSettings("clinic_site.configuration.mail_files.EmailBackend")
    return esp_settings(scheme, url) if scheme in ESP_KEYS else server_settings(scheme, url)


def server_settings(scheme: str, url: str) -> MailSettings:
    try:
        config = dj_email_url.parse(SCHEMES[scheme] + url.removeprefix(scheme))
    except (ValueError, KeyError):
        config = {}
    if not config or (scheme.startswith("smtp") and not split(url).hostname):
        refuse(
            "EMAIL_URL",
            "must say how mail is sent, as scheme://user:password@host:port with one of the"
            f" schemes {', '.join(SCHEMES)}, or as esp://key with one of {', '.join(ESP_KEYS)};"
            " characters like @ in the password as %40.",
            "smtp+tls://user:password@mail.example.com:587",
        )
    if scheme == "smtp+ssl":
        port = split(url).port or IMPLICIT_TLS_PORT
        config |= {"EMAIL_USE_TLS": False, "EMAIL_USE_SSL": True, "EMAIL_PORT": port}
    return MailSettings(
        backend=config["EMAIL_BACKEND"],
        host=config["EMAIL_HOST"],
        port=config["EMAIL_PORT"],
        user=config["EMAIL_HOST_USER"],
        password=config["EMAIL_HOST_PASSWORD"],
        use_tls=config["EMAIL_USE_TLS"],
        use_ssl=config["EMAIL_USE_SSL"],
    )


def esp_settings(esp: str, url: str) -> MailSettings:
    """Reads esp://key?api_url=…; `api_url` is for another region of the ESP, such as the EU."""
    example = f"{esp}://the-key-from-its-control-panel"
    if find_spec("anymail") is None:
        why = "names an ESP, which needs django-anymail: pip install -r requirements-extras.txt."
        refuse("EMAIL_URL", why, "smtp+tls://user:password@mail.example.com:587")
    parts = split(url)
    options = dict(parse_qsl(parts.query))
    if not parts.netloc or parts.path.strip("/") or not ESP_OPTIONS.issuperset(options):
        why = f"must be the ESP and its key, with no options but {', '.join(sorted(ESP_OPTIONS))}."
        refuse("EMAIL_URL", why, example)
    given = {ESP_KEYS[esp]: unquote(parts.netloc)} | {k.upper(): v for k, v in options.items()}
    anymail = {f"{esp.upper()}_{name}": value for name, value in given.items()} | {
        "WEBHOOK_SECRET": webhook_secret(),
        "REQUESTS_TIMEOUT": TIMEOUT_SECONDS,
        "SEND_DEFAULTS": {"track_clicks": False, "track_opens": False},
    }
    return MailSettings(f"anymail.backends.{esp}.EmailBackend", esp=esp, anymail=anymail)


def webhook_secret() -> str:
    """What the ESP sends as user and password when it reports a bounce.

    Without a secret no report is accepted, because anybody could have sent it.
    """
    user_and_password = validate.Regexp(r".*[^:].*:.*[^:]")
    return read(
        env.str,
        "MAIL_WEBHOOK_SECRET",
        "",
        f"must be a user and a password of your choice, together {SECRET_LENGTH} characters or"
        " more.",
        "esp:a-long-random-password",
        validate=[validate.Length(min=SECRET_LENGTH), user_and_password],
    )
