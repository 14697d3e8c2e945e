"""The readiness page: what the clinic has not filled in or done yet, and where to do it.

Each app adds its section with `readiness_check`, so that this module need not know the apps.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from django.contrib import admin
from django.http import HttpRequest
from django.template.response import TemplateResponse


@dataclass(frozen=True)
class Gap:
    """Something that is missing: what it is, what follows from it, and where to fill it in."""

    what: str
    effect: str
    url: str = ""


Check = Callable[[HttpRequest], Iterable[Gap] | None]

readiness_checks: list[tuple[str, Check]] = []


def readiness_check(title: str):
    """Adds a section: a function that returns its gaps, or None if this person may not see them."""

    def add(function: Check) -> Check:
        readiness_checks.append((title, function))
        return function

    return add


def readiness_sections(request: HttpRequest) -> list[tuple[str, list[Gap]]]:
    found = [(title, check(request)) for title, check in readiness_checks]
    return [(title, list(gaps)) for title, gaps in found if gaps is not None]


def readiness(request):
    """Shows what is missing. Each person sees the sections that their rights cover."""
    context = admin.site.each_context(request) | {
        "title": "Readiness",
        "sections": readiness_sections(request),
    }
    return TemplateResponse(request, "admin/readiness.html", context)
