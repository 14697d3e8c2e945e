"""Places on a page that other apps fill, so that the page's app does not depend on those apps.

A template names a place: `{% place "rail" %}`. An app fills it with one of its templates, in
`page_parts` of its AppConfig: {"rail": "leads/_rail.html"}.
"""

from functools import cache

from django.apps import apps


@cache
def templates_at(place: str) -> tuple[str, ...]:
    """The names of the templates that fill the place, in the order of INSTALLED_APPS."""
    filled = [getattr(app, "page_parts", {}).get(place) for app in apps.get_app_configs()]
    return tuple(name for name in filled if name)
