from django import template
from django.contrib import admin

register = template.Library()


@register.simple_tag(takes_context=True)
def admin_menu(context: template.Context) -> list[dict]:
    """The lists that this member of staff may open: each has a url, a name and is_current.

    A ModelAdmin is in the menu if it has a `menu_name`.
    """
    path = context["request"].path
    models = [model for app in context["available_apps"] for model in app["models"]]
    return [
        {"url": url, "name": name, "is_current": path.startswith(url)}
        for model in models
        if (name := getattr(admin.site.get_model_admin(model["model"]), "menu_name", ""))
        and (url := model["admin_url"])
    ]
