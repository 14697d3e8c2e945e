"""The site's menus: the fixed pages that have a label."""

from dataclasses import dataclass

from articles.models import Article
from articles.page_kinds import FixedPage, fixed_pages


@dataclass(frozen=True)
class MenuEntry:
    label: str
    path: str
    current: str  # the value of the attribute aria-current; "" for no attribute


def aria_current(page: FixedPage, article: Article | None) -> str:
    """ "page" on that page itself, "true" on a page that it lists."""
    if not isinstance(article, Article):
        return ""  # a page without an article, such as an error page
    if article.is_fixed:
        return "page" if article.slug == page.slug else ""
    return "true" if article.page_kind.list_page == page.slug else ""


def header(article: Article | None) -> list[MenuEntry]:
    pages = [page for page in fixed_pages().values() if page.is_in_header]
    return [MenuEntry(page.label, page.path, aria_current(page, article)) for page in pages]


def footer_only() -> list[MenuEntry]:
    """The entries that follow those of the header in the footer's menu."""
    pages = [page for page in fixed_pages().values() if page.label and not page.is_in_header]
    return [MenuEntry(page.label, page.path, "") for page in pages]
