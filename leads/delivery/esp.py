"""What an ESP tells of a mail after it took it, by the optional django-anymail (promise 6).

Only the part of django-anymail that checks and reads is used; what follows from an event is here.
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
DEAD_ADDRESS = {"bounced", "invalid"}  # other reasons are about us: blocked, spam, timed out


def label(mail: OutgoingMail) -> dict[str, str]:
    """What goes along with a mail, for the ESP to give back with each event about it."""
    return {"mail": mail.message_id}


def refuses_address(error: Exception) -> bool:
    """Whether the ESP's API took the question and said no to this recipient for good.

    Every other answer of an API may be about our key or our account, which are put right.
    """
    if not settings.ESP:
        return False
    from anymail.exceptions import AnymailRecipientsRefused  # noqa: PLC0415 optional

    return isinstance(error, AnymailRecipientsRefused)


@csrf_exempt  # the ESP has no page of ours; MAIL_WEBHOOK_SECRET is its proof
@require_http_methods(["HEAD", "POST"])
def mail_events(request):
    """Where the ESP posts what became of our mails. Without a secret there is no such page."""
    if not settings.ANYMAIL.get("WEBHOOK_SECRET"):
        raise Http404
    reader = import_string(READERS[settings.ESP])()
    if request.method == "HEAD":
        return HttpResponse()
    try:
        reader.run_validators(request)
        events = [(event, *named_in(event)) for event in reader.parse_events(request)]
    except SuspiciousOperation:
        logger.warning("an event about mail came without the secret")
        raise
    except Exception:  # noqa: BLE001 whatever the reader trips over is no event of the ESP's
        return errors.bad_request(request)
    for event, message_id, address in events:
        # Of mails in the outbox alone: nobody who was erased comes back by an event.
        mail = OutgoingMail.objects.filter(message_id=message_id, to_key=address).first()
        if mail:
            hear(event, mail)
    return HttpResponse()


def named_in(event) -> tuple[str, str]:
    """The Message-ID that went along as a label, and the folded address."""
    message_id, address = (event.metadata or {}).get("mail", ""), fold(event.recipient or "")
    if "\0" in message_id + address:
        raise ValueError
    return message_id, address


def hear(event, mail: OutgoingMail) -> None:
    kind = event.event_type
    if kind in {"bounced", "rejected", "failed"}:
        words = event.mta_response or event.description or event.reject_reason or kind
        is_dead = kind != "failed" and event.reject_reason in DEAD_ADDRESS
        bounces.came_back(mail, words=words, is_address_dead=is_dead)
    elif kind == "complained":
        bounces.complained(mail)
    elif kind == "unsubscribed":
        bounces.unsubscribed(mail, channel=Consent.Channel.ONE_CLICK)
    elif kind == "delivered":
        bounces.arrived(mail)
    logger.info("mail event", extra={"fields": {"mail": mail.pk, "event": kind}})
