from django.contrib.sitemaps.views import sitemap
from django.urls import path

from articles import social, views
from articles.feeds import GuideFeed
from articles.page_kinds import PAGE_KINDS
from articles.sitemaps import ArticleSitemap, PageSitemap
from clinic_site.web.public_page import public_page

app_name = "articles"

SITEMAPS = {"pages": PageSitemap, "articles": ArticleSitemap}

urlpatterns = [
    path("", views.home, name="home"),
    path("guides/", views.guides, name="guides"),
    path("guides/feed/", public_page(GuideFeed()), name="feed"),
    path("treatments/", views.treatments, name="treatments"),
    path("privacy/", views.privacy, name="privacy"),
    *[
        path(f"{row.path}<slug:slug>/", views.article, {"kind": kind.value}, name=kind.value)
        for kind, row in PAGE_KINDS.items()
        if row.path
    ],
    path("preview/<str:token>/", views.preview, name="preview"),
    path("social.png", social.card, name="social-card"),
    path("site.webmanifest", social.manifest, name="manifest"),
    path("robots.txt", views.robots, name="robots"),
    path("sitemap.xml", public_page(sitemap), {"sitemaps": SITEMAPS}, name="sitemap"),
]
