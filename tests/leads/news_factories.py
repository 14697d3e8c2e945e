"""Makes readers and news messages; tests/factories.py makes all other rows."""

from leads.models import Consent, NewsMessage
from leads.news import consent
from tests.factories import make_signup

WORDING = "Send me news."
ADDRESS = {"street": "1 Main St", "city": "Troy", "state": "MI", "postal_code": "48083"}


def make_asked(number=1, **changes):
    """A person who ticked the box and has not confirmed yet."""
    email = f"reader{number}@example.com"
    signup = make_signup(**{"email": email, "email_key": email} | changes)
    signup.consents.create(purpose="news", event="asked", wording=WORDING, page="/ebooks/")
    return signup


def make_reader(number=1, **changes):
    signup = make_asked(number, **changes)
    consent.confirm(signup, page="/news/confirm/")
    return signup


def withdraw(reader):
    consent.withdraw(reader, channel="link", page="/news/unsubscribe/")


def make_message(**changes):
    fields = {"subject": "Sleep well", "body": "<p>Try <a href='/guides/'>our guides</a>.</p>"}
    return NewsMessage.objects.create(**fields | changes)


def ledger(signup):
    return list(
        Consent.objects.filter(signup=signup).order_by("pk").values_list("event", flat=True)
    )
