"""Pictures made from the site's own drawings: the card for shared links, and the icons.

Made when they are first asked for, and kept in memory while the words in them stay the same.
"""

import json
from functools import lru_cache
from pathlib import Path

import typst
from django.conf import settings
from django.http import Http404, HttpResponse, JsonResponse

from articles import figures
from articles.ebooks import covers
from articles.models import Article
from clinic_site.models import Practice
from clinic_site.web.public_page import public_page

TEMPLATES = Path(settings.BASE_DIR) / "templates" / "social"
ICON_SIZES = (32, 180, 192, 512)


@lru_cache(maxsize=8)
def draw(template: str, name: str, data: str) -> bytes:
    """A PNG at one pixel a point."""
    return typst.compile(
        TEMPLATES / template, root=TEMPLATES, sys_inputs={name: data}, format="png", ppi=72
    )


@public_page
def card(request):
    data = {
        "title": Article.objects.fixed_page("home").title,
        "practice": Practice.load().name,
        "figure": covers.figure(figures.ON_CARD).svg,
    }
    return HttpResponse(draw("card.typ", "card", json.dumps(data)), content_type="image/png")


@public_page
def icon(request, size):
    if size not in ICON_SIZES:
        raise Http404
    svg = (settings.BASE_DIR / "static" / "favicon.svg").read_text()
    data = json.dumps({"size": size, "svg": svg})
    return HttpResponse(draw("icon.typ", "icon", data), content_type="image/png")


@public_page
def manifest(request):
    name = Practice.load().name
    icons = [
        {"src": f"/icon-{size}.png", "sizes": f"{size}x{size}", "type": "image/png"}
        for size in (192, 512)
    ]
    body = {
        "name": name,
        "short_name": name,
        "start_url": "/",
        "display": "browser",
        "background_color": "#fdfdfa",
        "theme_color": "#003f46",
        "icons": icons,
    }
    return JsonResponse(body, content_type="application/manifest+json")
