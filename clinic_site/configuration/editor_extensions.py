"""Our extension of the rich-text editor, for DJANGO_PROSE_EDITOR_EXTENSIONS."""

from js_asset import static_lazy


def allow_no_tags(_extension: dict, _allowed: dict) -> None:
    """Adds no tag to the editor's allow-list, because articles.rich_text.cleaning has our list."""


PASTE = {
    "js": [static_lazy("js/editor-links.js"), static_lazy("js/editor-paste.js")],
    "extensions": {"Paste": allow_no_tags},
}
