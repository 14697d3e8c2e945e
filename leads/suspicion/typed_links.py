"""Finds the links in what a visitor typed. Two spellings of one address count as one link.

Most of this module recognises text that only looks like a link: an email address, a missing space
after a full stop, a title, an abbreviation, a file name.
"""

import html
import re
import unicodedata
from functools import cache
from pathlib import Path
from urllib.parse import unquote

from leads.suspicion.words import word_list

DOTS = re.compile(r"\s?[\[({]\s?(?:\.|dot)\s?[\])}]\s?|[。｡](?=[a-z])", re.IGNORECASE)
COLONS = re.compile(r"\[:\]|(?<=http)\s?:\s?//|(?<=https)\s?:\s?//", re.IGNORECASE)
HIDDEN_SCHEME = re.compile(r"\bh(?:xx|\*\*)p(s?)(?=:/)", re.IGNORECASE)

# Where to split two links that have no space between them: at quotes, at a comma before a link, and
# before a scheme. A scheme inside a link, as in links of redirects and archives, splits nothing.
PIECES = re.compile(
    r"""[<>"“”«»|]+|[,;:()\[\]](?=https?:|www\.)|(?<![=/?&:#%+@\w-])(?=https?:/)""",
    re.IGNORECASE,
)
SCHEME = re.compile(r"(?:https?|ftp):/*(?=[^/\s])", re.IGNORECASE)
WWW = re.compile(r"www\d?\.(?=\w)", re.IGNORECASE)
INNER_SCHEME = re.compile(r"(?<=.)https?:/+", re.IGNORECASE)
LABEL = re.compile(r"[^\W_]+(?:-+[^\W_]+)*")

# A host of single letters or numbers is a link only with one of these endings, or with a path:
# x.com and t.me/pills are links, but U.S.A., e.g. and 10.am are not.
SHORT_HOSTS_END_ON = {"com", "net", "org", "example"}


@cache
def top_level_domains() -> frozenset[str]:
    """The list of IANA, and `example`, which is reserved for tests and documentation."""
    listed = Path(__file__).with_name("top_level_domains.txt").read_text().lower().splitlines()
    return frozenset({*listed[1:], "example"})


def readable(text: str) -> str:
    """The text without the tricks that hide a link from a filter, such as example[dot]com."""
    text = unicodedata.normalize("NFKC", html.unescape(DOTS.sub(".", text)))
    seen = "".join(each for each in text if unicodedata.category(each) != "Cf")
    return HIDDEN_SCHEME.sub(r"http\1", COLONS.sub("://", seen))


def links(text: str) -> set[str]:
    """The different links in a text; two spellings of one link are one."""
    words = (word for word in readable(text).split() if not {".", ":", "%"}.isdisjoint(word))
    pieces = (piece for word in words for piece in PIECES.split(word))
    return {link for piece in pieces for link in links_of(piece) if link}


def links_of(piece: str) -> list[str]:
    piece = piece.strip("([{'‘’`*_~)]}.,;:!?…>")
    if re.match(r"https?%3a", piece, re.IGNORECASE):
        piece = unquote(piece)
    if scheme := SCHEME.match(piece):
        return [address(piece[scheme.end() :])]
    if WWW.match(piece):
        return [address(piece)]
    return [address(part) for part in re.split(r"[,;:|()\[\]]", piece) if is_domain(part)]


def address(link: str) -> str:
    """The address of the link, or of the last link inside it, as in the links of redirects."""
    for _ in range(3):
        link = unquote(link)
    link = next(part for part in reversed(INNER_SCHEME.split(link)) if part)
    # Drop the rest of the query, because it belongs to the outer link.
    link = link.partition("&")[0].partition("#")[0].rstrip("/.,;:!?)]}'*_")
    host, slash, path = link.partition("/")
    return WWW.sub("", host.lower(), count=1) + slash + path


def is_domain(word: str) -> bool:
    """Whether a word without https or www is a link, such as example.com/x."""
    host, *path = re.split(r"[/?#]", word, maxsplit=1)
    labels = host.strip(".").split(".")
    if "@" in host or len(labels) < 2 or not all(map(LABEL.fullmatch, labels)):
        return False
    *names, ending = labels
    if not is_top_level(ending.lower()):
        return False
    is_title = names[0].lower() in word_list("links", "titles")
    if is_title or ending.lower() in word_list("links", "files"):
        return False
    if all(len(name) == 1 or name.isdecimal() for name in names):
        return ending.lower() in SHORT_HOSTS_END_ON or bool(path and not names[0].isdecimal())
    has_digit = any(len(name) > 2 and any(map(str.isdecimal, name)) for name in names)
    return bool(path) or has_digit or not is_missing_space(labels)


def is_missing_space(labels: list[str]) -> bool:
    """Whether only a space after a full stop is missing: Anna.Ru, It hurts.so I called."""
    is_word = labels[-1].lower() in word_list("links", "endings") and all(map(str.isalpha, labels))
    return is_word or all(map(str.istitle, labels))


def is_top_level(ending: str) -> bool:
    try:
        in_ascii = ending if ending.isascii() else ending.encode("idna").decode()
    except UnicodeError:
        return False
    return in_ascii in top_level_domains()


def may_become_link(text: str) -> bool:
    """Whether a mail program may show it as a link. Mail programs make links of more than links()
    finds, such as Anna.Ru.
    """
    endings = re.findall(r"(?<=\w\.)[^\W\d_]{2,}", readable(text))
    return bool(links(text)) or any(is_top_level(ending.lower()) for ending in endings)
