import ast
from zoneinfo import ZoneInfo

import pytest

from clinic_site.models import Practice
from clinic_site.zones import find_zone
from tests.running_site import ROOT


def test_zone_is_found_by_its_name():
    assert find_zone("America/Detroit") == ZoneInfo("America/Detroit")


@pytest.mark.parametrize("name", ["", "Detroit", "America", "../etc/passwd", "\0", "a" * 300])
def test_name_that_is_not_a_zone_finds_nothing(name):
    assert find_zone(name) is None


@pytest.mark.parametrize("name", ["", "Nowhere/Town"])
def test_practice_without_a_known_zone_has_the_zone_of_the_setting(settings, name):
    assert str(Practice(time_zone=name).zone) == settings.TIME_ZONE


def test_only_one_module_reads_the_zone_of_the_practice():
    """All others use Django's current time zone, so that none of them can show another one."""
    sources = [
        path for app in ("clinic_site", "articles", "leads") for path in (ROOT / app).rglob("*.py")
    ]

    readers = {
        path.relative_to(ROOT).as_posix()
        for path in sources
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Attribute)
        and (node.attr in {"time_zone", "get_default_timezone"} or is_zone_of_a_practice(node))
    }

    assert readers == {"clinic_site/models.py", "clinic_site/web/time_zone.py"}


def is_zone_of_a_practice(node: ast.Attribute) -> bool:
    return node.attr == "zone" and "Practice" in ast.unparse(node)
