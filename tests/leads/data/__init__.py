"""What people and bots type, by the hundred."""

import tomllib
from pathlib import Path


def read(name: str) -> dict:
    return tomllib.loads(Path(__file__).with_name(name).read_text())


def names() -> list[str]:
    return [name for names in read("names.toml").values() for name in names]


def honest_notes() -> list[str]:
    return [note for notes in read("honest_notes.toml").values() for note in notes]


def spam() -> list[dict[str, str]]:
    return read("spam.toml")["post"]
