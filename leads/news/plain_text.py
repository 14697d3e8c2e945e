"""A news message's rich text as the plain part of its mail."""

import textwrap
from itertools import count, groupby

from articles.rich_text.tree import Block, tree

WIDTH = 76


def as_text(html: str) -> str:
    """Paragraphs with a line between, items with a dash, a link's address after its words."""
    return "\n\n".join(block_text(block) for block in tree(html, lambda href: href))


def block_text(block: Block) -> str:
    if block["kind"] == "p":
        lines = words(block["runs"]).split("\n")
        return "\n".join(
            textwrap.fill(line, WIDTH, break_long_words=False, break_on_hyphens=False)
            for line in lines
        )
    return "\n".join(
        textwrap.indent("\n".join(block_text(part) for part in item), "  ").replace(" ", mark, 1)
        for mark, item in zip(marks(block), block["items"], strict=True)
    )


def marks(block: Block) -> list[str]:
    numbers = count(block.get("start", 1))
    return [f"{next(numbers)}." if block["kind"] == "ol" else "-" for _ in block["items"]]


def words(runs: list[dict]) -> str:
    parts = []
    for url, linked in groupby(runs, key=lambda run: run["url"]):
        said = "".join(run["text"] for run in linked)
        address = url.removeprefix("mailto:").removeprefix("tel:")
        is_said = not url or address in said or url.startswith("tel:")
        parts.append(said if is_said else f"{said} ({address})")
    return "".join(parts)
