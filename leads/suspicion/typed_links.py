"""Finding the links in what a visitor typed. One address is one link, however it is wrapped.

Most of this is about what only looks like a link: an email address, a missing space after a full
stop, a title, an abbreviation, a file name.
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

# Between two links without a space: quotes or a comma. A scheme starts a link, unless the link
# before it carries it along, as redirects and archives do.
PIECES = re.compile(
    r"""[<>"“”«»|]+|[,;:()\[\]](?=https?:|www\.)|(?<![=/?&:#%+@\w-])(?=https?:/)""",
    re.IGNORECASE,
)
SCHEME = re.compile(r"(?:https?|ftp):/*(?=[^/\s])", re.IGNORECASE)
WWW = re.compile(r"www\d?\.(?=\w)", re.IGNORECASE)
CARRIED = re.compile(r"(?<=.)https?:/+", re.IGNORECASE)
LABEL = re.compile(r"[^\W_]+(?:-+[^\W_]+)*")

# Before other endings a single letter or a number is no address: U.S.A., e.g., at 10.am.
SHORT_HOSTS_END_ON = {"com", "net", "org", "example"}


@cache
def top_level_domains() -> frozenset[str]:
    """As IANA lists them, and `example`, which is kept for trying things out."""
    listed = Path(__file__).with_name("top_level_domains.txt").read_text().lower().splitlines()
    return frozenset({*listed[1:], "example"})


def readable(text: str) -> str:
    """Without what hides a link from a filter, but not from a person."""
    text = unicodedata.normalize("NFKC", html.unescape(DOTS.sub(".", text)))
    seen = "".join(each for each in text if unicodedata.category(each) != "Cf")
    return HIDDEN_SCHEME.sub(r"http\1", COLONS.sub("://", seen))


def links(text: str) -> set[str]:
    """The different links in a text, each without what two spellings of one link differ in."""
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
    """The link's own address, or that of the last link that it carries along."""
    for _ in range(3):
        link = unquote(link)
    link = next(part for part in reversed(CARRIED.split(link)) if part)
    # Without the rest of the query, which of a carried link belongs to the carrier.
    link = link.partition("&")[0].partition("#")[0].rstrip("/.,;:!?)]}'*_")
    host, slash, path = link.partition("/")
    return WWW.sub("", host.lower(), count=1) + slash + path


def is_domain(word: str) -> bool:
    """Whether a word without scheme or www is a link all the same: example.com/x."""
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
    """Anna.Ru, It hurts.so I called."""
    is_word = labels[-1].lower() in word_list("links", "endings") and all(map(str.isalpha, labels))
    return is_word or all(map(str.istitle, labels))


def is_top_level(ending: str) -> bool:
    try:
        in_ascii = ending if ending.isascii() else ending.encode("idna").decode()
    except UnicodeError:
        return False
    return in_ascii in top_level_domains()


def may_become_link(text: str) -> bool:
    """Whether a mail program makes a link of it: of more than ours, so Anna.Ru is one."""
    endings = re.findall(r"(?<=\w\.)[^\W\d_]{2,}", readable(text))
    return bool(links(text)) or any(is_top_level(ending.lower()) for ending in endings)
