class PlainLookups:
    """Lists answer to their own filters and to no other lookup in the address.

    By text__regex or key__startswith they would tell, letter by letter, what they do not show, and
    a regex can hold a server for minutes.
    """

    HOW = {"exact", "isnull", "gte", "lt"}

    def lookup_allowed(self, lookup, value, request=None):
        filters = self.list_filter  # type: ignore[attr-defined]
        if lookup in {getattr(each, "parameter_name", "") for each in filters}:
            return True
        fields = {each[0] if isinstance(each, tuple) else each for each in filters}
        field, _, how = lookup.rpartition("__")
        return field.removesuffix("__id") in fields and how in self.HOW
