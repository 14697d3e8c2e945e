"""Finds email addresses that are very likely mistyped, and the address that was probably meant.

Mail to a mistyped address reaches a stranger or no one.
"""

# Most private mailboxes in the US have one of these domains. Short names (aol, msn, me) are left
# out, because one typing error in them gives the real domain of another company.
DOMAINS = (
    "gmail.com",
    "yahoo.com",
    "hotmail.com",
    "outlook.com",
    "icloud.com",
    "comcast.net",
    "sbcglobal.net",
    "bellsouth.net",
    "verizon.net",
)
# One typing error away from a name above, but real.
REAL_DOMAINS = frozenset({"gail.com", "grail.com"})
# No top-level domain ends like this.
WRONG_ENDINGS = (".con", ".cmo", ".ocm", ".vom", ".comm", ".coom")


def suggestion(email: str) -> str:
    """The address that was probably meant; '' when the typed one looks right."""
    name, at, domain = email.rpartition("@")
    domain = domain.lower()
    meant = nearest(with_real_ending(domain))
    return f"{name}{at}{meant}" if name and meant != domain else ""


def with_real_ending(domain: str) -> str:
    for ending in WRONG_ENDINGS:
        if domain.endswith(ending):
            return domain.removesuffix(ending) + ".com"
    return domain


def nearest(domain: str) -> str:
    """The common domain that is one typing error away, or `domain` itself."""
    if domain in DOMAINS or domain in REAL_DOMAINS:
        return domain
    return next((known for known in DOMAINS if has_one_typing_error(domain, known)), domain)


def has_one_typing_error(typed: str, meant: str) -> bool:
    """One letter is extra, missing or wrong, or two are swapped; the first one must be right.

    People seldom mistype the first letter, and a domain with another first letter is often another
    provider: ymail.com, email.com, mail.com.
    """
    if typed[:1] != meant[:1] or abs(len(typed) - len(meant)) > 1:
        return False
    start = 0
    while start < min(len(typed), len(meant)) and typed[start] == meant[start]:
        start += 1
    rest, wanted = typed[start:], meant[start:]
    is_swapped = rest[:2] == wanted[1::-1] and rest[2:] == wanted[2:]
    return is_swapped or rest[1:] == wanted or rest == wanted[1:] or rest[1:] == wanted[1:]
