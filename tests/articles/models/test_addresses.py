import pytest
from django.core.exceptions import ValidationError

from articles.models import Article, Ebook
from tests.factories import make_article, make_ebook

MAKERS = pytest.mark.parametrize("make", [make_article, make_ebook])


def move(record, *slugs):
    for slug in slugs:
        record.slug = slug
        record.save()


def former(record) -> list[str]:
    return sorted(row.slug for row in record.former_addresses.all())


@MAKERS
def test_record_keeps_every_address_it_had(db, make):
    record = make(slug="first")

    move(record, "second", "third")

    assert former(record) == ["first", "second"]


@MAKERS
def test_record_that_takes_an_address_back_does_not_list_it_as_former(db, make):
    record = make(slug="first")

    move(record, "second", "first")

    assert former(record) == ["second"]


@MAKERS
def test_record_that_takes_the_former_address_of_another_is_refused(db, make):
    moved, other = make(slug="first", title="Moved"), make(slug="other")
    move(moved, "second")
    other.slug = "first"

    with pytest.raises(ValidationError) as refused:
        other.clean()

    assert refused.value.message_dict == {
        "slug": [
            "This address still leads to “Moved”, which had it before. Choose a different one."
        ]
    }
    moved.slug = "first"
    moved.clean()


@MAKERS
def test_new_record_is_refused_the_former_address_of_another(db, make):
    move(make(slug="first"), "second")
    new = {make_article: Article(kind="guide", slug="first"), make_ebook: Ebook(slug="first")}[make]

    with pytest.raises(ValidationError, match="This address still leads to"):
        new.clean()


def test_article_of_another_kind_may_have_the_same_address(db):
    guide = make_article(kind=Article.Kind.GUIDE, slug="neck")
    move(guide, "sore-neck")

    condition = make_article(kind=Article.Kind.CONDITION, slug="neck")
    condition.clean()

    assert (former(guide), former(condition)) == (["neck"], [])


def test_address_that_moves_from_one_record_to_another_redirects_to_the_last_one(db):
    first, second = make_article(slug="neck"), make_article(slug="other")
    move(first, "sore-neck")
    move(second, "neck", "stiff-neck")

    assert (former(first), former(second)) == ([], ["neck", "other"])
