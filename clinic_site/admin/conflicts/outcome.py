"""What the comparison of a field can come to."""

from dataclasses import dataclass
from enum import Enum


class Outcome(Enum):
    SAME = "what this person typed is in the database already"
    MINE = "only this person changed it, or chose their own value"
    THEIRS = "this person did not change it, or chose the other person's value"
    ASK = "both changed it, and this person has not chosen yet"


@dataclass(frozen=True)
class Verdict:
    outcome: Outcome
    stored: str  # digest of the value in the database
    has_moved: bool  # the database no longer holds the value that the form was opened with

    @property
    def is_left_to_others(self) -> bool:
        return self.has_moved and self.outcome is Outcome.THEIRS
