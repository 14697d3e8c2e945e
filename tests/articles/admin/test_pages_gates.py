"""No public page is changed or removed by accident, and a fixed page stays what it is."""

from datetime import timedelta

import pytest
from django.utils import timezone

from articles.models import Article, Ebook
from tests.admin_pages import form_fields, messages, page_text, run_action
from tests.articles.admin.test_pages import form_fields_of_version, save
from tests.factories import make_article, make_ebook, make_section

LIST = "/admin/articles/article/"
NO_DATE = {"published_at_0": "", "published_at_1": ""}


@pytest.fixture
def home(db):
    return make_article(kind="page", slug="home", title="Home", position=3)


@pytest.fixture
def linked(db):
    """A guide that another page links to."""
    article = make_article()
    make_section(
        make_article(title="Hip", slug="hip"), body='<p><a href="/guides/neck-pain/">Neck</a></p>'
    )
    return article


def test_fixed_page_offers_no_delete_and_no_address(editor, home):
    page = editor.get(f"{LIST}{home.pk}/change/")

    assert not {"kind", "slug", "published_at", "position"} & form_fields(page).keys()
    assert "deletelink" not in page.text


def test_fixed_page_is_not_deleted_by_any_post(editor, home):
    one = editor.post(f"{LIST}{home.pk}/delete/", {"post": "yes"})
    data = {"action": "delete_selected", "_selected_action": [home.pk], "post": "yes"}
    editor.post(LIST, data)
    many = run_action(editor, LIST, "delete_selected", home)

    assert one.status_code == 403
    assert Article.objects.get() == home
    assert messages(many) == ["Pages with a fixed address are always shown. Left unchanged: 1."]


def test_bulk_delete_takes_the_others_and_leaves_the_fixed_page(editor, home):
    draft = make_article(published_at=None)
    data = {"action": "delete_selected", "_selected_action": [home.pk, draft.pk], "post": "yes"}

    editor.post(LIST, data)

    assert list(Article.objects.all()) == [home]


@pytest.mark.parametrize(
    "changes", [{"kind": "guide"}, {"slug": "start"}, {"kind": "guide", "slug": "x"}, NO_DATE]
)
def test_fixed_page_keeps_kind_address_place_and_date_whatever_is_posted(editor, home, changes):
    before = (home.kind, home.slug, home.position, home.published_at)

    save(editor, home, **changes | {"position": "9", "title": "Welcome"})

    home.refresh_from_db()
    assert home.title == "Welcome"
    assert (home.kind, home.slug, home.position, home.published_at) == before


@pytest.mark.parametrize("slug", ["home", "privacy"])
def test_fixed_page_cannot_be_added(editor, slug):
    fields = form_fields(editor.get(LIST + "add/"))

    response = editor.post(LIST + "add/", fields | {"kind": "page", "title": "H", "slug": slug})

    assert "Select a valid choice. page is not one of the available choices." in page_text(response)
    assert Article.objects.count() == 0


def test_guide_does_not_become_a_fixed_page(editor):
    article = make_article(slug="home")

    save(editor, article, kind="page")

    article.refresh_from_db()
    assert article.kind == "guide"


def test_emptied_date_asks_before_it_takes_the_page_off(editor, linked):
    asked = save(editor, linked, **NO_DATE, title="Sore neck")
    linked.refresh_from_db()
    assert (linked.is_published, linked.title) == (True, "Neck pain")

    save(editor, linked, **NO_DATE, take_down="yes")

    linked.refresh_from_db()
    assert linked.published_at is None
    assert "These pages link to it: “Hip”." in page_text(asked)
    assert 'value="Sore neck"' in asked.text


def test_date_in_the_future_asks_before_it_takes_the_page_off(editor, linked):
    later = timezone.localtime(timezone.now() + timedelta(days=2))
    date = {"published_at_0": f"{later:%Y-%m-%d}", "published_at_1": "09:00:00"}

    response = save(editor, linked, **date)

    linked.refresh_from_db()
    assert linked.is_published
    assert "Yes, take it off the site" in page_text(response)


def test_draft_is_saved_without_a_question(editor):
    draft = make_article(published_at=None)

    save(editor, draft, title="Sore neck")

    draft.refresh_from_db()
    assert draft.title == "Sore neck"


@pytest.mark.parametrize("how", ["one", "many"])
def test_deleting_says_what_links_to_the_page(editor, linked, how):
    if how == "one":
        page = editor.get(f"{LIST}{linked.pk}/delete/")
    else:
        page = run_action(editor, LIST, "delete_selected", linked)

    assert "These pages link to it: “Hip”. Their links turn into plain words." in page_text(page)
    assert Article.objects.filter(pk=linked.pk).exists()


def test_guide_with_chapters_in_a_book_is_not_deleted(editor):
    article = make_article()
    make_ebook(make_section(article), title="Necks")

    page = editor.get(f"{LIST}{article.pk}/delete/")
    editor.post(f"{LIST}{article.pk}/delete/", {"post": "yes"})

    assert "These ebooks have chapters from it and keep them: “Necks”." in page_text(page)
    assert Article.objects.get() == article


def restore_first(client, row, url):
    version = row.history.earliest()
    link = f"{url}{row.pk}/history/{version.pk}/"
    page = client.get(link)
    client.post(link, form_fields_of_version(page) | {"slug": "first", "is_published": ""})
    return page


def test_restoring_a_page_leaves_address_and_state(editor, client):
    article = make_article(title="First", slug="first", published_at=None, position=1)
    now = timezone.now()
    for name, value in [("slug", "second"), ("title", "Second"), ("published_at", now)]:
        setattr(article, name, value)
        article.save()

    page = restore_first(editor, article, LIST)

    article.refresh_from_db()
    assert (article.title, article.slug, article.published_at) == ("First", "second", now)
    assert client.get("/guides/second/").status_code == 200
    assert client.get("/guides/first/")["Location"] == "/guides/second/"
    assert "second" in page_text(page)
    assert "“Revert” brings back these words." in page_text(page)


def test_restoring_a_page_brings_back_no_signature(editor):
    article = make_article(title="First", reviewer="Ann Lee")
    article.title, article.reviewer = "Second", "Bo Day"
    article.save()

    restore_first(editor, article, LIST)

    article.refresh_from_db()
    assert (article.title, article.reviewer) == ("First", "Bo Day")


def test_restored_deleted_page_is_a_draft(editor):
    article = make_article()
    pk, version = article.pk, article.history.earliest().pk
    article.delete()
    link = f"{LIST}{pk}/history/{version}/"

    changes = {"position": "1", "published_at_0": "2026-01-01", "published_at_1": "09:00:00"}
    editor.post(link, form_fields_of_version(editor.get(link)) | changes)

    assert Article.objects.get().is_published is False


def test_restoring_a_section_leaves_its_anchor_and_kind(editor):
    section = make_section(make_article(), kind="step")
    section.anchor, section.kind, section.body = "lie-down", "emergency", "<p>New.</p>"
    section.save()

    restore_first(editor, section, "/admin/articles/section/")

    section.refresh_from_db()
    assert (section.body, section.anchor, section.kind) == (
        "<p>Rest a little.</p>",
        "lie-down",
        "emergency",
    )


def test_version_of_a_section_whose_page_was_deleted_is_not_found(editor):
    section = make_section(make_article())
    pk, version = section.pk, section.history.earliest().pk
    section.article.delete()

    page = editor.get(f"/admin/articles/section/{pk}/history/{version}/")

    assert "We could not find that page" in page_text(page)


def test_restoring_a_book_leaves_address_and_state(editor):
    book = make_ebook(make_section(make_article()), is_published=False, position=1)
    book.slug, book.is_published, book.title, book.position = "moved", True, "New", 4
    book.save()

    restore_first(editor, book, "/admin/articles/ebook/")

    book.refresh_from_db()
    assert (book.title, book.slug, book.is_published, book.position) == (
        "First days",
        "moved",
        True,
        4,
    )


@pytest.mark.parametrize("kind", ["guide", "condition"])
def test_former_address_of_another_page_is_refused(editor, client, kind):
    article = make_article(kind=kind)
    article.slug = "sore-neck"
    article.save()
    other = make_article(kind=kind, title="Other", slug="other")

    response = save(editor, other, slug="neck-pain")

    other.refresh_from_db()
    assert other.slug == "other"
    assert "This address still leads to “Neck pain”, which had it before." in page_text(response)
    folder = {"guide": "guides", "condition": "treatments"}[kind]
    assert client.get(f"/{folder}/neck-pain/")["Location"] == f"/{folder}/sore-neck/"


def test_address_that_a_page_takes_back_is_no_longer_listed_as_former(editor):
    article = make_article()
    for slug in ("sore-neck", "neck-pain"):
        save(editor, article, slug=slug)

    assert [row.slug for row in article.former_addresses.all()] == ["sore-neck"]


def test_former_address_of_another_ebook_is_refused(editor):
    book = make_ebook(make_section(make_article()))
    book.slug = "moved"
    book.save()
    other = make_ebook(title="Other", slug="other", is_published=False)
    url = f"/admin/articles/ebook/{other.pk}/change/"

    response = editor.post(url, form_fields(editor.get(url)) | {"slug": "first-days"})

    assert "This address still leads to “First days”" in page_text(response)
    assert Ebook.objects.get(pk=other.pk).slug == "other"
