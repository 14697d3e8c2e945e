"""Turns any HTML into paragraphs and list items that have the same meaning.

static/js/editor-paste.js has the same rules under the same names.
"""

import re
from dataclasses import dataclass, replace

from articles.rich_text.link_targets import HOSTILE, target
from articles.rich_text.pasted import signs
from articles.rich_text.pasted.blocks import Block, Run
from articles.rich_text.pasted.tree import BLOCKS, CELLS, HEADINGS, TABLE, Element, tree
from clinic_site.plain_text import one_line, visible

LISTS = {"ul", "ol", "menu", "dir"}
STRUCK = {"del", "s", "strike"}
# Values of the CSS property `display`: the element starts a new line, or has a gap on both sides.
BLOCK_DISPLAYS = {"block", "flex", "grid", "list-item", "table", "table-row"}
APART_DISPLAYS = {"inline-block", "inline-flex", "inline-grid", "table-cell"}
# The types of <input> in which a browser shows the value as text.
WRITTEN_INPUTS = {"", "date", "email", "number", "search", "tel", "text", "time", "url"}
# Word's comments, and KaTeX's drawing of a formula that the HTML also holds as MathML.
UNSEEN_CLASSES = {"msocomanchor", "msocomtxt", "katex-html"}

# Marks where an element was left out. `tidy` turns it into a space before a word and at the end
# of a run, and removes it elsewhere, such as before a comma.
SEAM = "\ue000"
_SEAM = re.compile(f"{SEAM}+(?=\\w|$)")

_BOLD_WEIGHT = re.compile(r"\b(?:bold|bolder|[6-9]\d\d|1000)\b")
_BULLET = re.compile("[•·◦▪●○■‣⁃]+")
# The bullet or number that Word writes as text before a list item. Word also writes a style that
# says so, but other programs remove this style.
_MARK = re.compile(r"[•·◦▪●○■‣⁃o§➢–-]|\(?(?:\d+\.)*(?:\d+|[a-z]|[ivxl]+)[.)]", re.IGNORECASE)
_ORDINAL = re.compile(r"\(?(?:\d+\.)*(?:(\d+)|[a-z]|[ivxl]+)[.)]|(\d+)", re.IGNORECASE)


@dataclass(frozen=True)
class Place:
    """What an element passes on to all text and elements inside it."""

    is_bold: bool = False
    is_heading: bool = False
    is_raised: bool = False
    is_mark: bool = False  # the bullet or number that Word writes before an item
    keeps_lines: bool = False  # the browser shows the line ends of the HTML
    href: str = ""
    font: str = ""
    list_depth: int = 0
    level: int = 0  # how deep the list item is in lists; 0 outside of an item
    word_level: int = 0  # the same for a paragraph that Word shows as a list item


class Reader:
    """Reads HTML into `blocks`.

    `refused` holds the addresses of links that cannot work. `is_bare` is true if no tag in the HTML
    makes a paragraph, `has_lines` if there are line ends after its tags.
    """

    def __init__(self, html: str):
        self.blocks: list[Block] = []
        self.refused: list[str] = []
        self.is_bare = True
        self.has_lines = bool(re.search(r">[ \t]*\r?\n", html))
        self._runs: list[Run] = []
        self._item: Block | None = None  # the list item that the next paragraph starts
        self._mark = ""  # the bullet or number that Word wrote before the present paragraph
        # The cells of a table row become one paragraph. `_row_start` is the number of blocks before
        # the row. `_joins_cell` is true while the next paragraph joins that of the cell before.
        self._row_start = 0
        self._joins_cell = False
        # (is it ordered, next number, step) of each open list.
        self._numbers: list[tuple[bool, int, int]] = []
        self._read(tree(html), Place())
        self._end_block(Place())
        # A paragraph that begins with a bullet was a list item in the program it comes from.
        for block in self.blocks:
            while (block.starts_item or not block.level) and take(block.runs, _BULLET):
                block.level, block.starts_item = block.level or 1, True

    def _read(self, element: Element, place: Place) -> None:
        for child in element.children:
            if isinstance(child, str):
                self._add(child, place)
            elif is_unseen(child) or is_struck(child):
                self._add(gap(child), place)
            else:
                self._enter(child, place)

    def _enter(self, element: Element, outside: Place) -> None:
        tag, display = element.tag, element.style.get("display", "")
        place = self._inside(element, outside)
        if tag in BLOCKS or display in BLOCK_DISPLAYS:
            self._end_block(outside)
            self._block(element, place)
        elif tag == "br":
            self._runs.append(Run("\n", place.is_bold, place.href))
        elif tag in {"img", "input", "select"}:
            self._add(shown(element), place)
        elif tag in {"mfrac", "msub", "msup"}:
            self._formula(element, place)
        elif not outside.is_raised and (kind := raised_or_lowered(element)):
            start = len(self._runs)
            self._read(element, place)
            self._raise(start, kind)
        else:
            before, after = around(element)
            self._add(before, place)
            self._read(element, place)
            self._add(after, place)

    def _inside(self, element: Element, place: Place) -> Place:
        tag, style = element.tag, element.style
        is_heading = place.is_heading or tag in HEADINGS
        space = style.get("white-space", "pre" if tag in {"pre", "textarea"} else "")
        list_depth = place.list_depth + (tag in LISTS)
        return replace(
            place,
            is_bold=is_heading or is_bold(element, place.is_bold),
            is_heading=is_heading,
            is_raised=place.is_raised or bool(raised_or_lowered(element)),
            is_mark=place.is_mark or style.get("mso-list") == "ignore",
            keeps_lines=space.startswith("pre") if space else place.keeps_lines,
            href=self._href(element) if tag == "a" else place.href,
            font=signs.font_of_signs(style, element.attributes.get("face", "")) or place.font,
            list_depth=list_depth,
            level=item_level(element, list_depth) if tag == "li" else place.level,
            word_level=word_level(element) if tag in BLOCKS else place.word_level,
        )

    def _href(self, element: Element) -> str:
        typed = element.attributes.get("href", "")
        if typed.startswith("#_") or HOSTILE.match(typed):  # "#_" is a bookmark in the Word file
            return ""
        href = target(typed)
        if typed and not href:
            self.refused.append(typed)
        return href

    # Blocks

    def _block(self, element: Element, place: Place) -> None:
        tag = element.tag
        self.is_bare = False
        if tag in TABLE:
            self._row_start = len(self.blocks)
        if tag in CELLS:
            self._joins_cell = len(self.blocks) > self._row_start
        if tag in LISTS:
            self._numbers.append(numbering(element))
        if tag == "li":
            self._begin_item(element, place)
        self._read(element, place)
        self._end_block(place)
        if tag in TABLE:
            self._row_start = len(self.blocks)
        if tag in CELLS:
            self._joins_cell = False
        if tag in LISTS:
            self._numbers.pop()
        if tag == "li":
            self._item = None

    def _begin_item(self, element: Element, place: Place) -> None:
        self._item = Block([], place.level, starts_item=True)
        if self._numbers and self._numbers[-1][0]:
            _, number, step = self._numbers.pop()
            number = max(whole_number(element.attributes.get("value"), number), 0)
            self._numbers.append((True, number + step, step))
            self._item = replace(self._item, is_ordered=True, number=number)

    def _end_block(self, place: Place) -> None:
        runs, self._runs = tidy(self._runs), []
        mark, self._mark = self._mark, ""
        if not runs:
            return
        block, self._item = self._item or Block(level=place.level), None
        if mark and place.is_heading:
            runs = tidy([Run(f"{one_line(mark)} ", is_bold=True), *runs])
        elif place.word_level and (mark or (mark := take(runs, _MARK))):
            block = word_item(one_line(mark), place.word_level)
        if self._joins_cell and not block.starts_item and self.blocks[-1].level == block.level:
            self.blocks[-1].runs = tidy([*self.blocks[-1].runs, Run(" "), *runs])
        else:
            block.runs = runs
            self.blocks.append(block)
        self._joins_cell = False

    # Text

    def _add(self, text: str, place: Place) -> None:
        if place.is_mark:
            self._mark += signs.as_characters(text, place.font)
            return
        text = re.sub(r"\r\n?", "\n", text)
        text = text if place.keeps_lines else re.sub(r"[ \t\n\f]+", " ", text)
        for part in with_breaks(re.split("[\n\v\u2028\u2029]", text)):
            shown_as = signs.as_characters(part, place.font)
            self._runs.append(Run(shown_as, place.is_bold, place.href))

    def _formula(self, element: Element, place: Place) -> None:
        parts = [child for child in element.children if isinstance(child, Element)]
        for number, part in enumerate(parts):
            start = len(self._runs)
            self._add("/" if number and element.tag == "mfrac" else "", place)
            self._enter(part, place)
            if number and element.tag != "mfrac":
                self._raise(start, element.tag[1:])

    def _raise(self, start: int, kind: str) -> None:
        """Writes the runs from number `start` on as a superscript or subscript."""
        if len(self._runs) > start:
            first, text = self._runs[start], "".join(run.text for run in self._runs[start:])
            lines = [signs.raised(line, kind) for line in text.split("\n")]
            self._runs[start:] = [replace(first, text=part) for part in with_breaks(lines)]


def with_breaks(lines: list[str]) -> list[str]:
    """The lines, with the line break "\n" as an element between them."""
    return [part for line in lines for part in ("\n", line)][1:]


def tidy(runs: list[Run]) -> list[Run]:
    """Joins neighbours that look alike and removes the spaces that a browser would not show."""
    joined: list[Run] = []
    for run in runs:
        last = joined[-1] if joined else Run("\n")
        if "\n" not in {run.text, last.text} and last.look == run.look:
            last.text += run.text
        else:
            joined.append(replace(run))
    found: list[Run] = []
    for run in joined:
        if run.text == "\n":
            strip_end(found, " ")
        else:
            text = _SEAM.sub(" ", run.text).replace(SEAM, "")
            run.text = re.sub(" +", " ", visible(text))
        if not found or found[-1].text.endswith((" ", "\n")):
            run.text = run.text.lstrip(" " if found else " \n")
        if run.text:
            found.append(run)
    strip_end(found, " \n")
    return found


def strip_end(runs: list[Run], signs_to_strip: str) -> None:
    while runs and not runs[-1].text.strip(signs_to_strip):
        runs.pop()
    if runs:
        runs[-1].text = runs[-1].text.rstrip(signs_to_strip)


def take(runs: list[Run], mark: re.Pattern) -> str:
    """Removes the mark from the start of `runs` and returns it.

    Returns '' and removes nothing if `runs` do not start with a mark and a space.
    """
    match = mark.match(runs[0].text)
    if not match:
        return ""
    words = [replace(runs[0], text=runs[0].text[match.end() :]), *runs[1:]]
    if not "".join(run.text for run in words[:2]).startswith(" "):
        return ""
    runs[:] = tidy(words)
    return match[0]


def is_struck(element: Element) -> bool:
    lines = (element.style.get(f"text-decoration{part}", "") for part in ("", "-line"))
    return element.tag in STRUCK or any("line-through" in line for line in lines)


def is_unseen(element: Element) -> bool:
    style = element.style
    return (
        style.get("display") == "none"
        or style.get("visibility") in {"hidden", "collapse"}
        or style.get("mso-hide", "").startswith("all")
        or style.get("mso-element", "").startswith("comment")
        or style.get("mso-special-character") == "comment"
        or "hidden" in element.attributes
        or not UNSEEN_CLASSES.isdisjoint(element.classes)
    )


def is_bold(element: Element, inherited: bool) -> bool:
    weight = element.style.get("font-weight") or element.style.get("font", "")
    if _BOLD_WEIGHT.search(weight):
        return True
    if re.search(r"normal|lighter|initial|\b[1-5]\d\d\b", weight):
        return False
    return inherited or element.tag in {"b", "strong", "x-th"}


def raised_or_lowered(element: Element) -> str:
    """ "sup" for text above the line, "sub" for text below it, '' for other text."""
    if element.tag in {"sup", "sub"}:
        return element.tag
    return {"super": "sup", "sub": "sub"}.get(element.style.get("vertical-align", ""), "")


def gap(left_out: Element) -> str:
    """SEAM if the left-out element separated two words, so that they stay two words.

    It separates them if it is a block or begins or ends with a space. 1<del>5</del>0 becomes 10.
    """
    text = left_out.text
    return SEAM if left_out.tag in BLOCKS or text != text.strip() else ""


def around(element: Element) -> tuple[str, str]:
    """What a browser shows before and after the element: quotation marks or a space."""
    if element.tag == "q":
        return "“", "”"
    is_apart = element.tag in {"button", "textarea"}
    is_apart = is_apart or element.style.get("display") in APART_DISPLAYS
    return (" ", " ") if is_apart else ("", "")


def shown(element: Element) -> str:
    """The text that a browser shows for an <img>, <input> or <select>."""
    attributes = element.attributes
    if element.tag == "img":  # emoji are often pictures
        alt = attributes.get("alt", "")
        is_sign = len(alt) < 9 and not alt.isascii() and not any(map(str.isalnum, alt))
        return alt if is_sign else " "
    if element.tag == "select":
        options = [child for child in element.children if isinstance(child, Element)]
        chosen = [option for option in options if "selected" in option.attributes]
        return f" {(chosen or options or [element])[0].text} "
    kind = attributes.get("type", "").lower()
    if kind in {"checkbox", "radio"}:
        return " ☑ " if "checked" in attributes else " ☐ "
    return f" {attributes.get('value', '')} " if kind in WRITTEN_INPUTS else " "


def whole_number(text: str | None, otherwise: int) -> int:
    return int(text) if text and re.fullmatch(r"[0-9]{1,4}", text) else otherwise


def numbering(element: Element) -> tuple[bool, int, int]:
    """(is it ordered, first number, step) of a list."""
    is_down = "reversed" in element.attributes
    count = sum(isinstance(child, Element) and child.tag == "li" for child in element.children)
    start = whole_number(element.attributes.get("start"), count if is_down else 1)
    return element.tag == "ol", start, -1 if is_down else 1


def item_level(element: Element, depth: int) -> int:
    """How deep the item is in lists.

    Word and Google Docs write each item as a separate list, with its level in an attribute.
    """
    level = element.attributes.get("data-aria-level") or element.attributes.get("aria-level")
    return whole_number(level, 0) or max(depth, 1)


def word_level(element: Element) -> int:
    """How deep in lists Word shows this paragraph; 0 outside of lists."""
    if match := re.search(r"level(\d)", element.style.get("mso-list", "")):
        return int(match[1])
    return int(any(name.lower().startswith("msolist") for name in element.classes))


def word_item(mark: str, level: int) -> Block:
    """The list item that Word writes as a paragraph with a bullet or number before it."""
    ordinal = _ORDINAL.fullmatch(mark)
    number = ordinal and (ordinal[1] or ordinal[2])
    return Block([], level, True, bool(ordinal), whole_number(number, 0) or None)
