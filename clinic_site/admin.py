"""The admin as a product: what to do next, and what the pages still leave out.

Apps further up add to the dashboard and to the readiness page without being known here.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.admin.utils import label_for_field, unquote
from django.contrib.auth import get_permission_codename
from django.db import transaction
from django.http import Http404, HttpRequest
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.html import format_html
from simple_history.admin import SimpleHistoryAdmin
from solo.admin import SingletonModelAdmin

from clinic_site import staff_admin  # noqa: F401 registers its part
from clinic_site.conflicts.admin import GuardedAdmin, with_guard
from clinic_site.conflicts.opened import Opened
from clinic_site.lookups import PlainLookups
from clinic_site.models import Practice


@dataclass(frozen=True)
class Gap:
    """Something unknown or undone: what, what follows from it, and where it is put right."""

    what: str
    effect: str
    url: str = ""


Panel = Callable[[HttpRequest], dict | None]
Check = Callable[[HttpRequest], Iterable[Gap] | None]

dashboard_panels: list[tuple[str, Panel]] = []
readiness_checks: list[tuple[str, Check]] = []


def dashboard_panel(template: str):
    """Adds a panel: a function that gives the template's context, or None to stay hidden.

    One whose context says `is_alarm` stands above everything else.
    """

    def add(function: Panel) -> Panel:
        dashboard_panels.append((template, function))
        return function

    return add


def readiness_check(title: str):
    """Adds a section: a function that gives its gaps, or None to whom it does not concern."""

    def add(function: Check) -> Check:
        readiness_checks.append((title, function))
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


def readiness_sections(request: HttpRequest) -> list[tuple[str, list[Gap]]]:
    found = [(title, check(request)) for title, check in readiness_checks]
    return [(title, list(gaps)) for title, gaps in found if gaps is not None]


class HistoryAdmin(PlainLookups, GuardedAdmin, SimpleHistoryAdmin):
    """Who changed which words, with restore; the package's own list needs an inline style."""

    object_history_list_template = "admin/history_list.html"
    object_history_form_template = "admin/restore_form.html"
    # Restoring brings back words. It leaves where a page is, and whether readers see it.
    kept_when_restoring: tuple[str, ...] = ()
    # What a deleted record is restored with, so that it is not public before someone says so.
    restored_as: dict[str, Any] = {}

    def get_form(self, request, obj=None, change=False, **kwargs):
        if is_version(obj):
            present = self.model._default_manager.filter(pk=obj.pk).first()
            for name in self.kept_when_restoring if present else self.restored_as:
                setattr(obj, name, getattr(present, name) if present else self.restored_as[name])
        return super().get_form(request, obj, change=change, **kwargs)

    def get_readonly_fields(self, request, obj=None):
        fields = super().get_readonly_fields(request, obj)
        if not is_version(obj):
            return fields
        is_there = self.model._default_manager.filter(pk=obj.pk).exists()
        return [*fields, *(self.kept_when_restoring if is_there else self.restored_as)]

    def history_view(self, request, object_id, extra_context=None):
        refuse_what_is_no_number(unquote(object_id))
        return super().history_view(request, object_id, extra_context)

    def history_form_view(self, request, object_id, version_id, extra_context=None):
        refuse_what_is_no_number(object_id, version_id)
        if request.method != "POST":
            return super().history_form_view(request, object_id, version_id, extra_context)
        with transaction.atomic():
            row = self.lock(object_id)
            was_there = Opened.read(request.POST)
            if row is None and was_there and was_there.held:
                return self.too_late(request, object_id, row)
            return super().history_form_view(request, object_id, version_id, extra_context)

    def render_history_view(self, request, template, context, **kwargs):
        if "adminform" in context:
            context = with_guard(context)
        return super().render_history_view(request, template, context, **kwargs)


def is_version(obj) -> bool:
    """Whether it is a former version, about to be restored; simple-history marks it."""
    return hasattr(obj, "_history")


def refuse_what_is_no_number(*keys: str) -> None:
    """django-simple-history hands them to the database as they stand in the address."""
    if not all(key.isascii() and key.isdigit() and len(key) < 19 for key in keys):
        raise Http404


class PracticeForm(forms.ModelForm):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        # Shown as people write it; the field turns it back into E.164.
        self.initial["phone"] = self.instance.phone_national


@admin.register(Practice)
class PracticeAdmin(HistoryAdmin, SingletonModelAdmin):
    form = PracticeForm
    fieldsets = [
        (None, {"fields": ["name", "phone", "email", "region"]}),
        (
            "Postal address",
            {
                "description": "Left out of pages and mails until street and city are filled in.",
                "fields": ["street", ("city", "state", "postal_code")],
            },
        ),
        ("Hours and calls", {"fields": ["opening_hours", "reply_promise", "time_zone"]}),
        (
            "About the practice",
            {
                "description": "What is empty is left out of the pages. Nothing is made up.",
                "fields": ["clinicians", "licences", "prices"],
            },
        ),
        ("Wording", {"fields": ["typicality_line", "news_consent_text", "unadvised_words"]}),
    ]

    def get_urls(self):
        view = self.admin_site.admin_view(readiness)
        return [path("readiness/", view, name="readiness"), *super().get_urls()]


def readiness(request):
    """What is missing, for everyone on the staff; each section only for whom it concerns."""
    context = admin.site.each_context(request) | {
        "title": "Readiness",
        "sections": readiness_sections(request),
    }
    return TemplateResponse(request, "admin/readiness.html", context)


EFFECT_OF_EMPTY = {
    "name": "Pages and mails say “our practice” instead.",
    "phone": "No page, mail or ebook shows a number to call.",
    "email": "Left out of the pages and of security.txt.",
    "region": "The pages do not say where the practice is.",
    "street": "The postal address is left out of pages and mails; news mails need one.",
    "opening_hours": "Left out of the pages.",
    "licences": "Left out of the pages.",
    "clinicians": "No clinician is named.",
    "prices": "Left out of the pages.",
    "reply_promise": "After a request we do not say when we call back.",
    "typicality_line": "Testimonials stand without a line on what a reader may expect.",
    "news_consent_text": "The box for news is not shown, so nobody can agree to it.",
}


@readiness_check("The practice")
def unknown_facts(request):
    if not may_view(request, Practice):
        return None
    practice = Practice.load()
    url = reverse("admin:clinic_site_practice_change")
    return [
        Gap(
            f"{label_for_field(name, Practice)}: not filled in".capitalize(),
            effect,
            f"{url}#id_{name}",
        )
        for name, effect in EFFECT_OF_EMPTY.items()
        if not getattr(practice, name)
    ]


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
