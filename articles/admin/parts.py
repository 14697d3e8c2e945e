"""What has an order within something else: sections of a page, chapters of a book."""

from django import forms

STEP = 10  # between positions, so that a new part fits between two others


def renumber(parts) -> None:
    """10, 20, 30 … in their present order; `update`, because an order is no edit of the words."""
    for position, part in enumerate(parts.order_by("position", "pk"), 1):
        if part.position != position * STEP:
            parts.filter(pk=part.pk).update(position=position * STEP)


class PartFormSet(forms.BaseInlineFormSet):
    """Parts in an order: a new one goes to the end, and no two may share `unique_name`."""

    unique_name = ""
    twin_message = ""

    def add_fields(self, form, index):
        super().add_fields(form, index)
        if form.instance._state.adding:
            last = max((part.position for part in self.get_queryset()), default=0)
            form.fields["position"].initial = last + STEP

    def clean(self):
        super().clean()
        seen = set()
        for form in self.forms:
            value = form.cleaned_data.get(self.unique_name) if form.is_valid() else None
            if value is None or form.cleaned_data.get("DELETE"):
                continue
            if value in seen:
                form.add_error(self.unique_name, self.twin_message)
            seen.add(value)


class TableFormSet(PartFormSet):
    """In a table the head names the column, but no field; each gets its name here."""

    def add_fields(self, form, index):
        super().add_fields(form, index)
        for field in form.fields.values():
            if not field.widget.is_hidden:
                field.widget.attrs.setdefault("aria-label", field.label)
