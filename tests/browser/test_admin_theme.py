"""The colours of the admin: those of the theme that a person chose, or else of the system."""

import pytest

LIGHT, DARK = "rgb(253, 253, 250)", "rgb(11, 23, 26)"


@pytest.mark.parametrize(
    ("system", "chosen", "colour"),
    [
        ("light", "auto", LIGHT),
        ("dark", "auto", DARK),
        ("dark", "light", LIGHT),
        ("light", "dark", DARK),
    ],
)
def test_chosen_theme_goes_before_the_systems(open_page, system, chosen, colour):
    page = open_page("/admin/login/", color_scheme=system)
    page.evaluate("theme => localStorage.setItem('theme', theme)", chosen)

    page.reload()

    container = page.locator("#container")
    assert container.evaluate("e => getComputedStyle(e).backgroundColor") == colour


@pytest.mark.parametrize(("system", "colour"), [("light", LIGHT), ("dark", DARK)])
def test_theme_without_javascript_is_the_systems(open_page, system, colour):
    page = open_page("/admin/login/", color_scheme=system, java_script_enabled=False)

    container = page.locator("#container")
    assert container.evaluate("e => getComputedStyle(e).backgroundColor") == colour
