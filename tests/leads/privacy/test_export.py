import pytest
from django.core.management import call_command

from leads.models import EbookSignup
from leads.privacy import export
from tests.factories import make_signup


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


def test_export_has_new_fields_of_the_form_last(monkeypatch):
    monkeypatch.setitem(export.COLUMNS, EbookSignup, ["received_at", "email", "notes"])

    assert export.columns(EbookSignup) == ["received_at", "email", "notes", "first_name"]
