"""Signed links that expire. They carry a random id and a time, nothing personal (promise 16)."""

from datetime import timedelta

from django.core import signing
from django.urls import reverse
from django.utils import timezone

from leads.models import EbookSignup

LIBRARY_MAX_AGE = timedelta(days=30)
LIBRARY_SALT = "leads.links.library"


class ExpiredLinkError(Exception):
    """Ours, but too old."""


class UnknownLinkError(Exception):
    """Forged, garbled, or of someone who was erased."""


class DatedSigner(signing.TimestampSigner):
    """A TimestampSigner that can be asked to sign as of another moment."""

    def __init__(self, *, issued_at, salt):
        super().__init__(salt=salt)
        self.issued_at = issued_at

    def timestamp(self):
        return signing.b62_encode(int(self.issued_at.timestamp()))


def library_path(signup: EbookSignup, *, issued_at=None) -> str:
    """The path of the person's library, good for LIBRARY_MAX_AGE from `issued_at` (now)."""
    signer = DatedSigner(issued_at=issued_at or timezone.now(), salt=LIBRARY_SALT)
    return reverse("leads:library", args=[signer.sign(signup.public_id)])


def read_library_token(token: str) -> EbookSignup:
    signer = signing.TimestampSigner(salt=LIBRARY_SALT)
    try:
        public_id = signer.unsign(token, max_age=LIBRARY_MAX_AGE)
    except signing.SignatureExpired:
        raise ExpiredLinkError from None
    except signing.BadSignature:
        raise UnknownLinkError from None
    signup = EbookSignup.objects.filter(public_id=public_id).first()
    if signup is None:
        raise UnknownLinkError
    return signup
