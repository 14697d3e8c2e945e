"""Admin pages that show people's details, with an access record for each view (promise 17)."""

from django.contrib import admin

from clinic_site.admin.conflicts.admin import GuardedAdmin
from clinic_site.admin.lookups import PlainLookups
from leads.privacy import audit


def date_filter(title: str) -> type[admin.DateFieldListFilter]:
    """A date filter under this title; Django would show the field's name, such as "received at"."""

    class TitledDateFilter(admin.DateFieldListFilter):
        def __init__(self, *args, **kwargs):
            super().__init__(*args, **kwargs)
            self.title = title

    return TitledDateFilter


class AuditedAdmin(PlainLookups, GuardedAdmin):
    """Writes the access record before the page is rendered: without a record nothing is shown."""

    def changelist_view(self, request, extra_context=None):
        response = super().changelist_view(request, extra_context)
        context = getattr(response, "context_data", None)
        if context and "cl" in context:
            # The search term is left out, because it is usually a person's name.
            count, page = len(context["cl"].result_list), context["cl"].page_num
            about = f"{self.opts.verbose_name_plural}: {count}, page {page}"
            audit.record(request.user, audit.LISTED, about)
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
    """For rows that only the site writes."""

    show_full_result_count = False
    list_per_page = 50

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False
