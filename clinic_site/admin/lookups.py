"""Keeps the lists of the admin from answering questions that their filters do not offer."""

from django.contrib import messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.core.exceptions import ValidationError
from django.http import HttpResponseRedirect


class PlainLookups:
    """Allows in the address of a list only the lookups of the list's own filters.

    With text__regex or key__startswith in the address, a person could find out letter by letter
    what the list does not show. A regex can also keep the database busy for minutes.
    """

    COMPARISONS = {"exact", "isnull", "gte", "lt"}

    def lookup_allowed(self, lookup, value, request=None):
        filters = self.list_filter  # type: ignore[attr-defined]
        if lookup in {getattr(each, "parameter_name", "") for each in filters}:
            return True
        fields = {each[0] if isinstance(each, tuple) else each for each in filters}
        if lookup in fields:  # AllValuesFieldListFilter uses the name of the field alone
            return True
        field, _, comparison = lookup.rpartition("__")
        return field.removesuffix("__id") in fields and comparison in self.COMPARISONS

    def changelist_view(self, request, extra_context=None):
        """Django would pass the keys of the ticked rows to the database unchecked."""
        if not all(map(self.is_key, request.POST.getlist(ACTION_CHECKBOX_NAME))):
            words = "Nothing was done: a chosen row was not recognized. Choose the rows again."
            messages.error(request, words)
            return HttpResponseRedirect(request.get_full_path())
        return super().changelist_view(request, extra_context)  # type: ignore[misc]

    def is_key(self, value: str) -> bool:
        key = self.model._meta.pk  # type: ignore[attr-defined]
        try:
            key.clean(value, None)
        except ValidationError:
            return False
        return True
