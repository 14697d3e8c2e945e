from django import forms
from django.contrib import admin, messages
from django.db import transaction

from clinic_site.admin.history import HistoryAdmin
from leads.models import Testimonial


class TestimonialForm(forms.ModelForm):
    def clean(self):
        """Refuses to publish without an authorization, unless it is on the pages already.

        Without this error the model would untick the box, and staff would think it is published.
        """
        super().clean()
        cleaned = self.cleaned_data
        is_recorded = cleaned.get("authorization") == Testimonial.Authorization.ON_FILE
        was_public = Testimonial.objects.published().filter(pk=self.instance.pk).exists()
        is_supplied = self.instance.is_supplied
        if cleaned.get("is_published") and not (is_recorded or was_public or is_supplied):
            self.add_error(
                "is_published",
                "Not published: a written authorization must be on file first. Record it above, "
                "or untick this box to keep the testimonial unpublished.",
            )
        return cleaned


@admin.register(Testimonial)
class TestimonialAdmin(HistoryAdmin):
    menu_name = "Testimonials"
    form = TestimonialForm
    kept_when_restoring = (
        "is_published", "authorization", "authorization_note", "is_supplied", "position",
    )  # fmt: skip
    # An authorization covers certain words. So a person who changes one of these fields is asked
    # about what a colleague has changed in the others meanwhile.
    linked_fields = ("name", "quote", "authorization", "authorization_note", "is_published")
    list_display = ["name", "excerpt", "is_published", "authorization", "position"]
    list_filter = ["is_published", "authorization"]
    search_fields = ["name", "quote"]
    actions = ["revoke"]
    fieldsets = [
        (None, {"fields": ["name", "quote"]}),
        (
            "Authorization",
            {
                "description": "A written authorization of the person must be on file. "
                "Revoked takes the testimonial off every page immediately.",
                "fields": ["authorization", "authorization_note"],
            },
        ),
        ("On the pages", {"fields": ["is_published", "position"]}),
    ]

    @admin.display(description="quote")
    def excerpt(self, testimonial):
        words = testimonial.quote.split()
        return " ".join(words[:12]) + (" …" if len(words) > 12 else "")

    @admin.action(description="Revoke: take off every page", permissions=["change"])
    @transaction.atomic
    def revoke(self, request, queryset):
        # The lock keeps a colleague from saving this testimonial with other words meanwhile.
        for testimonial in queryset.select_for_update():
            testimonial.authorization = Testimonial.Authorization.REVOKED
            testimonial.save()
        self.message_user(request, f"{len(queryset)} taken off every page.")

    def save_model(self, request, obj, form, change):
        """The model unpublishes changed words; this tells staff about it."""
        stored = Testimonial.objects.filter(pk=obj.pk).first()
        super().save_model(request, obj, form, change)
        if stored and stored.may_be_public and not obj.may_be_public:
            self.message_user(request, describe_unpublishing(obj, stored), messages.WARNING)


def describe_unpublishing(now: Testimonial, before: Testimonial) -> str:
    if now.has_words_of(before):
        return f"“{now}” is off every page."
    return (
        f"The words changed, so they need a new authorization. “{now}” is off every page until one "
        "is on file."
    )
