"""The covers: drawings from static/covers, or a figure from static/figures in a landscape."""

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from django.contrib.staticfiles import finders

from articles import figures

# The landscape that all covers show, for a figure that is used as a cover.
_LANDSCAPE = """<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 300 400" fill="none" \
stroke-linecap="round" stroke-linejoin="round"><path fill="#005b63" d="M0 0h300v400H0z"/>\
<path fill="#e9f6f4" d="M0 196Q150 104 300 196V352H0z"/>\
<circle cx="150" cy="250" r="66" fill="#fdc23e"/><path fill="#003f46" d="M0 352h300v48H0z"/>\
<path stroke="#77cfcf" stroke-width="3" \
d="M24 376q14-8 28 0t28 0 28 0 28 0 28 0 28 0 28 0 28 0 28 0"/>{drawing}</svg>"""
_FIGURE = '<g transform="translate(-18 150)scale(1.4)" stroke="{colour}" color="{colour}" \
stroke-width="9">{paths}</g>'

# The colours in the files; the site's stylesheet has the same ones for the pages.
TEXT_COLOUR = "#0e272c"
STROKES = {
    "prop": "#5f787b",
    "hot": "#923d17",
    "cool": "#105483",
    "arrow": "#005b63",
    "floor": "#9db3b5",
}


@dataclass(frozen=True)
class Art:
    svg: str
    alt: str


def with_colours(svg: str) -> str:
    """Writes the colours into the figure, because a file has no stylesheet."""
    for name, colour in STROKES.items():
        fill = ' fill="#fff"' if name == "prop" else ""
        svg = svg.replace(f'class="{name}"', f'stroke="{colour}"{fill}')
    return svg


def figure(name: str) -> Art:
    """A drawing from static/figures as a complete coloured SVG."""
    svg = figures.svg(name).replace(
        "<svg", f'<svg xmlns="http://www.w3.org/2000/svg" color="{TEXT_COLOUR}"', 1
    )
    return Art(with_colours(svg), figures.label(name))


def names() -> dict[str, str]:
    """All covers by name, with a description of each."""
    folder = finders.find("covers")
    files = sorted(Path(folder).glob("*.svg")) if folder else []
    return {file.stem: art(file.stem).alt or file.stem for file in files}


@cache
def art(name: str) -> Art:
    """The drawing of a cover; for an unknown name the landscape alone."""
    path = finders.find(f"covers/{name}.svg") if re.fullmatch(r"[a-z0-9-]+", name) else None
    if path:
        svg = Path(path).read_text(encoding="utf-8").strip()
        alt = re.search(r'aria-label="([^"]+)"', svg)
        return Art(svg, alt[1] if alt else "")
    label = figures.label(name)
    if not label:
        return Art(_LANDSCAPE.format(drawing=""), "A yellow sun over a lake")
    # The landscape has a ground, so the line for the floor is removed from the figure.
    paths = re.sub(r'^<svg[^>]*>|</svg>$|<path class="floor"[^>]*/>', "", figures.svg(name))
    drawing = _FIGURE.format(colour=TEXT_COLOUR, paths=with_colours(paths))
    return Art(_LANDSCAPE.format(drawing=drawing), label)
