"""What the rich-text editor loads besides its own extensions, for django-prose-editor's setting."""

from js_asset import static_lazy


def allow_no_tags(_extension: dict, _allowed: dict) -> None:
    """Keeps the editor's own list of tags, because articles.rich_text.cleaning has ours."""


PASTE = {
    "js": [static_lazy("js/editor-links.js"), static_lazy("js/editor-paste.js")],
    "extensions": {"Paste": allow_no_tags},
}
