"""One module a kind of row; the rest of the site imports them from here."""

from leads.models.mail import Bounce, NewsMessage, OutgoingMail, Suppression
from leads.models.people import (
    Consent,
    ConsultationRequest,
    EbookSignup,
    RequestEvent,
    public_id,
    wording_version,
)
from leads.models.records import AccessRecord, Attempt, DownloadCount
from leads.models.testimonials import Testimonial

__all__ = [
    "AccessRecord",
    "Attempt",
    "Bounce",
    "Consent",
    "ConsultationRequest",
    "DownloadCount",
    "EbookSignup",
    "NewsMessage",
    "OutgoingMail",
    "RequestEvent",
    "Suppression",
    "Testimonial",
    "public_id",
    "wording_version",
]
