"""The list of planted faults fits the present code; `make plant-faults` plants them."""

import re

import pytest

from tests.planted_faults import ROOT, faults
from tests.promises import promises

EVERY_FAULT = pytest.mark.parametrize("fault", faults(), ids=lambda fault: fault["what"])


def test_planted_faults_break_every_promise_that_is_built():
    built = [promise.number for promise in promises() if promise.is_built]

    assert sorted({fault["promise"] for fault in faults()}) == built


def test_planted_faults_have_different_descriptions():
    descriptions = [fault["what"] for fault in faults()]

    assert sorted(descriptions) == sorted(set(descriptions))


@EVERY_FAULT
def test_text_that_a_fault_replaces_occurs_once(fault):
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
