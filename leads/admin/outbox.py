from django.contrib import admin, messages
from django.db.models import Q
from django.utils import timezone
from django.utils.html import format_html

from clinic_site.admin.dashboard import badge, may, may_view
from clinic_site.web.routes import without_tokens
from leads.admin import display
from leads.admin.audited import AuditedAdmin, ReadOnlyAdmin, date_filter
from leads.models import EbookSignup, OutgoingMail

TEXT_DELETED = "The text was deleted when its retention time was over."


def select_resendable(mails):
    """Failed mails that still have their text; news only to people who still read it."""
    readers = EbookSignup.objects.news_readers().values("email_key")
    failed = mails.filter(state=OutgoingMail.State.FAILED).exclude(text="")
    return failed.filter(Q(news=None) | Q(to_key__in=readers))


def describe_unsendable(mails) -> str:
    """How many of these mails cannot be sent again, and why."""
    failed = mails.filter(state=OutgoingMail.State.FAILED)
    counts = {
        "still waiting": mails.waiting().count(),
        "already sent": mails.filter(state=OutgoingMail.State.SENT).count(),
        "whose text was deleted": failed.filter(text="").count(),
        "with news that the person no longer wants": failed.exclude(text="").count()
        - select_resendable(mails).count(),
    }
    return ", ".join(f"{count} {what}" for what, count in counts.items() if count)


@admin.register(OutgoingMail)
class OutgoingMailAdmin(AuditedAdmin, ReadOnlyAdmin):
    """Shows which mails wait, which failed, and why (promise 6)."""

    menu_name = "Outbox"
    list_display = ["to", "state_badge", "subject", "age", "attempts", "last_error"]
    list_filter = ["state", ("queued_at", date_filter("queued"))]
    search_fields = ["to", "subject"]
    actions = ["resend"]
    fieldsets = [
        (None, {"fields": ["to", "subject", "state", "last_error", "sent_at", "body"]}),
        (
            "Technical",
            {
                "classes": ["collapse"],
                "fields": ["attempts", "queued_at", "due_at", "kind", "message_id"],
            },
        ),
    ]

    def has_delete_permission(self, request, obj=None):
        return False

    def has_view_permission(self, request, obj=None):
        return may_view(request, OutgoingMail)

    def has_resend_permission(self, request):
        return may(request, "change", OutgoingMail)

    def render_change_form(  # noqa: PLR0917 the signature is Django's
        self, request, context, add=False, change=False, form_url="", obj=None
    ):
        context |= {"title": obj.subject, "subtitle": None}
        return super().render_change_form(request, context, add, change, form_url, obj)

    @admin.action(description="Send again", permissions=["resend"])
    def resend(self, request, queryset):
        """Queues failed mails as new ones, because the worker gives up some days after `queued_at`.

        Mails that wait are left out: a new `queued_at` would stop the alarm about waiting mail.
        """
        now = timezone.now()
        why = describe_unsendable(queryset)
        count = select_resendable(queryset).update(
            state=OutgoingMail.State.QUEUED, attempts=0, due_at=now, queued_at=now, last_error=""
        )
        self.message_user(
            request,
            f"{count or 'None'} queued again." + (f" Not queued: {why}." if why else ""),
            messages.SUCCESS if count else messages.WARNING,
        )

    @admin.display(description="state", ordering="state")
    def state_badge(self, mail):
        return badge(mail.state, mail.get_state_display())

    @admin.display(description="age", ordering="queued_at")
    def age(self, mail):
        return display.age(mail.queued_at)

    @admin.display(description="text")
    def body(self, mail):
        # The links are hidden, because staff who may read mails must not act in the person's name.
        text = without_tokens(mail.text, "…")
        return format_html('<pre class="mail-body">{}</pre>', text or TEXT_DELETED)
