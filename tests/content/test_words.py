"""Texts for people spell it "email"; texts for visitors do not call an email "mail" either."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
CODE = re.compile(r"\{%.*?%\}|\{\{.*?\}\}|\{#.*?#\}|<[^>]*>", re.DOTALL)
READ_BY_VISITORS = ("templates/emails", "templates/errors", "templates/leads", "templates/articles")


def sources(*folders):
    for folder in folders:
        for path in sorted((ROOT / folder).rglob("*")):
            if path.suffix in {".html", ".txt", ".py", ".toml", ".js"}:
                yield path


def spellings(pattern, text):
    return re.findall(rf"\b\w*{pattern}\b", text, re.IGNORECASE)


@pytest.mark.parametrize("folder", ["templates", "static", "articles", "clinic_site", "leads"])
def test_texts_spell_email_in_one_way(folder):
    written = {
        str(path.relative_to(ROOT)): spellings("e-mails?", path.read_text())
        for path in sources(folder)
        if "migrations" not in path.parts
    }
    assert {path: words for path, words in written.items() if words} == {}


@pytest.mark.parametrize("folder", READ_BY_VISITORS)
def test_texts_for_visitors_do_not_call_an_email_mail(folder):
    written = {
        str(path.relative_to(ROOT)): spellings("mail(?:s|ed)?", CODE.sub(" ", path.read_text()))
        for path in sources(folder)
    }
    other = {path: [word for word in words if word[0] in "mM"] for path, words in written.items()}
    assert {path: words for path, words in other.items() if words} == {}
