"""The addresses that a record had before. They redirect to its present address."""

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
        """Stores the former address here and not in the admin, because commands and imports change
        addresses too. Links in print and in search engines must still lead to the record.
        """
        rows = type(self)._base_manager.filter(pk=self.pk)
        former = rows.values(*self.address_fields).first()
        super().save(*args, **kwargs)
        if former and former != self.address:
            key = self._key_of_former_address
            key.model.objects.update_or_create(**former, defaults={key.name: self})
            key.model.objects.filter(**self.address, **{key.name: self}).delete()

    def clean(self):
        """Refuses an address that redirects to another record, because links to that record must
        not lead to this one.
        """
        super().clean()
        key = self._key_of_former_address
        taken = key.model.objects.filter(**self.address).exclude(**{key.name: self.pk})
        if other := taken.select_related(key.name).first():
            owner = getattr(other, key.name)
            message = (
                f"This address still leads to “{owner}”, which had it before. "
                "Choose a different one."
            )
            raise ValidationError({"slug": message})

    @property
    def address(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in self.address_fields}

    @property
    def _key_of_former_address(self) -> models.ForeignKey:
        """The foreign key from a former address to its record."""
        return type(self).former_addresses.field
