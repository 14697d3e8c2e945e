"""CSP hashes of the two things that the rich-text editor writes inline: a script and a style.

They are computed from the installed editor, so that an update changes the policy by itself and the
policy needs no 'unsafe-inline'.
"""

import base64
import hashlib
import re
from pathlib import Path

import django_prose_editor
from django_prose_editor.widgets import prose_editor_media


def csp_hash(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def import_map_hash() -> str:
    """Of the import map. It is rendered first, because it names static files by their hashes."""
    html = str(prose_editor_media(preset="configurable"))
    pattern = r'<script[^>]*type="importmap"[^>]*>(.*?)</script>'
    return csp_hash(re.findall(pattern, html, re.DOTALL)[0])


def style_hash() -> str:
    """Of the one style element that TipTap adds. Its text is a template literal in the bundle."""
    static = Path(django_prose_editor.__file__).parent / "static"
    bundle = (static / "django_prose_editor" / "editor.js").read_text()
    return csp_hash(re.findall(r"`(\.ProseMirror \{[^`]*)`", bundle)[0])
