"""Turns the value of a form field into text: for comparing it, or for showing it to a person.

A stored value and the same value sent back by a browser often differ in form: line ends, spaces,
"2" for 2, a list of keys for rows. They must not count as a change.
"""

import hashlib
import re
from datetime import datetime
from typing import Any

from django import forms
from django.core.exceptions import FieldDoesNotExist, ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.db import models
from django.utils import formats, timezone
from django.utils.html import format_html_join
from django.utils.safestring import mark_safe

BLOCK_TAGS = re.compile(r"\s*(</?(?:p|ul|ol|li|br)\b[^>]*>)\s*")


def model_field(form: forms.ModelForm, name: str) -> Any:
    try:
        return form._meta.model._meta.get_field(name)
    except FieldDoesNotExist:
        return None


def as_submitted(field: forms.Field, value: Any) -> Any:
    """A stored value in the form in which a browser sends it back unchanged."""
    if isinstance(field, forms.FileField):
        return None
    if isinstance(field, forms.MultiValueField):
        return field.widget.decompress(value)
    return field.prepare_value(value)


def digest(form: forms.ModelForm, name: str, value: Any) -> str:
    """A digest that is the same for a stored value and for the same value typed."""
    return hashlib.sha256(comparable(form, name, value).encode()).hexdigest()[:16]


def comparable(form: forms.ModelForm, name: str, value: Any) -> str:
    field = form.fields[name]
    if isinstance(field, forms.FileField):
        return _file(value, form.initial.get(name))
    if isinstance(field, forms.ModelMultipleChoiceField):
        return "\n".join(sorted(str(key) for key in field.prepare_value(value) or ()))
    if isinstance(field, forms.ModelChoiceField):
        return _text(field.prepare_value(value))
    return _text(_cleaned(form, name, value))


def _cleaned(form: forms.ModelForm, name: str, value: Any) -> Any:
    """The value as it would be stored; if it is not valid, as it was typed."""
    field, column = form.fields[name], model_field(form, name)
    try:
        value = field.clean(value)
        if isinstance(column, (models.CharField, models.TextField)):
            value = column.clean(value, form.instance)
    except ValidationError:
        return value
    if hasattr(column, "sanitize"):  # only the rich-text field of django-prose-editor has it
        return BLOCK_TAGS.sub(r"\1", value)
    return value


def _text(value: Any) -> str:
    """Ignores line ends, spaces at the end of lines, and white space around the whole."""
    if isinstance(value, (list, tuple)):
        return "\n".join(_text(part) for part in value)
    if isinstance(value, datetime):
        return str(int(value.timestamp()))
    text = "" if value is None else str(value)
    return "\n".join(line.rstrip() for line in re.split(r"\r\n?|\n", text)).strip()


def _file(value: Any, kept: Any) -> str:
    """The name of the file, because reading a stored file may cost a call to the object storage.

    `kept` is the stored file. It stays if this person chose none.
    """
    if isinstance(value, UploadedFile):
        is_kept = kept and _has_same_bytes(value, kept)
        return str(kept) if is_kept else f"upload: {value.name}"
    return str((kept if value is None else value) or "")


def _has_same_bytes(upload: UploadedFile, stored: Any) -> bool:
    """Whether this file is stored already. That is so when a person presses Save twice."""
    try:
        if upload.size != stored.size:
            return False
        with stored.storage.open(stored.name) as kept:
            same = kept.read() == upload.read()
    except OSError:
        return False
    upload.seek(0)
    return same


def to_show(form: forms.ModelForm, name: str, value: Any):
    """A stored or typed value as text or HTML for a person to read."""
    field, column = form.fields[name], model_field(form, name)
    if isinstance(field, forms.ModelChoiceField):
        return _rows(field, value)
    if isinstance(field, forms.ChoiceField):
        return str(dict(column.flatchoices).get(value, value) or "")
    value = _cleaned(form, name, value)
    if isinstance(value, bool):
        return "Yes" if value else "No"
    if isinstance(value, datetime):
        return formats.date_format(timezone.localtime(value), "DATETIME_FORMAT")
    if hasattr(column, "sanitize"):
        return mark_safe(column.sanitize(str(value)))  # noqa: S308 sanitize() removes what is not on the allow-list
    return str(value or "")


def _rows(field: forms.ModelChoiceField, value: Any):
    keys = field.prepare_value(value) or []
    keys = keys if isinstance(keys, list) else [keys]
    choices: Any = field.queryset
    try:
        rows = list(choices.filter(pk__in=keys))
    except (ValueError, TypeError, ValidationError):
        return ", ".join(map(str, keys))
    return format_html_join(", ", "{}", ([field.label_from_instance(row)] for row in rows))
