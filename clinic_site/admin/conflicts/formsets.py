"""Compares the rows of a page, such as the sections of an article, and not only its own fields.

Meanwhile others may have added, moved or deleted rows. Django matches rows by their number on the
page, so this module first sorts out the rows that no longer exist and numbers the rest anew.
"""

import re
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.datastructures import MultiValueDict

from clinic_site.admin.conflicts.forms import guard_form
from clinic_site.admin.conflicts.outcome import Outcome
from clinic_site.admin.conflicts.questions import MINE, THEIRS, answer_name, deleted_row_name


class GuardedFormSet(forms.BaseInlineFormSet):
    """`guard_formset` mixes this into the formsets of the admin."""

    model: Any
    form: Any
    prefix: Any
    data: Any
    files: Any

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        # The keys of rows that others deleted and this person changed, by the number of the row.
        self.deleted_keys: dict[int, str] = {}
        if self.is_bound and self.instance.pk and self.management_form.is_valid():
            self.lock_rows()
            self.sort_out_deleted_rows()

    def lock_rows(self) -> None:
        """Locks the rows, so that none changes between the comparison and the commit."""
        rows = self.model._base_manager.filter(**{self.fk.name: self.instance})
        list(rows.select_for_update().order_by("pk").values_list("pk", flat=True))

    def sort_out_deleted_rows(self) -> None:
        """Handles rows of the post that somebody else has deleted.

        If this person changed such a row, it becomes a new row and the person is asked about it. If
        not, it is dropped. Django would refuse both with an error about a hidden field.
        """
        first_new = self.initial_form_count()
        present = {str(key) for key in super().get_queryset().values_list("pk", flat=True)}
        old: list[int] = []
        new: list[int] = []
        gone: list[int] = []
        deleted: dict[int, str] = {}
        for number in range(self.total_form_count()):
            prefix, is_old = self.add_prefix(number), number < first_new
            key = self.data.get(
                f"{prefix}-{self.pk_name}" if is_old else deleted_row_name(prefix), ""
            )
            if not self.is_key(key) or key in present:
                (old if is_old else new).append(number)
            elif self.is_wanted(prefix, key):
                deleted[number] = key
            else:
                gone.append(number)
        if deleted or gone:
            self.renumber([*old, *new, *deleted], first_new=len(old))
            start = len(old) + len(new)
            self.deleted_keys = {start + n: key for n, key in enumerate(deleted.values())}

    @property
    def pk_name(self) -> str:
        return self.model._meta.pk.name

    def is_key(self, key: str) -> bool:
        try:
            return bool(key) and self.model._meta.pk.to_python(key) is not None
        except ValidationError:
            return False

    def is_wanted(self, prefix: str, key: str) -> bool:
        """Whether this person changed a row that others deleted, and has not let it go."""
        form = self.form(self.data, self.files, prefix=prefix, instance=self.model(pk=key))
        is_ticked = f"{prefix}-{forms.formsets.DELETION_FIELD_NAME}" in self.data
        is_let_go = self.data.get(answer_name(prefix)) == THEIRS
        return form.is_touched() and not is_ticked and not is_let_go

    def renumber(self, order: list[int], *, first_new: int) -> None:
        """Puts the rows of the post in this order, and removes all other rows from it."""
        numbers = {old: new for new, old in enumerate(order)}
        of_a_row = re.compile(rf"(keep-)?{re.escape(self.prefix)}-(\d+)(-.+)?")
        for sent in (self.data, self.files):
            rows = {name: match for name in sent if (match := of_a_row.fullmatch(name))}
            moved: MultiValueDict = MultiValueDict()
            for name, match in rows.items():
                keep, number, rest = match.groups(default="")
                values = sent.pop(name)
                if int(number) in numbers:
                    prefix = self.add_prefix(numbers[int(number)])
                    moved.setlist(f"{keep}{prefix}{rest}", values)
            sent.update(moved)
        self.data[f"{self.prefix}-{forms.formsets.INITIAL_FORM_COUNT}"] = str(first_new)
        self.data[f"{self.prefix}-{forms.formsets.TOTAL_FORM_COUNT}"] = str(len(order))
        del self.management_form  # Django cached it from the numbers before

    def _construct_form(self, i, **kwargs):
        form = super()._construct_form(i, **kwargs)  # type: ignore[misc]
        form.page = self.instance
        if i in self.deleted_keys:
            form.data[f"{form.prefix}-{self.pk_name}"] = ""
            form.empty_permitted = False
            if form.answer() != MINE:
                form.deleted_key = self.deleted_keys[i]
        return form

    def get_queryset(self):
        """The rows of the forms, in the order of the forms, because the admin pairs them by order.

        The rows in the database may have another order and number by now.
        """
        if not self.is_bound or "forms" not in self.__dict__:
            return super().get_queryset()
        rows = (form.instance for form in self.initial_forms)
        return [None if row._state.adding else row for row in rows]

    def _should_delete_form(self, form):
        is_ticked = super()._should_delete_form(form)  # type: ignore[misc]
        return is_ticked and form.deletion is Outcome.MINE


def guard_formset(formset: type[forms.BaseInlineFormSet], viewer: Any) -> type[GuardedFormSet]:
    form = guard_form(formset.form, viewer=viewer)
    return type(formset.__name__, (GuardedFormSet, formset), {"form": form})
