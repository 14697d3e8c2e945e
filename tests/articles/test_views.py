import json
import re
from datetime import timedelta

import pytest
from django.core import signing
from django.core.exceptions import ValidationError
from django.db import IntegrityError
from django.utils import timezone

from articles.models import Article, Section
from tests.factories import make_article, make_practice, make_section


@pytest.fixture(autouse=True)
def _practice(db):
    make_practice()


def structured_data(response):
    opening = '<script type="application/ld+json">'
    script = re.search(re.escape(opening) + "(.*?)</script>", response.text, re.DOTALL)
    return {node["@type"]: node for node in json.loads(script[1])["@graph"]}


def test_article_shows_its_words(client):
    make_section(make_article(lede="Call [practice]."), dose_how_long="15 minutes")

    page = client.get("/guides/neck-pain/").text

    assert "<title>Neck pain – Lake Clinic</title>" in page
    assert "Call Lake Clinic." in page
    assert 'id="rest"' in page
    assert "15 minutes" in page


@pytest.mark.parametrize("published_at", [None, timezone.now() + timedelta(days=365)])
def test_article_is_hidden_until_it_is_published(client, published_at):
    make_article(published_at=published_at)

    assert client.get("/guides/neck-pain/").status_code == 404
    assert "Neck pain" not in client.get("/guides/").text


def test_article_steps_count_themselves(client):
    article = make_article()
    for position, anchor in enumerate(["a", "b", "c"]):
        make_section(article, kind="step", anchor=anchor, position=position, title=anchor)

    [(kind, steps)] = article.blocks

    assert kind == "step"
    assert [(s.anchor, s.number) for s in steps] == [("a", 1), ("b", 2), ("c", 3)]


@pytest.mark.parametrize("sections", [1, 30])
def test_article_costs_the_same_queries_whatever_its_length(
    client, django_assert_max_num_queries, sections
):
    article = make_article()
    for number in range(sections):
        make_section(article, anchor=f"s{number}")

    with django_assert_max_num_queries(7):
        client.get("/guides/neck-pain/")


def test_article_keeps_its_old_addresses_for_ever(client):
    article = make_article()
    for slug in ("sore-neck", "stiff-neck"):
        article.slug = slug
        article.save()

    for old in ("neck-pain", "sore-neck"):
        response = client.get(f"/guides/{old}/")
        assert (response.status_code, response["Location"]) == (301, "/guides/stiff-neck/")


def test_article_may_take_an_old_address_back(client):
    article = make_article()
    for slug in ("sore-neck", "neck-pain"):
        article.slug = slug
        article.save()

    assert client.get("/guides/neck-pain/").status_code == 200
    assert client.get("/guides/sore-neck/")["Location"] == "/guides/neck-pain/"


def test_article_address_is_unique_within_its_kind():
    make_article()

    with pytest.raises(IntegrityError):
        make_article()


def test_section_anchor_is_unique_within_its_article():
    article = make_article()
    make_section(article)

    with pytest.raises(IntegrityError):
        make_section(article)


def test_section_refuses_a_drawing_that_is_not_there():
    section = Section(article=make_article(), title="A", anchor="a", figure="cold unicorn")

    with pytest.raises(ValidationError, match="There is no drawing called unicorn"):
        section.full_clean()


def test_fixed_page_must_be_one_we_have():
    with pytest.raises(ValidationError, match="A page with a fixed address is one of"):
        Article(kind="page", slug="blog", title="Blog").full_clean()


def test_preview_opens_an_unpublished_article_by_its_signed_link(client):
    article = make_article(published_at=None)
    token = signing.dumps(article.pk, salt="articles.preview")

    response = client.get(f"/preview/{token}/")

    assert "Neck pain" in response.text
    assert response["Cache-Control"] == "private, no-store"
    assert response["X-Robots-Tag"] == "noindex"
    assert client.get(f"/preview/{signing.dumps(article.pk, salt='x')}/").status_code == 404


def test_structured_data_says_what_is_known(client):
    make_article(condition="Neck pain", reviewer="Jo Doe", reviewer_credential="PT")

    nodes = structured_data(client.get("/guides/neck-pain/"))

    assert nodes["MedicalWebPage"]["about"] == {"@type": "MedicalCondition", "name": "Neck pain"}
    assert nodes["MedicalWebPage"]["reviewedBy"]["name"] == "Jo Doe"
    assert nodes["MedicalOrganization"]["telephone"] == "+12485550123"
    names = [item["name"] for item in nodes["BreadcrumbList"]["itemListElement"]]
    assert names == ["Home", "Guides", "Neck pain"]


def test_structured_data_leaves_out_what_is_unknown(client):
    make_article()

    nodes = structured_data(client.get("/guides/neck-pain/"))

    assert not {"reviewedBy", "lastReviewed", "about"} & nodes["MedicalWebPage"].keys()
    assert not {"address", "email", "areaServed"} & nodes["MedicalOrganization"].keys()


def test_structured_data_cannot_close_its_script(client):
    make_article(title="</script><script>alert(1)</script>")

    response = client.get("/guides/neck-pain/")

    assert "<script>alert(1)" not in response.text
    assert structured_data(response)["MedicalWebPage"]["name"].startswith("</script>")


def test_sitemap_lists_what_is_published(client):
    make_article()
    make_article(slug="draft", published_at=None)

    page = client.get("/sitemap.xml").text

    assert "/guides/neck-pain/</loc><lastmod>" in page
    assert "/treatments/</loc>" in page
    assert "draft" not in page
    assert "thanks" not in page


def test_feed_lists_the_guides(client):
    make_article(description="About necks.")

    page = client.get("/guides/feed/").text

    assert "<title>Neck pain</title>" in page
    assert "About necks." in page


def test_robots_keep_out_of_what_is_private(client):
    lines = client.get("/robots.txt").text.splitlines()

    assert "Disallow: /ebooks/library/" in lines
    assert lines[-1] == "Sitemap: http://127.0.0.1:8000/sitemap.xml"


def test_security_txt_names_a_contact_and_an_end(client):
    lines = client.get("/.well-known/security.txt").text.splitlines()

    assert lines[0] == "Contact: tel:+12485550123"
    assert lines[1].startswith("Expires: 20")


def test_pages_work_before_any_content_is_loaded(client):
    paths = ["/", "/guides/", "/treatments/", "/ebooks/", "/consultation/", "/testimonials/"]

    statuses = {path: client.get(path).status_code for path in [*paths, "/privacy/"]}

    assert set(statuses.values()) == {200}


@pytest.mark.parametrize("path", ["/sitemap.xml", "/guides/feed/"])
def test_links_for_machines_come_from_the_configured_address(client, path):
    make_article()

    page = client.get(path, headers={"host": "localhost:9999"}).text

    assert "http://127.0.0.1:8000/guides/neck-pain/" in page
    assert "9999" not in page
