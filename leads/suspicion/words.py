"""Reads the word lists in words.toml."""

import tomllib
from functools import cache
from pathlib import Path


@cache
def word_list(table: str, name: str) -> frozenset[str]:
    lists = tomllib.loads(Path(__file__).with_name("words.toml").read_text())
    return frozenset(lists[table][name].split())
