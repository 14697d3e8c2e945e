"""Paragraphs and list items as one flat list of blocks, and the HTML written from it."""

from dataclasses import dataclass, field
from html import escape
from itertools import groupby

MAX_LIST_DEPTH = 8


@dataclass
class Run:
    """A piece of text in which all letters are alike: bold or not, with the same link or none."""

    text: str  # "\n" is a line break
    is_bold: bool = False
    href: str = ""

    @property
    def look(self) -> tuple[str, bool]:
        return self.href, self.is_bold


@dataclass
class Block:
    """A paragraph, which may be part of a list item."""

    runs: list[Run] = field(default_factory=list)
    level: int = 0  # 0 outside of lists, 1 in a list, 2 in a list inside a list, and so on
    starts_item: bool = False
    is_ordered: bool = False
    number: int | None = None  # None continues the numbers of the item before


@dataclass
class _List:
    is_ordered: bool
    start: int
    next: int
    items: "list[list[Block | _List]]" = field(default_factory=list)


def write(blocks: list[Block]) -> str:
    return _lines(_nested(blocks))


def _nested(blocks: list[Block]) -> "list[Block | _List]":
    root: list[Block | _List] = []
    lists: list[_List] = []  # the lists that are open, the innermost one last
    for block in blocks:
        level = min(block.level, len(lists) + block.starts_item, MAX_LIST_DEPTH)
        del lists[level:]
        if block.starts_item:
            _open_item(block, level, lists, root)
        holder = lists[-1].items[-1] if lists else root
        holder.append(block)
    return root


def _open_item(block: Block, level: int, lists: list[_List], root) -> None:
    """Adds an item to the open list of this level if it continues that list, else to a new list."""
    if len(lists) == level and (
        lists[-1].is_ordered != block.is_ordered or block.number not in {None, lists[-1].next}
    ):
        lists.pop()
    if len(lists) < level:
        number = 1 if block.number is None else block.number
        opened = _List(block.is_ordered, number, number)
        (lists[-1].items[-1] if lists else root).append(opened)
        lists.append(opened)
    lists[-1].items.append([])
    lists[-1].next += 1


def _lines(parts: "list[Block | _List]") -> str:
    return "\n".join(
        f"<p>{inline(part.runs)}</p>" if isinstance(part, Block) else _list(part) for part in parts
    )


def _list(part: _List) -> str:
    tag = "ol" if part.is_ordered else "ul"
    start = f' start="{part.start}"' if part.is_ordered and part.start != 1 else ""
    items = "\n".join(f"<li>{_item(item)}</li>" for item in part.items)
    return f"<{tag}{start}>\n{items}\n</{tag}>"


def _item(parts: "list[Block | _List]") -> str:
    """The item's HTML. An only paragraph gets no <p>, because people type lists without <p>."""
    first, *others = parts
    if any(isinstance(part, Block) for part in others) or not isinstance(first, Block):
        return _lines(parts)
    return "\n".join([inline(first.runs), *map(_lines, [[part] for part in others])])


def inline(runs: list[Run]) -> str:
    """The runs as HTML, with <a> around <strong>, because the editor nests them in this order."""
    parts = []
    for href, linked in groupby(runs, key=lambda run: run.href):
        text = "".join(
            f"<strong>{_text(alike)}</strong>" if is_bold else _text(alike)
            for is_bold, alike in groupby(linked, key=lambda run: run.is_bold)
        )
        parts.append(f'<a href="{escape(href)}">{text}</a>' if href else text)
    return "".join(parts)


def _text(runs) -> str:
    return escape("".join(run.text for run in runs), quote=False).replace("\n", "<br>")
