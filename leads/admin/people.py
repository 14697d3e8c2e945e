import re

from django import forms
from django.contrib import admin
from django.contrib.admin.views.main import SEARCH_VAR
from django.db import transaction
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.html import format_html

from clinic_site.admin import badge, may
from leads import audit, export, mail, news
from leads.admin import cells
from leads.models import Consent, ConsultationRequest, EbookSignup, RequestEvent


class HeldBackFilter(admin.SimpleListFilter):
    """The list leaves out what looks like a bot's, but says how many there are.

    A search looks through all of them: a person on the phone may be one who was held back.
    """

    title = "held back as suspicious"
    parameter_name = "held_back"

    def lookups(self, request, model_admin):
        count = model_admin.model.objects.quarantined().count()
        return [("yes", f"Held back ({count})"), ("all", "Both")]

    def queryset(self, request, queryset):
        if self.value() == "yes":
            return queryset.quarantined()
        is_search = bool(request.GET.get(SEARCH_VAR))
        return queryset if self.value() == "all" or is_search else queryset.taken()

    def choices(self, changelist):
        default, *others = super().choices(changelist)
        yield default | {"display": "Taken"}
        yield from others


def mark_as(status):
    """The action that gives the chosen leads this status."""

    def mark(modeladmin, request, queryset):
        modeladmin.mark(request, queryset, status)

    return mark


class ReadOnlyInline(admin.TabularInline):
    """Shown to whoever may see the parent; a ledger is never edited."""

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


class EventInline(ReadOnlyInline):
    model = RequestEvent
    verbose_name_plural = "what happened so far"
    fk_name = "request"
    fields = readonly_fields = ("at", "by", "what")

    def get_queryset(self, request):
        return super().get_queryset(request).select_related("by")


class LeadAdmin(admin.ModelAdmin):
    """Nobody edits what a person typed: staff keep a status and notes beside it."""

    editable: tuple[str, ...] = ("status", "notes")
    actions = ["release", "export_csv"]
    search_help_text = "Name, e-mail or phone number, typed in any way"
    show_full_result_count = False
    list_per_page = 50

    def has_add_permission(self, request):
        return False

    def get_fieldsets(self, request, obj=None):
        """Without what does not apply: a reason that is none, a field nobody may fill in."""
        hidden = set() if obj and obj.is_quarantined else {"suspicion"}
        if not self.has_change_permission(request, obj):
            hidden.add("what_happened")
        return [
            (title, {"fields": [name for name in options["fields"] if name not in hidden]})
            for title, options in self.fieldsets or []
        ]

    def get_inlines(self, request, obj):
        """Ledgers with something in them; an empty table says nothing."""
        return [
            inline
            for inline in self.inlines
            if obj and inline.model.objects.filter(**{str(inline.fk_name): obj}).exists()
        ]

    def render_change_form(  # noqa: PLR0917 the signature is Django's
        self, request, context, add=False, change=False, form_url="", obj=None
    ):
        audit.record(request.user, audit.VIEWED, obj)
        context |= {"title": f"{self.opts.verbose_name} #{obj.pk}".capitalize(), "subtitle": None}
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
        self.message_user(request, f"{len(changed)} marked as: {status.label}.")

    def queue_mails(self, lead):
        raise NotImplementedError

    def note_change(self, request, lead, what):
        """Keeps who did what; the sign-ups' place for it is Django's own log."""
        self.log_change(request, lead, what)

    @admin.action(description="Release: take it after all", permissions=["change"])
    @transaction.atomic
    def release(self, request, queryset):
        """The ordinary path, late: the mails go out that were held back."""
        held_back = list(queryset.quarantined().select_for_update())
        for lead in held_back:
            lead.suspicion = ""
            lead.save(update_fields=["suspicion", "updated_at"])
            self.queue_mails(lead)
            self.note_change(request, lead, "Released: was held back as suspicious")
        self.message_user(request, f"{len(held_back)} released; their mails are on the way.")

    @admin.action(description="Export as CSV", permissions=["export"])
    def export_csv(self, request, queryset):
        about = f"{queryset.count()} {self.opts.verbose_name_plural}"
        audit.record(request.user, audit.EXPORTED, about)
        return export.download(queryset, user=request.user)

    @admin.display(description="phone", ordering="phone")
    def phone_link(self, lead):
        return cells.tel_link(lead.phone) if lead.phone else "-"

    @admin.display(description="e-mail")
    def email_link(self, lead):
        return format_html('<a href="mailto:{0}">{0}</a>', lead.email) if lead.email else "-"

    @admin.display(description="status", ordering="status")
    def status_badge(self, lead):
        if lead.is_quarantined:
            return badge("held", "Held back")
        return badge(lead.status, lead.get_status_display())

    @admin.display(description="received", ordering="received_at")
    def received(self, lead):
        return cells.moment(lead.received_at)


@admin.register(EbookSignup)
class EbookSignupAdmin(LeadAdmin):
    list_display = ["first_name", "email", "status_badge", "received"]
    list_filter = [HeldBackFilter, "status", "received_at"]
    search_fields = ["first_name", "email"]
    search_help_text = "Name or e-mail"
    inlines = [ConsentInline]
    fieldsets = [
        ("The person", {"fields": ["first_name", "email_link"]}),
        ("What we did", {"fields": ["status", "notes"]}),
        ("How it came", {"fields": ["received_at", "page", "suspicion"]}),
    ]

    def queue_mails(self, signup):
        mail.queue_library_link(signup)
        word = news.last_word(signup)
        if word and word.event == Consent.Event.ASKED:
            mail.queue_news_confirm(signup)


class RequestForm(forms.ModelForm):
    what_happened = forms.CharField(
        required=False,
        max_length=200,
        widget=forms.TextInput(attrs={"class": "vTextField"}),
        help_text="One line for the timeline, such as: Left a voicemail, call again on Friday.",
    )


@admin.register(ConsultationRequest)
class ConsultationRequestAdmin(LeadAdmin):
    form = RequestForm
    editable = ("status", "notes", "what_happened")
    list_display = ["name", "phone_link", "status_badge", "best_time", "waiting", "received"]
    list_filter = [HeldBackFilter, "status", "best_time", "received_at"]
    search_fields = ["name", "email", "phone"]
    inlines = [EventInline, RequestConsentInline]
    fieldsets = [
        (
            "The person",
            {"fields": ["name", "phone_link", "best_time", "voicemail", "email_link", "note"]},
        ),
        ("What we did", {"fields": ["what_happened", "status", "notes"]}),
        ("How it came", {"fields": ["received_at", "phone_typed", "page", "suspicion"]}),
    ]

    @admin.display(description="waiting", ordering="received_at")
    def waiting(self, lead):
        return cells.age(lead.received_at) if lead.status in lead.OPEN_STATUSES else "-"

    @admin.display(description="voicemail")
    def voicemail(self, lead):
        return "We may leave one" if lead.voicemail_ok else "Do not leave one"

    def get_search_results(self, request, queryset, search_term):
        """(248) 555-0123, 248.555.0123 or 555 0123 find +12485550123."""
        digits = re.sub(r"\D", "", search_term)
        if len(digits) >= 3 and not re.search(r"[^\W\d_]|@", search_term):
            return queryset.filter(phone__contains=digits), False
        return super().get_search_results(request, queryset, search_term)

    def queue_mails(self, lead):
        mail.queue_request_mails(lead)

    def note_change(self, request, lead, what):
        super().note_change(request, lead, what)
        lead.events.create(by=request.user, what=what)

    def response_post_save_change(self, request, obj):
        """Whoever came from the worklist goes back to it, for the next call."""
        if request.GET.get("from") == "today":
            return redirect("admin:index")
        return super().response_post_save_change(request, obj)

    def save_model(self, request, obj, form, change):
        former = ConsultationRequest.objects.get(pk=obj.pk)
        super().save_model(request, obj, form, change)
        happened = [form.cleaned_data.get("what_happened")]
        if obj.status != former.status:
            names = former.get_status_display(), obj.get_status_display()
            happened.append("Status: {} → {}".format(*names))
        if obj.notes != former.notes:
            happened.append("Notes changed")
        for what in filter(None, happened):
            obj.events.create(by=request.user, what=what)
