"""How mail leaves, from EMAIL_URL: by a mail server, by an ESP's API, or into files."""

from importlib.util import find_spec
from typing import Any
from urllib.parse import parse_qsl, unquote

import dj_email_url

from clinic_site.configuration.environment import refuse, split, text

TIMEOUT_SECONDS = 30  # for a step of a delivery; must stay well under the outbox's lease
# By our scheme, what dj-email-url calls it. A scheme that it does not know it does not refuse: it
# leaves TLS out, and the password would travel in clear text.
SCHEMES = {
    "smtp": "smtp",
    "smtp+tls": "submission",
    "smtp+ssl": "submission",
    "consolemail": "console",
    "dummymail": "dummy",
    "memorymail": "memory",
}
IMPLICIT_TLS_PORT = 465

# By name, what django-anymail calls their key. These only, because they can be told to leave links
# as they are and to count no opens, and give back with a bounce which mail it was.
ESP_KEYS = {
    "mailgun": "API_KEY",
    "postmark": "SERVER_TOKEN",
    "sparkpost": "API_KEY",
}
ESP_OPTIONS = {"api_url", "webhook_signing_key"}
SECRET_LENGTH = 24


def read() -> dict[str, Any]:
    """Django's EMAIL_*, and ESP with ANYMAIL; without EMAIL_URL every mail becomes a file."""
    url = text("EMAIL_URL")
    scheme = url.partition(":")[0]
    if not url:
        return {"EMAIL_BACKEND": "clinic_site.configuration.mail_files.EmailBackend"}
    return esp_settings(scheme, url) if scheme in ESP_KEYS else server_settings(scheme, url)


def server_settings(scheme: str, url: str) -> dict[str, Any]:
    try:
        config = dj_email_url.parse(SCHEMES[scheme] + url.removeprefix(scheme))
    except (ValueError, KeyError):
        config = {}
    if not config or (scheme.startswith("smtp") and not split(url).hostname):
        refuse(
            "EMAIL_URL",
            "must say how mail leaves, as scheme://user:password@host:port with one of the"
            f" schemes {', '.join(SCHEMES)}, or as esp://key with one of {', '.join(ESP_KEYS)};"
            " characters like @ in the password as %40.",
            "smtp+tls://user:password@mail.example.com:587",
        )
    if scheme == "smtp+ssl":
        port = split(url).port or IMPLICIT_TLS_PORT
        config |= {"EMAIL_USE_TLS": False, "EMAIL_USE_SSL": True, "EMAIL_PORT": port}
    names = ("BACKEND", "HOST", "PORT", "HOST_USER", "HOST_PASSWORD", "USE_TLS", "USE_SSL")
    return {f"EMAIL_{name}": config[f"EMAIL_{name}"] for name in names if f"EMAIL_{name}" in config}


def esp_settings(esp: str, url: str) -> dict[str, Any]:
    """From esp://key?api_url=…; the address is for another region of the ESP than its usual one."""
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
    return {"ESP": esp, "ANYMAIL": anymail, "EMAIL_BACKEND": f"anymail.backends.{esp}.EmailBackend"}


def webhook_secret() -> str:
    """What the ESP proves itself with when it tells of a bounce; without one it is not heard."""
    secret = text("MAIL_WEBHOOK_SECRET")
    if secret and (":" not in secret.strip(":") or len(secret) < SECRET_LENGTH):
        why = f"must be a user and a password of your making, {SECRET_LENGTH} characters or more."
        refuse("MAIL_WEBHOOK_SECRET", why, "esp:a-long-random-password")
    return secret
