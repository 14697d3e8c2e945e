import csv
import io

import pytest
from django.core.management import CommandError, call_command

from leads.models import EbookSignup
from leads.privacy import export
from tests.factories import make_request, make_signup


@pytest.mark.parametrize(
    "cell",
    [
        "=1+1",
        "+1",
        "-1",
        "@SUM(A1)",
        "  =1",
        "\u00a0=1",
        "\tx",
        "\r=1",
        "\nx",
        " \t=1",
        "\u200b=1",
        "\ufeff \u202e@x",
        "\x01=1",
        "＝1",
        "＠x",
        "+12485550123",
    ],
)
def test_neutralise_disarms_what_starts_a_formula(cell):
    assert export.neutralise(cell) == f"'{cell}"


@pytest.mark.parametrize(
    "cell", ["", "Ann", "O'Neil", "a=1", "1-2", "\u200bAnn", " Ann", "ann@example.com"]
)
def test_neutralise_leaves_the_rest_alone(cell):
    assert export.neutralise(cell) == cell


def rows(text):
    return list(csv.reader(io.StringIO(text)))


def test_command_prints_the_signups(db, capsys, time_machine):
    time_machine.move_to("2026-11-23T15:00:00+00:00", tick=False)
    signup = make_signup(first_name="=HYPERLINK(1)", page="/ebooks/", notes='Said "no", twice')
    signup.consents.create(purpose="news", event="asked", wording="Send me news")
    signup.consents.create(purpose="news", event="withdrawn", wording="Send me news")

    call_command("export_leads", "signups")

    assert rows(capsys.readouterr().out) == [
        ["received_at", "first_name", "email", "status", "news", "page", "notes"],
        [
            "2026-11-23 10:00",
            "'=HYPERLINK(1)",
            "ann@example.com",
            "new",
            "withdrawn",
            "/ebooks/",
            'Said "no", twice',
        ],
    ]


def test_command_prints_the_requests(db, capsys):
    typed = "(248) 555-0123 x22"
    make_request(voicemail_ok=True, note="Two\nlines", phone_typed=typed)

    call_command("export_leads", "requests")

    head, row = rows(capsys.readouterr().out)
    found = dict(zip(head, row, strict=True))
    assert found["name"] == "Ann Lee"
    assert (found["phone"], found["phone_typed"]) == ("'+12485550123", typed)
    assert (found["voicemail_ok"], found["best_time"], found["note"]) == (
        "yes",
        "morning",
        "Two\nlines",
    )


def test_command_leaves_out_what_is_held_back(db, capsys):
    make_signup(suspicion="there is a link in the name")

    call_command("export_leads", "signups")

    assert len(rows(capsys.readouterr().out)) == 1


def test_command_refuses_anything_else(db):
    with pytest.raises(CommandError, match="invalid choice: 'mails'"):
        call_command("export_leads", "mails")


def test_download_is_the_commands_csv_with_a_mark_for_excel(admin_user, capsys):
    make_signup(first_name="José")
    call_command("export_leads", "signups")

    response = export.download(EbookSignup.objects.all(), user=admin_user)

    body = b"".join(response.streaming_content)
    assert body[:3] == b"\xef\xbb\xbf"
    assert body[3:].decode() == capsys.readouterr().out


@pytest.mark.parametrize("count", [1, 30])
def test_export_runs_one_query_for_any_number(db, django_assert_num_queries, count):
    for number in range(count):
        make_signup(email_key=f"{number}@example.com")

    with django_assert_num_queries(1):
        assert len(list(export.lines(EbookSignup.objects.all()))) == count + 1
