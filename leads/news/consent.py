"""Who gets news: a person ticks the box, confirms by mail, and can unsubscribe (promises 8, 9).

The newest entry of a person's consent ledger decides. The ebooks do not depend on it.
"""

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.crypto import salted_hmac

from clinic_site.models import Practice
from leads import mail
from leads.models import Consent, EbookSignup, OutgoingMail, Suppression, wording_version

Channel = Consent.Channel


def wording_shown(version: str, present: str) -> str:
    """The words beside the box on the page that the visitor saw; '' for an unknown version.

    A form without a version (from a script or an old page) gets the present words.
    """
    if not version or version == wording_version(present):
        return present
    former = Practice.history.values_list("news_consent_text", flat=True).distinct().order_by()
    return next((words for words in former if words and wording_version(words) == version), "")


def last_entry(signup: EbookSignup) -> Consent | None:
    return signup.consents.filter(purpose=Consent.Purpose.NEWS).order_by("-pk").first()


def add_entry(signup: EbookSignup, event: Consent.Event, wording: str, **where: str) -> None:
    """Adds an entry to the ledger; `where` is its `page` and `channel`."""
    signup.consents.create(purpose=Consent.Purpose.NEWS, event=event, wording=wording, **where)


def record_asked(signup: EbookSignup, *, wording: str, page: str) -> bool:
    """Records that the box was ticked; False when the person gets the news already."""
    last = last_entry(signup)
    if last and last.event == Consent.Event.CONFIRMED:
        return False
    is_repeated = (
        last is not None
        and (last.event, last.wording) == (Consent.Event.ASKED, wording)
        and last.at > timezone.now() - mail.REPEAT_PAUSE
    )
    if not is_repeated:
        add_entry(signup, Consent.Event.ASKED, wording, page=page, channel=Channel.FORM)
    return True


def ask_to_confirm(signup: EbookSignup, *, wording: str, page: str) -> None:
    """Mails a link to the person who ticked the box. They get no news before they confirm."""
    if record_asked(signup, wording=wording, page=page):
        mail.queue_news_confirm(signup)


@transaction.atomic
def confirm(signup: EbookSignup, *, page: str) -> None:
    """Records the confirmation, unless the person has answered the question already.

    Otherwise an old link could undo an unsubscribe.
    """
    signup = EbookSignup.objects.select_for_update().get(pk=signup.pk)
    last = last_entry(signup)
    if last is None or last.event != Consent.Event.ASKED:
        return
    add_entry(signup, Consent.Event.CONFIRMED, last.wording, page=page, channel=Channel.LINK)
    Suppression.objects.filter(address_hash__in=address_hashes(signup.email_key)).delete()


def may_withdraw(signup: EbookSignup) -> bool:
    last = last_entry(signup)
    return last is not None and last.event != Consent.Event.WITHDRAWN


@transaction.atomic
def withdraw(signup: EbookSignup, *, channel: Channel, page: str = "") -> None:
    """Stops all news, including the news mails that already wait in the outbox."""
    signup = EbookSignup.objects.select_for_update().get(pk=signup.pk)
    last = last_entry(signup)
    if last is not None and last.event != Consent.Event.WITHDRAWN:
        add_entry(signup, Consent.Event.WITHDRAWN, last.wording, page=page, channel=channel)
    suppress(signup.email_key)
    OutgoingMail.objects.waiting().filter(to_key=signup.email_key, kind="news").delete()


def address_hash(email_key: str, *, secret: str | None = None) -> str:
    """A keyed hash: without SECRET_KEY nobody can find the address by hashing known addresses."""
    salt = "leads.news.suppression"  # stored hashes depend on it
    return salted_hmac(salt, email_key, secret=secret, algorithm="sha256").hexdigest()


def address_hashes(email_key: str) -> list[str]:
    """Hashes with the present and each former SECRET_KEY, so a suppression survives a new key."""
    secrets = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    return [address_hash(email_key, secret=secret) for secret in secrets]


def suppress(email_key: str) -> None:
    Suppression.objects.get_or_create(address_hash=address_hash(email_key))


def find_suppressed(email_keys: list[str]) -> set[str]:
    """Which of these folded addresses must get no news."""
    keys = {hashed: key for key in email_keys for hashed in address_hashes(key)}
    found = Suppression.objects.filter(address_hash__in=keys).values_list("address_hash", flat=True)
    return {keys[hashed] for hashed in found}
