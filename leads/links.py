"""Signed links that expire. They hold a random id and a time, nothing personal (promise 16)."""

from datetime import datetime, timedelta

from django.core import signing
from django.urls import reverse
from django.utils import timezone

from leads.models import ConsultationRequest, EbookSignup

LIBRARY_MAX_AGE = timedelta(days=30)
LIBRARY_SALT = "leads.links.library"
NEWS_CONFIRM_MAX_AGE = timedelta(days=7)
NEWS_CONFIRM_SALT = "leads.links.news-confirm"
NEWS_UNSUBSCRIBE_SALT = "leads.links.news-unsubscribe"
MY_DATA_MAX_AGE = timedelta(days=7)
MY_DATA_SALT = "leads.links.my-data"


class ExpiredLinkError(Exception):
    """We signed the link, but it is too old."""


class UnknownLinkError(Exception):
    """We did not sign the link, a part of it is missing, or the person was erased."""


class DatedSigner(signing.TimestampSigner):
    """Signs with a given time, so that a command and tests can make a link that has expired."""

    def __init__(self, *, issued_at: datetime, salt: str):
        super().__init__(salt=salt)
        self.issued_at = issued_at

    def timestamp(self):
        return signing.b62_encode(int(self.issued_at.timestamp()))


def unsign(token: str, *, salt: str, max_age: timedelta) -> str:
    """The public id in the token."""
    try:
        return signing.TimestampSigner(salt=salt).unsign(token, max_age=max_age)
    except signing.SignatureExpired:
        raise ExpiredLinkError from None
    except signing.BadSignature:
        raise UnknownLinkError from None


def library_path(signup: EbookSignup, *, issued_at: datetime | None = None) -> str:
    """A link that opens the library for LIBRARY_MAX_AGE after `issued_at`, which is now if None."""
    signer = DatedSigner(issued_at=issued_at or timezone.now(), salt=LIBRARY_SALT)
    return reverse("leads:library", args=[signer.sign(signup.public_id)])


def find_signup(token: str, *, salt: str, max_age: timedelta) -> EbookSignup:
    public_id = unsign(token, salt=salt, max_age=max_age)
    signup = EbookSignup.objects.filter(public_id=public_id).first()
    if signup is None:
        raise UnknownLinkError
    return signup


def read_library_token(token: str) -> EbookSignup:
    return find_signup(token, salt=LIBRARY_SALT, max_age=LIBRARY_MAX_AGE)


def news_confirm_path(signup: EbookSignup) -> str:
    signer = signing.TimestampSigner(salt=NEWS_CONFIRM_SALT)
    return reverse("leads:news-confirm", args=[signer.sign(signup.public_id)])


def read_news_confirm_token(token: str) -> EbookSignup:
    return find_signup(token, salt=NEWS_CONFIRM_SALT, max_age=NEWS_CONFIRM_MAX_AGE)


def news_unsubscribe_path(public_id: str) -> str:
    """A link that never expires, because a reader may unsubscribe by an old mail."""
    signer = signing.Signer(salt=NEWS_UNSUBSCRIBE_SALT)
    return reverse("leads:news-unsubscribe", args=[signer.sign(public_id)])


def read_news_unsubscribe_token(token: str) -> EbookSignup | None:
    """The reader; None when we signed the token but the reader was deleted, and so gets no news."""
    try:
        public_id = signing.Signer(salt=NEWS_UNSUBSCRIBE_SALT).unsign(token)
    except signing.BadSignature:
        raise UnknownLinkError from None
    return EbookSignup.objects.filter(public_id=public_id).first()


def my_data_path(person: EbookSignup | ConsultationRequest) -> str:
    signer = signing.TimestampSigner(salt=MY_DATA_SALT)
    return reverse("leads:my-data", args=[signer.sign(person.public_id)])


def read_my_data_token(token: str) -> str:
    """The email address whose data the link opens; '' when that lead was deleted."""
    public_id = unsign(token, salt=MY_DATA_SALT, max_age=MY_DATA_MAX_AGE)
    for model in (EbookSignup, ConsultationRequest):
        person = model.objects.filter(public_id=public_id).first()
        if person:
            return person.email
    return ""
