"""Reads any HTML into a tree of the elements that carry meaning, with their styles."""

import re
from collections import defaultdict
from dataclasses import dataclass, field
from html.parser import HTMLParser

import nh3

TABLE = {"x-table", "x-caption", "x-thead", "x-tbody", "x-tfoot", "x-tr"}
CELLS = {"x-td", "x-th"}
HEADINGS = {"h1", "h2", "h3", "h4", "h5", "h6"}
BLOCKS = (
    TABLE
    | CELLS
    | HEADINGS
    | {"address", "article", "aside", "blockquote", "center", "dd", "details", "dialog", "dir"}
    | {"div", "dl", "dt", "fieldset", "figcaption", "figure", "footer", "form", "header", "hgroup"}
    | {"hr", "legend", "li", "main", "menu", "nav", "ol", "p", "pre", "search", "section"}
    | {"summary", "ul"}
)
VOID = {"br", "hr", "img", "input"}
INLINE = (
    {"a", "abbr", "acronym", "b", "bdi", "bdo", "big", "br", "button", "cite", "code", "data"}
    | {"del", "dfn", "em", "font", "i", "img", "input", "ins", "kbd", "label", "mark", "math"}
    | {"mfrac", "mi", "mn", "mo", "mrow", "msub", "msup", "nobr", "option", "q", "ruby", "s"}
    | {"samp", "select", "small", "span", "strike", "strong", "sub", "sup", "textarea", "time"}
    | {"tt", "u", "var"}
)
UNSEEN = (
    {"annotation", "applet", "audio", "canvas", "colgroup", "datalist", "head", "iframe", "map"}
    | {"noscript", "object", "rp", "rt", "script", "style", "svg", "template", "title", "video"}
    | {"xml"}
)
ATTRIBUTES = {"alt", "aria-level", "checked", "class", "data-aria-level", "face", "hidden", "href"}
ATTRIBUTES |= {"reversed", "selected", "start", "style", "type", "value"}

# Deeper elements are read as if they were at this depth, because Python's stack is limited.
MAX_DEPTH = 200

# Table tags are renamed before nh3 parses them, such as td to x-td, because an HTML parser removes
# <td> without <table> around it, and people paste single cells.
_TABLE_TAG = re.compile(r"<(/?)(table|caption|thead|tbody|tfoot|tr|td|th)(?=[\s/>])", re.IGNORECASE)
# What stands before a colon and may be the scheme of an address, such as https.
_SCHEME = re.compile(r"(?<![a-z0-9+.-])[a-z][a-z0-9+.-]{0,60}(?=:)")
_CLASS = re.compile(r"(\w*)\.([\w-]+)")

# Class name → tag ("" for any tag) → property → value.
Rules = dict[str, dict[str, dict[str, str]]]


@dataclass
class Element:
    tag: str = ""
    attributes: dict[str, str] = field(default_factory=dict)
    style: dict[str, str] = field(default_factory=dict)
    children: "list[Element | str]" = field(default_factory=list)

    @property
    def classes(self) -> list[str]:
        return self.attributes.get("class", "").split()

    @property
    def text(self) -> str:
        return "".join(c if isinstance(c, str) else c.text for c in self.children)


def tree(html: str) -> Element:
    cleaner = nh3.Cleaner(
        tags=BLOCKS | INLINE,
        attributes={"*": ATTRIBUTES},
        clean_content_tags=UNSEEN,
        # Every scheme that occurs is allowed here, because link_targets decides which links work.
        url_schemes=set(_SCHEME.findall(html.lower())),
        link_rel=None,
    )
    builder = _Builder(class_rules(html))
    builder.feed(cleaner.clean(_TABLE_TAG.sub(r"<\1x-\2", html)))
    builder.close()
    return builder.root


class _Builder(HTMLParser):
    """Builds the tree. Its input comes from nh3, so every tag is closed."""

    def __init__(self, rules: Rules):
        super().__init__(convert_charrefs=True)
        self.rules = rules
        self.root = Element()
        self.open = [self.root]

    def handle_starttag(self, tag, attrs):
        attributes = {name: value or "" for name, value in attrs}
        element = Element(tag, attributes)
        for name in element.classes:
            rules = self.rules.get(name, {})
            for of_tag in ("", tag.removeprefix("x-")):
                element.style |= rules.get(of_tag, {})
        element.style |= declarations(attributes.get("style", ""))
        parent = self.open[min(len(self.open), MAX_DEPTH) - 1]
        parent.children.append(element)
        if tag not in VOID:
            self.open.append(element)

    def handle_endtag(self, tag):
        if tag not in VOID:
            self.open.pop()

    def handle_data(self, data):
        self.open[min(len(self.open), MAX_DEPTH) - 1].children.append(data)


def declarations(style: str) -> dict[str, str]:
    pairs = (part.partition(":") for part in style.lower().split(";"))
    return {n.strip(): v.replace("!important", "").strip() for n, _, v in pairs if v.strip()}


def class_rules(html: str) -> Rules:
    """The rules for classes in the style sheets of `html`.

    Excel and Pages use them for bold and struck-out text.
    """
    rules: Rules = defaultdict(lambda: defaultdict(dict))
    for sheet in re.split(r"<style\b", html, flags=re.IGNORECASE)[1:]:
        inside = re.split(r"</style", sheet, maxsplit=1, flags=re.IGNORECASE)[0]
        for rule in re.sub(r"/\*.*?\*/", "", inside.replace("<!--", ""), flags=re.DOTALL).split(
            "}"
        ):
            selectors, _, style = rule.partition("{")
            for selector in selectors.rpartition(">")[2].split(","):
                if match := _CLASS.fullmatch(selector.strip()):
                    rules[match[2]][match[1].lower()] |= declarations(style)
    return rules
