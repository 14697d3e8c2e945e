"""The JSON-LD of every public page has what schema.org and search engines ask of each type."""

import json
import re
from datetime import date, datetime

import pytest
from django.conf import settings

from articles.models import Article
from articles.sitemaps import ArticleSitemap
from leads import links
from tests.factories import make_article, make_practice, make_section, make_signup

# For each type: the properties that search engines require, and those that they advise. The source
# is Google's documentation of local business, organization, site name and breadcrumb, and
# schema.org for MedicalWebPage.
REQUIRED = {
    "MedicalWebPage": {"name", "url", "dateModified"},
    "MedicalCondition": {"name"},
    "MedicalOrganization": {"name", "url"},
    "Physiotherapy": {"name", "address"},
    "PostalAddress": {"streetAddress", "addressLocality", "addressCountry"},
    "Person": {"name"},
    "BreadcrumbList": {"itemListElement"},
    "ListItem": {"position", "name", "item"},
    "WebSite": {"name", "url"},
}
ADVISED = {
    "MedicalWebPage": {
        "@id", "description", "inLanguage", "datePublished", "about", "lastReviewed", "reviewedBy",
        "publisher",
    },
    "MedicalOrganization": {"@id", "telephone", "email", "areaServed"},
    "Physiotherapy": {"@id", "url", "telephone", "email", "areaServed"},
    "PostalAddress": {"addressRegion", "postalCode"},
    "Person": {"honorificSuffix"},
    "WebSite": {"publisher"},
}  # fmt: skip
PAGES = [
    "/", "/guides/", "/treatments/", "/ebooks/", "/ebooks/link/", "/ebooks/link/sent/",
    "/consultation/", "/consultation/thanks/", "/testimonials/", "/privacy/", "/nowhere/",
]  # fmt: skip
URLS = {"url", "item", "@id"}
FULL = {
    "email": "desk@example.com", "region": "south-east Michigan", "street": "1 Lake Street",
    "city": "Troy", "state": "MI", "postal_code": "48083",
}  # fmt: skip
HOSTILE = "</script><script>alert(1)</script> \"'\\ & \u2028 <!-- é"


def scripts(client, path):
    pattern = r'<script type="application/ld\+json">(.*?)</script>'
    return re.findall(pattern, client.get(path).text, re.DOTALL)


def graphs(client, path):
    for script in scripts(client, path):
        data = json.loads(script)
        assert data.keys() == {"@context", "@graph"}
        assert data["@context"] == "https://schema.org"
        yield data["@graph"]


def nodes_in(data):
    """Every node with a type, nested ones included."""
    if isinstance(data, dict):
        yield from [data] if "@type" in data else []
        data = list(data.values())
    if isinstance(data, list):
        for part in data:
            yield from nodes_in(part)


def values_in(data, name=""):
    """Every (property, value) of the data, including the properties of nested objects."""
    yield name, data
    if isinstance(data, dict):
        for key, value in data.items():
            yield from values_in(value, key)
    if isinstance(data, list):
        for part in data:
            yield from values_in(part, name)


def error_in_value(name, value):
    if value in ("", None, {}, []) or (isinstance(value, str) and value != value.strip()):
        return "is empty, or has spaces around it"
    if name in URLS and isinstance(value, str) and not value.startswith(f"{settings.BASE_URL}/"):
        return "is no address of ours"
    try:
        if name in {"datePublished", "dateModified"}:
            return "" if datetime.fromisoformat(value).tzinfo else "has no zone"
        if name == "lastReviewed":
            date.fromisoformat(value)
    except ValueError:
        return "is no date"
    return ""


def errors_in_graph(graph) -> list[str]:
    nodes = list(nodes_in(graph))
    found = [
        f"{node['@type']} lacks {name}"
        for node in nodes
        for name in REQUIRED.get(node["@type"], {"a place in the table"}) - node.keys()
    ]
    found += [f"{n} {why}: {v}" for n, v in values_in(graph) if (why := error_in_value(n, v))]
    known = {node["@id"] for node in nodes if "@id" in node}
    named = {v["@id"] for _, v in values_in(graph) if isinstance(v, dict) and v.keys() == {"@id"}}
    found += [f"nothing is {name}" for name in named - known]
    for node in nodes:
        places = [item["position"] for item in node.get("itemListElement", [])]
        if places != list(range(1, len(places) + 1)) or len(places) == 1:
            found.append(f"crumbs at {places}")
    return found


def read_sound_nodes(client, paths) -> list[dict]:
    """All nodes of these pages, after checking that the graphs have no error."""
    found = []
    for path in paths:
        for graph in graphs(client, path):
            assert errors_in_graph(graph) == [], path
            found += nodes_in(graph)
    return found


def types(nodes):
    return {node["@type"] for node in nodes}


def article_paths():
    return [article.get_absolute_url() for article in ArticleSitemap().items()]


def test_structured_data_is_left_out_on_an_empty_site(client, db):
    assert read_sound_nodes(client, PAGES) == []
    assert "ld+json" not in client.get("/").text


def test_structured_data_without_a_practice_describes_the_article_alone(client, db):
    make_section(make_article(condition="Neck pain"))

    nodes = read_sound_nodes(client, [*PAGES, "/guides/neck-pain/"])

    assert types(nodes) == {"MedicalWebPage", "MedicalCondition", "BreadcrumbList", "ListItem"}


def test_structured_data_of_the_starter_content_names_no_local_business(client, starter):
    token = links.library_path(make_signup())

    nodes = read_sound_nodes(client, [*PAGES, *article_paths(), token])

    assert len(article_paths()) > 3
    assert types(nodes) == {
        "MedicalWebPage", "MedicalCondition", "MedicalOrganization", "BreadcrumbList", "ListItem",
        "WebSite",
    }  # fmt: skip


@pytest.mark.parametrize("missing", [{"street"}, {"city"}, {"street", "city"}])
def test_structured_data_needs_an_address_for_a_local_business(client, db, missing):
    make_practice(**FULL | dict.fromkeys(missing, ""))

    assert types(read_sound_nodes(client, ["/"])) == {"MedicalOrganization", "WebSite"}


def test_structured_data_of_a_full_site_has_all_advised_properties(client, db):
    make_practice(**FULL)
    reviewed = {"reviewer": "Jo Doe", "reviewer_credential": "PT", "reviewed_on": "2026-11-01"}
    for kind in (Article.Kind.GUIDE, Article.Kind.CONDITION):
        make_article(kind=kind, description="About.", condition="Neck pain", **reviewed)

    nodes = read_sound_nodes(client, [*PAGES, *article_paths()])

    assert types(nodes) == REQUIRED.keys() - {"MedicalOrganization"}
    assert [(n["@type"], ADVISED.get(n["@type"], set()) - n.keys()) for n in nodes] == [
        (n["@type"], set()) for n in nodes
    ]


@pytest.mark.parametrize(
    "words", [HOSTILE, " Neck\x0bpain ", "]]>", "{{ 7|add:7 }}", "काव्य 🙂", "\\u003c/script>"]
)
def test_structured_data_has_no_error_for_any_text(client, db, words):
    make_practice(**FULL | dict.fromkeys(("name", "region", "street", "city"), words))
    typed = dict.fromkeys(("lede", "description", "condition", "reviewer"), words)
    make_article(title=words, reviewer_credential=words, **typed)

    nodes = read_sound_nodes(client, [*PAGES, "/guides/neck-pain/"])

    assert types(nodes) == REQUIRED.keys() - {"MedicalOrganization"}
    plain = " ".join(words.split())
    assert {n["name"] for n in nodes if n["@type"] == "MedicalWebPage"} == {plain}


@pytest.mark.parametrize("nothing", ["", " ", "\u200b", "\t"])
def test_structured_data_leaves_out_what_has_no_name(client, db, nothing):
    make_practice(name=nothing, **FULL)
    make_article(title=nothing, condition=nothing, reviewer=nothing, reviewer_credential="PT")

    assert types(read_sound_nodes(client, ["/", "/guides/neck-pain/"])) == {
        "BreadcrumbList",
        "ListItem",
    }


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"name": ""}, "is empty"),
        ({"name": None}, "is empty"),
        ({"url": "/"}, "is no address of ours"),
        ({"@type": "Hospital"}, "lacks a place in the table"),
        ({"@type": "Physiotherapy"}, "lacks address"),
        ({"dateModified": "2026-11-01T10:00:00"}, "has no zone"),
        ({"lastReviewed": "yesterday"}, "is no date"),
        ({"publisher": {"@id": "http://127.0.0.1:8000/#else"}}, "nothing is"),
        ({"itemListElement": [{"position": 1}]}, "crumbs at [1]"),
    ],
)
def test_structured_data_check_finds_each_kind_of_error(changes, says):
    node = {"@type": "WebSite", "name": "Lake Clinic", "url": "http://127.0.0.1:8000/"}

    assert errors_in_graph([node]) == []
    assert says in "; ".join(errors_in_graph([node | changes]))
