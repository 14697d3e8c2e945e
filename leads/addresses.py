"""Two forms of an email address: one that mail is sent to, and one that is compared."""

from django.utils.encoding import punycode


def in_ascii(email: str) -> str:
    """The address with its domain as mail servers write it, for example xn--mnchen-3ya.de.

    Raises UnicodeError when the domain has no such form.
    """
    local, at, domain = email.rpartition("@")
    return f"{local}{at}{punycode(domain)}"


def fold(email: str) -> str:
    """The form of an address that is compared: no spaces around it, no capitals, domain in ASCII.

    It does not use casefold(), because that turns ß into ss, and the address with ss can belong to
    another person.
    """
    email = email.strip()
    try:
        return in_ascii(email).lower()
    except UnicodeError:
        return email.lower()


GMAIL = {"gmail.com", "googlemail.com"}


def mailbox(folded: str) -> str:
    """The mailbox that gets the mail to a folded address.

    Most mail servers ignore what follows a plus, and Gmail ignores dots. Use it only to count
    mails, because on other servers such an address can belong to another person.
    """
    local, _, domain = folded.rpartition("@")
    local = local.partition("+")[0] or local
    return f"{local.replace('.', '')}@gmail.com" if domain in GMAIL else f"{local}@{domain}"
