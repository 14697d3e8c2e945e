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


def test_article_shows_title_lede_section_and_dose(client):
    make_section(make_article(lede="Call [practice]."), dose_how_long="15 minutes")

    page = client.get("/guides/neck-pain/").text

    assert "<title>Neck pain – Lake Clinic</title>" in page
    assert "Call Lake Clinic." in page
    assert 'id="rest"' in page
    assert "15 minutes" in page


@pytest.mark.parametrize("published_at", [None, timezone.now() + timedelta(days=365)])
def test_article_is_hidden_until_it_is_published(client, published_at):
    make_article(published_at=published_at)

    assert "We could not find that page" in client.get("/guides/neck-pain/").text
    assert "Neck pain" not in client.get("/guides/").text


def test_article_numbers_its_steps(client):
    article = make_article()
    for position, anchor in enumerate(["a", "b", "c"]):
        make_section(article, kind="step", anchor=anchor, position=position, title=anchor)

    [(kind, steps)] = article.blocks

    assert kind == "step"
    assert [(s.anchor, s.number) for s in steps] == [("a", 1), ("b", 2), ("c", 3)]


@pytest.mark.parametrize("sections", [1, 30])
def test_article_runs_the_same_queries_for_1_and_30_sections(
    client, django_assert_max_num_queries, sections
):
    article = make_article()
    for number in range(sections):
        make_section(article, anchor=f"s{number}")

    with django_assert_max_num_queries(7):
        client.get("/guides/neck-pain/")


def test_article_redirects_from_each_former_address(client):
    article = make_article()
    for slug in ("sore-neck", "stiff-neck"):
        article.slug = slug
        article.save()

    for old in ("neck-pain", "sore-neck"):
        response = client.get(f"/guides/{old}/")
        assert (response.status_code, response["Location"]) == (301, "/guides/stiff-neck/")


def test_article_can_take_a_former_address_back(client):
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


def test_section_with_an_unknown_drawing_is_refused():
    section = Section(article=make_article(), title="A", anchor="a", figure="cold unicorn")

    with pytest.raises(ValidationError, match="There is no drawing called unicorn"):
        section.full_clean()


def test_fixed_page_with_an_unknown_address_is_refused():
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


def test_robots_txt_forbids_private_pages(client):
    lines = client.get("/robots.txt").text.splitlines()

    assert "Disallow: /ebooks/library/" in lines
    assert lines[-1] == "Sitemap: http://127.0.0.1:8000/sitemap.xml"


def test_security_txt_names_a_contact_and_an_expiry_date(client):
    lines = client.get("/.well-known/security.txt").text.splitlines()

    assert lines[0] == "Contact: tel:+12485550123"
    assert lines[1].startswith("Expires: 20")


def test_pages_work_before_any_content_is_loaded(client):
    paths = ["/", "/guides/", "/treatments/", "/ebooks/", "/consultation/", "/testimonials/"]

    pages = [client.get(path) for path in [*paths, "/privacy/"]]

    assert [(page.status_code, page.text.count("<h1")) for page in pages] == [(200, 1)] * 7


@pytest.mark.parametrize("path", ["/sitemap.xml", "/guides/feed/"])
def test_sitemap_and_feed_use_the_configured_address_not_the_host_header(client, path):
    make_article()

    page = client.get(path, headers={"host": "localhost:9999"}).text

    assert "http://127.0.0.1:8000/guides/neck-pain/" in page
    assert "9999" not in page
