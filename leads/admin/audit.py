from django.contrib import admin

from leads.admin.audited import ReadOnlyAdmin, date_filter
from leads.models import AccessRecord


@admin.register(AccessRecord)
class AccessRecordAdmin(ReadOnlyAdmin):
    """Nobody can delete records either, because a log that staff can change proves nothing."""

    list_display = ["at", "username", "what", "about"]
    list_filter = ["what", ("at", date_filter("day"))]
    search_fields = ["username", "about"]
    search_help_text = "Login, or a number such as #12"

    def has_delete_permission(self, request, obj=None):
        return False
