from django.contrib import admin

from leads.admin.audited import ReadOnlyAdmin, titled
from leads.models import AccessRecord


@admin.register(AccessRecord)
class AccessRecordAdmin(ReadOnlyAdmin):
    """Read-only, for owners: a list that could be tidied up would prove nothing."""

    list_display = ["at", "username", "what", "about"]
    list_filter = ["what", ("at", titled("day"))]
    search_fields = ["username", "about"]
    search_help_text = "Login, or a number such as #12"

    def has_delete_permission(self, request, obj=None):
        return False
