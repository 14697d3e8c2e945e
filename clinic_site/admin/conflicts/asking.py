"""Writes the questions about one form: which values clash, who changed them, what can be chosen."""

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from django import forms
from django.utils.text import get_text_list

from clinic_site.admin.conflicts import authors, values
from clinic_site.admin.conflicts.outcome import Outcome
from clinic_site.admin.conflicts.questions import (
    MINE,
    THEIRS,
    Choice,
    ConflictError,
    deleted_row_name,
)

if TYPE_CHECKING:
    from clinic_site.admin.conflicts.forms import GuardedForm


def conflicts(form: "GuardedForm") -> Iterator[tuple[str | None, ConflictError]]:
    """The questions that this person must answer first, each with its field (None for the row)."""
    if form.deleted_key:
        yield None, ask_about_deleted_row(form)
    elif form.row and form.deletion is Outcome.ASK:
        yield None, ask_about_deletion(form)
    for name, verdict in form.verdicts.items():
        if verdict.outcome is Outcome.ASK:
            yield name, ask_about_field(form, name)


def name_of_row(form: "GuardedForm") -> str:
    """The title, if there is one: str() of a section also names its page, which is known here."""
    return getattr(form.instance, "title", "") or str(form.instance)


def name_of_field(form: "GuardedForm", name: str) -> str:
    label = form.label(name)
    return f"{name_of_row(form)}: {label}" if form.prefix else label


def who_changed(form: "GuardedForm", name: str) -> str:
    return authors.who_changed(form.row, name, form.label(name), page=form.page, viewer=form.viewer)


def ask_about_field(form: "GuardedForm", name: str) -> ConflictError:
    bound = form[name]
    is_file = isinstance(form.fields[name], forms.FileField)
    mine = "choose the file again below" if is_file else "what is in the field below"
    return ConflictError(
        bound.html_name,
        title=name_of_field(form, name),
        who=who_changed(form, name),
        choices=[
            Choice(
                THEIRS,
                "Take theirs: what is saved now",
                values.to_show(form, name, form.stored[name]),
            ),
            Choice(MINE, f"Keep mine: {mine}", values.to_show(form, name, form.typed(name))),
        ],
        described_by=f"{bound.auto_id}_error",
    )


def ask_about_deletion(form: "GuardedForm") -> ConflictError:
    """This person deletes a row that somebody else changed."""
    moved = [name for name, verdict in form.verdicts.items() if verdict.has_moved]
    fields = list_of(form, moved)
    return ConflictError(
        str(form.prefix),
        title=f"{name_of_row(form)}: deleted and changed",
        who=who_changed(form, moved[0]) if moved else "It was changed",
        choices=[
            Choice(THEIRS, f"Take theirs: keep it, with {fields} as changed"),
            Choice(MINE, "Keep mine: delete it"),
        ],
    )


def ask_about_deleted_row(form: "GuardedForm") -> ConflictError:
    """This person changed a row that somebody else deleted."""
    row = form._meta.model(pk=form.deleted_key)
    return ConflictError(
        str(form.prefix),
        title=f"{name_of_row(form)}: deleted and changed",
        who=authors.who_deleted(row, page=form.page, viewer=form.viewer),
        choices=[
            Choice(THEIRS, "Take theirs: leave it deleted"),
            Choice(MINE, "Keep mine: add it again, as it is below"),
        ],
        deleted_name=deleted_row_name(str(form.prefix)),
        deleted_key=form.deleted_key,
    )


def list_of(form: "GuardedForm", names: Iterable[str]) -> str:
    return get_text_list([form.label(name) for name in names], "and")


def changed_by_others(form: "GuardedForm") -> list[str]:
    """The names of the fields that somebody else changed and this person did not."""
    if form.is_to_delete:
        return []
    return [
        name_of_field(form, name)
        for name, verdict in form.verdicts.items()
        if verdict.is_left_to_others
    ]
