"""The drawings of static/figures: editors choose them by name, templates show them inline."""

import re
from functools import cache

from django.conf import settings
from django.utils.safestring import SafeString, mark_safe

FIGURES = {
    "stop": "Stopping and rubbing the sore spot",
    "cold": "Cold pack",
    "heat": "Hot-water bottle",
    "hotbath": "Warm bath",
    "walk": "Slow walk",
    "ninety": "Legs on a chair, 90 degrees",
    "pillow": "Legs on pillows",
    "stool": "Feet on a foot stool",
    "breathe": "Breathing calmly",
    "march": "High-knee walk",
    "reach": "Arms overhead",
    "knee": "Knee to chest",
}

ON_SOCIAL_CARD = "stop"  # the drawing on the picture that shared links show


@cache
def svg(name: str) -> SafeString:
    """The drawing's SVG, which the page's CSS colours; '' for an unknown name."""
    if name not in FIGURES:
        return mark_safe("")
    text = (settings.BASE_DIR / "static" / "figures" / f"{name}.svg").read_text()
    return mark_safe(text.replace(' xmlns="http://www.w3.org/2000/svg"', "").strip())  # noqa: S308 our own file


@cache
def label(name: str) -> str:
    """What the drawing shows, for people who do not see it."""
    return match[1] if (match := re.search(r'aria-label="([^"]+)"', svg(name))) else ""
