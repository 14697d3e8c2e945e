"""What an admin form held when it was opened. It travels with the form and comes back with it."""

import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from django.core import signing

FIELD = "_opened"
SALT = "clinic_site.conflicts"


@dataclass(frozen=True)
class Opened:
    """`held`: a digest a field, by the key of the field. `asked`: the keys of fields of which both
    values were shown; `held` is then what the other person's value was."""

    held: dict[str, str]
    asked: frozenset[str] = frozenset()
    at: float = field(default_factory=time.time)

    def signed(self) -> str:
        parts = {"held": self.held, "asked": sorted(self.asked), "at": self.at}
        return signing.dumps(parts, salt=SALT, compress=True)

    @classmethod
    def together(cls, states: Iterable["Opened"]) -> "Opened":
        """That of a page, from those of its forms."""
        held, asked = dict[str, str](), set[str]()
        for state in states:
            held |= state.held
            asked |= state.asked
        return cls(held, frozenset(asked))

    @classmethod
    def read(cls, data: Mapping[str, Any]) -> "Opened | None":
        """None when the post came without it: from a script, which says what to write."""
        return _read(data[FIELD]) if FIELD in data else None


@lru_cache(maxsize=8)  # each row of a page reads the page's
def _read(signed: str) -> Opened:
    try:
        parts = signing.loads(signed, salt=SALT)
    except signing.BadSignature:
        # As if nothing were known of any field: each that differs from the database is asked about.
        return Opened({})
    return Opened(parts["held"], frozenset(parts["asked"]), parts["at"])
