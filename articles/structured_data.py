"""JSON-LD for search engines, made only of what the records say."""

import json

from django.conf import settings
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe

from articles.models import Article
from articles.rich_text.tree import one_line
from clinic_site.models import Practice

CLINIC_ID = f"{settings.BASE_URL}/#practice"


def absolute(path: str) -> str:
    return settings.BASE_URL + path


def known(node: dict, *needed: str) -> dict:
    """The node without its empty properties, because unknown facts are left out.

    {} when a property in `needed` is empty: search engines refuse a node without it.
    """
    lines = {
        key: one_line(value) if isinstance(value, str) else value for key, value in node.items()
    }
    kept = {key: value for key, value in lines.items() if value not in ("", None, {}, [])}
    return kept if kept.keys() >= set(needed) else {}


def address_node(practice: Practice) -> dict:
    node = {
        "@type": "PostalAddress",
        "streetAddress": practice.street,
        "addressLocality": practice.city,
        "addressRegion": practice.state,
        "postalCode": practice.postal_code,
        "addressCountry": "US",
    }
    return known(node, "streetAddress", "addressLocality")


def practice_node(practice: Practice) -> dict:
    """The clinic: a Physiotherapy if its address is known, because schema.org's type needs one."""
    address = address_node(practice)
    node = {
        "@type": "Physiotherapy" if address else "MedicalOrganization",
        "@id": CLINIC_ID,
        "name": practice.name,
        "url": absolute(reverse("articles:home")),
        "telephone": practice.phone.replace(";ext=", " ext. "),
        "email": practice.email,
        "areaServed": practice.region,
        "address": address,
    }
    return known(node, "name")


def publisher(practice: Practice) -> dict:
    return {"@id": CLINIC_ID} if practice_node(practice) else {}


def website_node(practice: Practice) -> dict:
    node = {
        "@type": "WebSite",
        "name": practice.name,
        "url": absolute(reverse("articles:home")),
        "publisher": publisher(practice),
    }
    return known(node, "name")


def breadcrumb_node(trail: list[tuple[str, str]]) -> dict:
    """`trail` holds (name, path) of each page, from the home page to the page itself."""
    named = [(one_line(name), path) for name, path in trail if one_line(name)]
    items = [
        {"@type": "ListItem", "position": number, "name": name, "item": absolute(path)}
        for number, (name, path) in enumerate(named, 1)
    ]
    return {"@type": "BreadcrumbList", "itemListElement": items}


def article_node(article: Article, practice: Practice) -> dict:
    condition = known({"@type": "MedicalCondition", "name": article.condition}, "name")
    reviewer = {
        "@type": "Person",
        "name": article.reviewer,
        "honorificSuffix": article.reviewer_credential,
    }
    node = {
        "@type": article.page_kind.schema_type,
        "@id": absolute(article.get_absolute_url()),
        "url": absolute(article.get_absolute_url()),
        "name": article.title,
        "description": article.summary_for(practice),
        "inLanguage": "en-US",
        "datePublished": article.published_at.isoformat() if article.published_at else "",
        "dateModified": article.updated_at.isoformat(),
        "about": condition,
        "lastReviewed": article.reviewed_on.isoformat() if article.reviewed_on else "",
        "reviewedBy": known(reviewer, "name"),
        "publisher": publisher(practice),
    }
    return known(node, "name")


def trail(article: Article) -> list[tuple[str, str]]:
    return [*article.breadcrumbs, (article.title, article.get_absolute_url())]


def graph(*nodes: dict) -> SafeString | str:
    """A JSON-LD graph, escaped so that no text in it can close the script element; or ''."""
    known_nodes = [node for node in nodes if node]
    if not known_nodes:
        return ""
    text = json.dumps({"@context": "https://schema.org", "@graph": known_nodes}, ensure_ascii=False)
    escaped = text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")
    return mark_safe(escaped)  # noqa: S308 escaped one line above


def article(article: Article) -> SafeString | str:
    practice = Practice.load()
    return graph(
        article_node(article, practice), breadcrumb_node(trail(article)), practice_node(practice)
    )


def site() -> SafeString | str:
    practice = Practice.load()
    return graph(website_node(practice), practice_node(practice))
