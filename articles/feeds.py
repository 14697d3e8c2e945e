from datetime import UTC, datetime

from django.conf import settings
from django.contrib.syndication.views import Feed
from django.urls import reverse
from django.utils import timezone
from django.utils.feedgenerator import Atom1Feed
from django.utils.html import escape

from articles.models import Article
from articles.rich_text.tree import one_line
from articles.structured_data import absolute
from clinic_site.models import Practice

DATE_WHILE_EMPTY = datetime(2000, 1, 1, tzinfo=UTC)


class SteadyAtomFeed(Atom1Feed):
    """Has a fixed date while it is empty.

    Django would use the present time. Each request would then get different bytes, and feed readers
    would download the feed again and again.
    """

    def latest_post_date(self):
        return super().latest_post_date() if self.items else DATE_WHILE_EMPTY


class GuideFeed(Feed):
    """An Atom feed by RFC 4287; tests/articles/atom.py checks it against the RFC's rules."""

    feed_type = SteadyAtomFeed

    # Links start with the configured address, because a visitor can send any Host header.
    def link(self):
        return absolute(reverse("articles:guides"))

    def feed_url(self):
        return absolute(reverse("articles:feed"))

    def author_link(self):
        return absolute(reverse("articles:home"))

    def title(self):
        return one_line(f"Guides – {Practice.load()}")

    def author_name(self):
        """RFC 4287, 4.1.1, asks for an author of the feed or of each entry."""
        return one_line(Practice.load().name) or settings.BASE_HOST

    def items(self):
        return Article.objects.published().guides().order_by("-published_at")[:20]

    def item_link(self, item):
        return absolute(item.get_absolute_url())

    def item_guid(self, item):
        """Does not depend on the guide's address, so a moved guide is not shown as a new one."""
        return f"tag:{settings.BASE_HOST},{item.created_at:%Y-%m-%d}:guide/{item.pk}"

    def item_title(self, item):
        return one_line(item.title)

    def item_description(self, item):
        """Escapes the summary, because Django's feed says that descriptions are HTML."""
        return escape(item.summary_for(Practice.load())) or None

    def item_pubdate(self, item):
        return timezone.localtime(item.published_at)

    def item_updateddate(self, item):
        # A guide may be written first and published later. Feed readers must see it as new then.
        return timezone.localtime(max(item.updated_at, item.published_at))
