"""Tells whether two requests came from one visitor, by a hash of the IP address that lasts a day.

The address itself is never stored (promise 14).
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
NAT64 = IPv6Network("64:ff9b::/96")  # RFC 6052: the last four bytes hold an IPv4 address


def without_port(text: str) -> str:
    """Removes a port. Proxies write 203.0.113.7:50123, "[2001:db8::1]:443" or fe80::1%eth0."""
    text = text.strip().strip('"')
    if text.startswith("["):
        return text[1:].partition("]")[0]
    host, _, port = text.rpartition(":")
    # A number after an IPv4 address, or after all eight groups of an IPv6 address, is a port.
    is_whole = "." in host or host.count(":") == 7
    return host if port.isdecimal() and is_whole else text


def parse(text: str) -> Address | None:
    """An IPv4 address, or the /64 of an IPv6 address, because one household has a whole /64."""
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
    """The visitor's address as the outermost trusted proxy saw it, or else that of the connection.

    Each proxy appends the address that called it, so the last TRUSTED_PROXIES entries come from our
    proxies. A visitor can invent all entries before them.
    """
    hops = request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")
    trusted = settings.TRUSTED_PROXIES
    if 0 < trusted <= len(hops) and (seen := parse(hops[-trusted])):
        return seen
    if trusted:
        # Now all visitors share the proxy's address and its limits, so the log has to say why.
        logger.warning("X-Forwarded-For does not tell who the visitor is; see TRUSTED_PROXIES")
    return parse(request.META.get("REMOTE_ADDR", ""))


def daily_hash(what: str, day: date) -> bytes:
    """32 bytes from which `what` cannot be found, and which are different the next day."""
    key = f"clinic_site.client:{day.isoformat()}:{settings.SECRET_KEY}"
    return hmac.digest(key.encode(), what.encode(), hashlib.sha256)


def visitor_key(request: HttpRequest, day: date) -> str:
    return daily_hash(f"client:{address(request)}", day).hex()


def visitor_key_as_address(request: HttpRequest) -> str:
    """The key written as an IPv6 address, because the column of django-axes takes only addresses.

    It is in fd00::/8, a range that is not used on the internet.
    """
    key = daily_hash(f"client:{address(request)}", timezone.now().date())
    return str(IPv6Address(b"\xfd" + key[:15]))
