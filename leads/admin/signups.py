from django.contrib import admin

from leads import mail, news
from leads.admin.leads import ConsentInline, HeldBackFilter, LeadAdmin
from leads.models import Consent, EbookSignup


@admin.register(EbookSignup)
class EbookSignupAdmin(LeadAdmin):
    list_display = ["first_name", "email_link", "status_badge", "received"]
    list_filter = [HeldBackFilter, "status", "received_at"]
    search_fields = ["first_name", "email"]
    search_help_text = "Name or e-mail"
    inlines = [ConsentInline]
    actions = [*LeadAdmin.actions, "stop_news"]
    fieldsets = [
        ("The person", {"fields": ["first_name", "email_link"]}),
        ("What we did", {"fields": ["status", "notes"]}),
        ("How it came", {"fields": ["received_at", "page"]}),
    ]

    def queue_mails(self, signup):
        mail.queue_library_link(signup)
        word = news.last_word(signup)
        if word and word.event == Consent.Event.ASKED:
            mail.queue_news_confirm(signup)

    @admin.action(description="Stop the news: they told us so", permissions=["change"])
    def stop_news(self, request, queryset):
        for signup in queryset:
            news.withdraw(signup, channel=Consent.Channel.STAFF)
            self.note_change(request, signup, "News stopped")
        self.message_user(request, f"{len(queryset)} will get no news.")
