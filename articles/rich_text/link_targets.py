"""Turns what people type or paste as a link's address into an address that works."""

import re
from urllib.parse import quote, urljoin, urlsplit

from articles.rich_text.tree import legal
from clinic_site import phone
from clinic_site.plain_text import one_line

# No editor wants a link to these, so they are removed and cause no error message.
HOSTILE = re.compile(r"\s*(?:javascript|vbscript|data):", re.IGNORECASE)

_SCHEME = re.compile(r"([a-z][a-z0-9+-]*):", re.IGNORECASE)
_MAILBOX = re.compile(r"[^\s@/?#:<>]+@(?:[\w-]+\.)+[^\W\d_]{2,}(?:\?\S*)?")
_HOST = re.compile(r"(?:[\w-]+\.)+(?:[^\W\d_]{2,}|xn--[\w-]+)\.?(?::\d{1,5})?(?=[/?#]|$)")
# Endings of file names. A link such as plan.pdf means a file on the editor's own computer.
_FILE = re.compile(
    r"[^/?#]*\.(?:html?|php|aspx?|pdf|docx?|xlsx?|pptx?|odt|jpe?g|png|gif)", re.IGNORECASE
)
_SLASHES = "/\\"


def target(typed: str) -> str:
    """`typed` as an address that works on pages and in mails and ebooks; '' when it is none."""
    address = one_line(re.sub(r"[\t\r\n]", "", typed)).strip(" <>\"'").replace(" ", "%20")
    if scheme := _SCHEME.match(address):
        return _of_scheme(scheme[1].lower(), address[scheme.end() :])
    # "//example.com" takes the scheme of its page, but a mail has no page.
    if address[:2].strip(_SLASHES) == "" and len(address) > 1:
        return _web("https", address)
    if address.startswith(("/", "#")) and address != "#":
        return address
    if _MAILBOX.fullmatch(address):
        return f"mailto:{address}"
    if _HOST.match(address) and not _FILE.fullmatch(address):
        return _web("https", address)
    return _call(address)


def _of_scheme(scheme: str, rest: str) -> str:
    if scheme in {"http", "https"}:
        return _web(scheme, rest)
    rest = rest.lstrip("/")
    if scheme == "mailto" and _MAILBOX.fullmatch(rest):
        return f"mailto:{rest}"
    if scheme == "tel" and re.search(r"\d", rest):
        return f"tel:{rest}"
    return ""


def _web(scheme: str, rest: str) -> str:
    """The web address with two slashes, because browsers read "https:/x" as a path on our site."""
    rest = re.sub(r"^(?:https?:[/\\]*)+", "", rest.lstrip(_SLASHES), flags=re.IGNORECASE)
    try:
        parts = urlsplit(f"{scheme}://{rest}")
        host, port = parts.hostname or "", parts.port
    except ValueError:
        return ""
    is_host = re.fullmatch(r"localhost|\[?[\da-f:]+\]?|[^\s%.]+(?:\.[^\s%.]+)+\.?", host)
    return f"{scheme}://{rest}" if is_host and port != 0 else ""


def _call(address: str) -> str:
    digits = re.sub(r"%20|[().+-]", "", address)
    if not digits.isdecimal():
        return ""
    if digits == "911":
        return "tel:911"
    try:
        return f"tel:{phone.to_e164(address.replace('%20', ' '))}"
    except phone.NotAPhoneNumberError:
        return ""


def safe_url(base: str, href: str) -> str:
    """`href` as a full, percent-encoded address for e-readers; '' when it cannot be made one."""
    try:
        url = urljoin(base, legal(href).strip())
        parts = urlsplit(url)
        host = parts.hostname or ""
        if parts.scheme in {"http", "https"}:
            netloc = host.encode("idna").decode() + (f":{parts.port}" if parts.port else "")
            if not re.fullmatch(r"[a-z0-9.-]+(:\d+)?", netloc):
                return ""
            parts = parts._replace(netloc=netloc)
        elif parts.scheme not in {"mailto", "tel"} or not parts.path:
            return ""
    except ValueError:  # raised by urlsplit, by a bad port and by idna
        return ""
    reserved = "/:@!$&'()*+,;=-._~%?"
    parts = parts._replace(
        path=quote(parts.path, safe="/:@!$&'()*+,;=-._~%"),
        query=quote(parts.query, safe=reserved),
        fragment=quote(parts.fragment, safe=reserved),
    )
    return re.sub(r"%(?![0-9A-Fa-f]{2})", "%25", parts.geturl())
