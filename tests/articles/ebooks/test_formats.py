import pytest
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.urls import Resolver404, resolve, reverse

from articles.ebooks.book import read
from articles.ebooks.formats import BY_CODE, FORMATS
from articles.models import Edition


@pytest.mark.parametrize("each", FORMATS, ids=str)
def test_format_has_every_function_that_its_entry_names(each, ebook):
    book = read(ebook)

    content = each.render(book, Edition(ebook=ebook, number=1))

    assert content
    assert each.count_pages(content) >= 0
    assert each.missing_letters(book) == ""
    each.validate_upload(ContentFile(content))
    with pytest.raises(ValidationError, match=f"That is not an? {each.label} file"):
        each.validate_upload(ContentFile(b"<html>"))


@pytest.mark.parametrize("each", FORMATS, ids=str)
def test_address_of_a_download_names_its_format(each):
    address = f"/ebooks/library/t/first-days.{each.code}"

    assert resolve(address).kwargs["file_format"] is each
    kwargs = {"token": "t", "slug": "first-days", "file_format": each}
    assert reverse("leads:download", kwargs=kwargs) == address


def test_address_of_an_unknown_format_does_not_exist():
    assert "exe" not in BY_CODE
    with pytest.raises(Resolver404):
        resolve("/ebooks/library/t/first-days.exe")
