"""A typed email address that is very likely a slip: the mail would go to nobody, or a stranger."""

# Where most private mailboxes in the US are. Short names (aol, msn, me) are one slip away from
# other firms' real domains, so of those only a wrong ending is taken for a slip.
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
# One slip away from a name above, and yet somebody's.
REAL_DOMAINS = frozenset({"gail.com", "grail.com"})
# No such endings exist.
WRONG_ENDINGS = (".con", ".cmo", ".ocm", ".vom", ".comm", ".coom")


def suggestion(email: str) -> str:
    """The address that was probably meant; '' when nothing speaks against the typed one."""
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
    """The common domain that is one slip away, or `domain` itself."""
    if domain in DOMAINS or domain in REAL_DOMAINS:
        return domain
    return next((known for known in DOMAINS if is_one_slip(domain, known)), domain)


def is_one_slip(typed: str, meant: str) -> bool:
    """One letter too many, too few, wrong, or two swapped; never the first.

    People seldom mistype the first letter, and with another one it is often another provider:
    ymail.com, email.com, mail.com.
    """
    if typed[:1] != meant[:1] or abs(len(typed) - len(meant)) > 1:
        return False
    start = 0
    while start < min(len(typed), len(meant)) and typed[start] == meant[start]:
        start += 1
    rest, wanted = typed[start:], meant[start:]
    is_swapped = rest[:2] == wanted[1::-1] and rest[2:] == wanted[2:]
    return is_swapped or rest[1:] == wanted or rest == wanted[1:] or rest[1:] == wanted[1:]
