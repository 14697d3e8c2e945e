"""Connects the comparison to the pages of Django's admin.

GuardedAdmin locks the record while it is saved, compares its forms, puts the signed note and the
questions on the page, tells the person what others changed, and does not write what is the same.
"""

import re
from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import ValidationError
from django.db import router, transaction
from django.db.models import Model
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.text import capfirst

from clinic_site.admin.conflicts import asking, authors
from clinic_site.admin.conflicts.forms import GuardedForm, guard_form
from clinic_site.admin.conflicts.formsets import guard_formset
from clinic_site.admin.conflicts.opened import FIELD, Opened
from clinic_site.admin.conflicts.questions import ConflictError

# The names of fields that hold nothing a person typed.
OWN_FIELDS = re.compile(r"_.*|csrf.*|keep-.*|.*-(id|lost|\w+_FORMS)")


def guarded_forms(context: dict) -> list[GuardedForm]:
    """All compared forms on a page of the admin: that of the record, and those of its rows."""
    found = [context["adminform"].form]
    for rows in context.get("inline_admin_formsets", ()):
        found += rows.formset.forms
    return [form for form in found if isinstance(form, GuardedForm)]


def with_guard(context: dict) -> dict:
    """The page's context, with the signed note and the questions."""
    found = guarded_forms(context)
    errors = [e for form in found for listed in form.errors.values() for e in listed.as_data()]
    questions = [error for error in errors if isinstance(error, ConflictError)]
    if questions and len(context["errors"]) == len(questions):
        context["errors"] = []  # or Django would ask to correct errors, and there is none
    return context | {
        "opened": Opened.together(form.opened_now() for form in found).signed() if found else "",
        "questions": questions,
        "is_unsaved": context["adminform"].form.is_bound,
    }


def typed_words(data) -> list[tuple[str, str]]:
    """(name, value) of each field in a post that cannot be saved."""
    return [
        (capfirst(re.sub(r"[-_]+", " ", name)), "\n".join(data.getlist(name)))
        for name in data
        if not OWN_FIELDS.fullmatch(name) and any(data.getlist(name))
    ]


class GuardedAdmin(admin.ModelAdmin):
    """The base of every ModelAdmin here, so that two people can edit one record."""

    # Why this person may no longer change a record that they could change when they opened it.
    closed_because = "It can no longer be changed"
    # If a person changes one of these fields, they are asked about what others changed in the rest.
    linked_fields: tuple[str, ...] = ()

    def get_form(self, request, obj=None, change=False, **kwargs):
        form = super().get_form(request, obj, change=change, **kwargs)
        if obj is None:
            return form
        return guard_form(form, viewer=request.user, linked=frozenset(self.linked_fields))

    def get_formsets_with_inlines(self, request, obj=None):
        for formset, inline in super().get_formsets_with_inlines(request, obj):
            is_guarded = obj and inline.has_change_permission(request, obj)
            yield guard_formset(formset, request.user) if is_guarded else formset, inline

    def changeform_view(self, request, object_id=None, form_url="", extra_context=None):
        if request.method != "POST" or object_id is None:
            return super().changeform_view(request, object_id, form_url, extra_context)
        with transaction.atomic(using=router.db_for_write(self.model)):
            row = self.lock(object_id)
            was_open = FIELD in request.POST and self.has_change_permission(request)
            if was_open and (row is None or not self.has_change_permission(request, row)):
                return self.too_late(request, object_id, row)
            return super().changeform_view(request, object_id, form_url, extra_context)

    def lock(self, object_id: str) -> Model | None:
        """The row, which no one else can write until this transaction ends."""
        try:
            key = self.opts.pk.to_python(unquote(object_id))
        except ValidationError:
            return None
        return self.model._base_manager.select_for_update().filter(pk=key).first()

    def too_late(self, request, object_id: str, row: Model | None):
        """Shows what was typed, to be copied, if the record was deleted or closed meanwhile."""
        gone = self.model(pk=unquote(object_id))
        context = self.admin_site.each_context(request) | {
            "title": f"This {self.opts.verbose_name} could not be saved",
            "opts": self.opts,
            "why": self.closed_because
            if row
            else authors.who_deleted(gone, page=gone, viewer=request.user),
            "history_url": self.history_of(gone) if row is None else "",
            "typed": typed_words(request.POST),
        }
        return TemplateResponse(request, "admin/too_late.html", context, status=410)

    def history_of(self, gone: Model) -> str:
        """The address of the history from which the record can be restored; '' if it has none."""
        name = f"admin:{self.opts.app_label}_{self.opts.model_name}_history"
        return reverse(name, args=[gone.pk]) if authors.versions(gone) else ""

    def render_change_form(  # noqa: PLR0917 the signature is Django's
        self, request, context, add=False, change=False, form_url="", obj=None
    ):
        return super().render_change_form(request, with_guard(context), add, change, form_url, obj)

    def save_model(self, request, obj, form, change):
        """Writes a record only if it changed. Each write makes a version and a new date."""
        if not (isinstance(form, GuardedForm) and form.is_stored_already):
            super().save_model(request, obj, form, change)

    def save_related(self, request, form, formsets, change):
        super().save_related(request, form, formsets, change)
        if isinstance(form, GuardedForm):
            self.update_date(form, formsets)
            self.tell_of_others(request, [form, *(f for rows in formsets for f in rows.forms)])

    def update_date(self, form: GuardedForm, formsets) -> None:
        """A page that shows a changed row has changed too, and readers see its date."""
        has_date = any(column.name == "updated_at" for column in self.opts.concrete_fields)
        if has_date and form.is_stored_already and any(rows.has_changed() for rows in formsets):
            rows = self.model._base_manager.filter(pk=form.instance.pk)
            rows.update(updated_at=timezone.now())

    def tell_of_others(self, request, forms: list[Any]) -> None:
        kept = [
            what
            for form in forms
            if isinstance(form, GuardedForm)
            for what in asking.changed_by_others(form)
        ]
        if kept:
            words = f"Changed by others while you had this page open, and kept: {', '.join(kept)}."
            messages.info(request, words)

    def log_change(self, request, obj, message):
        """Writes no log entry if a person pressed Save without a change."""
        return super().log_change(request, obj, message) if message else None
