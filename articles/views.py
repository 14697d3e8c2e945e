from django.conf import settings
from django.core import signing
from django.http import Http404, HttpResponse, HttpResponsePermanentRedirect
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from articles import structured_data
from articles.models import Article
from clinic_site.web.public_page import public_page
from clinic_site.web.routes import robots_disallow

PREVIEW_SALT = "articles.preview"
PREVIEW_MAX_AGE_SECONDS = 7 * 24 * 60 * 60


def show_article(request, article, **context):
    graph = structured_data.article(article)
    context = {"article": article, "structured_data": graph} | context
    return render(request, article.page_kind.template, context)


def find(kind, slug):
    """The published article, or a redirect when the article has a new address."""
    article = Article.objects.with_content().published().filter(kind=kind, slug=slug).first()
    if article:
        return article
    moved = get_object_or_404(
        Article.objects.published(), former_addresses__kind=kind, former_addresses__slug=slug
    )
    return HttpResponsePermanentRedirect(moved.get_absolute_url())


@public_page
def home(request):
    context = {
        "article": Article.objects.fixed_page("home"),
        "guide": Article.objects.published().guides().first(),
        "conditions": Article.objects.published().conditions(),
        "structured_data": structured_data.site(),
    }
    return render(request, "articles/home.html", context)


@public_page
def guides(request):
    context = {
        "article": Article.objects.fixed_page("guides"),
        "guides": Article.objects.published().guides().with_content(),
    }
    return render(request, "articles/guides.html", context)


@public_page
def article(request, kind, slug):
    found = find(kind, slug)
    return found if isinstance(found, HttpResponse) else show_article(request, found)


@public_page
def treatments(request):
    context = {
        "article": Article.objects.fixed_page("treatments"),
        "conditions": Article.objects.published().conditions(),
    }
    return render(request, "articles/treatments.html", context)


@public_page
def privacy(request):
    return render(
        request, "articles/privacy.html", {"article": Article.objects.fixed_page("privacy")}
    )


@require_safe
def preview(request, token):
    """Shows an article to people who have the signed link, even if it is not published."""
    try:
        pk = signing.loads(token, salt=PREVIEW_SALT, max_age=PREVIEW_MAX_AGE_SECONDS)
    except signing.BadSignature:
        raise Http404 from None
    article = get_object_or_404(Article.objects.with_content(), pk=pk)
    response = show_article(request, article, is_preview=True)
    response["Cache-Control"] = "private, no-store"
    response["X-Robots-Tag"] = "noindex"
    response["Referrer-Policy"] = "no-referrer"
    return response


@public_page
def robots(request):
    lines = [
        "User-agent: *",
        *(f"Disallow: {folder}" for folder in robots_disallow()),
        f"Sitemap: {settings.BASE_URL}/sitemap.xml",
    ]
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8")
