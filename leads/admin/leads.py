"""What the admin of sign-ups and the admin of consultation requests have in common."""

from typing import cast

from django.contrib import admin, messages
from django.contrib.admin.views.main import SEARCH_VAR
from django.db import transaction
from django.utils import timezone

from clinic_site.admin.dashboard import badge, may
from leads.admin import display, person
from leads.admin.audited import AuditedAdmin
from leads.models import Consent
from leads.models.people import LeadQuerySet
from leads.privacy import audit, export


class HeldBackFilter(admin.SimpleListFilter):
    """Hides held-back leads from the list, and shows how many there are.

    A search finds them too, because the person on the phone may be one of them.
    """

    title = "whether held back"
    parameter_name = "held_back"

    def lookups(self, request, model_admin):
        count = model_admin.model.objects.held_back().count()
        return [("yes", f"Held back ({count})"), ("all", "Both")]

    def queryset(self, request, queryset):
        if self.value() == "yes":
            return queryset.held_back()
        is_search = bool(request.GET.get(SEARCH_VAR))
        return queryset if self.value() == "all" or is_search else queryset.not_held_back()

    def choices(self, changelist):
        default, *others = super().choices(changelist)
        yield default | {"display": "Not held back"}
        yield from others


def mark_as(status):
    """An action that sets this status."""

    def mark(modeladmin, request, queryset):
        modeladmin.mark(request, queryset, status)

    return mark


class ReadOnlyInline(admin.TabularInline):
    """Visible to everyone who may see the parent, and never editable."""

    extra = 0
    can_delete = False

    def has_add_permission(self, request, obj=None):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_view_permission(self, request, obj=None):
        return True


class ConsentInline(ReadOnlyInline):
    model = Consent
    verbose_name_plural = "consents"
    fk_name = "signup"
    fields = readonly_fields = (
        "at", "purpose", "event", "channel", "wording", "version", "page",
    )  # fmt: skip


class RequestConsentInline(ConsentInline):
    fk_name = "request"


class LeadAdmin(AuditedAdmin):
    """Staff cannot edit what a person typed. They set a status and write notes."""

    change_form_template = "admin/leads/change_form.html"
    editable: tuple[str, ...] = ("status", "notes")
    actions = ["release", "delete_spam", "export_csv"]
    search_help_text = "Name, email or phone number, typed in any way"
    show_full_result_count = False
    list_per_page = 50

    def get_urls(self):
        return [*person.urls(self), *super().get_urls()]

    def get_queryset(self, request):
        return cast("LeadQuerySet", super().get_queryset(request)).with_bounce()

    def has_add_permission(self, request):
        return False

    # The columns of the held-back list. The reason and the typed text are among them, so that staff
    # can see whether it was a person or a bot.
    held_back_display: tuple[str, ...] = ()

    def get_list_display(self, request):
        is_held_back = request.GET.get(HeldBackFilter.parameter_name) == "yes"
        return self.held_back_display if is_held_back else self.list_display

    def get_inlines(self, request, obj):
        """Leaves out ledgers without entries."""
        return [
            inline
            for inline in self.inlines
            if obj and inline.model.objects.filter(**{str(inline.fk_name): obj}).exists()
        ]

    def render_change_form(  # noqa: PLR0917 the signature is Django's
        self, request, context, add=False, change=False, form_url="", obj=None
    ):
        rights = person.Rights.of(request)
        context |= {
            "title": f"{display.name(obj)} – {self.opts.verbose_name} #{obj.pk}",
            "subtitle": None,
            "person_url": person.url_of(obj) if rights.download or rights.erase else "",
        }
        return super().render_change_form(request, context, add, change, form_url, obj)

    def has_export_permission(self, request):
        return may(request, "export", self.model)

    def get_readonly_fields(self, request, obj=None):
        return [
            name
            for _, options in self.fieldsets or []
            for name in options["fields"]
            if name not in self.editable
        ]

    def get_actions(self, request):
        actions = super().get_actions(request)
        if not actions or not self.has_change_permission(request):
            return actions
        marks = {
            f"mark_{status.value}": (
                mark_as(status),
                f"mark_{status.value}",
                f"Mark as: {status.label}",
            )
            for status in self.model.Status
        }
        return marks | actions

    @transaction.atomic
    def mark(self, request, queryset, status):
        changed = list(queryset.exclude(status=status).select_for_update())
        for lead in changed:
            self.note_change(request, lead, f"Status: {lead.get_status_display()} → {status.label}")
        self.model.objects.filter(pk__in=[lead.pk for lead in changed]).update(
            status=status, updated_at=timezone.now()
        )
        nothing = f"None marked: they are “{status.label}” already."
        self.tell(request, len(changed), f"marked as: {status.label}.", nothing)

    def tell(self, request, count: int, done: str, nothing: str) -> None:
        """Tells staff what an action did, or warns them that it did nothing."""
        if count:
            self.message_user(request, f"{count} {done}")
        else:
            self.message_user(request, nothing, messages.WARNING)

    def queue_mails(self, lead):
        raise NotImplementedError

    def note_change(self, request, lead, what):
        """Records who did what in Django's history; a request adds it to its timeline too."""
        self.log_change(request, lead, what)

    @admin.action(description="Release: it is a person", permissions=["change"])
    @transaction.atomic
    def release(self, request, queryset):
        """Queues the mails that were not queued while the lead was held back."""
        held_back = list(queryset.held_back().select_for_update())
        for lead in held_back:
            lead.suspicion = ""
            lead.save(update_fields=["suspicion", "updated_at"])
            self.queue_mails(lead)
            self.note_change(request, lead, "Released: was held back as suspicious")
        done = "released. Their mails are in the outbox."
        self.tell(request, len(held_back), done, "None of these is held back.")

    @admin.action(description="Delete: it is spam (held back only)", permissions=["change"])
    @transaction.atomic
    def delete_spam(self, request, queryset):
        """The right to change is enough for held-back leads. Only owners delete the others."""
        spam = self.model.objects.filter(pk__in=queryset.values("pk")).held_back()
        count = spam.count()
        self.log_deletions(request, spam)
        spam.delete()
        nothing = "None deleted, as none of these is held back."
        self.tell(request, count, "deleted.", nothing)

    @admin.action(description="Export as CSV", permissions=["export"])
    def export_csv(self, request, queryset):
        about = f"{self.opts.verbose_name_plural}: {queryset.count()}"
        audit.record(request.user, audit.EXPORTED, about)
        return export.download(queryset, user=request.user)

    @admin.display(description="email", ordering="email")
    def email_link(self, lead):
        return display.mail_link(lead.email, lead.bounce) if lead.email else "-"

    @admin.display(description="status", ordering="status")
    def status_badge(self, lead):
        if lead.is_held_back:
            return badge("held", "Held back")
        return badge(lead.status, lead.get_status_display())

    @admin.display(description="received", ordering="received_at")
    def received(self, lead):
        return display.date_and_time(lead.received_at)
