"""Rich text as a tree of plain data, from which EPUB, PDF and plain mails are written.

It is not markup, so that nothing an editor types is run by Typst or read as XML. A block is
{"kind": "p", "runs": [run]} or {"kind": "ul" | "ol", "items": [[block]]}, with "start" when the
first number is not 1. A run is {"text", "bold", "url"}; a line break is the text "\n".
"""

import itertools
import re
from collections.abc import Callable
from html.parser import HTMLParser
from typing import Any

Block = dict[str, Any]

# Readers cannot follow deeper lists, and Typst's stack is limited.
MAX_LIST_DEPTH = 4

# Characters that show nothing: soft hyphens, zero-width spaces, direction marks. Pasted text has
# them. A search does not find a word with one in it, and an address with one does not open.
# Joiners (U+200C, U+200D) stay, because Persian and Indic words need them.
_INVISIBLE = re.compile(
    "[\u00ad\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb"
    "\U000e0000-\U000e007f]"
)

# Words joined by no-break spaces. A number and its unit stay joined. Longer runs were joined by a
# word processor and may not fit on a line.
_JOINED = re.compile("[^ \n]*[\u00a0\u2007\u202f][^ \n]*")
LONGEST_JOINED = 24

# Characters that XML 1.0 forbids, and code points that Unicode reserves for other uses.
_NOT_TEXT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef]")


def legal(text: str) -> str:
    """`text` without characters that XML forbids and without those that show nothing."""
    text = _INVISIBLE.sub("", text)
    # Unicode also reserves the last two code points of each plane, U+xFFFE and U+xFFFF.
    return "".join(letter for letter in _NOT_TEXT.sub("", text) if ord(letter) & 0xFFFE != 0xFFFE)


def one_line(text: str) -> str:
    return " ".join(legal(text).split())


def breakable(text: str) -> str:
    """`text` with ordinary spaces in runs too long for a line. Its length stays the same."""

    def with_spaces(joined: re.Match) -> str:
        if len(joined[0]) <= LONGEST_JOINED:
            return joined[0]
        return re.sub("[\u00a0\u2007\u202f]", " ", joined[0])

    return _JOINED.sub(with_spaces, text)


class _Reader(HTMLParser):
    """Reads HTML of rich_text.cleaning, which closes every tag and has only allowed ones."""

    def __init__(self, resolve: Callable[[str], str]):
        super().__init__(convert_charrefs=True)
        self.resolve = resolve
        self.blocks: list[Block] = []
        self.holders = [self.blocks]  # the lists that blocks are added to, the innermost one last
        self.lists: list[Block] = []
        self.open_tags: list[tuple[str, bool]] = []
        self.runs: list[dict] = []
        self.bold = 0
        self.url = ""

    def handle_starttag(self, tag, attrs):
        if tag == "br":
            self.add("\n")
            return
        opened = False
        if tag in {"p", "ul", "ol", "li"}:
            self.end_paragraph()
        if tag in {"ul", "ol"} and len(self.lists) < MAX_LIST_DEPTH:
            self.lists.append({"kind": tag, "items": []} | start_of(tag, dict(attrs)))
            self.holders[-1].append(self.lists[-1])
            opened = True
        elif tag == "li" and self.lists:
            self.lists[-1]["items"].append([])
            self.holders.append(self.lists[-1]["items"][-1])
            opened = True
        elif tag == "strong":
            self.bold += 1
        elif tag == "a":
            self.url = self.resolve(dict(attrs).get("href") or "")
        self.open_tags.append((tag, opened))

    def handle_endtag(self, tag):
        while self.open_tags:
            closed, opened = self.open_tags.pop()
            self.close_tag(closed, opened)
            if closed == tag:
                return

    def close_tag(self, tag, opened):
        if tag in {"p", "ul", "ol", "li"}:
            self.end_paragraph()
        if opened:
            (self.holders if tag == "li" else self.lists).pop()
        elif tag == "strong":
            self.bold -= 1
        elif tag == "a":
            self.url = ""

    def handle_data(self, data):
        # Not \s, because a no-break space must stay.
        self.add(re.sub(r"[ \t\r\n]+", " ", legal(data)))

    def add(self, text):
        starts = not self.runs or self.runs[-1]["text"] == "\n"
        text = text.lstrip(" ") if starts and text != "\n" else text
        if text:
            self.runs.append({"text": text, "bold": self.bold > 0, "url": self.url})

    def end_paragraph(self):
        while self.runs and not self.runs[-1]["text"].strip():
            self.runs.pop()
        if self.runs:
            self.runs[-1]["text"] = self.runs[-1]["text"].rstrip()
            # Done for the whole paragraph, because no-break spaces may join a plain and a bold run.
            letters = iter(breakable("".join(run["text"] for run in self.runs)))
            for run in self.runs:
                run["text"] = "".join(itertools.islice(letters, len(run["text"])))
            self.holders[-1].append({"kind": "p", "runs": self.runs})
        self.runs = []


def start_of(tag: str, attributes: dict[str, str | None]) -> dict[str, int]:
    start = attributes.get("start") or ""
    is_needed = tag == "ol" and re.fullmatch(r"[0-9]{1,4}", start) and start != "1"
    return {"start": int(start)} if is_needed else {}


def without_empty(blocks: list[Block]) -> list[Block]:
    kept = []
    for block in blocks:
        if block["kind"] == "p":
            kept.append(block)
            continue
        items = [item for item in map(without_empty, block["items"]) if item]
        if items:
            kept.append(block | {"items": items})
    return kept


def tree(html: str, resolve: Callable[[str], str]) -> list[Block]:
    """The blocks of cleaned HTML. `resolve` turns a link's address into the one to use, or ''."""
    reader = _Reader(resolve)
    reader.feed(html)
    reader.close()
    reader.end_paragraph()
    return without_empty(reader.blocks)


def plain_text(blocks: list[Block]) -> str:
    """The words of a tree, to count them and to compare formats in tests."""
    parts = []
    for block in blocks:
        if block["kind"] == "p":
            parts.append("".join(run["text"] for run in block["runs"]))
        else:
            parts += [plain_text(item) for item in block["items"]]
    return "\n".join(parts)
