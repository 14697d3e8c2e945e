"""Reads the texts of the starter content, for the tests beside this module."""

import re
import tomllib
from collections.abc import Iterator
from html import unescape
from html.parser import HTMLParser

from tests.running_site import ROOT

FOLDER = ROOT / "leads" / "starter_content"

CARE = ["emergency", "urgent", "call-a-doctor"]


def read(name: str) -> dict:
    return tomllib.loads((FOLDER / f"{name}.toml").read_text(encoding="utf-8"))


GUIDE = read("guide")
TREATMENTS = read("treatments")
PAGES = read("pages")["articles"]
EBOOKS = read("ebooks")["ebooks"]
PRACTICE = read("practice")
SECTIONS = {section["anchor"]: section for section in GUIDE["sections"]}
ARTICLES = [GUIDE, TREATMENTS, *TREATMENTS["conditions"], *PAGES]


def slug_of(article: dict) -> str:
    return article["slug"]


def sections_of(articles: list[dict]) -> Iterator[dict]:
    for article in articles:
        yield from article.get("sections", [])


def strings_in(value) -> Iterator[str]:
    """Every string value in nested TOML data."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        yield from (text for part in value.values() for text in strings_in(part))
    elif isinstance(value, list):
        yield from (text for part in value for text in strings_in(part))


def blocks(section: dict) -> list[str]:
    """The lines of running text: paragraphs, list items, do, do not and callout."""
    body = re.sub(r"</?(?:p|ul|ol|li)>", "\n", section.get("body", ""))
    plain = unescape(re.sub(r"<[^>]+>", "", body))
    lines = [*plain.splitlines(), *section.get("dos", []), *section.get("donts", [])]
    return [line.strip() for line in [*lines, section.get("callout", "")] if line.strip()]


def words_of(section: dict) -> str:
    """The words that a reader sees of a section, on one line."""
    doses = [value for key, value in section.items() if key.startswith("dose_")]
    return " ".join([section["title"], *blocks(section), section.get("callout_title", ""), *doses])


class Tags(HTMLParser):
    def __init__(self, body: str):
        super().__init__()
        self.opened: list[tuple[str, tuple[str, ...]]] = []
        self.links: list[str] = []
        self.stack: list[str] = []
        self.feed(body)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.opened.append((tag, tuple(name for name, _ in attrs)))
        self.links += [value for name, value in attrs if name == "href"]
        self.stack.append(tag)

    def handle_endtag(self, tag):
        assert self.stack.pop() == tag
