"""What an ESP (email service provider) reports about a mail that it accepted (promise 6).

The optional django-anymail checks and reads the reports; what follows from them is decided here.
"""

import logging

from django.conf import settings
from django.core.exceptions import SuspiciousOperation
from django.http import Http404, HttpResponse
from django.utils.module_loading import import_string
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from clinic_site.web import errors
from leads.addresses import fold
from leads.delivery import bounces
from leads.models import Consent, OutgoingMail

logger = logging.getLogger(__name__)

READERS = {
    "mailgun": "anymail.webhooks.mailgun.MailgunTrackingWebhookView",
    "postmark": "anymail.webhooks.postmark.PostmarkTrackingWebhookView",
    "sparkpost": "anymail.webhooks.sparkpost.SparkPostTrackingWebhookView",
}
# The other reasons (blocked, spam, timed out) are about us and not about the address.
DEAD_ADDRESS = {"bounced", "invalid"}


def metadata(mail: OutgoingMail) -> dict[str, str]:
    """The ESP gets this with a mail, and repeats it in every event about that mail."""
    return {"mail": mail.message_id}


def refuses_address(error: Exception) -> bool:
    """Whether the ESP's API refused this recipient for good.

    Any other error of an API may be about our key or our account, which staff can correct.
    """
    if not settings.ESP:
        return False
    from anymail.exceptions import AnymailRecipientsRefused  # noqa: PLC0415 optional

    return isinstance(error, AnymailRecipientsRefused)


@csrf_exempt  # the ESP has no CSRF token of ours; it proves itself with MAIL_WEBHOOK_SECRET
@require_http_methods(["HEAD", "POST"])
def mail_events(request):
    """Receives the ESP's events about our mails; 404 when no secret is set."""
    if not settings.ANYMAIL.get("WEBHOOK_SECRET"):
        raise Http404
    reader = import_string(READERS[settings.ESP])()
    if request.method == "HEAD":
        return HttpResponse()
    try:
        reader.run_validators(request)
        events = [(event, *read_mail_id(event)) for event in reader.parse_events(request)]
    except SuspiciousOperation:
        logger.warning("an event about mail came without the secret")
        raise
    except Exception:  # noqa: BLE001 a body that the reader cannot read is not from the ESP
        return errors.bad_request(request)
    for event, message_id, address in events:
        # Skip events about mails that are not in the outbox: the person may have been erased, and
        # then their address must not be stored again.
        mail = OutgoingMail.objects.filter(message_id=message_id, to_key=address).first()
        if mail:
            apply_event(event, mail)
    return HttpResponse()


def read_mail_id(event) -> tuple[str, str]:
    """The Message-ID from the mail's metadata, and the folded address."""
    message_id, address = (event.metadata or {}).get("mail", ""), fold(event.recipient or "")
    if "\0" in message_id + address:
        raise ValueError
    return message_id, address


def apply_event(event, mail: OutgoingMail) -> None:
    kind = event.event_type
    if kind in {"bounced", "rejected", "failed"}:
        words = event.mta_response or event.description or event.reject_reason or kind
        is_dead = kind != "failed" and event.reject_reason in DEAD_ADDRESS
        bounces.record_bounce(mail, words=words, is_address_dead=is_dead)
    elif kind == "complained":
        bounces.record_complaint(mail)
    elif kind == "unsubscribed":
        bounces.unsubscribe(mail, channel=Consent.Channel.ONE_CLICK)
    elif kind == "delivered":
        bounces.record_delivery(mail)
    logger.info("mail event", extra={"fields": {"mail": mail.pk, "event": kind}})
