from django.contrib import admin

from clinic_site.admin.dashboard import badge
from leads.admin.audited import AuditedAdmin, ReadOnlyAdmin, date_filter
from leads.models import Bounce


@admin.register(Bounce)
class BounceAdmin(AuditedAdmin, ReadOnlyAdmin):
    """Each row marks an address. Staff delete the row when mail reaches the address again."""

    list_display = ["address", "reason_badge", "words", "at"]
    list_filter = ["reason", ("at", date_filter("day"))]
    search_fields = ["address"]
    fields = ["address", "reason", "words", "at"]

    @admin.display(description="what happened", ordering="reason")
    def reason_badge(self, bounce):
        return badge("failed", bounce.get_reason_display())
