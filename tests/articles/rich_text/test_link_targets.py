"""Where links lead; tests/browser/test_paste.py holds the editor to the same list."""

import tomllib
from html import escape
from pathlib import Path

import pytest

from articles.rich_text import cleaning

LINKS = tomllib.loads((Path(__file__).parent / "pasted" / "clipboard.toml").read_text())["links"]


@pytest.mark.parametrize(("typed", "target"), LINKS.items())
def test_link_leads_where_it_was_meant_to_lead(typed, target):
    kept = cleaning.clean(f'<p><a href="{escape(typed)}">x</a></p>')

    assert kept == (f'<p><a href="{target}">x</a></p>' if target else "<p>x</p>")
