from clinic_site.models import Practice
from tests.admin_pages import form_fields, is_refused, page_text
from tests.factories import make_practice

URL = "/admin/clinic_site/practice/"


def save(client, **changes):
    return client.post(URL, form_fields(client.get(URL)) | changes)


def test_practice_opens_at_its_one_record(owner):
    make_practice(name="Lake <Clinic>")

    response = owner.get(URL)

    assert response.status_code == 200
    assert 'value="(248) 555-0123"' in response.text
    assert "Lake &lt;Clinic&gt;" in response.text
    assert "Lake <Clinic>" not in response.text


def test_practice_takes_a_phone_typed_in_any_way(owner):
    make_practice()

    response = save(owner, phone="248.555.0199")

    assert response.status_code == 302
    assert Practice.objects.get().phone == "+12485550199"


def test_practice_keeps_a_typed_extension(owner):
    make_practice()

    save(owner, phone="+1 (330) 555-0199 extension 1234")
    page = owner.get(URL).text

    assert Practice.objects.get().phone == "+13305550199;ext=1234"
    assert 'value="(330) 555-0199 ext. 1234"' in page


def test_practice_says_that_a_text_is_too_long_and_keeps_it(owner):
    make_practice()

    page = save(owner, reply_promise="We call back. " * 20)

    assert "Ensure this value has at most 160 characters (it has 279)." in page_text(page)
    assert "We call back. " * 19 in page.text
    assert "maxlength" not in page.text


def test_practice_says_what_is_no_phone(owner):
    make_practice()

    response = save(owner, phone="none")

    assert "Enter a phone number, such as (248) 555-0123." in page_text(response)
    assert Practice.objects.get().phone == "+12485550123"


def test_practice_saved_untouched_writes_no_other_value(owner):
    make_practice()

    save(owner)

    assert Practice.objects.get().phone == "+12485550123"


def test_practice_history_restores(owner):
    practice = make_practice()
    save(owner, region="Nowhere")
    first = practice.history.last()

    page = owner.get(URL + "history/")
    version = owner.get(f"{URL}1/history/{first.pk}/")

    assert "Region: (empty) → Nowhere" in page_text(page)
    assert "Revert" in version.text


def test_practice_is_neither_added_nor_deleted(owner):
    make_practice()

    assert is_refused(owner.get(URL + "add/"))
    deleting = owner.post(URL + "1/delete/", {"post": "yes"})
    assert "We could not take that form" in page_text(deleting)
    assert Practice.objects.count() == 1


def test_without_rights_there_is_no_practice(nobody, desk):
    assert [is_refused(client.get(URL)) for client in (nobody, desk)] == [True, True]
