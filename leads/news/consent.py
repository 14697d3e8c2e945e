"""Who gets news: asked by the box, confirmed by a button, withdrawn by one click (promises 8, 9).

The ledger's last line about a person decides. The delivery of ebooks never reads or writes it.
"""

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.crypto import salted_hmac

from clinic_site.models import Practice
from leads import mail
from leads.models import Consent, EbookSignup, OutgoingMail, Suppression, wording_version

Channel = Consent.Channel

CONFIRM_PAGE = "/news/confirm/"
UNSUBSCRIBE_PAGE = "/news/unsubscribe/"


def wording_shown(version: str, present: str) -> str:
    """The words beside the box on the page that the visitor had; '' when we never had such words.

    A form without a version (a script's, or an old page's) has the present words.
    """
    if not version or version == wording_version(present):
        return present
    former = Practice.history.values_list("news_consent_text", flat=True).distinct().order_by()
    return next((words for words in former if words and wording_version(words) == version), "")


def last_word(signup: EbookSignup) -> Consent | None:
    return signup.consents.filter(purpose=Consent.Purpose.NEWS).order_by("-pk").first()


def write(signup: EbookSignup, event: Consent.Event, wording: str, **where: str) -> None:
    """A new line of the ledger; `where` is its `page` and `channel`."""
    signup.consents.create(purpose=Consent.Purpose.NEWS, event=event, wording=wording, **where)


def note_wish(signup: EbookSignup, *, wording: str, page: str) -> bool:
    """Keeps the words beside the ticked box; False when the person gets the news already."""
    word = last_word(signup)
    if word and word.event == Consent.Event.CONFIRMED:
        return False
    is_repeated = (
        word is not None
        and (word.event, word.wording) == (Consent.Event.ASKED, wording)
        and word.at > timezone.now() - mail.REPEAT_PAUSE
    )
    if not is_repeated:
        write(signup, Consent.Event.ASKED, wording, page=page, channel=Channel.FORM)
    return True


def ask(signup: EbookSignup, *, wording: str, page: str) -> None:
    """The box was ticked: nothing but one mail with a button follows from that."""
    if note_wish(signup, wording=wording, page=page):
        mail.queue_news_confirm(signup)


@transaction.atomic
def confirm(signup: EbookSignup) -> None:
    """Only what was asked and not yet answered; an old link never undoes an unsubscribe."""
    signup = EbookSignup.objects.select_for_update().get(pk=signup.pk)
    word = last_word(signup)
    if word is None or word.event != Consent.Event.ASKED:
        return
    write(signup, Consent.Event.CONFIRMED, word.wording, page=CONFIRM_PAGE, channel=Channel.LINK)
    Suppression.objects.filter(address_hash__in=address_hashes(signup.email_key)).delete()


def may_withdraw(signup: EbookSignup) -> bool:
    word = last_word(signup)
    return word is not None and word.event != Consent.Event.WITHDRAWN


@transaction.atomic
def withdraw(signup: EbookSignup, *, channel: Channel, page: str = "") -> None:
    """No news from now on, not even what waits in the outbox already."""
    signup = EbookSignup.objects.select_for_update().get(pk=signup.pk)
    word = last_word(signup)
    if word is not None and word.event != Consent.Event.WITHDRAWN:
        write(signup, Consent.Event.WITHDRAWN, word.wording, page=page, channel=channel)
    suppress(signup.email_key)
    OutgoingMail.objects.waiting().filter(to_key=signup.email_key, kind="news").delete()


def address_hash(email_key: str, *, secret: str | None = None) -> str:
    """Stands for the folded address; without SECRET_KEY nobody can try addresses against it."""
    salt = "leads.news.consent.suppression"
    return salted_hmac(salt, email_key, secret=secret, algorithm="sha256").hexdigest()


def address_hashes(email_key: str) -> list[str]:
    """By the present key and each former one: a suppression holds on when the key is changed."""
    secrets = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    return [address_hash(email_key, secret=secret) for secret in secrets]


def suppress(email_key: str) -> None:
    Suppression.objects.get_or_create(address_hash=address_hash(email_key))


def suppressed(email_keys: list[str]) -> set[str]:
    """Those of the folded addresses that get no news."""
    keys = {hashed: key for key in email_keys for hashed in address_hashes(key)}
    found = Suppression.objects.filter(address_hash__in=keys).values_list("address_hash", flat=True)
    return {keys[hashed] for hashed in found}
