import pytest

from leads.models import OutgoingMail
from leads.news import mailing
from tests.factories import make_practice
from tests.leads.news_factories import ADDRESS, WORDING, make_message, make_reader


@pytest.fixture(autouse=True)
def _practice(db):
    make_practice(news_consent_text=WORDING, **ADDRESS)


def send(message):
    mailing.start(message)
    mailing.continue_sending(message)
    message.refresh_from_db()


def test_news_mail_says_the_same_in_both_parts():
    make_reader()
    body = (
        '<p>Read <a href="/guides/">our guides</a>.</p><ul><li>Lie down</li><li>Call [phone]</li>'
        "</ul><script>x</script>"
    )

    send(make_message(body=body))

    mail = OutgoingMail.objects.get(kind="news")
    assert "Read our guides (http://127.0.0.1:8000/guides/)." in mail.text
    assert "- Lie down\n- Call (248) 555-0123" in mail.text
    assert '<a href="http://127.0.0.1:8000/guides/">our guides</a>' in mail.html
    assert "<script>" not in mail.html
    assert len((mail.text + mail.html).encode()) < 20_000


def test_news_mail_has_no_dead_link():
    make_reader()
    links = '<a href="www.a.example">a</a> <a href="//b.example/">b</a> <a href="#c">c</a>'

    send(make_message(body=f'<p>{links} <a href="ann@d.example">d</a> <a href="e/">e</a></p>'))

    mail = OutgoingMail.objects.get(kind="news")
    assert "a (https://www.a.example) b (https://b.example/) c d (ann@d.example) e" in mail.text
    for address in ("https://www.a.example", "https://b.example/", "mailto:ann@d.example"):
        assert f'<a href="{address}">' in mail.html


def test_news_mail_counts_from_where_a_list_starts():
    make_reader()

    send(make_message(body='<ol start="3"><li>Rest</li><li>Walk</li></ol>'))

    assert "3. Rest\n4. Walk" in OutgoingMail.objects.get(kind="news").text
