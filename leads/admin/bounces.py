from django.contrib import admin

from clinic_site.admin.dashboard import badge
from leads.admin.audited import ReadOnlyAdmin, WatchedAdmin, titled
from leads.models import Bounce


@admin.register(Bounce)
class BounceAdmin(WatchedAdmin, ReadOnlyAdmin):
    """Whom mail does not reach. A mark that is wrong, or mended, is deleted."""

    list_display = ["address", "reason_badge", "words", "at"]
    list_filter = ["reason", ("at", titled("day"))]
    search_fields = ["address"]
    fields = ["address", "reason", "words", "at"]

    @admin.display(description="what happened", ordering="reason")
    def reason_badge(self, bounce):
        return badge("failed", bounce.get_reason_display())
