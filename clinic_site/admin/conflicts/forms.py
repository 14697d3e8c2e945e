"""The comparison of one form: what it held when it was opened, what was typed, what is stored."""

from dataclasses import dataclass, replace
from enum import Enum
from typing import Any

from django import forms
from django.db.models import Model
from django.forms.formsets import DELETION_FIELD_NAME
from django.forms.utils import pretty_name
from django.utils.functional import cached_property
from django.utils.text import get_text_list

from clinic_site.admin.conflicts import authors, values
from clinic_site.admin.conflicts.opened import Opened
from clinic_site.admin.conflicts.questions import (
    MINE,
    THEIRS,
    Choice,
    ConflictError,
    QuestionList,
    answer_name,
)


class Outcome(Enum):
    SAME = "what was typed is stored already"
    MINE = "only this person changed it"
    THEIRS = "this person did not change it, or took the other value"
    ASK = "both changed it"


@dataclass(frozen=True)
class Verdict:
    outcome: Outcome
    stored: str  # a digest
    has_moved: bool  # the stored value is not the one that the form was opened with

    @property
    def is_left_to_others(self) -> bool:
        return self.has_moved and self.outcome is Outcome.THEIRS


class GuardedForm(forms.ModelForm):
    """Mixed into every form of the admin by `guarded`; a form that adds a row is left alone."""

    viewer: Any = None  # who sees the form
    # Fields of one meaning: who changes one has to see what others changed of the rest.
    together: frozenset[str] = frozenset()
    lost_key: Any = None  # of a row that somebody deleted while this person changed it

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.error_class = QuestionList
        self.page: Model = self.instance  # a formset sets the record whose page it is on
        self.row: Any = stored_row(self.instance)
        self.before = {
            column.attname: getattr(self.row, column.attname)
            for column in self.row._meta.concrete_fields
        } if self.row else {}  # fmt: skip
        self.watched = [n for n, f in self.fields.items() if self.row and not f.disabled]
        self.opened = Opened.read(self.data) if self.is_bound else None

    def key(self, name: str) -> str:
        return f"{self.instance._meta.label_lower}:{self.instance.pk}:{name}"

    @cached_property
    def stored(self) -> dict[str, Any]:
        """What the database holds, as the form's fields take it."""
        if not self.row:
            return {}
        form = self if self.row is self.instance else type(self)(instance=self.row)
        return {n: form.get_initial_for_field(form.fields[n], n) for n in self.watched}

    def typed(self, name: str) -> Any:
        widget = self.fields[name].widget
        return widget.value_from_datadict(self.data, self.files, self.add_prefix(name))

    def answer(self, name: str = "") -> str:
        return self.data.get(answer_name(self.add_prefix(name) if name else str(self.prefix)), "")

    @cached_property
    def verdicts(self) -> dict[str, Verdict]:
        if not self.is_bound or not self.row:
            return {}
        found = {name: self.verdict(name) for name in self.watched}
        mine = {n for n, each in found.items() if each.outcome in {Outcome.MINE, Outcome.ASK}}
        for name in self.together if mine & self.together else ():
            if name in found and found[name].is_left_to_others:
                found[name] = replace(found[name], outcome=Outcome.ASK)
        return found

    def verdict(self, name: str) -> Verdict:
        stored = values.digest(self, name, self.stored[name])
        held = self.opened.held.get(self.key(name)) if self.opened else stored
        outcome = Outcome.THEIRS if self.is_to_go else self.outcome(name, stored, held)
        return Verdict(outcome, stored, has_moved=stored != held)

    def outcome(self, name: str, stored: str, held: str | None) -> Outcome:
        typed = self.typed(name)
        mine = values.digest(self, name, typed)
        if self.opened and self.key(name) in self.opened.asked:
            # A chosen file does not come back with the page that asks about it.
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
        """Whether this person changed anything in a row that is no longer there."""
        held = self.opened.held if self.opened else {}
        known = [name for name in self.fields if self.key(name) in held]
        return not known or any(
            values.digest(self, name, self.typed(name)) != held[self.key(name)] for name in known
        )

    # Deleting a row of a page

    @cached_property
    def is_to_go(self) -> bool:
        """Whether this person ticked it for deletion."""
        return DELETION_FIELD_NAME in self.fields and bool(self.typed(DELETION_FIELD_NAME))

    @cached_property
    def deletion(self) -> Outcome:
        """Whether it goes (MINE), stays (THEIRS), or was changed by others, which is to be seen."""
        has_moved = any(verdict.has_moved for verdict in self.verdicts.values())
        if not self.is_to_go:
            return Outcome.THEIRS
        is_asked = self.opened and self.key(DELETION_FIELD_NAME) in self.opened.asked
        if has_moved or (is_asked and not self.answer()):
            return Outcome.ASK
        return Outcome.THEIRS if is_asked and self.answer() == THEIRS else Outcome.MINE

    # What Django's own form does, with the stored value in place of what was not touched

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

    def _post_clean(self):
        super()._post_clean()  # type: ignore[misc]
        for column in self.columns_to_keep():
            setattr(self.instance, column.attname, self.before[column.attname])
        for name, error in self.conflicts():
            self.add_error(name, error)

    def columns_to_keep(self):
        """What was not changed is written as it is stored, to the last byte.

        An old version that is being restored brings along columns that are in no form.
        """
        for column in self.row._meta.concrete_fields if self.row else ():
            is_shown = column.name in self.watched or self.row is not self.instance
            if is_shown and column.name not in self.changed_data:
                yield column

    @property
    def is_stored_already(self) -> bool:
        """Whether saving would write nothing new."""
        return bool(self.row) and not self.changed_data and all(
            getattr(self.instance, attname) == value for attname, value in self.before.items()
        )  # fmt: skip

    def opened_now(self) -> Opened:
        """What the form holds as it is shown: for the next time it is sent."""
        if self.is_bound:
            held = {name: verdict.stored for name, verdict in self.verdicts.items()}
        else:
            held = {n: values.digest(self, n, value) for n, value in self.stored.items()}
        asked = {n for n, verdict in self.verdicts.items() if verdict.outcome is Outcome.ASK}
        if self.is_bound and self.row and self.deletion is Outcome.ASK:
            asked.add(DELETION_FIELD_NAME)
        return Opened({self.key(n): d for n, d in held.items()}, frozenset(map(self.key, asked)))

    # Asking

    def label(self, name: str) -> str:
        return str(self.fields[name].label or pretty_name(name))

    @property
    def row_name(self) -> str:
        """Among its siblings: a section says which page it is of, which is known here."""
        return getattr(self.instance, "title", "") or str(self.instance)

    def conflicts(self):
        """(field or None, error) of all that this person has to see before it can be saved."""
        if self.lost_key:
            yield None, self.question_of_lost_row()
        elif self.row and self.deletion is Outcome.ASK:
            yield None, self.question_of_deletion()
        for name, verdict in self.verdicts.items():
            if verdict.outcome is Outcome.ASK:
                yield name, self.question_of_field(name)

    def who_changed(self, name: str) -> str:
        return authors.who_changed(
            self.row, name, self.label(name), page=self.page, viewer=self.viewer
        )

    def question_of_field(self, name: str) -> ConflictError:
        label, bound = self.label(name), self[name]
        is_file = isinstance(self.fields[name], forms.FileField)
        mine = "choose the file again below" if is_file else "what stands in the field below"
        return ConflictError(
            bound.html_name,
            title=f"{self.row_name}: {label}" if self.prefix else label,
            who=self.who_changed(name),
            choices=[
                Choice(
                    THEIRS,
                    "Take theirs: what is saved now",
                    values.shown(self, name, self.stored[name]),
                ),
                Choice(MINE, f"Keep mine: {mine}", values.shown(self, name, self.typed(name))),
            ],
            described_by=f"{bound.auto_id}_error",
        )

    def question_of_deletion(self) -> ConflictError:
        moved = [name for name, verdict in self.verdicts.items() if verdict.has_moved]
        return ConflictError(
            str(self.prefix),
            title=f"{self.row_name}: deleted and changed",
            who=self.who_changed(moved[0]) if moved else "It was changed",
            choices=[
                Choice(THEIRS, f"Take theirs: keep it, with {self.list_of(moved)} as changed"),
                Choice(MINE, "Keep mine: delete it"),
            ],
        )

    def question_of_lost_row(self) -> ConflictError:
        return ConflictError(
            str(self.prefix),
            title=f"{self.row_name}: deleted and changed",
            who=authors.who_deleted(
                self._meta.model(pk=self.lost_key), page=self.page, viewer=self.viewer
            ),
            choices=[
                Choice(THEIRS, "Take theirs: leave it deleted"),
                Choice(MINE, "Keep mine: add it again, as it is below"),
            ],
            lost_name=lost_name(str(self.prefix)),
            lost_key=self.lost_key,
        )

    def list_of(self, names) -> str:
        return get_text_list([self.label(name) for name in names], "and")

    def kept(self) -> list[str]:
        """In words, what others changed meanwhile and this person left alone."""
        return [
            f"{self.row_name}: {self.label(name)}" if self.prefix else self.label(name)
            for name, verdict in self.verdicts.items()
            if verdict.is_left_to_others and not self.is_to_go
        ]


def lost_name(prefix: str) -> str:
    return f"{prefix}-lost"


def stored_row(instance: Model) -> Model | None:
    """The row as the database has it; an old version that is being restored is not that."""
    if instance._state.adding:
        return None
    if hasattr(instance, "_history"):
        return type(instance)._base_manager.filter(pk=instance.pk).first()
    return instance


def guarded(form: type[forms.ModelForm], **attributes: Any) -> type[GuardedForm]:
    """The form with the comparison; with its fields as the admin has arranged them."""
    mixed = type(form.__name__, (GuardedForm, form), attributes)
    mixed.base_fields = form.base_fields  # type: ignore[attr-defined]
    return mixed
