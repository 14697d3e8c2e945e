"""Long commands show how far they are (clinic_site/progress.py)."""

import io
import re
import subprocess
import sys
from io import StringIO

import pytest
from django.core.management import call_command

from clinic_site.progress import Progress, count_items
from tests.factories import make_signup
from tests.running_site import ROOT, RunningSite


class Terminal(io.StringIO):
    def isatty(self):
        return True


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def test_progress_replaces_one_line_of_a_terminal():
    terminal, clock = Terminal(), Clock()

    with Progress(terminal, clock) as tell:
        for clock.now, done in [(0.0, 1), (0.05, 2), (0.2, 3), (0.21, 1200)]:
            tell("Packing", done, 1200)
        tell("Checking")

    shown = terminal.getvalue().replace("\r\x1b[K", "|")
    assert (
        shown == "|Packing: 1 of 1,200|Packing: 3 of 1,200|Packing: 1,200 of 1,200\n|Checking ...\n"
    )


def test_progress_writes_a_line_every_five_seconds_to_a_log():
    log, clock = StringIO(), Clock()

    with Progress(log, clock) as tell:
        for clock.now, done in [(0.0, 1), (4.9, 2), (5.0, 3), (5.1, 4)]:
            tell("Packing", done, 4)

    assert log.getvalue() == "Packing: 1 of 4\nPacking: 3 of 4\nPacking: 4 of 4\n"


def test_progress_ends_the_terminal_line_when_the_work_fails():
    terminal = Terminal()

    with pytest.raises(ZeroDivisionError), Progress(terminal) as tell:
        tell("Packing", 1, 4)
        raise ZeroDivisionError

    assert terminal.getvalue().endswith("Packing: 1 of 4\n")


def test_item_is_counted_when_the_caller_is_done_with_it():
    heard: list = []

    def tell(*words):
        heard.append(words)

    for item in count_items("ab", tell, "Letters", 2):
        heard += [item]

    assert heard == [("Letters", 0, 2), "a", ("Letters", 1, 2), "b", ("Letters", 2, 2)]


def test_backup_and_restore_show_how_far_they_are(tmp_path):
    for name in ("here", "there"):
        (tmp_path / name).mkdir()
    here, there = RunningSite(tmp_path / "here"), RunningSite(tmp_path / "there")
    here.fill()

    made = stderr_of(here, "backup", str(tmp_path / "backup.zip"))
    restored = stderr_of(there, "restore", str(tmp_path / "backup.zip"))

    assert re.search(r"^Copying the database", made, re.MULTILINE)
    assert re.search(r"^Packing the database, MB: (\d+) of \1$", made, re.MULTILINE)
    assert made.splitlines()[-1] == "Checking the database ..."
    assert re.search(r"^Unpacking the archive's files: 2 of 2$", restored, re.MULTILINE)
    assert restored.splitlines()[-1] == "Putting database and uploads in place ..."


def stderr_of(site, *arguments: str) -> str:
    words = [sys.executable, "manage.py", *arguments]
    done = subprocess.run(
        words, cwd=ROOT, env=site.environment, capture_output=True, text=True, check=True
    )
    return done.stderr


def test_build_ebooks_counts_the_books(starter, capsys, settings, tmp_path):
    settings.DATA_DIR = tmp_path

    call_command("build_ebooks")

    assert capsys.readouterr().err.splitlines() == [
        "Building the ebooks: 0 of 4",
        "Building the ebooks: 4 of 4",
    ]


def test_export_counts_the_lines_beside_the_csv(db, capsys):
    make_signup()

    call_command("export_leads", "signups")

    said = capsys.readouterr()
    assert said.err.splitlines() == ["Exporting, lines: 0 of 2", "Exporting, lines: 2 of 2"]
    assert len(said.out.splitlines()) == 2
