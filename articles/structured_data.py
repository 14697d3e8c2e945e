"""JSON-LD for search engines: plain dictionaries, from what the records say and nothing else."""

import json

from django.conf import settings
from django.utils.safestring import SafeString, mark_safe

from articles.models import Article
from clinic_site.models import Practice

CLINIC_ID = f"{settings.BASE_URL}/#practice"


def absolute(path: str) -> str:
    return settings.BASE_URL + path


def known(node: dict) -> dict:
    """The node without what is empty: unknown facts are left out, not guessed."""
    return {key: value for key, value in node.items() if value not in ("", None, {}, [])}


def practice_node() -> dict:
    practice = Practice.load()
    address = {}
    if practice.postal_address:
        address = known(
            {
                "@type": "PostalAddress",
                "streetAddress": practice.street,
                "addressLocality": practice.city,
                "addressRegion": practice.state,
                "postalCode": practice.postal_code,
                "addressCountry": "US",
            }
        )
    return known(
        {
            "@type": "Physiotherapy",
            "@id": CLINIC_ID,
            "name": practice.name,
            "url": absolute("/"),
            "telephone": practice.phone.replace(";ext=", " ext. "),
            "email": practice.email,
            "areaServed": practice.region,
            "address": address,
        }
    )


def breadcrumb_node(trail: list[tuple[str, str]]) -> dict:
    """`trail` is (name, path) from home to the page itself."""
    items = [
        {"@type": "ListItem", "position": number, "name": name, "item": absolute(path)}
        for number, (name, path) in enumerate(trail, 1)
    ]
    return {"@type": "BreadcrumbList", "itemListElement": items}


def article_node(article: Article) -> dict:
    reviewer = known(
        {
            "@type": "Person",
            "name": article.reviewer,
            "honorificSuffix": article.reviewer_credential,
        }
    )
    return known(
        {
            "@type": "MedicalWebPage",
            "@id": absolute(article.get_absolute_url()),
            "url": absolute(article.get_absolute_url()),
            "name": article.title,
            "description": article.description,
            "inLanguage": "en-US",
            "datePublished": article.published_at.isoformat() if article.published_at else "",
            "dateModified": article.updated_at.isoformat(),
            "about": known({"@type": "MedicalCondition", "name": article.condition})
            if article.condition
            else {},
            "lastReviewed": article.reviewed_on.isoformat() if article.reviewed_on else "",
            "reviewedBy": reviewer if article.reviewer else {},
            "publisher": {"@id": CLINIC_ID},
        }
    )


def trail(article: Article) -> list[tuple[str, str]]:
    above = {
        Article.Kind.GUIDE: [("Guides", "/guides/")],
        Article.Kind.CONDITION: [("Treatments", "/treatments/")],
        Article.Kind.PAGE: [],
    }[Article.Kind(article.kind)]
    return [("Home", "/"), *above, (article.title, article.get_absolute_url())]


def graph(*nodes: dict) -> SafeString:
    """A JSON-LD graph, escaped so that no text in it can close the script element."""
    text = json.dumps({"@context": "https://schema.org", "@graph": nodes}, ensure_ascii=False)
    escaped = text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")
    return mark_safe(escaped)  # noqa: S308 escaped one line above


def article(article: Article) -> SafeString:
    return graph(article_node(article), breadcrumb_node(trail(article)), practice_node())


def site() -> SafeString:
    website = {"@type": "WebSite", "url": absolute("/"), "publisher": {"@id": CLINIC_ID}}
    return graph(website, practice_node())
