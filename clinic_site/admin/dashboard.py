"""The first page of the admin, "Today": what staff have to do next.

Each app adds its panels with `dashboard_panel`, so that this module need not know the apps.
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
    """Adds a panel: a function that returns the template's context, or None to show nothing.

    A panel with `is_alarm` in its context is shown above all others.
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
    """A word in a small coloured box; `kind` chooses the colour (`.badge-…` in admin.css)."""
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
# Replaced on Django's default site, and not in a subclass, so that apps register as usual.
admin.site.index = index  # type: ignore[method-assign]
