"""The guide page that the starter content gives, as a reader's browser gets it."""

import re
from itertools import pairwise

import pytest
from django.utils.html import strip_tags

GUIDE = "/guides/back-spasm-treatment/"


@pytest.fixture
def html(client, starter):
    return client.get(GUIDE).text


def text(html):
    return re.sub(r"\s+", " ", strip_tags(html))


def positions(html, *needles):
    places = [html.find(needle) for needle in needles]
    assert -1 not in places, needles[places.index(-1)]
    return places


def test_guide_shows_the_emergency_list_first_and_the_sections_in_order(html):
    places = positions(
        html,
        'id="emergency"',
        "On this page",
        'id="stop"',
        'id="cold"',
        'id="heat"',
        'id="rest"',
        'id="legs"',
        'id="relax"',
        'id="medicine"',
        'id="exercises"',
        'id="urgent"',
        'id="call-a-doctor"',
        'id="if-nothing-works"',
        'action="/ebooks/"',
        "<blockquote",
    )

    assert places == sorted(places)


def test_guide_links_every_section_that_its_contents_names(html):
    targets = set(re.findall(r'href="#([\w-]+)"', html))

    assert len(targets) > 10
    assert [target for target in targets if f'id="{target}"' not in html] == []


def test_guide_has_one_h1_and_skips_no_level(html):
    levels = [int(level) for level in re.findall(r"<h([1-6])\b", html)]

    assert levels.count(1) == 1
    assert all(deeper - level <= 1 for level, deeper in pairwise(levels))


def test_guide_shows_the_doses(html):
    words = text(html)

    for dose in ("12 to 15 minutes", "Every 2 hours", "15 minutes", "Every 4 hours", "10 seconds"):
        assert dose.lower() in words.lower()


def test_guide_links_to_the_phone_of_the_practice(html):
    assert 'href="tel:+12488442665"' in html
    assert "(248) 844-2665" in html


def test_guide_form_posts_to_the_ebooks_page(html):
    form = re.search(r'<form[^>]*action="/ebooks/".*?</form>', html, re.DOTALL)[0]

    names = set(re.findall(r'name="(\w+)"', form))
    assert names == {"first_name", "email", "wants_news", "news_version", "website", "page"}
    assert f'value="{GUIDE}"' in form


def test_guide_loads_nothing_from_other_sites_and_sets_no_cookie(client, starter):
    response = client.get(GUIDE)

    sources = re.findall(r'(?:src|srcset|action|data)="([^"]+)"', response.text)
    stylesheets = re.findall(
        r'<link[^>]+rel="(?:stylesheet|icon)"[^>]+href="([^"]+)"', response.text
    )
    assert all(address.startswith("/") for address in sources + stylesheets)
    assert response.cookies == {}


def test_guide_has_no_inline_style_or_script(html):
    assert " style=" not in html
    assert "<style" not in html
    assert re.findall(r"<script(?! type=\"application/ld\+json\")[^>]*>(?=[^<])", html) == []
