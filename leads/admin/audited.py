"""Admin pages that show people's details keep who of the staff saw them (promise 17)."""

from django.contrib import admin

from clinic_site.admin.conflicts.admin import GuardedAdmin
from clinic_site.admin.lookups import PlainLookups
from leads.privacy import audit


def titled(words: str) -> type[admin.DateFieldListFilter]:
    """The filter of a moment whose field is named for the database: "received" of received_at."""

    class Titled(admin.DateFieldListFilter):
        def __init__(self, *args, **kwargs):
            super().__init__(*args, **kwargs)
            self.title = words

    return Titled


class WatchedAdmin(PlainLookups, GuardedAdmin):
    """Records a look before the page is rendered: what cannot be recorded is not seen."""

    def changelist_view(self, request, extra_context=None):
        response = super().changelist_view(request, extra_context)
        shown = getattr(response, "context_data", None)
        if shown and "cl" in shown:
            # Without what was searched for: that is somebody's name.
            count, page = len(shown["cl"].result_list), shown["cl"].page_num
            what = f"{self.opts.verbose_name_plural}: {count}, page {page}"
            audit.record(request.user, audit.LISTED, what)
        return response

    def render_change_form(  # noqa: PLR0917 the signature is Django's
        self, request, context, add=False, change=False, form_url="", obj=None
    ):
        audit.record(request.user, audit.VIEWED, obj)
        return super().render_change_form(request, context, add, change, form_url, obj)

    def log_deletions(self, request, queryset):
        for row in queryset:
            audit.record(request.user, audit.DELETED, row)
        return super().log_deletions(request, queryset)


class ReadOnlyAdmin(PlainLookups, GuardedAdmin):
    """Rows that the site writes; staff look at them."""

    show_full_result_count = False
    list_per_page = 50

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False
