"""The signed note of what a page's fields held when it was opened: a hidden field of the page.

It holds a short digest of each value, because the whole values could be long and need not be read.
"""

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
    """What the page knows of the fields. Each is named by its key, see GuardedForm.key."""

    held: dict[str, str]  # the digest of the stored value that this person has seen
    asked: frozenset[str] = frozenset()  # the fields whose two values this person could choose from
    at: float = field(default_factory=time.time)

    def signed(self) -> str:
        state = {"held": self.held, "asked": sorted(self.asked), "at": self.at}
        return signing.dumps(state, salt=SALT, compress=True)

    @classmethod
    def together(cls, states: Iterable["Opened"]) -> "Opened":
        """One note for a page, from the notes of its forms."""
        held, asked = dict[str, str](), set[str]()
        for state in states:
            held |= state.held
            asked |= state.asked
        return cls(held, frozenset(asked))

    @classmethod
    def read(cls, data: Mapping[str, Any]) -> "Opened | None":
        """None if the post has no note: it comes from a script, and what it says is written."""
        return _read(data[FIELD]) if FIELD in data else None


@lru_cache(maxsize=8)  # each row of a page reads the same note
def _read(signed: str) -> Opened:
    try:
        state = signing.loads(signed, salt=SALT)
    except signing.BadSignature:
        # Then it is unknown what any field held, so each one that differs is asked about.
        return Opened({})
    return Opened(state["held"], frozenset(state["asked"]), state["at"])
