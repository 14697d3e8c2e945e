"""The starter ebooks consist of sections of the guide, and each begins with the emergency list."""

import pytest

from tests.content.starter_texts import CARE, EBOOKS, SECTIONS, slug_of
from tests.running_site import ROOT

COVERS = {path.stem for path in (ROOT / "static" / "covers").glob("*.svg")}


def test_ebooks_are_the_four_of_the_brief():
    assert [book["title"] for book in EBOOKS] == [
        "Back Spasms: What They Are and Why They Happen",
        "The First Days: Cold, Heat and Rest",
        "Getting Comfortable: Positions, Relaxation and Pain Medicine",
        "Moving Again: Gentle Exercises and Next Steps",
    ]
    assert [book["starter"] for book in EBOOKS] == [True] * 4
    assert {book["cover"] for book in EBOOKS} == COVERS


@pytest.mark.parametrize("book", EBOOKS, ids=slug_of)
def test_ebook_sections_exist_in_the_guide(book):
    addresses = [f"back-spasm-treatment#{anchor}" for anchor in SECTIONS]

    assert set(book["sections"]) <= set(addresses)
    assert len(book["sections"]) == len(set(book["sections"]))


@pytest.mark.parametrize("book", EBOOKS, ids=slug_of)
def test_ebook_holds_the_care_sections_with_emergency_first(book):
    anchors = [address.partition("#")[2] for address in book["sections"]]

    assert anchors[0] == "emergency"
    assert [anchor for anchor in anchors if anchor in CARE] == CARE


def test_ebooks_hold_what_the_brief_says():
    chapters = [[address.partition("#")[2] for address in book["sections"]] for book in EBOOKS]

    assert [[anchor for anchor in book if anchor not in CARE] for book in chapters] == [
        ["what-it-is", "symptoms", "why-it-happens"],
        ["stop", "cold", "heat", "rest"],
        ["legs", "relax", "medicine"],
        ["exercises", "march", "overhead-stretch", "knee-to-chest", "if-nothing-works"],
    ]
