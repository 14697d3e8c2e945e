"""Email addresses: the form that mail is sent to, and the one that is compared."""

from django.utils.encoding import punycode


def in_ascii(email: str) -> str:
    """With the domain as the mail server gets it: one domain has many spellings, but one of these.

    UnicodeError when it has none.
    """
    local, at, domain = email.rpartition("@")
    return f"{local}{at}{punycode(domain)}"


def fold(email: str) -> str:
    """The form of an address that is compared: no spaces around it, no capitals, domain in ASCII.

    Not casefold(), which makes other people's letters of some, and two of one.
    """
    email = email.strip()
    try:
        return in_ascii(email).lower()
    except UnicodeError:
        return email.lower()


GMAIL = {"gmail.com", "googlemail.com"}


def mailbox(folded: str) -> str:
    """Where mail to a folded address ends up, as far as is known of all mail servers or of Gmail.

    Only for counting how much one mailbox gets: elsewhere a dot or a plus may be another person.
    """
    local, _, domain = folded.rpartition("@")
    local = local.partition("+")[0] or local
    return f"{local.replace('.', '')}@gmail.com" if domain in GMAIL else f"{local}@{domain}"
