from django.contrib import admin, messages

from clinic_site.admin import HistoryAdmin
from leads.models import Testimonial


@admin.register(Testimonial)
class TestimonialAdmin(HistoryAdmin):
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
                "Revoked takes the testimonial off every page at once.",
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
    def revoke(self, request, queryset):
        for testimonial in queryset:
            testimonial.authorization = Testimonial.Authorization.REVOKED
            testimonial.save()
        self.message_user(request, f"{len(queryset)} taken off every page.")

    def save_model(self, request, obj, form, change):
        """Promise 24: the paper covers the words that were signed, no others.

        Restoring brings back words, not a permission that was taken back since.
        """
        present = Testimonial.objects.filter(pk=obj.pk).first()
        if hasattr(obj, "_history") and present:
            obj.authorization = present.authorization
            obj.authorization_note = present.authorization_note
            obj.is_published = present.is_published
        is_reworded = change and {"name", "quote"} & set(form.changed_data)
        says_so = {"authorization", "authorization_note"} & set(form.changed_data)
        if is_reworded and not says_so and obj.authorization == Testimonial.Authorization.ON_FILE:
            obj.authorization = Testimonial.Authorization.UNKNOWN
            warning = "The words changed, so the authorization is no longer marked as on file."
            messages.warning(request, warning)
        super().save_model(request, obj, form, change)
