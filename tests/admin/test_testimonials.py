from clinic_site.models import ContentVersion
from leads.models import Testimonial
from tests.admin.page import column, form_fields, messages, run_action, same_queries, visible
from tests.factories import make_testimonial
from tests.leads.news_factories import whole_database

LIST = "/admin/leads/testimonial/"


def test_list_shows_the_state_of_the_authorization(owner):
    make_testimonial(quote="<b>one</b> " + "word " * 20)

    response = owner.get(LIST)

    assert column(response, "name") == ["Bo"]
    assert column(response, "authorization") == ["Not known"]
    assert column(response, "excerpt") == ["<b>one</b> " + "word " * 11 + "…"]


def test_search_and_filter(owner):
    make_testimonial()
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


def test_changed_words_need_a_new_authorization(owner):
    row = make_testimonial(authorization="on_file")
    url = f"{LIST}{row.pk}/change/"

    response = owner.post(url, form_fields(owner.get(url)) | {"quote": "I run."}, follow=True)

    row.refresh_from_db()
    assert (row.quote, row.authorization) == ("I run.", "unknown")
    assert messages(response)[0] == (
        "The words changed, so the authorization is no longer marked as on file."
    )


def test_a_new_paper_goes_with_changed_words(owner):
    row = make_testimonial(authorization="on_file")
    url = f"{LIST}{row.pk}/change/"
    changes = {"quote": "I run.", "authorization_note": "Folder 2, May 3"}

    owner.post(url, form_fields(owner.get(url)) | changes)

    row.refresh_from_db()
    assert row.authorization == "on_file"


def test_action_revoke_takes_it_off_every_page(owner):
    row = make_testimonial()
    before = ContentVersion.current()

    run_action(owner, LIST, "revoke", row)

    assert list(Testimonial.objects.published()) == []
    assert ContentVersion.current() > before  # what is kept of the pages goes too
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
    assert "Quote: I walk again. → <i>New</i>" in visible(page)
    assert "style=" not in page.text
    assert "I walk again." in version.text
    assert row.quote == "I walk again."


def test_restoring_brings_back_words_and_no_permission(owner):
    row = make_testimonial(authorization="on_file")
    row.authorization, row.is_published = "revoked", False
    row.save()
    version = row.history.earliest().pk
    data = {"name": "Bo", "quote": "I walk again.", "position": "0", "is_published": "on"}

    owner.post(f"{LIST}{row.pk}/history/{version}/", data | {"authorization": "on_file"})

    row.refresh_from_db()
    assert (row.authorization, row.is_published) == ("revoked", False)
    assert list(Testimonial.objects.published()) == []


def test_deleted_words_stay_in_no_table(owner):
    row = make_testimonial(quote="I zigzag again.")
    assert "zigzag" in repr(whole_database())

    owner.post(f"{LIST}{row.pk}/delete/", {"post": "yes"})

    assert "zigzag" not in repr(whole_database())


def test_without_rights_there_are_no_testimonials(nobody, desk):
    assert [client.get(LIST).status_code for client in (nobody, desk)] == [403, 403]
