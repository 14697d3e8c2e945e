"""The plain-text part of a news mail, made from the message's rich text."""

import textwrap
from itertools import count, groupby

from articles.rich_text.tree import Block, tree

WIDTH = 76


def from_html(html: str) -> str:
    """Separates paragraphs by empty lines, marks list items, and puts addresses after links."""
    return "\n\n".join(block_text(block) for block in tree(html, lambda href: href))


def block_text(block: Block) -> str:
    if block["kind"] == "p":
        lines = inline_text(block["runs"]).split("\n")
        return "\n".join(
            textwrap.fill(line, WIDTH, break_long_words=False, break_on_hyphens=False)
            for line in lines
        )
    return "\n".join(
        textwrap.indent("\n".join(block_text(part) for part in item), "  ").replace(" ", mark, 1)
        for mark, item in zip(item_marks(block), block["items"], strict=True)
    )


def item_marks(block: Block) -> list[str]:
    numbers = count(block.get("start", 1))
    return [f"{next(numbers)}." if block["kind"] == "ol" else "-" for _ in block["items"]]


def inline_text(runs: list[dict]) -> str:
    texts = []
    for url, linked in groupby(runs, key=lambda run: run["url"]):
        text = "".join(run["text"] for run in linked)
        address = url.removeprefix("mailto:").removeprefix("tel:")
        needs_no_address = not url or address in text or url.startswith("tel:")
        texts.append(text if needs_no_address else f"{text} ({address})")
    return "".join(texts)
