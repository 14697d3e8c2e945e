from django.contrib import admin

from clinic_site.lookups import PlainLookups
from leads.models import AccessRecord


@admin.register(AccessRecord)
class AccessRecordAdmin(PlainLookups, admin.ModelAdmin):
    """Read-only, for owners: a list that could be tidied up would prove nothing."""

    list_display = ["at", "username", "what", "about"]
    list_filter = ["what", "at"]
    search_fields = ["username", "about"]
    search_help_text = "Login, or a number such as #12"
    show_full_result_count = False
    list_per_page = 50

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False
