"""Formsets for rows that staff put in an order: a page's sections, an ebook's chapters."""

from django import forms

STEP = 10  # between two positions, so that staff can put a new row between two others


def renumber(rows) -> None:
    """Sets the positions to 10, 20, 30 and so on, in the present order.

    It uses `update` because a new position is not an edit that the history should show.
    """
    for number, row in enumerate(rows.order_by("position", "pk"), 1):
        if row.position != number * STEP:
            rows.filter(pk=row.pk).update(position=number * STEP)


class OrderedFormSet(forms.BaseInlineFormSet):
    """Puts a new row at the end."""

    duplicate_message = ""  # shown when two rows break the model's unique constraint

    def add_fields(self, form, index):
        super().add_fields(form, index)
        if form.instance._state.adding:
            last = max((row.position for row in self.get_queryset() if row), default=0)
            form.fields["position"].initial = last + STEP

    def get_form_error(self):
        return self.duplicate_message

    def get_unique_error_message(self, unique_check):
        return self.duplicate_message


class OrderedTableFormSet(OrderedFormSet):
    """Gives each field an accessible name, because in a table only the column has a heading."""

    def add_fields(self, form, index):
        super().add_fields(form, index)
        for field in form.fields.values():
            if not field.widget.is_hidden:
                field.widget.attrs.setdefault("aria-label", field.label)
