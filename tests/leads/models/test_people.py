from datetime import timedelta

from django.utils import timezone

from leads.models import Consent, ConsultationRequest, EbookSignup
from tests.factories import make_bounce, make_request, make_signup
from tests.leads.news_factories import WORDING, make_asked, make_reader


def test_leads_know_whether_mail_reaches_them(db):
    make_signup()
    make_request(email="Ann@Example.com")
    make_request(digest="2", email="")
    make_bounce()

    assert EbookSignup.objects.with_bounce().get().bounce == "dead"
    found = ConsultationRequest.objects.with_bounce().order_by("pk")
    assert [request.bounce for request in found] == ["dead", None]


def test_news_goes_to_no_address_that_bounced(db):
    reader = make_reader()
    assert EbookSignup.objects.news_readers().count() == 1

    make_bounce(address=reader.email_key)

    assert EbookSignup.objects.news_readers().count() == 0


def test_news_readers_go_by_the_last_line_of_the_ledger_not_by_the_clock(db):
    reader = make_reader()
    reader.consents.create(
        purpose=Consent.Purpose.NEWS,
        event=Consent.Event.WITHDRAWN,
        wording=WORDING,
        at=timezone.now() - timedelta(days=1),
    )

    assert EbookSignup.objects.news_readers().count() == 0


def test_consent_version_is_of_the_words(db):
    first, same = make_asked(1).consents.get(), make_asked(2).consents.get()
    other = make_signup().consents.create(
        purpose="news", event="asked", wording=WORDING.replace("news", "letters")
    )

    assert first.version == same.version == "c139a4c4"
    assert other.version != first.version
