from datetime import timedelta
from xml.etree import ElementTree

import pytest
from django.utils import timezone

from articles.models import Article
from clinic_site.models import Practice
from tests.articles import atom
from tests.factories import make_article, make_practice

ADDRESS = "http://127.0.0.1:8000/guides/feed/"


@pytest.fixture(autouse=True)
def _practice(db):
    make_practice()


def read_feed(client):
    response = client.get("/guides/feed/")

    assert response["Content-Type"] == "application/atom+xml; charset=utf-8"
    assert atom.errors_in_feed(response.content, address=ADDRESS) == []
    return ElementTree.fromstring(response.content)


def texts_of_entries(feed, name):
    return [entry.findtext(atom.ATOM + name) for entry in feed.iter(f"{atom.ATOM}entry")]


def test_feed_of_the_starter_content_is_valid_atom(client, starter):
    feed = read_feed(client)

    assert len(texts_of_entries(feed, "id")) == Article.objects.published().guides().count() > 0
    assert feed.findtext(f"{atom.ATOM}author/{atom.ATOM}name") == Practice.load().name


@pytest.mark.parametrize("guides", [0, 1, 2, 25])
def test_feed_is_valid_atom_for_any_number_of_guides(client, guides):
    for number in range(guides):
        make_article(slug=f"g{number}", title=f"Guide {number}", description=f"About {number}.")
    make_article(slug="draft", published_at=None)

    feed = read_feed(client)

    assert len(texts_of_entries(feed, "title")) == min(guides, 20)


@pytest.mark.parametrize(
    "changes",
    [
        {"title": "Neck & <b>back</b> ]]> pain", "description": '5 < 7 & "rest" <script>'},
        {"title": "Neck\x0bpain\ufffe\x07", "description": "a\x1fb", "lede": "\x01"},
        {"title": "Neck\npain ", "description": " ", "lede": ""},
        {"title": "काव्य 🙂 \u2028", "description": "", "lede": "Call [phone]."},
    ],
    ids=["markup", "control", "white", "letters"],
)
def test_feed_is_valid_atom_for_any_text(client, changes):
    make_article(**changes)

    read_feed(client)


def test_feed_shows_markup_as_text(client):
    make_article(title="Neck & <b>pain</b>", description="5 < 7")

    feed = read_feed(client)

    assert texts_of_entries(feed, "title") == ["Neck & <b>pain</b>"]
    assert texts_of_entries(feed, "summary") == [
        "5 &lt; 7"
    ]  # the summary is HTML, so it is escaped twice


def test_feed_falls_back_to_the_opening_sentence(client):
    make_article(lede="Call [practice].")

    assert texts_of_entries(read_feed(client), "summary") == ["Call Lake Clinic."]


def test_feed_has_an_author_before_the_practice_has_a_name(client):
    make_practice(name="")
    make_article()

    assert read_feed(client).findtext(f"{atom.ATOM}author/{atom.ATOM}name") == "127.0.0.1"


def test_feed_keeps_the_id_of_a_guide_whose_address_changes(client):
    article = make_article()
    article.slug = "sore-neck"
    article.save()

    feed = read_feed(client)

    day = f"{article.created_at:%Y-%m-%d}"
    assert texts_of_entries(feed, "id") == [f"tag:127.0.0.1,{day}:guide/{article.pk}"]


def test_feed_changes_only_when_a_guide_changes(client, time_machine):
    make_article()
    for _ in range(2):
        first = client.get("/guides/feed/")
        time_machine.move_to(timezone.now() + timedelta(hours=1))
        second = client.get("/guides/feed/")
        assert (first.content, first["Last-Modified"]) == (second.content, second["Last-Modified"])
        Article.objects.all().delete()


def test_feed_gives_no_update_before_the_day_of_publication(client):
    appeared = timezone.now() - timedelta(hours=1)
    make_article(published_at=appeared)
    Article.objects.update(updated_at=appeared - timedelta(days=9))

    feed = read_feed(client)

    assert texts_of_entries(feed, "updated") == texts_of_entries(feed, "published")


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        (b"<author>", b"<author/><author>", "3.2.1: a person has one name"),
        (b"<name>Lake Clinic</name>", b"<name> </name>", "3.2.1: a person has one name"),
        (b"<id>tag", b"<id>no tag", "4.2.6: id no tag"),
        (b' rel="self"', b"", "the feed should say where it is"),
        (b"<published>", b"<published>on ", "3.3: published on"),
        (b"<title>Neck pain</title>", b"", "title is missing"),
        (b"<title>Neck pain</title>", b"<title/>", "title is empty"),
        (b"<entry>", b"<entry><entry/>", "has no place in"),
    ],
)
def test_feed_validator_finds_each_kind_of_error(client, old, new, says):
    make_article()
    xml = client.get("/guides/feed/").content

    found = "; ".join(atom.errors_in_feed(xml.replace(old, new), address=ADDRESS))

    assert old in xml
    assert says in found


def test_feed_validator_asks_for_an_author(client):
    make_article()
    head, _, rest = client.get("/guides/feed/").content.partition(b"<author>")
    tail = rest.partition(b"</author>")[2]

    found = atom.errors_in_feed(head + tail, address=ADDRESS)

    assert found == ["4.1.1: neither the feed nor the entry has an author"]
