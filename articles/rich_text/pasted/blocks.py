"""Paragraphs and lists as a flat row, and the HTML that is written of them."""

from dataclasses import dataclass, field
from html import escape
from itertools import groupby

MAX_LIST_DEPTH = 8


@dataclass
class Run:
    text: str  # "\n" is a line break
    is_bold: bool = False
    href: str = ""

    @property
    def look(self) -> tuple[str, bool]:
        return self.href, self.is_bold


@dataclass
class Block:
    """A paragraph. At a `level` above 0 it is part of an item in a list."""

    runs: list[Run] = field(default_factory=list)
    level: int = 0
    starts_item: bool = False
    is_ordered: bool = False
    number: int | None = None  # None: one more than the item before


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
    lists: list[_List] = []  # those that are open, the innermost last
    for block in blocks:
        level = min(block.level, len(lists) + block.starts_item, MAX_LIST_DEPTH)
        del lists[level:]
        if block.starts_item:
            _open_item(block, level, lists, root)
        holder = lists[-1].items[-1] if lists else root
        holder.append(block)
    return root


def _open_item(block: Block, level: int, lists: list[_List], root) -> None:
    """In the list that is open at this level, when the item goes on with it; else in a new one."""
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
    """An only paragraph without its tag, as people write it."""
    first, *others = parts
    if any(isinstance(part, Block) for part in others) or not isinstance(first, Block):
        return _lines(parts)
    return "\n".join([inline(first.runs), *map(_lines, [[part] for part in others])])


def inline(runs: list[Run]) -> str:
    """The link around the bold text, as the editor has it."""
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
