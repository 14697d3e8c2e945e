from django.contrib import admin

from leads import mail
from leads.admin.audited import date_filter
from leads.admin.leads import ConsentInline, HeldBackFilter, LeadAdmin
from leads.models import Consent, EbookSignup
from leads.news import consent

# How the list shows the newest entry of the news ledger.
NEWS_STATES = {
    Consent.Event.ASKED: "asked",
    Consent.Event.CONFIRMED: "reads it",
    Consent.Event.WITHDRAWN: "stopped",
}
# Columns of the public form that `fieldsets` does not name. A field that is added to the form later
# is shown without a change here.
NEW_FIELDS = EbookSignup.posted_fields(besides={"first_name", "email"})


@admin.register(EbookSignup)
class EbookSignupAdmin(LeadAdmin):
    menu_name = "Sign-ups"
    list_display = ["first_name", "email_link", "news", "status_badge", "received"]
    held_back_display = ("first_name", "suspicion", "email_link", "status_badge", "received")
    list_filter = [HeldBackFilter, "status", ("received_at", date_filter("received"))]
    search_fields = ["first_name", "email"]
    search_help_text = "Name or email"
    inlines = [ConsentInline]
    actions = [*LeadAdmin.actions, "stop_news"]
    fieldsets = [
        ("The person", {"fields": ["first_name", "email_link", "news", *NEW_FIELDS]}),
        ("What we did", {"fields": ["status", "notes"]}),
        ("How it came", {"fields": ["received_at", "page"]}),
    ]

    def get_queryset(self, request):
        return super().get_queryset(request).with_news()

    @admin.display(description="news")
    def news(self, signup):
        return NEWS_STATES.get(signup.news_event, "never asked")

    def queue_mails(self, signup):
        mail.queue_library_link(signup)
        last = consent.last_entry(signup)
        if last and last.event == Consent.Event.ASKED:
            mail.queue_news_confirm(signup)

    @admin.action(description="Stop the news: the person told us to", permissions=["change"])
    def stop_news(self, request, queryset):
        wanted = list(
            queryset.filter(news_event__in=[Consent.Event.ASKED, Consent.Event.CONFIRMED])
        )
        for signup in wanted:
            consent.withdraw(signup, channel=Consent.Channel.STAFF)
            self.note_change(request, signup, "News stopped")
        self.tell(request, len(wanted), "will get no news.", "None of these wanted news.")
