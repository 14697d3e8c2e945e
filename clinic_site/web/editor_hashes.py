"""The two things the rich-text editor puts inline, as CSP hashes computed from what is installed.

An update of the editor therefore changes the policy by itself; nothing is allowed wholesale.
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
    """Its text names the hashed static files, so it is read as the admin renders it."""
    html = str(prose_editor_media(preset="configurable"))
    pattern = r'<script[^>]*type="importmap"[^>]*>(.*?)</script>'
    return csp_hash(re.findall(pattern, html, re.DOTALL)[0])


def style_hash() -> str:
    """TipTap adds one constant style element, a template literal in the editor's bundle."""
    static = Path(django_prose_editor.__file__).parent / "static"
    bundle = (static / "django_prose_editor" / "editor.js").read_text()
    return csp_hash(re.findall(r"`(\.ProseMirror \{[^`]*)`", bundle)[0])
