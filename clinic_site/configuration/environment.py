"""Reading settings from the environment, and refusing them in a sentence.

What a setting is for is said in settings.py. An empty value counts as not set.
"""

import re
import sys
from email.utils import getaddresses
from ipaddress import IPv6Address
from pathlib import Path
from typing import NoReturn
from urllib.parse import SplitResult, urlsplit

from environs import Env, EnvError

env = Env()

ADDRESS = re.compile(r"(?P<scheme>https?)://(?P<host>\[[^]]*\]|[^:/]*)(:(?P<port>\d{1,5}))?/*")
HOST = re.compile(r"[a-z0-9-]+(\.[a-z0-9-]+)*")
DEFAULT_PORTS = {"http": 80, "https": 443}
ADMIN_PATH = re.compile(r"[\w-]+(/[\w-]+)*", re.ASCII)
# First parts of the public addresses: the admin there would hide them, or they it.
OWN_PATHS = {
    "consultation", "ebooks", "guides", "healthz", "mail-events", "my-data", "news", "preview",
    "privacy", "readyz", "static", "testimonials", "treatments",
}  # fmt: skip


def refuse(name, why, example) -> NoReturn:
    sys.exit(f"Setting {name}: {why} Example: {name}={example}")


def load(path: Path) -> None:
    try:
        env.read_env(path, recurse=False)
    except UnicodeDecodeError:
        sys.exit(f"{path} is not text in UTF-8; save it as UTF-8.")
    except (OSError, ValueError) as error:
        sys.exit(f"{path} cannot be read: {getattr(error, 'strerror', None) or error}.")


def text(name, default=""):
    return env.str(name, "").strip() or default


def read(reader, name, default, why, example):
    """The setting's value, or a refusal that says what was expected of it."""
    if not text(name):
        return default
    try:
        return reader(name)
    except (EnvError, ValueError):
        refuse(name, why, example)


def split(url: str) -> SplitResult:
    """The parts of an address; none of what is no address at all."""
    try:
        return urlsplit(url)
    except ValueError:
        return urlsplit("")


def host_name(host: str) -> str | None:
    """As browsers send it and Django compares it: lower case, IPv6 short and in brackets."""
    host = host.lower()
    if not host.startswith("["):
        return host if HOST.fullmatch(host) else None
    try:
        return f"[{IPv6Address(host[1:-1])}]" if host.endswith("]") and "%" not in host else None
    except ValueError:
        return None


def base_url(name, default) -> tuple[str, str, str]:
    """Scheme, host and port (empty, or with its colon) of the site's address."""
    url, example = text(name, default), "https://www.example.com"
    if not url.isascii():
        refuse(name, "must be ASCII; write the host in punycode (xn--…).", example)
    scheme, _, rest = url.partition("://")
    found = ADDRESS.fullmatch(f"{scheme.lower()}://{rest}")
    host = found and host_name(found["host"])
    port = int(found["port"] or DEFAULT_PORTS[found["scheme"]]) if found else 0
    if not found or not host or not 0 < port < 65536:
        refuse(
            name,
            "must be the site's address with scheme and host and nothing behind but a port; links"
            " in mails and the guard of the forms are made from it.",
            example,
        )
    return found["scheme"], host, "" if port == DEFAULT_PORTS[found["scheme"]] else f":{port}"


def allowed_hosts(name, base_host: str) -> list[str]:
    given = text(name).replace(",", " ").split()
    if not given:
        return [base_host] + ["localhost"] * (base_host == "127.0.0.1")
    hosts = [host for host in map(host_name, given) if host]
    if len(hosts) < len(given):
        refuse(
            name,
            "must list exact host names without scheme, port, wildcard or path; IPv6 in brackets,"
            " what is not ASCII in punycode (xn--…).",
            "www.example.com,example.com",
        )
    if base_host not in hosts and text("BASE_URL"):
        why = f"must contain {base_host}, the host of BASE_URL: forms and links use it."
        refuse(name, why, ",".join([base_host, *hosts]))
    return list(dict.fromkeys([*hosts, base_host]))


def admin_path(name, default) -> str:
    path = text(name, default).strip("/")
    if not ADMIN_PATH.fullmatch(path):
        why = "must be a path of letters, digits, - and _; the admin cannot be the home page."
        refuse(name, why, "admin/")
    if (first := path.partition("/")[0]) in OWN_PATHS:
        refuse(name, f"cannot begin with {first}, the site has pages of its own there.", "admin/")
    return f"{path}/"


def mail_address(name, default) -> str:
    value = text(name, default)
    found = getaddresses([value])
    local, _, domain = found[0][1].rpartition("@") if len(found) == 1 else ("", "", "")
    if not local or not domain or len(value.splitlines()) > 1 or " " in local + domain:
        refuse(name, "must be one email address.", "Clinic <desk@example.com>")
    return value


def retention(name, default, unit, most) -> int:
    """How long personal data is kept; the privacy page says so too."""
    why = f"must be a whole number of {unit} from 1 to {most}."
    number = read(env.int, name, default, why, str(default))
    if not 1 <= number <= most:
        refuse(name, why, str(default))
    return number
