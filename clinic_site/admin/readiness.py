"""The readiness page: what the clinic has not filled in or done yet, and where to do it.

Each app adds its own section with `readiness_check`, so that this module knows none of them.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from django.contrib import admin
from django.http import HttpRequest
from django.template.response import TemplateResponse


@dataclass(frozen=True)
class Gap:
    """Something unknown or undone: what, what follows from it, and where it is put right."""

    what: str
    effect: str
    url: str = ""


Check = Callable[[HttpRequest], Iterable[Gap] | None]

readiness_checks: list[tuple[str, Check]] = []


def readiness_check(title: str):
    """Adds a section: a function that gives its gaps, or None to whom it does not concern."""

    def add(function: Check) -> Check:
        readiness_checks.append((title, function))
        return function

    return add


def readiness_sections(request: HttpRequest) -> list[tuple[str, list[Gap]]]:
    found = [(title, check(request)) for title, check in readiness_checks]
    return [(title, list(gaps)) for title, gaps in found if gaps is not None]


def readiness(request):
    """What is missing, for everyone on the staff; each section only for whom it concerns."""
    context = admin.site.each_context(request) | {
        "title": "Readiness",
        "sections": readiness_sections(request),
    }
    return TemplateResponse(request, "admin/readiness.html", context)
