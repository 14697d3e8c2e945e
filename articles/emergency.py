"""The list of emergency signs, which the consultation pages show even if no guide is public."""

from django.utils import timezone

from articles.models import Article, Section


def card() -> Section | None:
    """The emergency card of the first published guide that has one.

    People in danger need the list even when no published guide has a card. Then it is the card of
    another published page. If there is none, it is the newest card of a page that was once public,
    then a deleted card of such a page, and finally the newest card of a draft.
    """
    cards = Section.objects.filter(kind=Section.Kind.EMERGENCY).exclude(body="")
    cards = cards.select_related("article")
    public = cards.filter(article__in=Article.objects.published())
    in_order = ("article__position", "article__title", "position", "pk")
    newest_first = ("-updated_at", "-pk")
    return (
        public.filter(article__kind=Article.Kind.GUIDE).order_by(*in_order).first()
        or public.order_by(*in_order).first()
        or cards.filter(article__in=ids_once_public()).order_by(*newest_first).first()
        or deleted_card()
        or cards.order_by(*newest_first).first()
    )


def ids_once_public():
    """The ids of the articles that have been public, including deleted articles."""
    versions = Article.history.filter(published_at__lte=timezone.now())
    return versions.order_by().values("id")


def deleted_card() -> Section | None:
    versions = Section.history.filter(kind=Section.Kind.EMERGENCY, article__in=ids_once_public())
    newest = versions.exclude(body="").order_by("-history_date", "-history_id").first()
    return newest.instance if newest else None


def address(section: Section | None) -> str:
    """The section's address on its own page; '' when the section or its page is not public."""
    if section is None:
        return ""
    # It is looked up again, because `card` may have returned a deleted section.
    present = Section.objects.filter(pk=section.pk).exclude(body="").select_related("article")
    found = present.first()
    return found.get_absolute_url() if found and found.article.is_published else ""
