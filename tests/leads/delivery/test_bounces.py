import pytest

from leads.delivery import bounces
from leads.models import Bounce, OutgoingMail
from leads.news import consent
from tests.factories import make_bounce, make_mail
from tests.leads.news_factories import ledger, make_reader


@pytest.mark.parametrize(
    ("code", "words", "is_dead"),
    [
        (550, "5.1.1 no such user", True),
        (550, "5.2.1 mailbox disabled", True),
        (552, "5.2.2 mailbox full", True),
        (550, "no such user", True),
        (553, "mailbox name not allowed", True),
        (550, "5.7.1 your host is on a blocklist", False),
        (554, "5.4.14 hop count exceeded", False),
        (554, "relay access denied", False),
    ],
)
def test_refusal_is_about_the_address_or_about_us(code, words, is_dead):
    assert bounces.is_about_the_address(code, words) is is_dead


def test_bounced_address_is_marked_once_with_the_last_words(db):
    bounces.mark_address("ann@example.com", reason="dead", words="first")
    bounces.mark_address("ann@example.com", reason="dead", words="w" * 400)

    assert Bounce.objects.get().words == "w" * 300


def test_mail_that_came_back_can_be_sent_again(db):
    mail = make_mail(state="sent")

    bounces.record_bounce(mail, words="554 blocked", is_address_dead=False)

    mail = OutgoingMail.objects.get()
    assert (mail.state, mail.last_error) == ("failed", "Came back: 554 blocked")
    assert Bounce.objects.count() == 0


def test_complaint_ends_the_news_and_says_how(db):
    reader = make_reader()

    bounces.record_complaint(make_mail(to=reader.email, to_key=reader.email_key, state="sent"))

    assert ledger(reader) == ["asked", "confirmed", "withdrawn"]
    assert consent.last_entry(reader).channel == "complaint"
    assert Bounce.objects.get().reason == "complaint"


def test_complaint_without_a_signup_only_marks_the_address(db):
    bounces.record_complaint(make_mail(state="sent"))

    assert Bounce.objects.get().address == "ann@example.com"


def test_delivery_report_deletes_the_mark_and_settles_the_mail(db):
    mail = make_mail(attempts=1, last_error="ReadTimeout")
    make_bounce()

    bounces.record_delivery(mail)

    mail = OutgoingMail.objects.get()
    assert (mail.state, mail.last_error, mail.sent_at is None) == ("sent", "", False)
    assert Bounce.objects.count() == 0


def test_bounce_of_someone_erased_meanwhile_stores_nothing(db):
    mail = make_mail(state="sent")
    OutgoingMail.objects.all().delete()

    bounces.record_bounce(mail, words="550 no such user", is_address_dead=True)
    bounces.record_complaint(mail)

    assert Bounce.objects.count() == 0
