import re
from html import unescape

import pytest
from django.template import loader

from leads import mail
from leads.models import OutgoingMail
from tests.factories import make_practice, make_request, make_signup

ADDRESS = r"https?://[^\s\"<]+"
KINDS = ("library_link", "request_receipt", "request_alert")


def mails(**request_changes):
    """One queued mail of each kind, by kind."""
    mail.queue_library_link(make_signup(first_name=request_changes.get("name", "Ann")))
    fields = {"email": "lee@example.com"} | request_changes
    mail.queue_request_mails(make_request(**fields))
    return {queued.kind: queued for queued in OutgoingMail.objects.all()}


def words(text):
    return " ".join(text.split())


def body_words(html):
    body = html.partition("<body")[2].partition(">")[2]
    return words(unescape(re.sub(r"<[^>]+>", " ", body)))


def addresses(text):
    return set(re.findall(ADDRESS, text))


@pytest.mark.parametrize("kind", KINDS)
def test_text_and_html_say_the_same(db, kind):
    make_practice(street="1 Lake Rd", city="Troy", state="MI", postal_code="48083")
    queued = mails()[kind]

    html = words(re.sub(ADDRESS, " ", body_words(queued.html)))
    text = re.sub(rf"{ADDRESS}|^--$", " ", queued.text, flags=re.MULTILINE)
    sentences = [words(s) for s in re.split(r"(?<=[.?!,:])\s|\n\n", text) if s.strip()]
    missing = [s for s in sentences if s.rstrip(":,") not in html]

    assert missing == []
    assert addresses(queued.text) == addresses(unescape(queued.html))


@pytest.mark.parametrize("kind", KINDS)
def test_mail_is_small_and_loads_nothing(db, kind):
    make_practice()
    queued = mails()[kind]

    assert len(queued.html.encode()) + len(queued.text.encode()) < 20_000
    assert re.findall(r"<(?:img|link|script|iframe|video|form)|url\(|@import", queued.html) == []


@pytest.mark.parametrize("kind", KINDS)
def test_mail_has_one_call_to_action_and_says_why_it_came(db, kind):
    make_practice()
    queued = mails()[kind]

    assert queued.html.count('class="button"') == 1
    assert queued.text.count("You get this because") == 1


def test_library_link_holds_the_link_and_its_days(db):
    queued = mails()["library_link"]

    (link,) = [a for a in addresses(queued.text) if "/ebooks/library/" in a]
    assert f'href="{link}"' in queued.html
    assert "The link works for 30 days." in words(queued.text)


@pytest.mark.parametrize(
    ("name", "greeting"),
    [("Ann", "Hello Ann,"), ("O'Neil", "Hello O'Neil,"), ("<b>x</b>", ""), ("www.x.com", "")],
)
def test_greeting_stands_only_with_a_plain_name(db, name, greeting):
    queued = mails(name=name)

    for kind in ("library_link", "request_receipt"):
        assert (greeting in queued[kind].text) and (greeting in unescape(queued[kind].html))
        assert ("Hello" in queued[kind].text) == bool(greeting)
        assert ("Hello" in queued[kind].html) == bool(greeting)
        assert name in queued[kind].text or not greeting
        assert "<b>x" not in queued[kind].html


def test_receipt_says_when_we_call(db):
    make_practice(reply_promise="We call back within one working day.")

    text = words(mails(best_time="evening")["request_receipt"].text)

    assert (
        "We call you at the time you chose: evening. We call back within one working day." in text
    )
    assert "In an emergency, call 911 or go to the emergency room." in text
    assert "Call (248) 555-0123" in text


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"best_time": "any"}, "We call you. You said that any time is fine."),
        ({"phone": ""}, "We email you, at this address."),
    ],
)
def test_receipt_says_what_happens_next(db, changes, sentence):
    queued = mails(**changes)["request_receipt"]

    assert sentence in words(queued.text)
    assert sentence in body_words(queued.html)


def test_receipt_repeats_no_contact_and_no_note(db):
    make_practice(phone="+12485559999")

    queued = mails(note="my secret pain")["request_receipt"]

    for part in (queued.text, queued.html):
        assert "lee@example.com" not in part
        assert "555-0123" not in part
        assert "secret" not in part


def test_alert_holds_nothing_personal(db):
    queued = mails(name="Zacharias", note="my secret pain")["request_alert"]

    text = queued.subject + queued.text + queued.html
    assert re.search(r"New consultation request #\d+", queued.text)
    assert "/admin/leads/consultationrequest/" in queued.text
    for personal in ("Zacharias", "secret", "lee@example.com", "555-0123", "5550123", "morning"):
        assert personal not in text


@pytest.mark.parametrize("kind", KINDS)
def test_address_and_phone_stand_only_when_known(db, kind):
    make_practice(phone="", street="", city="")

    queued = mails()[kind]

    assert "tel:" not in queued.html
    assert ("None" in queued.text, "None" in queued.html) == (False, False)


def test_address_stands_in_the_foot(db):
    make_practice(street="1 <Lake> Rd", city="Troy", state="MI", postal_code="48083")

    queued = mails()["library_link"]

    assert "1 <Lake> Rd, Troy, MI 48083" in queued.text
    assert "1 &lt;Lake&gt; Rd, Troy, MI 48083" in queued.html


def test_email_keeps_the_rule_over_its_card_in_dark():
    style = loader.render_to_string("emails/_layout.html").partition("</style>")[0]

    card = re.search(r"\.card \{[^}]*border-color: (#\w+)", style)
    page = re.search(r"\.card \{ background: (#\w+)", style)
    assert (card[1], page[1]) == ("#77cfcf", "#122427")
