"""A module for each kind of row. Other packages import the models from here."""

from leads.models.consents import Consent, wording_version
from leads.models.mail import Bounce, NewsMessage, OutgoingMail, Suppression
from leads.models.people import EbookSignup, public_id
from leads.models.records import AccessRecord, Attempt, DownloadCount
from leads.models.requests import ConsultationRequest, RequestEvent
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
