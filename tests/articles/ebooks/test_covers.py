import xml.etree.ElementTree as ET

import pytest

from articles.ebooks import covers
from articles.figures import FIGURES


@pytest.mark.parametrize("name", ["first-days", "cold", "", "../../settings", "no-such-drawing"])
def test_art_is_a_drawing_for_every_name(name):
    art = covers.art(name)

    assert ET.fromstring(art.svg).attrib["viewBox"] == "0 0 300 400"
    assert art.alt


def test_art_of_a_figure_describes_it():
    assert "cold pack" in covers.art("cold").alt


@pytest.mark.parametrize("name", FIGURES)
def test_figure_contains_its_colours(name):
    art = covers.figure(name)

    assert "class=" not in art.svg
    assert ET.fromstring(art.svg).attrib["color"] == covers.TEXT_COLOUR
