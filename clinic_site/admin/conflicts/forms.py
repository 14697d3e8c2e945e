"""Decides about each field of one form of the admin: whose value is saved, or whether to ask.

Three states are compared: what the field held when this person opened the page, what this person
typed, and what the database holds now (see the package's docstring).
"""

from dataclasses import replace
from typing import Any

from django import forms
from django.db.models import Model
from django.forms.formsets import DELETION_FIELD_NAME
from django.forms.utils import pretty_name
from django.utils.functional import cached_property

from clinic_site.admin.conflicts import asking, values
from clinic_site.admin.conflicts.opened import Opened
from clinic_site.admin.conflicts.outcome import Outcome, Verdict
from clinic_site.admin.conflicts.questions import MINE, THEIRS, QuestionList, answer_name


class GuardedForm(forms.ModelForm):
    """`guard_form` mixes this into every form of the admin, except forms that add a record."""

    viewer: Any = None  # the person who edits
    # Fields that belong together: if this person changes one, they must see changes in the others.
    linked: frozenset[str] = frozenset()
    deleted_key: Any = None  # the key of a row that somebody else deleted while this person typed

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.error_class = QuestionList
        self.page: Model = self.instance  # for a row, its formset sets the record of the page
        self.row: Any = stored_row(self.instance)
        self.stored_columns = {
            column.attname: getattr(self.row, column.attname)
            for column in self.row._meta.concrete_fields
        } if self.row else {}  # fmt: skip
        self.compared = [n for n, f in self.fields.items() if self.row and not f.disabled]
        self.opened = Opened.read(self.data) if self.is_bound else None

    def key(self, name: str) -> str:
        return f"{self.instance._meta.label_lower}:{self.instance.pk}:{name}"

    @cached_property
    def stored(self) -> dict[str, Any]:
        """The values in the database, in the form that the form's fields use."""
        if not self.row:
            return {}
        form = self if self.row is self.instance else type(self)(instance=self.row)
        return {n: form.get_initial_for_field(form.fields[n], n) for n in self.compared}

    def typed(self, name: str) -> Any:
        widget = self.fields[name].widget
        return widget.value_from_datadict(self.data, self.files, self.add_prefix(name))

    def answer(self, name: str = "") -> str:
        return self.data.get(answer_name(self.add_prefix(name) if name else str(self.prefix)), "")

    @cached_property
    def verdicts(self) -> dict[str, Verdict]:
        if not self.is_bound or not self.row:
            return {}
        found = {name: self.verdict(name) for name in self.compared}
        mine = {n for n, each in found.items() if each.outcome in {Outcome.MINE, Outcome.ASK}}
        for name in self.linked if mine & self.linked else ():
            if name in found and found[name].is_left_to_others:
                found[name] = replace(found[name], outcome=Outcome.ASK)
        return found

    def verdict(self, name: str) -> Verdict:
        stored = values.digest(self, name, self.stored[name])
        held = self.opened.held.get(self.key(name)) if self.opened else stored
        outcome = Outcome.THEIRS if self.is_to_delete else self.outcome(name, stored, held)
        return Verdict(outcome, stored, has_moved=stored != held)

    def outcome(self, name: str, stored: str, held: str | None) -> Outcome:
        typed = self.typed(name)
        mine = values.digest(self, name, typed)
        if self.opened and self.key(name) in self.opened.asked:
            # When the page with the question is sent, the browser does not send the file again.
            is_file = isinstance(self.fields[name], forms.FileField)
            is_without_file = is_file and typed is None and self.row is self.instance
            if mine == stored and not is_without_file:
                return Outcome.SAME
            if stored != held or (self.answer(name) != THEIRS and is_without_file):
                return Outcome.ASK
            return {MINE: Outcome.MINE, THEIRS: Outcome.THEIRS}.get(self.answer(name), Outcome.ASK)
        if mine == stored:
            return Outcome.SAME
        if mine == held:
            return Outcome.THEIRS
        return Outcome.MINE if stored == held else Outcome.ASK

    def is_touched(self) -> bool:
        """Whether this person changed anything in a row that somebody else has deleted."""
        held = self.opened.held if self.opened else {}
        known = [name for name in self.fields if self.key(name) in held]
        return not known or any(
            values.digest(self, name, self.typed(name)) != held[self.key(name)] for name in known
        )

    @cached_property
    def is_to_delete(self) -> bool:
        """Whether this person ticked the row's box "Delete"."""
        return DELETION_FIELD_NAME in self.fields and bool(self.typed(DELETION_FIELD_NAME))

    @cached_property
    def deletion(self) -> Outcome:
        """MINE: delete the row. THEIRS: keep it. ASK: others changed it, so ask before it goes."""
        has_moved = any(verdict.has_moved for verdict in self.verdicts.values())
        if not self.is_to_delete:
            return Outcome.THEIRS
        is_asked = self.opened and self.key(DELETION_FIELD_NAME) in self.opened.asked
        if has_moved or (is_asked and not self.answer()):
            return Outcome.ASK
        return Outcome.THEIRS if is_asked and self.answer() == THEIRS else Outcome.MINE

    # The methods below are Django's. In place of a value that this person did not change, they use
    # the value in the database.

    def _widget_data_value(self, widget, html_name):
        name = html_name.removeprefix(f"{self.prefix}-") if self.prefix else html_name
        if name == DELETION_FIELD_NAME and self.row and self.deletion is Outcome.THEIRS:
            return False
        verdict = self.verdicts.get(name)
        if verdict and verdict.outcome in {Outcome.THEIRS, Outcome.SAME}:
            return values.as_submitted(self.fields[name], self.stored[name])
        return super()._widget_data_value(widget, html_name)  # type: ignore[misc]

    @cached_property
    def changed_data(self) -> list[str]:
        if not self.verdicts:
            return super().changed_data
        return [
            name
            for name, bound in self._bound_items()  # type: ignore[attr-defined]
            if (
                self.verdicts[name].outcome in {Outcome.MINE, Outcome.ASK}
                if name in self.verdicts
                else bound._has_changed()
            )
        ]

    def label(self, name: str) -> str:
        return str(self.fields[name].label or pretty_name(name))

    def _post_clean(self):
        super()._post_clean()  # type: ignore[misc]
        for column in self.columns_to_keep():
            setattr(self.instance, column.attname, self.stored_columns[column.attname])
        for name, error in asking.conflicts(self):
            self.add_error(name, error)

    def columns_to_keep(self):
        """The columns that this person did not change. They are saved byte for byte as stored.

        If an old version is being restored, these include columns that the form does not show.
        """
        for column in self.row._meta.concrete_fields if self.row else ():
            is_shown = column.name in self.compared or self.row is not self.instance
            if is_shown and column.name not in self.changed_data:
                yield column

    @property
    def is_stored_already(self) -> bool:
        """Whether saving would change nothing in the database."""
        if not self.row or self.changed_data:
            return False
        columns = self.stored_columns.items()
        return all(getattr(self.instance, attname) == value for attname, value in columns)

    def opened_now(self) -> Opened:
        """The note about this form as it is shown now. The page sends it back when it is saved."""
        if self.is_bound:
            held = {name: verdict.stored for name, verdict in self.verdicts.items()}
        else:
            held = {n: values.digest(self, n, value) for n, value in self.stored.items()}
        asked = {n for n, verdict in self.verdicts.items() if verdict.outcome is Outcome.ASK}
        if self.is_bound and self.row and self.deletion is Outcome.ASK:
            asked.add(DELETION_FIELD_NAME)
        return Opened({self.key(n): d for n, d in held.items()}, frozenset(map(self.key, asked)))


def stored_row(instance: Model) -> Model | None:
    """The row as it is in the database, also if `instance` is an old version to be restored."""
    if instance._state.adding:
        return None
    if hasattr(instance, "_history"):
        return type(instance)._base_manager.filter(pk=instance.pk).first()
    return instance


def guard_form(form: type[forms.ModelForm], **attributes: Any) -> type[GuardedForm]:
    """The form class with GuardedForm mixed in."""
    mixed = type(form.__name__, (GuardedForm, form), attributes)
    # Django's metaclass has made new fields, without the admin's widgets.
    mixed.base_fields = form.base_fields  # type: ignore[attr-defined]
    return mixed
