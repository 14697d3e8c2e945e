"""The table of what differs between the kinds of pages, and the pages whose address is fixed.

To add a kind of page, add a member to Kind, its row to PAGE_KINDS, and a migration for the choices.
"""

from dataclasses import dataclass
from functools import cache

from django.apps import apps
from django.db import models
from django.urls import reverse


@dataclass(frozen=True)
class FixedPage:
    """A page whose address is fixed by a URLconf. Its text is in the article with this slug.

    The app that has the route declares the page, in `fixed_pages` of its AppConfig.
    """

    slug: str
    url_name: str
    position: int  # its place in the menus and in the sitemap
    label: str = ""  # its text in menus and breadcrumbs; a page without a label is in no menu
    is_in_header: bool = False  # the footer has every page that has a label
    is_in_sitemap: bool = True

    @property
    def path(self) -> str:
        return reverse(self.url_name)


@cache
def fixed_pages() -> dict[str, FixedPage]:
    """The fixed pages of all apps by slug, in the order of their positions."""
    declared = [page for app in apps.get_app_configs() for page in getattr(app, "fixed_pages", ())]
    return {page.slug: page for page in sorted(declared, key=lambda page: page.position)}


class Kind(models.TextChoices):
    GUIDE = "guide", "Guide"
    CONDITION = "condition", "Condition under Treatments"
    PAGE = "page", "Page with a fixed address"


@dataclass(frozen=True)
class PageKind:
    """A row of PAGE_KINDS. Each page of a kind without `path` is a FixedPage with its own route."""

    path: str = ""  # before the slug, without the first slash
    list_page: str = ""  # the fixed page that lists these pages: the breadcrumb and menu entry
    template: str = "articles/article.html"
    scene: str = ""  # the drawing beside the heading
    schema_type: str = "MedicalWebPage"  # the type of schema.org that search engines read
    open_graph_type: str = "article"  # og:type, which the preview of a shared link uses
    has_contents: bool = False  # a list of its sections, after the emergency card


PAGE_KINDS = {
    Kind.GUIDE: PageKind("guides/", list_page="guides", scene="pillow", has_contents=True),
    Kind.CONDITION: PageKind("treatments/", list_page="treatments", scene="reach"),
    Kind.PAGE: PageKind(scene="reach", open_graph_type="website"),
}
