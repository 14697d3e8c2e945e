"""A status code alone shows little: a 200 may be an error page, a 303 may lead anywhere."""

import ast
from pathlib import Path

TESTS = Path(__file__).parent


def compares_only_statuses(assertion: ast.Assert) -> bool:
    """True for `answer.status_code == 403` and `{a.status_code for a in answers} == {403}`."""
    sees_status, unread = False, [assertion.test]
    while unread:
        node = unread.pop()
        match node:
            case ast.Attribute(attr="status_code") | ast.Name(id="status" | "statuses"):
                sees_status = True
            case ast.ListComp(elt=part) | ast.SetComp(elt=part) | ast.GeneratorExp(elt=part):
                unread.append(part)
            case ast.Attribute() | ast.Call() | ast.Subscript():
                return False
            case _:
                unread += ast.iter_child_nodes(node)
    return sees_status


def find_status_only_tests(source: str) -> list[str]:
    found = []
    for test in ast.parse(source).body:
        if isinstance(test, ast.FunctionDef) and test.name.startswith("test_"):
            assertions = [node for node in ast.walk(test) if isinstance(node, ast.Assert)]
            if assertions and all(map(compares_only_statuses, assertions)):
                found.append(test.name)
    return found


def test_no_test_asserts_a_status_alone():
    found = {
        str(file.relative_to(TESTS)): names
        for file in TESTS.rglob("test_*.py")
        if (names := find_status_only_tests(file.read_text()))
    }

    assert found == {}
