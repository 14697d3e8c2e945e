from django.contrib import admin

from clinic_site.admin import badge
from leads.admin.watched import WatchedAdmin
from leads.models import Bounce


@admin.register(Bounce)
class BounceAdmin(WatchedAdmin):
    """Whom mail does not reach. A mark that is wrong, or mended, is deleted."""

    list_display = ["address", "reason_badge", "words", "at"]
    list_filter = ["reason", "at"]
    search_fields = ["address"]
    fields = ["address", "reason", "words", "at"]
    show_full_result_count = False
    list_per_page = 50

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    @admin.display(description="what happened", ordering="reason")
    def reason_badge(self, bounce):
        return badge("failed", bounce.get_reason_display())
