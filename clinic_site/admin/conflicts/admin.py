"""The comparison in the admin's pages: what is locked, asked, told, and left unwritten."""

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

from clinic_site.admin.conflicts import authors
from clinic_site.admin.conflicts.forms import GuardedForm, guarded
from clinic_site.admin.conflicts.formsets import guarded_formset
from clinic_site.admin.conflicts.opened import FIELD, Opened
from clinic_site.admin.conflicts.questions import ConflictError

# What a form sends beside what was typed.
OWN_FIELDS = re.compile(r"_.*|csrf.*|keep-.*|.*-(id|lost|\w+_FORMS)")


def guarded_forms(context: dict) -> list[GuardedForm]:
    """Of a page of the admin: the form of the record, and those of its rows."""
    found = [context["adminform"].form]
    for rows in context.get("inline_admin_formsets", ()):
        found += rows.formset.forms
    return [form for form in found if isinstance(form, GuardedForm)]


def with_guard(context: dict) -> dict:
    """The page's context with what the forms were opened at, and what is asked."""
    found = guarded_forms(context)
    errors = [e for form in found for listed in form.errors.values() for e in listed.as_data()]
    questions = [error for error in errors if isinstance(error, ConflictError)]
    if questions and len(context["errors"]) == len(questions):
        context["errors"] = []  # Django's sentence asks to correct something
    return context | {
        "opened": Opened.together(form.opened_now() for form in found).signed() if found else "",
        "questions": questions,
        "is_unsaved": context["adminform"].form.is_bound,
    }


def typed_words(data) -> list[tuple[str, str]]:
    """Name and value of what was typed in a form whose record is gone."""
    return [
        (capfirst(re.sub(r"[-_]+", " ", name)), "\n".join(data.getlist(name)))
        for name in data
        if not OWN_FIELDS.fullmatch(name) and any(data.getlist(name))
    ]


class GuardedAdmin(admin.ModelAdmin):
    """Two people edit one record: what one did not touch is kept, a real clash is asked about."""

    # Why a record that is usually open to changes is not any more.
    closed_because = "It can no longer be changed"
    # Who changes one of these is asked about what others changed of the rest.
    fields_of_one_meaning: tuple[str, ...] = ()

    def get_form(self, request, obj=None, change=False, **kwargs):
        form = super().get_form(request, obj, change=change, **kwargs)
        if obj is None:
            return form
        return guarded(form, viewer=request.user, together=frozenset(self.fields_of_one_meaning))

    def get_formsets_with_inlines(self, request, obj=None):
        for formset, inline in super().get_formsets_with_inlines(request, obj):
            is_guarded = obj and inline.has_change_permission(request, obj)
            yield guarded_formset(formset, request.user) if is_guarded else formset, inline

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
        """The record is gone or closed: what was typed is shown, so that it can be copied."""
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
        """Where a version of the deleted record can be restored; empty when none is kept."""
        name = f"admin:{self.opts.app_label}_{self.opts.model_name}_history"
        return reverse(name, args=[gone.pk]) if authors.versions(gone) else ""

    def render_change_form(  # noqa: PLR0917 the signature is Django's
        self, request, context, add=False, change=False, form_url="", obj=None
    ):
        return super().render_change_form(request, with_guard(context), add, change, form_url, obj)

    def save_model(self, request, obj, form, change):
        """A row that nobody changed is not written: no version, no new date."""
        if not (isinstance(form, GuardedForm) and form.is_stored_already):
            super().save_model(request, obj, form, change)

    def save_related(self, request, form, formsets, change):
        super().save_related(request, form, formsets, change)
        if isinstance(form, GuardedForm):
            self.date_by_rows(form, formsets)
            self.tell_of_others(request, [form, *(f for rows in formsets for f in rows.forms)])

    def date_by_rows(self, form: GuardedForm, formsets) -> None:
        """A page has changed when only one of its rows has; readers see its date."""
        has_date = any(column.name == "updated_at" for column in self.opts.concrete_fields)
        if has_date and form.is_stored_already and any(rows.has_changed() for rows in formsets):
            rows = self.model._base_manager.filter(pk=form.instance.pk)
            rows.update(updated_at=timezone.now())

    def tell_of_others(self, request, forms: list[Any]) -> None:
        kept = [what for form in forms if isinstance(form, GuardedForm) for what in form.kept()]
        if kept:
            words = f"Changed by others while you had this page open, and kept: {', '.join(kept)}."
            messages.info(request, words)

    def log_change(self, request, obj, message):
        """Pressing Save on an untouched form is no change to be told of."""
        return super().log_change(request, obj, message) if message else None
