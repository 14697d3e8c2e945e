from dataclasses import dataclass

import pytest
from django.db import connection
from django.test import RequestFactory

from articles.ebooks import build, epub, pdf, serving
from articles.ebooks.book import Book, read
from articles.ebooks.formats import BY_CODE
from articles.models import Ebook, Edition, Section, Source
from tests.factories import make_article, make_ebook, make_practice, make_section


@dataclass
class Rendered:
    book: Book
    epub: bytes
    pdf: bytes


@pytest.fixture
def render_book():
    """Renders an ebook as EPUB and PDF, without writing files or rows."""

    def render(ebook: Ebook) -> Rendered:
        book, edition = read(ebook), Edition(ebook=ebook, number=1)
        return Rendered(book, epub.render(book, edition), pdf.render(book, edition))

    return render


STARTER_BOOKS: dict[str, Rendered] = {}


@pytest.fixture
def library(request, db, render_book) -> dict[str, Rendered]:
    """The four starter books by address, rendered once for all tests of a process."""
    if not STARTER_BOOKS:
        request.getfixturevalue("starter")
        STARTER_BOOKS.update({ebook.slug: render_book(ebook) for ebook in Ebook.objects.all()})
    return STARTER_BOOKS


@pytest.fixture
def edition(db, settings, tmp_path, time_machine) -> Edition:
    """A built edition of "First days", with a fixed date."""
    settings.MEDIA_ROOT = tmp_path / "uploads"
    time_machine.move_to("2026-11-23 17:00:00 +0000", tick=False)
    make_practice()
    return build.build(make_ebook(make_section(make_article())))


@pytest.fixture
def content(edition) -> bytes:
    """The bytes of the edition's PDF."""
    return build.path(edition, BY_CODE["pdf"]).read_bytes()


@pytest.fixture
def fetch(db):
    """Sends a request for a book's file and reads the response; `body` holds its bytes."""

    def send(code="pdf", *, slug="first-days", method="GET", **headers):
        request = RequestFactory(headers=headers).generic(method, "/ebooks/library/t/x")
        response = serving.serve(request, Ebook.objects.get(slug=slug), BY_CODE[code])
        response.body = b"".join(response) if response.streaming else response.content
        response.close()
        return response

    return send


HOSTILE = [
    '#panic("x") #import "/etc/passwd" $x$ *b* _i_ `raw` @ref <label> \\ // /* =',
    "<script>alert(1)</script> ]]> <![CDATA[ <!-- -- &amp; &nbsp; &bogus; \"'",
    "\U0001f600\U0001f469\u200d⚕️ emoji ✓ \u202eright to left\u202c שלום العربية",
    "漢字 ไทย \ue000 \ufdd0 \x00\x01\x0b\x1f\x7f \u2028 \ufffe \U0001ffff \ud800".encode(
        "utf-8", "ignore"
    ).decode(),
    "W" * 300,
    "Ünïcödé, e\u0301 and a soft\u00adhyphen " + "".join(map(chr, range(0x100, 0x250))),
]


def fitting(model, **fields):
    """The fields, cut to the length of their columns, because PostgreSQL refuses longer ones."""
    most = {name: model._meta.get_field(name).max_length for name in fields}
    return {name: value[: most[name]] for name, value in fields.items()}


@pytest.fixture
def hostile(db) -> Ebook:
    """An ebook whose fields contain all the hostile texts."""
    make_practice(name='A & B "Clinic" #panic() <b>')
    article = make_article(title="#panic() & <Guide>", reviewer="]]> & #x")
    # PostgreSQL cannot store NUL.
    unstorable = "\0" if connection.vendor == "postgresql" else ""
    texts = [text.replace(unstorable, "") for text in HOSTILE] if unstorable else HOSTILE
    everything = " ".join(texts)
    sections = []
    for number, text in enumerate([*texts, everything]):
        body = f"<p>{text}</p><ul><li>{text}<ul><li><p>{text}</p></li></ul></li></ul>"
        body += f'<p><a href="https://example.com/{text}">x</a><a href="http://[bad">y</a><br></p>'
        lines = f"{text}\n\n{everything}"
        kind = ["text", "step", "exercise", "emergency", "urgent", "doctor"][number % 6]
        fields = {"title": text[:300], "anchor": f"{number}", "kind": kind, "body": body}
        fields |= {"callout_title": text, "callout": text, "dos": lines, "donts": lines}
        fields |= {"dose_how_long": text, "dose_until": text, "figure": "heat gone ninety cold"}
        sections.append(make_section(article, position=number, **fitting(Section, **fields)))
        words = {"title": text, "publisher": text, "url": f"https://x.org/{number} {text}"}
        source = article.sources.create(**fitting(Source, **words))
        sections[-1].sources.add(source)
    names = {"title": everything, "subtitle": everything, "description": everything}
    return make_ebook(*sections, **fitting(Ebook, **names))
