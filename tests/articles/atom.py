"""Checks an Atom feed by the rules of RFC 4287. The numbers are sections of the RFC."""

import re
from urllib.parse import urlsplit
from xml.etree import ElementTree

ATOM = "{http://www.w3.org/2005/Atom}"
XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
# Section 3.3: a date-time of RFC 3339, with upper-case T and Z.
DATE = re.compile(
    r"\d{4}-(0\d|1[0-2])-([0-2]\d|3[01])T([01]\d|2[0-3]):[0-5]\d:[0-5]\d(\.\d+)?"
    r"(Z|[+-]([01]\d|2[0-3]):[0-5]\d)"
)
IN_FEED = {"author", "category", "contributor", "entry", "generator", "icon", "id", "link", "logo",
           "rights", "subtitle", "title", "updated"}  # fmt: skip
IN_ENTRY = {"author", "category", "content", "contributor", "id", "link", "published", "rights",
            "source", "summary", "title", "updated"}  # fmt: skip
ONCE = {"generator", "icon", "id", "logo", "rights", "subtitle", "title", "updated", "content",
        "published", "source", "summary"}  # fmt: skip
TEXT = {"title", "subtitle", "summary", "rights"}


def children(node, name):
    return node.findall(ATOM + name)


def is_iri(text: str | None) -> bool:
    parts = urlsplit(text or "")
    return bool(parts.scheme and (parts.netloc or parts.path)) and not re.search(r"\s", text or "")


def errors_in(node, allowed: set[str]):
    """Sections 4.1.1 and 4.1.2: what both a feed and an entry must hold."""
    names = [child.tag.removeprefix(ATOM) for child in node]
    yield from (f"{name} has no place in {node.tag}" for name in names if name not in allowed)
    yield from (f"{name} is there twice" for name in ONCE if names.count(name) > 1)
    yield from (f"{name} is missing" for name in ("id", "title", "updated") if name not in names)
    yield from (f"4.2.6: id {id_.text}" for id_ in children(node, "id") if not is_iri(id_.text))
    for name in ("updated", "published"):
        for date in children(node, name):
            if not DATE.fullmatch(date.text or ""):
                yield f"3.3: {name} {date.text}"
    for name in TEXT:
        for text in children(node, name):
            yield from errors_in_text(text)
    for person in children(node, "author") + children(node, "contributor"):
        yield from errors_in_person(person)
    yield from errors_in_links(node)


def errors_in_text(text):
    """Section 3.1: a text is plain, or its markup is escaped."""
    kind = text.get("type", "text")
    if kind not in {"text", "html", "xhtml"}:
        yield f"3.1.1: type {kind}"
    if kind != "xhtml" and len(text):
        yield f"3.1.1: elements in {text.tag}"
    if not (text.text or "").strip():
        yield f"{text.tag} is empty"


def errors_in_person(person):
    if [bool((name.text or "").strip()) for name in children(person, "name")] != [True]:
        yield "3.2.1: a person has one name"
    for uri in children(person, "uri"):
        if not is_iri(uri.text):
            yield f"3.2.2: uri {uri.text}"
    for email in children(person, "email"):
        if not re.fullmatch(r".+@.+", email.text or ""):
            yield f"3.2.3: email {email.text}"


def errors_in_links(node):
    """Section 4.2.7. By 4.1.1 and 4.1.2, two alternate links differ in type or language."""
    alternates = []
    for link in children(node, "link"):
        if not is_iri(link.get("href")):
            yield f"4.2.7.1: href {link.get('href')}"
        if link.get("rel", "alternate") == "alternate":
            alternates.append((link.get("type"), link.get("hreflang")))
    if len(alternates) > len(set(alternates)):
        yield "4.1.1: two alternates of one kind"


def errors_in_entry(entry, *, has_author: bool):
    yield from errors_in(entry, IN_ENTRY)
    if not has_author and not children(entry, "author"):
        yield "4.1.1: neither the feed nor the entry has an author"
    contents = children(entry, "content")
    rels = [link.get("rel", "alternate") for link in children(entry, "link")]
    if not contents and "alternate" not in rels:
        yield "4.1.2: no content and no alternate link"
    if any(content.get("src") for content in contents) and not children(entry, "summary"):
        yield "4.1.2: content elsewhere and no summary"


def errors_in_feed(xml: bytes, *, address: str) -> list[str]:
    """All that is wrong with the feed whose address is `address`."""
    feed = ElementTree.fromstring(xml)
    if feed.tag != f"{ATOM}feed":
        return [f"4.1.1: {feed.tag} is no feed"]
    entries = children(feed, "entry")
    found = list(errors_in(feed, IN_FEED))
    for entry in entries:
        found += errors_in_entry(entry, has_author=bool(children(feed, "author")))
    selves = [link.get("href") for link in children(feed, "link") if link.get("rel") == "self"]
    if selves != [address]:
        found.append(f"4.1.1: the feed should say where it is: {selves}")
    ids = [id_.text for node in [feed, *entries] for id_ in children(node, "id")]
    if len(ids) > len(set(ids)):
        found.append("4.2.6: an id is there twice")
    return found
