"""Reads settings from the environment, and refuses a malformed one with one sentence.

settings.py says what each setting is for.
"""

import re
import sys
from collections.abc import Callable
from email.utils import getaddresses
from ipaddress import IPv6Address
from pathlib import Path
from typing import Any, NoReturn
from urllib.parse import SplitResult, urlsplit

from environs import Env, EnvError, validate


class TrimmedEnv(Env):
    """Removes white space around each value, and treats an empty value as not set."""

    def _get_value(self, env_key: str, default: Any) -> Any:
        value = super()._get_value(env_key, default)
        return (value.strip() or default) if isinstance(value, str) else value


env = TrimmedEnv()

ADDRESS = re.compile(r"(?P<scheme>https?)://(?P<host>\[[^]]*\]|[^:/]*)(:(?P<port>\d{1,5}))?/*")
HOST = re.compile(r"[a-z0-9-]+(\.[a-z0-9-]+)*")
DEFAULT_PORTS = {"http": 80, "https": 443}
ADMIN_PATH = re.compile(r"[\w-]+(/[\w-]+)*", re.ASCII)
KEY_LENGTH = 50


def refuse(name: str, why: str, example: object) -> NoReturn:
    sys.exit(f"Setting {name}: {why} Example: {name}={example}")


def load(path: Path) -> None:
    """Reads a `.env` file, if there is one; the environment takes precedence over it."""
    try:
        env.read_env(path, recurse=False)
    except UnicodeDecodeError:
        sys.exit(f"{path} is not text in UTF-8; save it as UTF-8.")
    except (OSError, ValueError) as error:
        sys.exit(f"{path} cannot be read: {getattr(error, 'strerror', None) or error}.")


def read(
    parse: Callable, name: str, default: object, why: str, example: object, **options: object
) -> Any:
    """The setting's value, parsed by a method of `env`. Refuses a value that it cannot parse."""
    try:
        return parse(name, default, **options)
    except (EnvError, ValueError):
        refuse(name, why, example)


def secret_key() -> str:
    key, path = env.str("SECRET_KEY", ""), env.str("SECRET_KEY_FILE", "")
    if path and not key:
        key = key_in_file(Path(path))
    if len(key) < KEY_LENGTH:
        refuse(
            "SECRET_KEY",
            f"is missing or shorter than {KEY_LENGTH} characters; it signs the library links and"
            " sessions, so it must be long, random and kept. `python3 -c 'import secrets;"
            " print(secrets.token_urlsafe(50))'` makes one.",
            "(those characters), or SECRET_KEY_FILE=/etc/clinic/secret-key",
        )
    return key


def key_in_file(path: Path) -> str:
    """Reads the file by hand, because environs' FileAwareEnv prefers it to SECRET_KEY.

    A site that has set both would then change its key, and all library links would stop working.
    """
    name, example = "SECRET_KEY_FILE", "/etc/clinic/secret-key"
    try:
        return path.read_text(encoding="utf-8").strip()
    except OSError as error:
        refuse(name, f"cannot be read ({error.strerror}).", example)
    except ValueError:
        refuse(name, "is not text in UTF-8.", example)


def former_secret_keys(name: str) -> list[str]:
    keys = env.str(name, "").replace(",", " ").split()
    if any(len(key) < KEY_LENGTH for key in keys):
        why = f"must list former values of SECRET_KEY, each of at least {KEY_LENGTH} characters."
        refuse(name, why, "(the former key)")
    return keys


def split(url: str) -> SplitResult:
    """The parts of a URL; all of them are empty if it is not one."""
    try:
        return urlsplit(url)
    except ValueError:
        return urlsplit("")


def host_name(host: str) -> str | None:
    """The host as browsers send it and Django compares it; None if it is not a host.

    It is in lower case, and an IPv6 address is in its short form and in brackets.
    """
    host = host.lower()
    if not host.startswith("["):
        return host if HOST.fullmatch(host) else None
    try:
        return f"[{IPv6Address(host[1:-1])}]" if host.endswith("]") and "%" not in host else None
    except ValueError:
        return None


def base_url(name: str, default: str) -> tuple[str, str, str]:
    """Scheme, host and port of the site's address; the port has its colon, or is empty."""
    url, example = env.str(name, default), "https://www.example.com"
    if not url.isascii():
        refuse(name, "must be ASCII; write the host in punycode (xn--…).", example)
    scheme, _, rest = url.partition("://")
    found = ADDRESS.fullmatch(f"{scheme.lower()}://{rest}")
    host = found and host_name(found["host"])
    port = int(found["port"] or DEFAULT_PORTS[found["scheme"]]) if found else 0
    if not found or not host or not 0 < port < 65536:
        refuse(
            name,
            "must be the site's address: scheme, host and perhaps a port, and nothing after them;"
            " links in mails are made from it, and forms are accepted only from it.",
            example,
        )
    return found["scheme"], host, "" if port == DEFAULT_PORTS[found["scheme"]] else f":{port}"


def allowed_hosts(name: str, base_host: str) -> list[str]:
    given = env.str(name, "").replace(",", " ").split()
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
    if base_host not in hosts and env.str("BASE_URL", ""):
        why = f"must contain {base_host}, the host of BASE_URL: forms and links use it."
        refuse(name, why, ",".join([base_host, *hosts]))
    return list(dict.fromkeys([*hosts, base_host]))


def admin_path(name: str, default: str) -> str:
    path = env.str(name, default).strip("/")
    if not ADMIN_PATH.fullmatch(path):
        why = "must be a path of letters, digits, - and _; the admin cannot be the home page."
        refuse(name, why, "admin/")
    return f"{path}/"


def mail_address(name: str, default: str) -> str:
    """Checks by hand, because environs' validate.Email refuses `Clinic <desk@example.com>`."""
    value = env.str(name, default)
    found = getaddresses([value])
    local, _, domain = found[0][1].rpartition("@") if len(found) == 1 else ("", "", "")
    if not local or not domain or len(value.splitlines()) > 1 or " " in local + domain:
        refuse(name, "must be one email address.", "Clinic <desk@example.com>")
    return value


def retention(name: str, default: int, unit: str, most: int) -> int:
    """How long personal data is kept; the privacy page shows it too."""
    why = f"must be a whole number of {unit} from 1 to {most}."
    return read(env.int, name, default, why, default, validate=validate.Range(1, most))
