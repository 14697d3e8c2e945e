from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.sitemaps import Sitemap

from articles.models import Article
from articles.page_kinds import fixed_pages


class OwnSitemap(Sitemap):
    """Starts links with the configured address, because a visitor can send any Host header."""

    protocol = urlsplit(settings.BASE_URL).scheme

    def get_domain(self, site=None):
        return urlsplit(settings.BASE_URL).netloc


class PageSitemap(OwnSitemap):
    """The fixed pages, also those that have no article yet."""

    def items(self):
        edited = dict(
            Article.objects.filter(kind=Article.Kind.PAGE).values_list("slug", "updated_at")
        )
        return [
            (page.path, edited.get(page.slug))
            for page in fixed_pages().values()
            if page.is_in_sitemap
        ]

    def location(self, item):
        return item[0]

    def lastmod(self, item):
        return item[1]


class ArticleSitemap(OwnSitemap):
    def items(self):
        return Article.objects.published().exclude(kind=Article.Kind.PAGE)

    def lastmod(self, item):
        return item.updated_at
