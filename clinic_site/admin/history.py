"""The history of a record in the admin: who changed which words, and restoring an old version."""

from typing import Any

from django.contrib.admin.utils import unquote
from django.db import transaction
from django.http import Http404
from simple_history.admin import SimpleHistoryAdmin

from clinic_site.admin.conflicts.admin import GuardedAdmin, with_guard
from clinic_site.admin.conflicts.opened import Opened
from clinic_site.admin.lookups import PlainLookups


class HistoryAdmin(PlainLookups, GuardedAdmin, SimpleHistoryAdmin):
    """simple-history's pages under our rules. Its own list has a style that the CSP forbids."""

    object_history_list_template = "admin/history_list.html"
    object_history_form_template = "admin/restore_form.html"
    # Fields that keep their present value when an old version is restored, because restoring brings
    # back words. It does not change where a page is and whether readers see it.
    kept_when_restoring: tuple[str, ...] = ()
    # Values that a restored record gets if it was deleted, so that it is not public by itself.
    restored_as: dict[str, Any] = {}

    def get_form(self, request, obj=None, change=False, **kwargs):
        if is_version(obj):
            present = self.model._default_manager.filter(pk=obj.pk).first()
            for name in self.kept_when_restoring if present else self.restored_as:
                setattr(obj, name, getattr(present, name) if present else self.restored_as[name])
        return super().get_form(request, obj, change=change, **kwargs)

    def get_readonly_fields(self, request, obj=None):
        fields = super().get_readonly_fields(request, obj)
        if not is_version(obj):
            return fields
        is_there = self.model._default_manager.filter(pk=obj.pk).exists()
        return [*fields, *(self.kept_when_restoring if is_there else self.restored_as)]

    def history_view(self, request, object_id, extra_context=None):
        require_numbers(unquote(object_id))
        return super().history_view(request, object_id, extra_context)

    def history_form_view(self, request, object_id, version_id, extra_context=None):
        require_numbers(object_id, version_id)
        if request.method != "POST":
            return super().history_form_view(request, object_id, version_id, extra_context)
        with transaction.atomic():
            row = self.lock(object_id)
            was_there = Opened.read(request.POST)
            if row is None and was_there and was_there.held:
                return self.too_late(request, object_id, row)
            return super().history_form_view(request, object_id, version_id, extra_context)

    def render_history_view(self, request, template, context, **kwargs):
        if "adminform" in context:
            context = with_guard(context)
        return super().render_history_view(request, template, context, **kwargs)


def is_version(obj) -> bool:
    """Whether simple-history has made the object from an old version, to be restored."""
    return hasattr(obj, "_history")


def require_numbers(*keys: str) -> None:
    """Answers 404 for other keys, because django-simple-history does not check them."""
    if not all(key.isascii() and key.isdigit() and len(key) < 19 for key in keys):
        raise Http404
