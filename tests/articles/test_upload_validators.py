import contextlib
import io
import tracemalloc
import zipfile

import pytest
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st

from articles.upload_validators import validate_epub, validate_pdf


def zipped(**files: str) -> io.BytesIO:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return packed


def test_uploads_of_the_right_type_are_accepted():
    validate_pdf(io.BytesIO(b"%PDF-1.7"))
    validate_epub(zipped(mimetype="application/epub+zip"))


@pytest.mark.parametrize("content", [b"", b"<html>", b"PK\x03\x04 torn"])
def test_uploads_of_another_type_are_refused(content):
    with pytest.raises(ValidationError, match="not a PDF"):
        validate_pdf(io.BytesIO(content))
    with pytest.raises(ValidationError, match="not an EPUB"):
        validate_epub(io.BytesIO(content))


def test_uploads_larger_than_the_limit_are_refused():
    padded = zipped(mimetype="application/epub+zip", cover="x" * 19_999_000)

    validate_pdf(io.BytesIO(b"%PDF-1.7".ljust(20_000_000)))
    validate_epub(padded)
    with pytest.raises(ValidationError, match="That file has 21 MB; at most 20 MB can be taken"):
        validate_pdf(io.BytesIO(b"%PDF-1.7".ljust(20_000_001)))
    with pytest.raises(ValidationError, match="That file has 21 MB; at most 20 MB can be taken"):
        validate_epub(zipped(mimetype="application/epub+zip", cover="x" * 20_000_000))


@pytest.mark.parametrize("before", [b"\xef\xbb\xbf", b"\r\n", b"x" * 1019])
def test_uploads_of_a_pdf_may_have_bytes_before_its_header(before):
    validate_pdf(io.BytesIO(before + b"%PDF-1.7"))


def test_uploads_of_a_pdf_with_its_header_too_late_are_refused():
    with pytest.raises(ValidationError, match="not a PDF"):
        validate_pdf(io.BytesIO(b"x" * 1020 + b"%PDF-1.7"))


def epub(**how) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", **how) as archive:
        archive.writestr("mimetype", "application/epub+zip")
        archive.writestr("OEBPS/part.xhtml", "<p>Cold helps.</p>" * 50)
    return packed.getvalue()


WHOLE, DEFLATED = epub(), epub(compression=zipfile.ZIP_DEFLATED)


def test_uploads_of_an_epub_cut_short_anywhere_are_refused():
    for whole in (WHOLE, DEFLATED, epub(compression=zipfile.ZIP_LZMA)):
        for length in range(len(whole)):
            with pytest.raises(ValidationError, match="not an EPUB"):
                validate_epub(io.BytesIO(whole[:length]))


@given(place=st.integers(0, len(DEFLATED) - 1), byte=st.integers(0, 255))
def test_uploads_of_a_damaged_epub_raise_nothing_but_the_message(place, byte):
    damaged = DEFLATED[:place] + bytes([byte]) + DEFLATED[place + 1 :]

    with contextlib.suppress(ValidationError):
        validate_epub(io.BytesIO(damaged))


@given(content=st.binary(max_size=3000))
def test_uploads_of_any_bytes_raise_nothing_but_the_message(content):
    for validate in (validate_epub, validate_pdf):
        with contextlib.suppress(ValidationError):
            validate(io.BytesIO(content))


def test_uploads_of_an_epub_that_unpacks_to_gigabytes_use_little_memory():
    packed = io.BytesIO()
    zipped = zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED)
    with zipped as archive, archive.open("mimetype", "w") as entry:
        for _ in range(300):
            entry.write(b"a" * 1_000_000)
    tracemalloc.start()

    with pytest.raises(ValidationError, match="not an EPUB"):
        validate_epub(packed)

    assert tracemalloc.get_traced_memory()[1] < 10_000_000
    tracemalloc.stop()


def test_uploads_of_another_zip_are_not_an_epub():
    with pytest.raises(ValidationError, match="not an EPUB"):
        validate_epub(zipped(mimetype="application/zip"))
