"""What has an order within something else: sections of a page, chapters of a book."""

from django import forms

STEP = 10  # between positions, so that a new part fits between two others


def renumber(parts) -> None:
    """10, 20, 30 … in their present order; `update`, because an order is no edit of the words."""
    for position, part in enumerate(parts.order_by("position", "pk"), 1):
        if part.position != position * STEP:
            parts.filter(pk=part.pk).update(position=position * STEP)


class PartFormSet(forms.BaseInlineFormSet):
    """Parts in an order; a new one goes to the end. `twin_message`: why no two may be alike."""

    twin_message = ""

    def add_fields(self, form, index):
        super().add_fields(form, index)
        if form.instance._state.adding:
            last = max((part.position for part in self.get_queryset() if part), default=0)
            form.fields["position"].initial = last + STEP

    def get_form_error(self):
        return self.twin_message

    def get_unique_error_message(self, unique_check):
        return self.twin_message


class TableFormSet(PartFormSet):
    """In a table the head names the column, but no field; each gets its name here."""

    def add_fields(self, form, index):
        super().add_fields(form, index)
        for field in form.fields.values():
            if not field.widget.is_hidden:
                field.widget.attrs.setdefault("aria-label", field.label)
