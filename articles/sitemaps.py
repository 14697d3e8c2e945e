from django.contrib.sitemaps import Sitemap

from articles.models import FIXED_PAGES, Article

UNLISTED = {"consultation-thanks"}


class PageSitemap(Sitemap):
    """The pages with a fixed address, whether their words are loaded or not."""

    def items(self):
        edited = dict(
            Article.objects.filter(kind=Article.Kind.PAGE).values_list("slug", "updated_at")
        )
        return [
            (path, edited.get(slug)) for slug, path in FIXED_PAGES.items() if slug not in UNLISTED
        ]

    def location(self, item):
        return item[0]

    def lastmod(self, item):
        return item[1]


class ArticleSitemap(Sitemap):
    def items(self):
        return Article.objects.published().exclude(kind=Article.Kind.PAGE)

    def lastmod(self, item):
        return item.updated_at
