"""What of other programs' HTML is stored when it reaches the server as it is."""

import tomllib
from pathlib import Path

import pytest

from articles.rich_text import cleaning

SAMPLES = tomllib.loads((Path(__file__).parent / "clipboard.toml").read_text())["sample"]
EVERY_SAMPLE = pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample["name"])


def on_one_line(stored):
    """As the editor sends it; the samples have a line for each paragraph."""
    return stored.replace("\n", "")


@EVERY_SAMPLE
def test_pasted_text_keeps_its_meaning(sample):
    assert cleaning.clean(sample["html"]) == on_one_line(sample["stored"])


@EVERY_SAMPLE
def test_stored_text_stays_as_it_is(sample):
    once = on_one_line(sample["stored"])

    assert cleaning.clean(once) == once
    assert cleaning.clean(sample["stored"]) == sample["stored"]
