"""An address that a record once had: it redirects to the record, whatever its address is now."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db import models


class HasFormerAddresses(models.Model):
    """Stores the record's address under `former_addresses` when the address changes.

    The rows of `former_addresses` have the fields that `address_fields` names.
    """

    address_fields: tuple[str, ...] = ("slug",)
    former_addresses: Any

    class Meta:
        abstract = True

    def save(self, *args, **kwargs):
        """Store the former address here and not in the admin, because commands and imports change
        addresses too, and links in print and in search engines must lead to the record then.
        """
        rows = type(self)._base_manager.filter(pk=self.pk)
        former = rows.values(*self.address_fields).first()
        super().save(*args, **kwargs)
        if former and former != self.address:
            record = self._former_address_field
            record.model.objects.update_or_create(**former, defaults={record.name: self})
            record.model.objects.filter(**self.address, **{record.name: self}).delete()

    def clean(self):
        """Refuse an address that redirects to another record: its links must not end up here."""
        super().clean()
        record = self._former_address_field
        taken = record.model.objects.filter(**self.address).exclude(**{record.name: self.pk})
        if other := taken.select_related(record.name).first():
            owner = getattr(other, record.name)
            message = (
                f"This address still leads to “{owner}”, which had it before. "
                "Choose a different one."
            )
            raise ValidationError({"slug": message})

    @property
    def address(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in self.address_fields}

    @property
    def _former_address_field(self) -> models.ForeignKey:
        """The foreign key from a former address to its record."""
        return type(self).former_addresses.field
