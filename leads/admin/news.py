"""Writing news, looking at it, trying it on oneself, and sending it to the readers."""

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

# What a page may take; the rest is queued when somebody goes on, or by `daily`.
QUEUE_WITHIN = timedelta(seconds=5)
PREVIEW_TAGS = {"h3", "p", "ul", "ol", "li", "strong", "br", "a"}


def as_on_this_page(html: str):
    """The mail's own words and structure; the policy of our pages forbids its inline look."""
    body = re.sub(r"(?s).*<body[^>]*>|</body>.*", "", html)
    body = re.sub(r"<(/?)h1\b", r"<\1h3", body)
    links = {"a": {"href"}}
    return mark_safe(nh3.clean(body, tags=PREVIEW_TAGS, attributes=links, link_rel=None))  # noqa: S308 cleaned


@admin.register(NewsMessage)
class NewsMessageAdmin(PlainLookups, GuardedAdmin):
    closed_because = "It has been sent, so its words can no longer be changed"
    list_display = ["subject", "state", "created_by", "sent_at", "look"]
    list_filter = ["state"]
    search_fields = ["subject", "body"]
    list_select_related = ["created_by"]
    fields = ["subject", "body"]
    actions = None  # deleting in bulk would not ask each message whether it is a draft

    def has_change_permission(self, request, obj=None):
        """What went out stays as it went out."""
        is_draft = obj is None or obj.state == NewsMessage.State.DRAFT
        return is_draft and super().has_change_permission(request, obj)

    def has_delete_permission(self, request, obj=None):
        is_draft = obj is None or obj.state == NewsMessage.State.DRAFT
        return is_draft and super().has_delete_permission(request, obj)

    def get_urls(self):
        view = self.admin_site.admin_view(self.send)
        name = "leads_newsmessage_send"
        return [path("<int:pk>/send/", view, name=name), *super().get_urls()]

    def save_model(self, request, obj, form, change):
        if not change:
            obj.created_by = request.user
        super().save_model(request, obj, form, change)

    @admin.display(description="preview and sending")
    def look(self, message):
        return format_html('<a href="{}">Preview and send</a>', self.send_url(message))

    def send_url(self, message) -> str:
        return reverse("admin:leads_newsmessage_send", args=[message.pk])

    def response_add(self, request, obj, post_url_continue=None):
        if "_save" in request.POST:
            return HttpResponseRedirect(self.send_url(obj))
        return super().response_add(request, obj, post_url_continue)

    def response_post_save_change(self, request, obj):
        return HttpResponseRedirect(self.send_url(obj))

    def send(self, request, pk):
        """The preview with its buttons, and how far the sending is."""
        message = get_object_or_404(NewsMessage, pk=pk)
        if not self.has_view_permission(request, message):
            raise PermissionDenied
        may_send = may(request, "send", NewsMessage)
        if request.method == "POST":
            if not may_send:
                raise PermissionDenied
            if not self.is_question(request, message):
                self.act(request, message)
                return HttpResponseRedirect(self.send_url(message))
        context = self.admin_site.each_context(request) | {
            "title": f"Preview and send: {message.subject}",
            "is_question": request.method == "POST",
            "opts": self.opts,
            "message": message,
            "preview": (preview := mailing.preview(message)),
            "html": as_on_this_page(preview.html),
            "obstacle": mailing.obstacle(),
            "may_send": may_send,
            "readers": mailing.reader_count(),
            "progress": mailing.progress(message),
        }
        return TemplateResponse(request, "admin/leads/newsmessage/send.html", context)

    def is_question(self, request, message) -> bool:
        """Whether to ask first: before a draft goes out, and when it changed since it was seen."""
        if message.state != NewsMessage.State.DRAFT or "test" in request.POST:
            return False
        seen = request.POST.get("seen", "")
        if seen and seen != mailing.preview(message).version:
            words = "Nothing was sent, because the message changed. Look at it again below."
            self.message_user(request, words, messages.WARNING)
            return True
        return not seen and not mailing.obstacle()

    def act(self, request, message):
        """What the pressed button asks for: a test, the start, or going on after a break."""
        try:
            if "test" in request.POST:
                mailing.send_test(message, to=request.user.email)
                self.message_user(request, f"A test is on its way to {request.user.email}.")
                return
            if message.state == NewsMessage.State.DRAFT:
                mailing.start(message)
                self.log_change(request, message, "Sent to the readers")
            is_done = mailing.go_on(message, within=QUEUE_WITHIN)
        except mailing.NotSendableError as error:
            self.message_user(request, str(error), messages.ERROR)
            return
        self.message_user(
            request,
            "All mails are in the outbox."
            if is_done
            else "There are many readers: press “Go on sending” for the next mails.",
        )
