"""The documents name files, modules and functions of the repository; each of them exists."""

import re

from tests.planted_faults import ROOT

DOCUMENTS = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]
FOLDERS = r"clinic_site|articles|leads|templates|static|root_files|tests|docs|\.ci"
# Not inside another path or a URL. It may hold "*".
PATH = re.compile(rf"(?<![\w./-])(?:{FOLDERS})/[\w./*-]*[\w/*]")
MODULE = re.compile(r"(?:python -m|from) ((?:clinic_site|articles|leads|tests)\.[\w.]*\w)")
FUNCTION = re.compile(MODULE.pattern + r" import (\w+)")
DECISION = re.compile(r"docs/decisions/\d{4}")  # short for the file whose name starts so


def missing_paths(text: str) -> list[str]:
    paths = PATH.findall(text)
    paths += [f"{module.replace('.', '/')}.py" for module in MODULE.findall(text)]
    wanted = {path: f"{path}-*" if DECISION.fullmatch(path) else path for path in paths}
    return [path for path, pattern in wanted.items() if not any(ROOT.glob(pattern))]


def missing_functions(text: str) -> list[str]:
    return [
        f"{module}.{name}"
        for module, name in FUNCTION.findall(text)
        if f"def {name}(" not in (ROOT / f"{module.replace('.', '/')}.py").read_text()
    ]


def test_missing_paths_are_found():
    text = "`docs/runbook.md`, `pytest tests/no_such.py`, docs/decisions/0099, python -m tests.no"

    assert missing_paths(text) == ["tests/no_such.py", "docs/decisions/0099", "tests/no.py"]


def test_paths_in_the_documents_exist():
    missing = {str(file.relative_to(ROOT)): missing_paths(file.read_text()) for file in DOCUMENTS}

    assert {name: paths for name, paths in missing.items() if paths} == {}


def test_functions_in_the_documents_exist():
    texts = [file.read_text() for file in DOCUMENTS]

    assert any(FUNCTION.search(text) for text in texts)
    assert [name for text in texts for name in missing_functions(text)] == []
