"""Reads the numbered promises of docs/promises.md."""

import re
from dataclasses import dataclass

from tests.planted_faults import ROOT

TITLE = re.compile(r"^### (\d+)\. (.+)$", re.MULTILINE)


@dataclass(frozen=True)
class Promise:
    number: int
    title: str
    is_built: bool


def promises() -> list[Promise]:
    """In the order of the document, so that a test sees a number that is missing or doubled."""
    _, *parts = TITLE.split((ROOT / "docs" / "promises.md").read_text())
    return [
        Promise(int(number), title, is_built="\nNot built yet:" not in text)
        for number, title, text in zip(parts[0::3], parts[1::3], parts[2::3], strict=True)
    ]
