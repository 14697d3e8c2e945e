import re
from contextlib import suppress
from datetime import UTC, datetime

from django import forms
from django.contrib import admin
from django.shortcuts import redirect
from django.utils.html import format_html, format_html_join
from django.utils.text import Truncator

from clinic_site import phone
from leads import mail
from leads.admin import display
from leads.admin.audited import date_filter
from leads.admin.leads import HeldBackFilter, LeadAdmin, RequestConsentInline
from leads.models import ConsultationRequest

# Enough for staff to see whether a person or a bot wrote it, without opening each row.
NOTE_SHOWN_CHARACTERS = 300
# Columns of the public form that `fieldsets` does not name. A field that is added to the form later
# is shown without a change here.
NEW_FIELDS = ConsultationRequest.posted_fields(
    besides={"name", "phone", "phone_typed", "email", "best_time", "note", "voicemail_ok"}
)


class RequestForm(forms.ModelForm):
    what_happened = forms.CharField(
        required=False,
        max_length=200,
        widget=forms.TextInput(attrs={"class": "vTextField"}),
        help_text="One line for the timeline, such as: Left a voicemail, call again on Friday.",
    )


class StatusFilter(admin.SimpleListFilter):
    """Offers each status, and one choice for all statuses in which the person waits for us."""

    title = "status"
    parameter_name = "status__exact"

    def lookups(self, request, model_admin):
        return [("open", "Waiting for us"), *ConsultationRequest.Status.choices]

    def queryset(self, request, queryset):
        if self.value() == "open":
            return queryset.filter(status__in=ConsultationRequest.OPEN_STATUSES)
        return queryset.filter(status=self.value()) if self.value() else queryset


@admin.register(ConsultationRequest)
class ConsultationRequestAdmin(LeadAdmin):
    menu_name = "Requests"
    form = RequestForm
    editable = ("status", "notes", "what_happened")
    list_display = ["name", "reach", "status_badge", "best_time", "waiting", "received"]
    held_back_display = (
        "name", "suspicion", "note_begins", "reach", "status_badge", "received",
    )  # fmt: skip
    list_filter = [
        HeldBackFilter,
        StatusFilter,
        "best_time",
        ("received_at", date_filter("received")),
    ]
    search_fields = ["name", "email", "phone"]
    inlines = [RequestConsentInline]
    fieldsets = [
        (
            "The person",
            {
                "fields": [
                    "name",
                    "phone_link",
                    "best_time",
                    "voicemail",
                    "email_link",
                    "note",
                    *NEW_FIELDS,
                ]
            },
        ),
        ("So far", {"fields": ["timeline"]}),
        ("What we did", {"fields": ["what_happened", "status", "notes"]}),
        ("How it came", {"fields": ["received_at", "phone_typed", "page"]}),
    ]

    def get_fieldsets(self, request, obj=None):
        """Leaves out an empty timeline, and the field that this member of staff may not fill in."""
        hidden = set() if obj and obj.events.exists() else {"timeline"}
        if not self.has_change_permission(request, obj):
            hidden.add("what_happened")
        sections = [
            (title, {"fields": [name for name in options["fields"] if name not in hidden]})
            for title, options in self.fieldsets
        ]
        return [(title, options) for title, options in sections if options["fields"]]

    @admin.display(description="timeline")
    def timeline(self, lead):
        """Shows colleagues' names without links, because the front desk may not open logins."""
        lines = (
            (display.date_and_time(event.at), event.by or "a former login", event.what)
            for event in lead.events.select_related("by")
        )
        line = "<li><span>{}, {}:</span> {}</li>"
        return format_html('<ol class="timeline">{}</ol>', format_html_join("", line, lines))

    @admin.display(description="phone", ordering="phone")
    def phone_link(self, lead):
        return display.tel_link(lead.phone_uri, lead.phone_national) if lead.phone else "-"

    @admin.display(description="their note")
    def note_begins(self, lead):
        return Truncator(lead.note).chars(NOTE_SHOWN_CHARACTERS) or "-"

    @admin.display(description="reach", ordering="phone")
    def reach(self, lead):
        return self.phone_link(lead) if lead.phone else self.email_link(lead)

    @admin.display(description="waiting", ordering="received_at")
    def waiting(self, lead):
        return display.age(lead.received_at) if lead.status in lead.OPEN_STATUSES else "-"

    @admin.display(description="voicemail")
    def voicemail(self, lead):
        return "We may leave one" if lead.voicemail_ok else "Do not leave one"

    def get_search_results(self, request, queryset, search_term):
        """Finds +12485550123 by (248) 555-0123, 248.555.0123 x22, phone 2485550123 or 555 0123."""
        if "@" not in search_term:
            with suppress(phone.NotAPhoneNumberError):
                return queryset.filter(phone=phone.to_e164(search_term)), False
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
        """Leads back to the worklist, for the next call, when staff came from there."""
        if request.GET.get("from") == "today":
            return redirect("admin:index")
        return super().response_post_save_change(request, obj)

    def is_sent_twice(self, request, form, what_happened) -> bool:
        """Whether this form has written this event already, because Save was pressed twice."""
        if not form.opened:
            return False
        since = datetime.fromtimestamp(form.opened.at, UTC)
        events = form.instance.events.filter(by=request.user, what=what_happened)
        return events.filter(at__gte=since).exists()

    def save_model(self, request, obj, form, change):
        former = ConsultationRequest.objects.get(pk=obj.pk)
        super().save_model(request, obj, form, change)
        new_events = []
        if obj.status != former.status:
            names = former.get_status_display(), obj.get_status_display()
            new_events.append("Status: {} → {}".format(*names))
        if obj.notes != former.notes:
            new_events.append("Notes changed")
        # Last, because Today shows the newest event, and a colleague's own words say the most.
        what_happened = form.cleaned_data.get("what_happened")
        if what_happened and not self.is_sent_twice(request, form, what_happened):
            new_events.append(what_happened)
        for what in new_events:
            obj.events.create(by=request.user, what=what)
