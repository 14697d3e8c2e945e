from django.core.management import call_command

from tests.factories import make_mail


def test_outbox_command_prints_every_mail(db, capsys):
    make_mail()

    call_command("outbox")

    line = capsys.readouterr().out
    assert '"to": "ann@example.com"' in line
    assert '"state": "queued"' in line
