from django.conf import settings
from django.contrib.syndication.views import Feed
from django.utils.feedgenerator import Atom1Feed

from articles.models import Article
from clinic_site.models import Practice


class GuideFeed(Feed):
    feed_type = Atom1Feed
    # From the configured address; the Host header is the visitor's to choose.
    link = f"{settings.BASE_URL}/guides/"
    feed_url = f"{settings.BASE_URL}/guides/feed/"

    def title(self):
        return f"Guides – {Practice.load()}"

    def items(self):
        return Article.objects.published().guides().order_by("-published_at")[:20]

    def item_link(self, item):
        return settings.BASE_URL + item.get_absolute_url()

    def item_title(self, item):
        return item.title

    def item_description(self, item):
        return item.description

    def item_pubdate(self, item):
        return item.published_at

    def item_updateddate(self, item):
        return item.updated_at
