import pytest

from clinic_site.models import ContentVersion
from leads.models import Testimonial
from tests.admin_pages import (
    column,
    form_fields,
    is_refused,
    messages,
    page_text,
    run_action,
    same_queries,
)
from tests.database import whole_database
from tests.factories import make_testimonial

LIST = "/admin/leads/testimonial/"
ON_FILE = {"authorization": "on_file"}
SUPPLIED = {"authorization": "unknown", "is_supplied": True}


def test_list_shows_the_state_of_the_authorization(owner):
    make_testimonial(quote="<b>one</b> " + "word " * 20, authorization="unknown")

    response = owner.get(LIST)

    assert column(response, "name") == ["Bo"]
    assert column(response, "authorization") == ["Not recorded"]
    assert column(response, "excerpt") == ["<b>one</b> " + "word " * 11 + "…"]


def test_search_and_filter(owner):
    make_testimonial(authorization="unknown")
    make_testimonial(name="Cy", quote="Better.", authorization="on_file")

    assert column(owner.get(LIST, {"q": "walk"}), "name") == ["Bo"]
    assert column(owner.get(LIST, {"authorization__exact": "on_file"}), "name") == ["Cy"]


def test_list_runs_the_same_number_of_queries(owner):
    def fill(numbers):
        for _ in numbers:
            make_testimonial()

    assert same_queries(owner, LIST, fill)


def test_add(owner):
    data = {"name": "Di", "quote": "Good.", "authorization": "on_file", "position": 3}

    owner.post(LIST + "add/", data)

    row = Testimonial.objects.get()
    assert (row.name, row.quote, row.authorization, row.is_published) == (
        "Di",
        "Good.",
        "on_file",
        False,
    )


def save(client, row, **changes):
    url = f"{LIST}{row.pk}/change/"
    return client.post(url, form_fields(client.get(url)) | changes, follow=True)


@pytest.mark.parametrize("state", [ON_FILE, SUPPLIED], ids=["on file", "supplied"])
@pytest.mark.parametrize(
    "changes",
    [{"quote": "I run."}, {"quote": "i walk again."}, {"name": "Bob"}, {"quote": "I walk. Again."}],
)
def test_changed_words_need_a_new_authorization(owner, state, changes):
    row = make_testimonial(**state)

    response = save(owner, row, **changes)

    row.refresh_from_db()
    assert (row.authorization, row.is_published) == ("unknown", False)
    assert list(Testimonial.objects.published()) == []
    assert messages(response)[0] == (
        "The words changed, so they need a new authorization. "
        f"“{row.name}” is off every page until one is on file."
    )


def test_changed_words_with_a_new_note_keep_the_authorization(owner):
    row = make_testimonial(authorization="on_file")

    save(owner, row, quote="I run.", authorization_note="Folder 2, May 3")

    row.refresh_from_db()
    assert row.authorization == "on_file"
    assert list(Testimonial.objects.published()) == [row]


@pytest.mark.parametrize("state", [ON_FILE, SUPPLIED], ids=["on file", "supplied"])
@pytest.mark.parametrize("quote", [" I  walk\r\nagain.\r\n", "I walk\tagain."])
def test_changed_white_space_keeps_the_authorization(owner, state, quote):
    row = make_testimonial(**state)

    save(owner, row, quote=quote)

    assert list(Testimonial.objects.published()) == [row]


@pytest.mark.parametrize("authorization", ["unknown", "revoked"])
def test_new_testimonial_is_not_public_before_its_authorization(owner, client, authorization):
    data = {"name": "Di", "quote": "I was cured in one day!", "position": 0}
    data |= {"authorization": authorization, "is_published": "on"}

    response = owner.post(LIST + "add/", data)

    assert "Not published: a written authorization must be on file first." in page_text(response)
    assert "I was cured in one day!" in response.text
    assert Testimonial.objects.count() == 0
    assert "cured" not in client.get("/testimonials/").text


def test_testimonial_on_file_is_published(owner):
    row = make_testimonial(authorization="unknown")
    assert row.is_published is False

    save(owner, row, authorization="on_file", is_published="on")

    assert list(Testimonial.objects.published()) == [row]


def test_unpublished_words_that_change_lose_their_authorization_too(owner):
    row = make_testimonial(is_published=False)

    response = save(owner, row, quote="I run.", is_published="on")

    assert list(Testimonial.objects.published()) == []
    assert "The words changed" in messages(response)[0]


def test_typing_error_in_the_supplied_words_can_be_undone(owner):
    row = make_testimonial(**SUPPLIED)
    save(owner, row, quote="I walk agian.")

    save(owner, row, quote="I walk again.")
    save(owner, row, is_published="on")

    assert list(Testimonial.objects.published()) == [row]


def test_revoked_supplied_words_do_not_come_back(owner):
    row = make_testimonial(**SUPPLIED)
    run_action(owner, LIST, "revoke", row)

    save(owner, row, authorization="unknown", quote="I walk agian.")
    save(owner, row, quote="I walk again.")
    response = save(owner, row, is_published="on")

    assert list(Testimonial.objects.published()) == []
    assert "Not published" in page_text(response)


def test_action_revoke_takes_it_off_every_page(owner):
    row = make_testimonial()
    before = ContentVersion.current()

    run_action(owner, LIST, "revoke", row)

    assert list(Testimonial.objects.published()) == []
    assert ContentVersion.current() > before  # so the page cache drops the former pages too
    assert row.history.first().history_user.username == "owner"


def test_history_shows_who_changed_what_and_restores(owner):
    row = make_testimonial()
    url = f"{LIST}{row.pk}"
    owner.post(f"{url}/change/", form_fields(owner.get(f"{url}/change/")) | {"quote": "<i>New</i>"})

    page = owner.get(f"{url}/history/")
    first = row.history.last()
    version = owner.get(f"{url}/history/{first.pk}/")
    owner.post(
        f"{url}/history/{first.pk}/",
        {"name": "Bo", "quote": first.quote, "position": 0, "authorization": "unknown"},
    )

    row.refresh_from_db()
    assert "Quote: I walk again. → <i>New</i>" in page_text(page)
    assert "style=" not in page.text
    assert "I walk again." in version.text
    assert row.quote == "I walk again."


def test_restoring_brings_back_words_and_no_permission(owner):
    row = make_testimonial(authorization="on_file")
    row.authorization, row.is_published = "revoked", False
    row.save()
    version = row.history.earliest().pk
    data = {"name": "Bo", "quote": "I walk again.", "position": "0", "is_published": "on"}

    page = owner.get(f"{LIST}{row.pk}/history/{version}/")
    owner.post(f"{LIST}{row.pk}/history/{version}/", data | {"authorization": "on_file"})

    row.refresh_from_db()
    assert (row.authorization, row.is_published) == ("revoked", False)
    assert list(Testimonial.objects.published()) == []
    assert "Revoked: shown nowhere" in page_text(page)


def test_restoring_other_words_takes_them_off_the_pages(owner):
    row = make_testimonial(quote="First.")
    row.quote, row.authorization_note = "Second.", "Folder 3"
    row.save()
    version = row.history.earliest().pk

    owner.post(f"{LIST}{row.pk}/history/{version}/", {"name": "Bo", "quote": "First."})

    row.refresh_from_db()
    assert (row.quote, row.authorization, row.is_published) == ("First.", "unknown", False)


def test_deleted_words_stay_in_no_table(owner):
    row = make_testimonial(quote="I zigzag again.")
    assert "zigzag" in repr(whole_database())

    owner.post(f"{LIST}{row.pk}/delete/", {"post": "yes"})

    assert "zigzag" not in repr(whole_database())


def test_without_rights_there_are_no_testimonials(nobody, desk):
    make_testimonial()

    pages = [client.get(LIST) for client in (nobody, desk)]

    assert [is_refused(page) for page in pages] == [True, True]
    assert all("I walk again." not in page.text for page in pages)
