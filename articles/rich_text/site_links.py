"""Links between our own pages: which ones readers can open, and which pages link to a page."""

import re
from collections.abc import Iterable
from html import unescape
from urllib.parse import urljoin, urlsplit

from django.conf import settings
from django.urls import Resolver404, resolve
from django.utils.safestring import SafeString, mark_safe

from articles.models import Article, Ebook, FormerAddress, Section
from articles.page_kinds import PAGE_KINDS
from articles.rich_text import cleaning
from clinic_site.models import Practice

Address = tuple[str, str]  # kind and slug of an article

# rich_text.cleaning writes links with `href` only, and never a link inside another.
LINK = re.compile(r'<a href="([^"]*)">(.*?)</a>', re.DOTALL)
# A paragraph such as "Read more about sciatica" means nothing without its link.
ONLY_A_LINK = re.compile(r'<p>\s*<a href="([^"]*)">(?:(?!</a>).)*</a>[\s.]*</p>\s*', re.DOTALL)
KINDS = {f"articles:{kind}": kind.value for kind, row in PAGE_KINDS.items() if row.path}


def address_of(href: str) -> Address | None:
    """Kind and slug of the article that the link opens; None for other links."""
    try:
        url = urlsplit(urljoin(f"{settings.BASE_URL}/", unescape(href).strip()))
        if f"{url.scheme}://{url.netloc}" != settings.BASE_URL:
            return None
        match = resolve(url.path if url.path.endswith("/") else f"{url.path}/")
    except (ValueError, Resolver404):
        return None
    kind = KINDS.get(match.view_name)
    return (kind, match.kwargs["slug"]) if kind else None


def find_dead(hrefs: Iterable[str]) -> set[str]:
    """The links to articles that readers cannot open. It makes at most two queries."""
    meant = {href: address for href in hrefs if (address := address_of(href))}
    if not meant:
        return set()
    slugs = {slug for _, slug in meant.values()}
    published = Article.objects.published()
    former = FormerAddress.objects.filter(slug__in=slugs, article__in=published)
    opens = {*published.filter(slug__in=slugs).values_list("kind", "slug")}
    opens |= {*former.values_list("kind", "slug")}
    return {href for href, address in meant.items() if address not in opens}


def hrefs(sections: Iterable[Section]) -> set[str]:
    bodies = [section.body for section in sections if "<a" in section.body]
    return {href for body in bodies for href, _ in LINK.findall(cleaning.clean(body))}


def remove_dead(html: str, dead_links: set[str]) -> SafeString:
    """The HTML from rich_text.cleaning without these links. Their words stay.

    A paragraph that contains only a dead link is removed.
    """
    kept = ONLY_A_LINK.sub(lambda only: "" if only[1] in dead_links else only[0], html)
    live = LINK.sub(lambda link: link[2] if link[1] in dead_links else link[0], kept)
    return mark_safe(live)  # noqa: S308 only tags were taken out of what rich_text cleaned


def render(section: Section, practice: Practice) -> SafeString:
    """The section's text as HTML, without links to pages that are not public."""
    html = cleaning.render(section.body, practice)
    return remove_dead(html, dead_on_page_of(section)) if "<a href" in html else html


def dead_on_page_of(section: Section) -> set[str]:
    """The dead links of the section.

    If the article was read with all its sections, this finds the dead links of them all and stores
    them on the article, so that its other sections need no query.
    """
    article: Article | None = section._state.fields_cache.get("article")
    if article is None or "sections" not in getattr(article, "_prefetched_objects_cache", {}):
        return find_dead(hrefs([section]))
    if article.dead_links is None:
        article.dead_links = find_dead(hrefs(article.sections.all()))
    return article.dead_links


def pages_with_a_link_to(article: Article) -> list[Article]:
    """The public pages that link to this one, at its present or a former address."""
    addresses = {(article.kind, article.slug)}
    addresses |= {*article.former_addresses.values_list("kind", "slug")}
    sections = Section.objects.filter(body__contains="<a").exclude(article=article.pk)
    pages = {
        section.article_id: section.article
        for section in sections.select_related("article").order_by(
            "article__kind", "article__position", "article__title"
        )
        if addresses & {address_of(href) for href in hrefs([section])}
    }
    return [page for page in pages.values() if page.is_published]


def what_hiding_does(article: Article) -> list[str]:
    """Sentences that tell staff what taking down or deleting the page would do."""
    consequences = [f"Readers no longer find it: {article.get_absolute_url()} answers “not found”."]
    if pages := pages_with_a_link_to(article):
        titles = ", ".join(f"“{page}”" for page in pages)
        consequences.append(f"These pages link to it: {titles}. Their links turn into plain words.")
    if books := list(Ebook.objects.filter(sections__article=article).distinct()):
        titles = ", ".join(f"“{book}”" for book in books)
        consequences.append(f"These ebooks have chapters from it and keep them: {titles}.")
    return consequences
