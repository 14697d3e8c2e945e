"""Who sent a request, as far as one needs to know: a hash that says "the same one", for a day.

The address itself is stored nowhere (promise 14).
"""

import hashlib
import hmac
import logging
from datetime import date
from ipaddress import IPv6Address, IPv6Network, ip_address

from django.conf import settings
from django.http import HttpRequest
from django.utils import timezone

logger = logging.getLogger(__name__)

Address = tuple[int, int]  # IP version and number
NAT64 = IPv6Network("64:ff9b::/96")  # RFC 6052: the last four bytes are an IPv4 address


def without_port(text: str) -> str:
    """The address in what proxies write: 203.0.113.7:50123, "[2001:db8::1]:443", fe80::1%eth0."""
    text = text.strip().strip('"')
    if text.startswith("["):
        return text[1:].partition("]")[0]
    host, _, port = text.rpartition(":")
    # Behind an IPv4 address, also one within IPv6, or behind all eight groups: that is a port.
    is_whole = "." in host or host.count(":") == 7
    return host if port.isdecimal() and is_whole else text


def parse(text: str) -> Address | None:
    """An IPv4 address, or the /64 of an IPv6 one: a household or a phone owns a whole /64."""
    try:
        found = ip_address(without_port(text))
    except ValueError:
        return None
    if isinstance(found, IPv6Address):
        if found.ipv4_mapped is None and found not in NAT64:
            return 6, int(found) >> 64
        return 4, int(found) & 0xFFFF_FFFF
    return 4, int(found)


def address(request: HttpRequest) -> Address | None:
    """What the last trusted proxy saw; the connection itself when there is none to trust.

    Each proxy appends the address it was called from, so only the last TRUSTED_PROXIES entries
    are ours; what stands further left was typed by the visitor.
    """
    hops = request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")
    trusted = settings.TRUSTED_PROXIES
    if 0 < trusted <= len(hops) and (seen := parse(hops[-trusted])):
        return seen
    if trusted:
        # Otherwise all visitors are one client without anybody knowing why they are refused.
        logger.warning("X-Forwarded-For does not tell who the visitor is; see TRUSTED_PROXIES")
    return parse(request.META.get("REMOTE_ADDR", ""))


def daily_hash(what: str, day: date) -> bytes:
    """32 bytes for `what` that nobody can turn back or follow into the next day."""
    key = f"clinic_site.web.visitor:{day.isoformat()}:{settings.SECRET_KEY}"
    return hmac.digest(key.encode(), what.encode(), hashlib.sha256)


def visitor_key(request: HttpRequest, day: date) -> str:
    return daily_hash(f"client:{address(request)}", day).hex()


def visitor_key_as_address(request: HttpRequest) -> str:
    """The same in the shape of an IPv6 address, for django-axes, whose column holds nothing else.

    It lies in fd00::/8, which is routed nowhere.
    """
    key = daily_hash(f"client:{address(request)}", timezone.now().date())
    return str(IPv6Address(b"\xfd" + key[:15]))
