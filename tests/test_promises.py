"""docs/promises.md numbers what people can count on; code, tests and docs refer to the numbers."""

import re
import tomllib

from tests.planted_faults import ROOT
from tests.promises import promises

FOLDERS = ["clinic_site", "articles", "leads", "templates", "tests", "docs"]
TEXT = {".py", ".html", ".txt", ".toml", ".md"}
# "promise 5", "promises 8, 9", "promises 1 and 3" and "promises 1 to 3". A reference may go on in
# the next line of a comment.
BREAK = r"[\s#]+"
REFERENCE = re.compile(
    rf"\bpromises?{BREAK}(\d+(?:(?:,{BREAK}|{BREAK}(?:and|or|to){BREAK})\d+)*)", re.IGNORECASE
)


def references(text: str) -> list[int]:
    found = " ".join(REFERENCE.findall(text))
    return [int(number) for number in re.findall(r"\d+", found)]


def test_promises_are_numbered_without_a_gap():
    numbers = [promise.number for promise in promises()]

    assert numbers == list(range(1, len(numbers) + 1))
    assert len(numbers) >= 35  # a promise is never taken from the list


def test_references_are_found_in_every_form():
    text = "Promise 1, (promises 2 and 3) or (promises 4,\n# 5), promise\n    # 6. 7 promises."

    assert references(text) == [1, 2, 3, 4, 5, 6]


def test_references_name_promises_that_exist():
    numbers = {promise.number for promise in promises()}
    files = [file for folder in FOLDERS for file in (ROOT / folder).rglob("*")]
    found = {
        f"{file.relative_to(ROOT)}: promise {number}"
        for file in files
        if file.suffix in TEXT
        for number in references(file.read_text())
        if number not in numbers
    }

    assert found == set()


def test_planted_faults_are_below_the_titles_of_their_promises():
    text = (ROOT / "tests" / "planted_faults.toml").read_text()
    titles = re.split(r"^# (\d+\. .+)$", text, flags=re.MULTILINE)[1:]

    assert titles[::2] == [f"{each.number}. {each.title}" for each in promises() if each.is_built]
    misplaced = [
        (title, fault["what"])
        for title, part in zip(titles[::2], titles[1::2], strict=True)
        for fault in tomllib.loads(part).get("fault", [])
        if fault["promise"] != int(title.partition(".")[0])
    ]
    assert misplaced == []
