"""The list of planted faults keeps up with the code; `make plant-faults` plants them."""

import re

import pytest

from tests.planted_faults import ROOT, faults
from tests.promises import promises

EVERY_FAULT = pytest.mark.parametrize("fault", faults(), ids=lambda fault: fault["what"])


def test_planted_faults_break_every_promise_that_is_built():
    built = [promise.number for promise in promises() if promise.is_built]

    assert sorted({fault["promise"] for fault in faults()}) == built


def test_planted_faults_are_told_apart():
    told = [fault["what"] for fault in faults()]

    assert sorted(told) == sorted(set(told))


@EVERY_FAULT
def test_planted_fault_stands_once_where_it_is_planted(fault):
    text = (ROOT / fault["file"]).read_text()

    assert text.count(fault["old"]) == 1
    assert fault["old"] != fault["new"]


@EVERY_FAULT
def test_planted_fault_names_tests_that_exist(fault):
    assert fault["tests"]
    for name in fault["tests"]:
        path, _, function = name.partition("::")
        function = function.partition("[")[0]
        source = (ROOT / path).read_text()
        assert re.search(rf"^def {function}\(", source, re.MULTILINE), name
