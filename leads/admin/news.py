"""Staff write a news message, preview it, send a test to themselves, then send it to readers."""

import re
from datetime import timedelta

import nh3
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.html import format_html
from django.utils.safestring import mark_safe

from clinic_site.admin.conflicts.admin import GuardedAdmin
from clinic_site.admin.dashboard import may
from clinic_site.admin.lookups import PlainLookups
from leads.models import NewsMessage
from leads.news import mailing

# One request queues mails for this long. Then the mail worker continues, or the request of the next
# person who presses the button.
QUEUE_WITHIN = timedelta(seconds=5)
PREVIEW_TAGS = {"h3", "p", "ul", "ol", "li", "strong", "br", "a"}


def clean_for_preview(html: str):
    """The mail's text and structure without its inline styles, which our CSP forbids."""
    body = re.sub(r"(?s).*<body[^>]*>|</body>.*", "", html)
    body = re.sub(r"<(/?)h1\b", r"<\1h3", body)
    links = {"a": {"href"}}
    return mark_safe(nh3.clean(body, tags=PREVIEW_TAGS, attributes=links, link_rel=None))  # noqa: S308 cleaned


@admin.register(NewsMessage)
class NewsMessageAdmin(PlainLookups, GuardedAdmin):
    menu_name = "News"
    closed_because = "It has been sent, so its words can no longer be changed"
    list_display = ["subject", "state", "created_by", "sent_at", "preview_link"]
    list_filter = ["state"]
    search_fields = ["subject", "body"]
    list_select_related = ["created_by"]
    fields = ["subject", "body"]
    actions = None  # the bulk delete would not check that each message is a draft

    def has_change_permission(self, request, obj=None):
        is_draft = obj is None or obj.state == NewsMessage.State.DRAFT
        return is_draft and super().has_change_permission(request, obj)

    def has_delete_permission(self, request, obj=None):
        is_draft = obj is None or obj.state == NewsMessage.State.DRAFT
        return is_draft and super().has_delete_permission(request, obj)

    def get_urls(self):
        view = self.admin_site.admin_view(self.send_page)
        name = "leads_newsmessage_send"
        return [path("<int:pk>/send/", view, name=name), *super().get_urls()]

    def save_model(self, request, obj, form, change):
        if not change:
            obj.created_by = request.user
        super().save_model(request, obj, form, change)

    @admin.display(description="preview and sending")
    def preview_link(self, message):
        return format_html('<a href="{}">Preview and send</a>', self.send_url(message))

    def send_url(self, message) -> str:
        return reverse("admin:leads_newsmessage_send", args=[message.pk])

    def response_add(self, request, obj, post_url_continue=None):
        if "_save" in request.POST:
            return HttpResponseRedirect(self.send_url(obj))
        return super().response_add(request, obj, post_url_continue)

    def response_post_save_change(self, request, obj):
        return HttpResponseRedirect(self.send_url(obj))

    def send_page(self, request, pk):
        """Shows the preview with its buttons, and the progress of the sending."""
        message = get_object_or_404(NewsMessage, pk=pk)
        if not self.has_view_permission(request, message):
            raise PermissionDenied
        may_send = may(request, "send", NewsMessage)
        if request.method == "POST":
            if not may_send:
                raise PermissionDenied
            if not self.needs_question(request, message):
                self.act(request, message)
                return HttpResponseRedirect(self.send_url(message))
        context = self.admin_site.each_context(request) | {
            "title": f"Preview and send: {message.subject}",
            "is_question": request.method == "POST",
            "opts": self.opts,
            "message": message,
            "preview": (preview := mailing.preview(message)),
            "html": clean_for_preview(preview.html),
            "reason_not_to_send": mailing.reason_not_to_send(),
            "may_send": may_send,
            "readers": mailing.reader_count(),
            "progress": mailing.progress(message),
        }
        return TemplateResponse(request, "admin/leads/newsmessage/send.html", context)

    def needs_question(self, request, message) -> bool:
        """Whether to show the question "Send it now?" instead of doing what the button says.

        The question's "Yes" posts the version that was shown. If the draft has changed since, staff
        see the question again, with a warning.
        """
        if message.state != NewsMessage.State.DRAFT or "test" in request.POST:
            return False
        seen = request.POST.get("seen", "")
        if seen and seen != mailing.preview(message).version:
            words = "Nothing was sent, because the message changed. Look at it again below."
            self.message_user(request, words, messages.WARNING)
            return True
        return not seen and not mailing.reason_not_to_send()

    def act(self, request, message):
        """Does what the pressed button says: sends a test, starts the sending, or continues it."""
        try:
            if "test" in request.POST:
                mailing.send_test(message, to=request.user.email)
                self.message_user(request, f"A test is on its way to {request.user.email}.")
                return
            if message.state == NewsMessage.State.DRAFT:
                mailing.start(message)
                self.log_change(request, message, "Sent to the readers")
            is_done = mailing.continue_sending(message, within=QUEUE_WITHIN)
        except mailing.NotSendableError as error:
            self.message_user(request, str(error), messages.ERROR)
            return
        self.message_user(
            request,
            "All mails are in the outbox."
            if is_done
            else "There are many readers: press “Go on sending” for the next mails.",
        )
