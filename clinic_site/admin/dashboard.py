"""The admin's first page: what staff have to do next.

Each app adds its own panels with `dashboard_panel`, so that this module knows none of them.
"""

from collections.abc import Callable

from django.contrib import admin
from django.contrib.auth import get_permission_codename
from django.http import HttpRequest
from django.utils.html import format_html

from clinic_site.admin.readiness import readiness_sections

Panel = Callable[[HttpRequest], dict | None]

dashboard_panels: list[tuple[str, Panel]] = []


def dashboard_panel(template: str):
    """Adds a panel: a function that gives the template's context, or None to stay hidden.

    One whose context says `is_alarm` stands above everything else.
    """

    def add(function: Panel) -> Panel:
        dashboard_panels.append((template, function))
        return function

    return add


def may(request: HttpRequest, action: str, model) -> bool:
    codename = get_permission_codename(action, model._meta)
    return request.user.has_perm(f"{model._meta.app_label}.{codename}")


def may_view(request: HttpRequest, model) -> bool:
    return may(request, "view", model) or may(request, "change", model)


def badge(kind: str, words: str):
    """A word in a pill; `kind` colours it (`.badge-…` in admin.css)."""
    return format_html('<span class="badge badge-{}">{}</span>', kind, words)


django_index = admin.site.index


def index(request, extra_context=None):
    panels = []
    for template, panel in dashboard_panels:
        context = panel(request)
        if context is not None:
            panels.append({"template": template} | context)
    sections = readiness_sections(request)
    dashboard = {
        "panels": panels,
        "has_readiness": bool(sections),
        "gap_count": sum(len(gaps) for _, gaps in sections),
    }
    return django_index(request, dashboard | (extra_context or {}))


admin.site.site_header = admin.site.site_title = "Clinic admin"
admin.site.index_title = "Today"
admin.site.enable_nav_sidebar = False
# The default site stays in use, so that every app registers with it as usual.
admin.site.index = index  # type: ignore[method-assign]
