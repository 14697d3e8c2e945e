import logging
from datetime import UTC, datetime, timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import OperationalError

from articles.ebooks import build, epub, pdf
from articles.ebooks.formats import BY_CODE, FORMATS
from articles.models import Ebook, Edition, Section
from clinic_site.models import ContentVersion
from tests.factories import make_article, make_ebook, make_practice, make_section

TOMORROW = datetime.now(UTC) + timedelta(days=1)


@pytest.fixture
def watch():
    return build.Watch()


@pytest.fixture
def two_books(db):
    """Two books that share one section; the first has one more."""
    make_practice()
    article = make_article()
    heat = make_section(article, title="Heat", anchor="heat", body="<p>Warm.</p>")
    rest = make_section(article, title="Rest", anchor="rest", body="<p>Lie down.</p>")
    return make_ebook(heat, rest), make_ebook(rest, title="Last days", slug="last-days")


def edit(anchor: str, body: str) -> None:
    section = Section.objects.get(anchor=anchor)
    section.body = body
    section.save()


def numbers() -> dict[str, int]:
    return dict(Edition.objects.values_list("ebook__slug", "number"))


def bytes_of(edition: Edition) -> list[bytes]:
    return [build.path(edition, file_format).read_bytes() for file_format in FORMATS]


def failing(*_args):
    raise pdf.TypesettingError("no room for the table")


def test_build_writes_the_files_and_their_rows(ebook):
    edition = build.build(ebook)

    rendered = bytes_of(edition)
    assert [rendered[0][:2], rendered[1][:5]] == [b"PK", b"%PDF-"]
    assert (edition.number, edition.build_error) == (1, "")
    assert list(
        edition.files.order_by("file_format").values_list("file_format", "size", "pages")
    ) == [
        ("epub", len(rendered[0]), 0),
        ("pdf", len(rendered[1]), 3),
    ]
    assert edition.words == 4


def test_build_of_an_unchanged_book_changes_nothing(ebook, built, time_machine):
    before = bytes_of(built)
    time_machine.move_to(TOMORROW)

    again = build.build(ebook)

    assert (again.number, again.made_at) == (built.number, built.made_at)
    assert bytes_of(again) == before


def test_build_makes_editions_only_of_books_with_the_changed_section(two_books, watch):
    watch.build_due()
    before = bytes_of(Edition.objects.get(ebook__slug="last-days"))

    edit("heat", "<p>Warmer.</p>")
    moved = watch.build_due()

    assert [edition.ebook.slug for edition in moved] == ["first-days"]
    assert numbers() == {"first-days": 2, "last-days": 1}
    assert bytes_of(Edition.objects.get(ebook__slug="last-days")) == before


def test_build_after_an_edit_was_undone_is_a_new_edition(ebook, built, section):
    edit("rest", "<p>Other.</p>")
    build.build(ebook)
    edit("rest", "<p>Rest a little.</p>")

    third = build.build(ebook)

    assert (third.number, third.digest) == (3, built.digest)
    assert build.path(third, BY_CODE["pdf"]) != build.path(built, BY_CODE["pdf"])


def test_build_puts_back_lost_files_byte_by_byte(ebook, built, time_machine):
    before = bytes_of(built)
    for file in build.folder().iterdir():
        file.unlink()
    time_machine.move_to(TOMORROW)

    again = build.build(ebook)

    assert again.number == 1
    assert bytes_of(again) == before


@pytest.mark.parametrize(
    "change",
    [
        lambda files: files.filter(file_format="pdf").delete(),  # a format that is new
        lambda files: files.update(size=1, pages=0),  # built by the former release
    ],
    ids=["new format", "former release"],
)
def test_build_adds_missing_and_outdated_rows_of_files(ebook, built, change):
    rows = built.files.order_by("file_format").values_list("file_format", "size", "pages")
    before, version = list(rows), ContentVersion.current()
    change(built.files.all())

    again = build.build(ebook)

    assert (again.number, list(rows.all())) == (1, before)
    assert ContentVersion.current() > version


def test_build_that_fails_keeps_the_last_good_edition(ebook, built, monkeypatch, caplog):
    before = bytes_of(built)
    edit("rest", "<p>Changed.</p>")
    monkeypatch.setattr(pdf, "render", failing)

    with caplog.at_level(logging.CRITICAL), pytest.raises(build.BuildError):
        build.build(ebook)

    kept = Edition.objects.get()
    assert (kept.number, kept.digest) == (built.number, built.digest)
    assert kept.build_error == "TypesettingError: no room for the table"
    assert bytes_of(kept) == before


def test_build_that_succeeds_again_clears_the_error(ebook, built):
    Edition.objects.update(build_error="no room")

    assert build.build(ebook).build_error == ""
    assert Edition.objects.get().build_error == ""


def test_build_names_the_letters_that_the_pdf_lacks(ebook):
    edit("rest", "<p>漢</p>")

    assert build.build(ebook).build_error == "Built, but the PDF has no letters for: 漢"


def test_build_that_finishes_second_deletes_its_files(ebook, built, monkeypatch, time_machine):
    edit("rest", "<p>Changed.</p>")
    render, inner = pdf.render, []

    def while_another_builds(book, edition):
        if not inner:
            inner.append(True)
            time_machine.move_to(TOMORROW)
            inner.append(build.build(Ebook.objects.get()))
        return render(book, edition)

    monkeypatch.setattr(pdf, "render", while_another_builds)
    outer = build.build(ebook)

    assert (outer.number, outer.made_at) == (2, inner[1].made_at)
    assert bytes_of(outer) == bytes_of(inner[1])
    assert [file.suffix for file in build.folder().iterdir() if file.suffix == ".part"] == []


def test_build_leaves_no_partial_file_when_the_disk_is_full(ebook, built, monkeypatch, caplog):
    before = sorted(file.name for file in build.folder().iterdir())
    edit("rest", "<p>Changed.</p>")
    monkeypatch.setattr(
        build, "write_temporary_files", lambda *_: (_ for _ in ()).throw(OSError(28, "full"))
    )

    with caplog.at_level(logging.CRITICAL), pytest.raises(build.BuildError, match="full"):
        build.build(ebook)

    assert sorted(file.name for file in build.folder().iterdir()) == before


def test_build_keeps_the_former_edition_and_no_older_one(ebook, built):
    for body in ("<p>2</p>", "<p>3</p>"):
        edit("rest", body)
        edition = build.build(ebook)

    kept = {file.name.split("-")[1] for file in build.folder().iterdir()}
    assert (edition.number, kept) == (3, {"2", "3"})


def test_build_of_a_new_edition_empties_the_page_cache(ebook):
    before = ContentVersion.current()

    build.build(ebook)
    after = ContentVersion.current()
    build.build(ebook)

    assert after > before
    assert ContentVersion.current() == after


def test_build_due_runs_one_query_when_nothing_changed(two_books, watch, django_assert_num_queries):
    watch.build_due()
    watch.build_due()  # the first call made editions, which changed the version

    with django_assert_num_queries(1):
        assert watch.build_due() == []


def test_build_due_builds_the_other_books_when_one_fails(two_books, watch, monkeypatch, caplog):
    render = pdf.render
    monkeypatch.setattr(
        pdf, "render", lambda book, e: failing() if book.slug == "first-days" else render(book, e)
    )

    with caplog.at_level(logging.CRITICAL):
        moved = watch.build_due()

    assert [edition.ebook.slug for edition in moved] == ["last-days"]


def test_build_due_tries_a_failed_book_again(ebook, watch, monkeypatch, caplog):
    render = epub.render
    monkeypatch.setattr(epub, "render", failing)
    with caplog.at_level(logging.CRITICAL):
        watch.build_due()
    monkeypatch.setattr(epub, "render", render)

    assert watch.build_due() == []
    watch.retry_at -= build.RETRY_SECONDS
    assert [edition.number for edition in watch.build_due()] == [1]


def test_command_builds_every_book_and_lists_the_files(two_books, time_machine):
    time_machine.move_to("2026-11-23 17:00 +0000", tick=False)
    out = StringIO()

    call_command("build_ebooks", stdout=out)

    lines = out.getvalue().splitlines()
    assert lines[0].startswith("first-days: edition 1 of November 23, 2026, EPUB ")
    assert [line.partition(":")[0] for line in lines] == ["first-days", "last-days"]


def test_command_reports_a_failure_and_builds_the_others(two_books, monkeypatch, caplog):
    render = pdf.render
    monkeypatch.setattr(
        pdf, "render", lambda book, e: failing() if book.slug == "first-days" else render(book, e)
    )

    with caplog.at_level(logging.CRITICAL), pytest.raises(CommandError, match="no room"):
        call_command("build_ebooks", stdout=StringIO())

    assert numbers() == {"first-days": 0, "last-days": 1}


def test_build_due_tries_again_after_a_locked_database(ebook, watch, monkeypatch):
    def locked(book):
        raise OperationalError("database is locked")

    with monkeypatch.context() as patched:
        patched.setattr(build, "build", locked)
        with pytest.raises(OperationalError):
            watch.build_due()

    assert [edition.ebook for edition in watch.build_due()] == [ebook]
