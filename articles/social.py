"""The social card is the picture beside a shared link; the manifest is for phones' home screens.

Views make them, because both contain the practice's name. The icons are files in root_files/.
"""

import json
from functools import lru_cache
from pathlib import Path

import typst
from django.conf import settings
from django.http import HttpResponse, JsonResponse

from articles import figures
from articles.ebooks import covers
from articles.models import Article
from clinic_site.models import Practice
from clinic_site.web.public_page import public_page

TEMPLATES = Path(settings.BASE_DIR) / "templates" / "social"


@lru_cache(maxsize=8)
def draw_card(data: str) -> bytes:
    """A PNG with one pixel for each point of card.typ. Cached, because drawing it takes long."""
    return typst.compile(
        TEMPLATES / "card.typ", root=TEMPLATES, sys_inputs={"card": data}, format="png", ppi=72
    )


@public_page
def card(request):
    data = {
        "title": Article.objects.fixed_page("home").title,
        "practice": Practice.load().name,
        "figure": covers.figure(figures.ON_SOCIAL_CARD).svg,
    }
    return HttpResponse(draw_card(json.dumps(data)), content_type="image/png")


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
