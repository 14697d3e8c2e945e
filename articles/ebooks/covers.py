"""Covers: a drawing of static/covers, or one of the figures set into the same landscape."""

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from django.contrib.staticfiles import finders

from articles import figures

# The landscape of the drawn covers, for a figure that has no cover of its own.
_LANDSCAPE = """<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 300 400" fill="none" \
stroke-linecap="round" stroke-linejoin="round"><path fill="#005b63" d="M0 0h300v400H0z"/>\
<path fill="#e9f6f4" d="M0 196Q150 104 300 196V352H0z"/>\
<circle cx="150" cy="250" r="66" fill="#fdc23e"/><path fill="#003f46" d="M0 352h300v48H0z"/>\
<path stroke="#77cfcf" stroke-width="3" \
d="M24 376q14-8 28 0t28 0 28 0 28 0 28 0 28 0 28 0 28 0 28 0"/>{drawing}</svg>"""
_FIGURE = '<g transform="translate(-18 150)scale(1.4)" stroke="{ink}" color="{ink}" \
stroke-width="9">{paths}</g>'

# The palette on paper; the site's stylesheet holds the same colours for the page.
INK = "#0e272c"
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


def concrete(svg: str) -> str:
    """A figure with colours of its own, for where no stylesheet reaches."""
    for name, colour in STROKES.items():
        fill = ' fill="#fff"' if name == "prop" else ""
        svg = svg.replace(f'class="{name}"', f'stroke="{colour}"{fill}')
    return svg


def figure(name: str) -> Art:
    """A drawing of static/figures in colour, as a file of its own."""
    svg = figures.svg(name).replace(
        "<svg", f'<svg xmlns="http://www.w3.org/2000/svg" color="{INK}"', 1
    )
    return Art(concrete(svg), figures.label(name))


def names() -> dict[str, str]:
    """The covers there are to choose from, by name, with what each shows."""
    folder = finders.find("covers")
    files = sorted(Path(folder).glob("*.svg")) if folder else []
    return {file.stem: art(file.stem).alt or file.stem for file in files}


@cache
def art(name: str) -> Art:
    """The drawing for a cover; for a name that is none, the landscape alone."""
    path = finders.find(f"covers/{name}.svg") if re.fullmatch(r"[a-z0-9-]+", name) else None
    if path:
        svg = Path(path).read_text(encoding="utf-8").strip()
        alt = re.search(r'aria-label="([^"]+)"', svg)
        return Art(svg, alt[1] if alt else "")
    label = figures.label(name)
    if not label:
        return Art(_LANDSCAPE.format(drawing=""), "A yellow sun over a lake")
    # The cover has its own ground, so the figure's floor is left out.
    paths = re.sub(r'^<svg[^>]*>|</svg>$|<path class="floor"[^>]*/>', "", figures.svg(name))
    drawing = _FIGURE.format(ink=INK, paths=concrete(paths))
    return Art(_LANDSCAPE.format(drawing=drawing), label)
