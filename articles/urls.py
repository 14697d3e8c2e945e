from django.contrib.sitemaps.views import sitemap
from django.urls import path

from articles import social, views
from articles.feeds import GuideFeed
from articles.sitemaps import ArticleSitemap, PageSitemap
from clinic_site.web.public_page import public_page

app_name = "articles"

SITEMAPS = {"pages": PageSitemap, "articles": ArticleSitemap}

urlpatterns = [
    path("", views.home, name="home"),
    path("guides/", views.guides, name="guides"),
    path("guides/feed/", public_page(GuideFeed()), name="feed"),
    path("guides/<slug:slug>/", views.guide, name="guide"),
    path("treatments/", views.treatments, name="treatments"),
    path("treatments/<slug:slug>/", views.condition, name="condition"),
    path("privacy/", views.privacy, name="privacy"),
    path("preview/<str:token>/", views.preview, name="preview"),
    path("social.png", social.card, name="social-card"),
    path("icon-<int:size>.png", social.icon, name="icon"),
    path("site.webmanifest", social.manifest, name="manifest"),
    path("robots.txt", views.robots, name="robots"),
    path("sitemap.xml", public_page(sitemap), {"sitemaps": SITEMAPS}, name="sitemap"),
]
