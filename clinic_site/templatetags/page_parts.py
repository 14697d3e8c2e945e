from django import template
from django.template import Engine
from django.urls import get_script_prefix
from django.utils.safestring import SafeString, mark_safe

from clinic_site.page_parts import templates_at

register = template.Library()


@register.simple_tag(takes_context=True)
def place(context: template.Context, name: str, **more) -> SafeString:
    """What apps put at this place, rendered with the page's context and `more`."""
    engine = Engine.get_default()
    with context.push(**more):
        parts = [engine.get_template(part).render(context) for part in templates_at(name)]
    return mark_safe("".join(parts))  # noqa: S308 templates have escaped it


@register.simple_tag
def home_path() -> str:
    """The address of the site's first page."""
    return get_script_prefix()
