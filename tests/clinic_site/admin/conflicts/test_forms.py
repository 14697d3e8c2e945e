"""Two people have one form open (promise 31). The first saves while the second still types."""

import re

import pytest
from django.contrib import admin
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Group, Permission, User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from clinic_site.admin.conflicts.admin import GuardedAdmin
from clinic_site.models import Practice
from leads.models import ConsultationRequest, NewsMessage, Testimonial
from tests.admin_pages import form_fields, messages, visible
from tests.factories import (
    make_article,
    make_ebook,
    make_practice,
    make_request,
    make_section,
    make_signup,
    make_testimonial,
)
from tests.staff import client_of

RIGHTS = ("leads.view_consultationrequest", "leads.change_consultationrequest")


@pytest.fixture
def jo(db):
    client = client_of("jo", *RIGHTS)
    User.objects.filter(username="jo").update(first_name="Jo", last_name="Day")
    return client


def change_url(row):
    return reverse(f"admin:{row._meta.label_lower.replace('.', '_')}_change", args=[row.pk])


class Window:
    """A change page that a person has opened: a browser sends back all that it holds."""

    def __init__(self, client, row, url=None):
        self.client, self.url = client, url or change_url(row)
        self.fields = form_fields(client.get(self.url))

    def save(self, **typed):
        """Sends it; when it comes back with questions, the window shows the new page."""
        response = self.client.post(self.url, self.fields | typed)
        if response.status_code == 200:
            self.fields = form_fields(response)
        return response


def questions(response) -> dict[str, list[str]]:
    """By the name of its radio buttons, which of them are ticked."""
    boxes = re.findall(r'<input type="radio" name="(keep-.*?)"(.*?)>', response.text)
    return {name: [box for n, box in boxes if n == name and "checked" in box] for name, _ in boxes}


def state(request):
    request.refresh_from_db()
    return request.status, request.notes


def test_booked_request_stays_booked_when_another_notes_a_call(desk, jo):
    request = make_request()
    window = Window(desk, request)
    Window(jo, request).save(status="booked", notes="Tuesday at 9")

    response = window.save(what_happened="No answer")

    assert response.status_code == 302
    assert state(request) == ("booked", "Tuesday at 9")
    assert list(request.events.values_list("by__username", "what")) == [
        ("desk", "No answer"),
        ("jo", "Notes changed"),
        ("jo", "Status: To call → Consultation booked"),
    ]


def test_what_others_changed_meanwhile_is_told(desk, jo):
    request = make_request()
    window = Window(desk, request)
    Window(jo, request).save(status="booked")

    window.save(notes="Likes mornings")

    told = messages(desk.get("/admin/"))
    assert "Changed by others while you had this page open, and kept: Status." in told
    assert state(request) == ("booked", "Likes mornings")


def test_field_that_both_changed_is_asked_about_and_nothing_is_saved(desk, jo):
    request = make_request()
    window = Window(desk, request)
    Window(jo, request).save(status="booked")

    response = window.save(status="tried", notes="No answer", what_happened="Rang twice")

    words = visible(response)
    assert re.search(r"Jo Day changed it at \d+:\d\d [AP]M\. Choose which is kept", words)
    assert "Take theirs: what is saved now Consultation booked" in words
    assert "Keep mine: what is in the field below Tried, call again" in words
    assert questions(response) == {"keep-status": []}
    assert state(request) == ("booked", "")
    assert window.fields["notes"] == "No answer"
    assert window.fields["what_happened"] == "Rang twice"


@pytest.mark.parametrize(("answer", "kept"), [("mine", "tried"), ("theirs", "booked")])
def test_answer_decides_which_value_is_kept(desk, jo, answer, kept):
    request = make_request()
    window = Window(desk, request)
    Window(jo, request).save(status="booked")
    window.save(status="tried", notes="No answer")

    response = window.save(**{"keep-status": answer})

    assert response.status_code == 302
    assert state(request) == (kept, "No answer")


def test_nothing_is_saved_until_each_question_is_answered(desk, jo):
    request = make_request(notes="Old")
    window = Window(desk, request)
    Window(jo, request).save(status="booked", notes="Jo's")
    window.save(status="tried", notes="Mine")

    unanswered = window.save()
    half = window.save(**{"keep-status": "mine"})
    assert state(request) == ("booked", "Jo's")
    window.save(**{"keep-notes": "theirs"})

    assert questions(unanswered) == {"keep-status": [], "keep-notes": []}
    assert questions(half) == {"keep-notes": []}
    assert state(request) == ("tried", "Jo's")


def test_answer_to_a_value_that_changed_again_is_asked_for_again(desk, jo):
    request = make_request()
    window = Window(desk, request)
    Window(jo, request).save(status="booked")
    window.save(status="tried")
    Window(jo, request).save(status="closed")

    response = window.save(**{"keep-status": "mine"})

    assert "Take theirs: what is saved now Closed" in visible(response)
    assert state(request) == ("closed", "")
    assert window.save(**{"keep-status": "mine"}).status_code == 302
    assert state(request) == ("tried", "")


def test_both_typed_the_same_is_no_question(desk, jo):
    request = make_request()
    window = Window(desk, request)
    Window(jo, request).save(notes="Call on Friday")

    response = window.save(notes="Call on Friday \r\n")

    assert response.status_code == 302
    assert [event.by.username for event in request.events.all()] == ["jo"]


def test_two_windows_of_one_person_are_two_people(desk):
    request = make_request()
    window = Window(desk, request)
    Window(desk, request).save(status="booked")

    response = window.save(status="tried")

    assert "You changed it at" in visible(response)
    assert "in another window or before you went back" in visible(response)
    assert state(request) == ("booked", "")


def test_pressing_save_twice_writes_once(desk):
    request = make_request()
    window = Window(desk, request)
    typed = {"status": "tried", "notes": "Line one\r\nLine two", "what_happened": "No answer"}

    answers = [window.save(**typed).status_code for _ in range(2)]

    assert answers == [302, 302]
    assert state(request) == ("tried", "Line one\nLine two")
    assert request.events.filter(what="No answer").count() == 1
    Window(desk, request).save(what_happened="No answer")
    assert request.events.filter(what="No answer").count() == 2


def test_action_on_the_list_counts_as_another_person(desk, jo):
    request = make_request()
    window = Window(desk, request)
    list_url = "/admin/leads/consultationrequest/"
    jo.post(list_url, {"action": "mark_booked", "_selected_action": [request.pk]})

    response = window.save(status="tried")

    assert "Jo Day changed it" in visible(response)
    assert state(request) == ("booked", "")


def test_other_error_does_not_lose_what_was_merged_or_asked(desk, jo):
    request = make_request()
    window = Window(desk, request)
    Window(jo, request).save(status="booked", notes="Jo's")

    response = window.save(notes="Mine", what_happened="x" * 201)

    assert questions(response) == {"keep-notes": []}
    assert window.fields["status"] == "booked"
    assert "at most 200 characters" in visible(response)
    window.save(**{"what_happened": "Rang", "keep-notes": "mine"})
    assert state(request) == ("booked", "Mine")


@pytest.mark.parametrize("forged", ["", "nonsense", "eyJhIjoxfQ:1:x"])
def test_forged_state_of_a_form_overwrites_nothing_unasked(desk, forged):
    request = make_request(status="booked")
    window = Window(desk, request)

    response = window.save(_opened=forged, status="new")

    assert questions(response) == {"keep-status": []}
    assert state(request) == ("booked", "")


def test_state_of_another_record_overwrites_nothing_unasked(desk):
    other, request = make_request(), make_request(digest="d2", status="booked")
    window = Window(desk, request)

    response = window.save(_opened=Window(desk, other).fields["_opened"], status="new")

    assert questions(response) == {"keep-status": []}
    assert state(request) == ("booked", "")


def test_record_that_was_deleted_meanwhile_shows_what_was_typed(desk, owner):
    request = make_request()
    window = Window(desk, request)
    owner.post(change_url(request).replace("/change/", "/delete/"), {"post": "yes"})

    response = window.save(notes="Likes <b>mornings</b>")

    assert response.status_code == 410
    assert re.search(r"owner deleted it at \d+:\d\d [AP]M\. What you typed is", visible(response))
    assert "Notes Likes <b>mornings</b>" in visible(response)
    assert "<b>mornings" not in response.text
    assert ConsultationRequest.objects.count() == 0


def test_deleted_page_can_be_brought_back_from_its_history(owner):
    article = make_article()
    window = Window(owner, article)
    history = reverse("admin:articles_article_history", args=[article.pk])
    article.delete()

    response = window.save(title="Necks")

    assert response.status_code == 410
    assert f'href="{history}"' in response.text
    assert "Title Necks" in visible(response)
    assert owner.get(history).status_code == 200


def test_record_that_was_closed_meanwhile_shows_what_was_typed(owner):
    message = NewsMessage.objects.create(subject="Spring", body="<p>Walk.</p>")
    window = Window(owner, message)
    NewsMessage.objects.update(state="sent")

    response = window.save(subject="Summer")

    assert response.status_code == 410
    assert "It has been sent, so its words can no longer be changed." in visible(response)
    assert "Subject Summer" in visible(response)
    assert NewsMessage.objects.get().subject == "Spring"


def test_without_the_right_to_change_nothing_is_told_of_a_record(nobody):
    request = make_request()

    answer = nobody.post(change_url(request), {"_opened": "x", "status": "closed"})

    assert answer.status_code == 403


RECORDS = {
    "practice": (make_practice, {"name": "Mine"}, {"region": "Theirs"}),
    "testimonial": (make_testimonial, {"quote": "Mine."}, {"position": 7}),
    "signup": (make_signup, {"notes": "Mine"}, {"status": "patient"}),
    "article": (make_article, {"title": "Mine"}, {"lede": "Theirs"}),
    "section": (lambda: make_section(make_article()), {"title": "Mine"}, {"dos": "Theirs"}),
    "ebook": (lambda: make_ebook(is_published=False), {"title": "Mine"}, {"subtitle": "Theirs"}),
    "news": (
        lambda: NewsMessage.objects.create(subject="Old", body="<p>Old.</p>"),
        {"subject": "Mine"},
        {"body": "<p>Theirs.</p>"},
    ),
    "user": (
        lambda: User.objects.create_user("ann", first_name="Old"),
        {"last_name": "Mine"},
        {"first_name": "Theirs"},
    ),
}


@pytest.mark.parametrize("kind", RECORDS)
def test_untouched_field_keeps_what_the_database_has(owner, kind):
    make, mine, theirs = RECORDS[kind]
    row = make() or Practice.objects.get()
    window = Window(owner, row)
    type(row).objects.filter(pk=row.pk).update(**theirs)

    response = window.save(**mine)

    assert response.status_code == 302
    assert type(row).objects.filter(pk=row.pk, **mine | theirs).count() == 1


@pytest.mark.parametrize("kind", RECORDS)
def test_field_that_both_changed_is_asked_about_on_every_form(owner, kind):
    make, mine, _theirs = RECORDS[kind]
    row = make() or Practice.objects.get()
    window = Window(owner, row)
    saved = dict.fromkeys(mine, "Saved")
    type(row).objects.filter(pk=row.pk).update(**saved)

    response = window.save(**mine)

    assert list(questions(response)) == [f"keep-{name}" for name in mine]
    assert type(row).objects.filter(pk=row.pk, **saved).count() == 1


@pytest.mark.parametrize("kind", RECORDS)
def test_saving_an_untouched_form_writes_nothing(owner, kind):
    row = RECORDS[kind][0]() or Practice.objects.get()
    before = type(row).objects.filter(pk=row.pk).values().get()
    versions = getattr(row, "history", LogEntry.objects)
    count = versions.count()

    response = Window(owner, row).save()

    assert response.status_code == 302
    assert type(row).objects.filter(pk=row.pk).values().get() == before
    assert (versions.count(), LogEntry.objects.count()) == (count, 0)


def test_every_form_of_the_admin_is_guarded():
    unguarded = [
        model.__name__
        for model, model_admin in admin.site._registry.items()
        if not isinstance(model_admin, GuardedAdmin)
    ]

    assert unguarded == []


def test_rights_that_both_gave_are_asked_about_by_their_names(owner):
    group = Group.objects.create(name="New")
    look, change = Permission.objects.filter(codename__in=("view_article", "change_article"))
    window = Window(owner, group)
    group.permissions.set([look])

    response = window.save(permissions=[change.pk])

    assert questions(response) == {"keep-permissions": []}
    assert str(look) in visible(response)
    assert list(group.permissions.all()) == [look]


def test_phone_that_is_typed_in_another_way_is_no_change(owner):
    make_practice()
    window = Window(owner, Practice.objects.get())

    window.save(phone="248.555.0123")

    assert Practice.history.count() == 1


@pytest.fixture
def uploads(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    return tmp_path / "ebooks"


def pdf(words):
    return SimpleUploadedFile("mine.pdf", b"%PDF-1.7 " + words + b" %%EOF")


def stored(book):
    with book.uploads.get(file_format="pdf").file.open() as file:
        return file.read()


def uploaded_by_two(owner):
    """A window that was asked which of two uploads is kept."""
    book = make_ebook(is_published=False)
    window = Window(owner, book)
    window.fields.pop("upload_pdf", None)
    Window(owner, book).save(upload_pdf=pdf(b"theirs"))
    response = window.save(upload_pdf=pdf(b"mine"))
    assert questions(response) == {"keep-upload_pdf": []}
    window.fields.pop("upload_pdf", None)
    return book, window


def test_upload_that_is_kept_is_chosen_again(owner, uploads):
    book, window = uploaded_by_two(owner)

    without = window.save(**{"keep-upload_pdf": "mine"})
    window.fields.pop("upload_pdf", None)
    chosen = window.save(**{"keep-upload_pdf": "mine"}, upload_pdf=pdf(b"mine"))

    book.refresh_from_db()
    assert "Keep mine: choose the file again below" in visible(without)
    assert chosen.status_code == 302
    assert b"mine" in stored(book)


def test_upload_of_another_is_taken(owner, uploads):
    book, window = uploaded_by_two(owner)

    window.save(**{"keep-upload_pdf": "theirs"})

    book.refresh_from_db()
    assert b"theirs" in stored(book)


def test_upload_that_is_sent_twice_is_stored_once(owner, uploads):
    book = make_ebook(is_published=False)
    window = Window(owner, book)
    window.fields.pop("upload_pdf", None)

    answers = [window.save(upload_pdf=pdf(b"mine")).status_code for _ in range(2)]

    assert answers == [302, 302]
    assert len(list(uploads.iterdir())) == 1


@pytest.mark.parametrize("mine", [{"authorization": "on_file"}, {"quote": "Mine.", "name": "Al"}])
def test_words_and_their_authorization_are_seen_together(owner, mine):
    testimonial = make_testimonial(is_published=False, authorization="unknown")
    window = Window(owner, testimonial)
    theirs = {"name": "Theirs"} if "authorization" in mine else {"authorization": "revoked"}
    Testimonial.objects.update(**theirs)

    response = window.save(**mine)

    assert list(questions(response)) == [f"keep-{name}" for name in theirs]
    assert Testimonial.objects.filter(**theirs).exclude(**mine).exists()
    assert window.save(**{f"keep-{name}": "theirs" for name in theirs}).status_code == 302
    assert Testimonial.objects.filter(**theirs | mine).exists()


def test_position_of_a_testimonial_is_apart_from_its_words(owner):
    testimonial = make_testimonial(is_published=False)
    window = Window(owner, testimonial)
    Testimonial.objects.update(quote="Theirs.")

    assert window.save(position=7).status_code == 302
    assert Testimonial.objects.filter(quote="Theirs.", position=7).exists()
