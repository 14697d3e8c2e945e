import pytest
from django.contrib.admin.models import LogEntry

from leads.models import AccessRecord, EbookSignup, OutgoingMail
from tests.admin_pages import column, is_refused, messages, page_text, run_action, same_queries
from tests.factories import make_bounce, make_signup
from tests.leads.news_factories import make_reader

LIST = "/admin/leads/ebooksignup/"


def test_list_shows_who_signed_up(desk):
    make_signup()

    response = desk.get(LIST)

    assert column(response, "first_name") == ["Ann"]
    assert column(response, "email_link") == ["ann@example.com"]
    assert column(response, "status_badge") == ["New"]


def test_list_hides_held_back_signups(desk):
    make_signup(suspicion="there is a link in the name")

    assert column(desk.get(LIST), "first_name") == []
    assert column(desk.get(LIST, {"held_back": "all"}), "first_name") == ["Ann"]


def test_search_finds_name_and_address(desk):
    make_signup()
    make_signup(first_name="Bo", email="bo@example.com", email_key="bo@example.com")

    assert column(desk.get(LIST, {"q": "bo@"}), "first_name") == ["Bo"]
    assert column(desk.get(LIST, {"q": "ann"}), "first_name") == ["Ann"]


def test_list_runs_the_same_number_of_queries(desk):
    def fill(numbers):
        for number in numbers:
            make_signup(email_key=f"{number}@example.com")

    assert same_queries(desk, LIST, fill)


def test_change_keeps_notes_and_status_only(desk):
    signup = make_signup()
    data = {
        "status": "patient",
        "notes": "Came by",
        "first_name": "Eve",
        "email": "eve@example.com",
    }

    desk.post(f"{LIST}{signup.pk}/change/", data)

    signup.refresh_from_db()
    assert (signup.status, signup.notes) == ("patient", "Came by")
    assert (signup.first_name, signup.email) == ("Ann", "ann@example.com")


def test_change_page_shows_the_consent_with_its_words(desk):
    signup = make_signup()
    signup.consents.create(purpose="news", event="asked", wording="Send me <i>news</i>")

    response = desk.get(f"{LIST}{signup.pk}/change/")

    assert "Send me &lt;i&gt;news&lt;/i&gt;" in response.text
    assert "Ticked the box" in page_text(response)
    assert 'name="consents-0-wording"' not in response.text


@pytest.mark.parametrize("status", EbookSignup.Status.values)
def test_action_marks_the_chosen(desk, status):
    signup = make_signup(status="tried")

    response = run_action(desk, LIST, f"mark_{status}", signup)

    signup.refresh_from_db()
    assert signup.status == status
    assert messages(response) == [f"1 marked as: {EbookSignup.Status(status).label}."]


def test_action_release_mails_link_and_question_about_news(desk):
    signup = make_signup(suspicion="there is a link in the name")
    signup.consents.create(purpose="news", event="asked", wording="Send me news")

    run_action(desk, LIST + "?held_back=yes", "release", signup)

    signup.refresh_from_db()
    assert signup.suspicion == ""
    kinds = sorted(OutgoingMail.objects.values_list("kind", "to"))
    assert kinds == [("library_link", "ann@example.com"), ("news_confirm", "ann@example.com")]


def test_action_delete_spam_deletes_only_held_back_signups(desk):
    spam = make_signup(suspicion="there is a link in the name")
    honest = make_signup(email_key="bo@example.com")

    response = run_action(desk, LIST + "?held_back=all", "delete_spam", spam, honest)

    assert messages(response) == ["1 deleted."]
    assert list(EbookSignup.objects.all()) == [honest]
    assert AccessRecord.objects.get(what="Deleted").about == f"Sign-up #{spam.pk}"


def test_action_stop_news_withdraws_for_staff(desk):
    reader = make_reader()

    response = run_action(desk, LIST, "stop_news", reader)

    assert messages(response) == ["1 will get no news."]
    assert reader.consents.get(event="withdrawn").channel == "staff"
    assert LogEntry.objects.get().get_change_message() == "News stopped"
    assert EbookSignup.objects.news_readers().count() == 0


@pytest.mark.parametrize(
    ("events", "shown"),
    [
        ([], "never asked"),
        (["asked"], "asked"),
        (["asked", "confirmed"], "reads it"),
        (["asked", "confirmed", "withdrawn"], "stopped"),
        (["asked", "confirmed", "withdrawn", "asked"], "asked"),
    ],
)
def test_list_and_page_say_who_reads_the_news(desk, events, shown):
    signup = make_signup()
    for event in events:
        signup.consents.create(purpose="news", event=event, wording="Send me news")

    assert column(desk.get(LIST), "news") == [shown]
    assert f"News: {shown} What we did" in page_text(desk.get(f"{LIST}{signup.pk}/change/"))


def test_action_stop_news_counts_only_those_who_wanted_it(desk):
    stopped, never = make_reader(), make_signup(email="b@example.com", email_key="b@example.com")
    run_action(desk, LIST, "stop_news", stopped)

    response = run_action(desk, LIST, "stop_news", stopped, never)

    found = [(m.level_tag, m.message) for m in response.context["messages"]]
    assert found == [("warning", "None of these wanted news.")]
    assert stopped.consents.filter(event="withdrawn").count() == 1


def test_list_says_that_mail_came_back(desk):
    make_signup()
    make_bounce()

    assert column(desk.get(LIST), "email_link") == ["ann@example.com Mail came back"]


def test_action_export_gives_a_file(owner):
    response = run_action(owner, LIST, "export_csv", make_signup())

    assert response["Content-Type"] == "text/csv; charset=utf-8"
    assert response["Content-Disposition"].startswith('attachment; filename="ebooksignups-')


def test_without_rights_there_are_no_signups(nobody, editor):
    make_signup()

    pages = [client.get(LIST) for client in (nobody, editor)]

    assert [is_refused(page) for page in pages] == [True, True]
    assert all("ann@example.com" not in page.text for page in pages)
