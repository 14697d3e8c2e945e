from django import forms
from django.contrib import admin
from django.contrib.admin.utils import label_for_field
from django.urls import path, reverse
from solo.admin import SingletonModelAdmin

from clinic_site.admin.dashboard import may_view
from clinic_site.admin.history import HistoryAdmin
from clinic_site.admin.readiness import Gap, readiness, readiness_check
from clinic_site.models import Practice


class PracticeForm(forms.ModelForm):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        # Shown as people write numbers here. The field converts it back to E.164.
        self.initial["phone"] = self.instance.phone_national


@admin.register(Practice)
class PracticeAdmin(HistoryAdmin, SingletonModelAdmin):
    menu_name = "Practice"
    form = PracticeForm
    fieldsets = [
        (None, {"fields": ["name", "phone", "email", "region"]}),
        (
            "Postal address",
            {
                "description": "Left out of pages and mails until street and city are filled in.",
                "fields": ["street", ("city", "state", "postal_code")],
            },
        ),
        ("Hours and calls", {"fields": ["opening_hours", "reply_promise", "time_zone"]}),
        (
            "About the practice",
            {
                "description": "What is empty is left out of the pages. Nothing is made up.",
                "fields": ["clinicians", "licences", "prices"],
            },
        ),
        ("Wording", {"fields": ["typicality_line", "news_consent_text", "unadvised_words"]}),
    ]

    def get_urls(self):
        view = self.admin_site.admin_view(readiness)
        return [path("readiness/", view, name="readiness"), *super().get_urls()]


EFFECT_OF_EMPTY = {
    "name": "Pages and mails say “our practice” instead.",
    "phone": "No page, mail or ebook shows a number to call.",
    "email": "Left out of the pages and of security.txt.",
    "region": "The pages do not say where the practice is.",
    "street": "The postal address is left out of pages and mails; news mails need one.",
    "opening_hours": "Left out of the pages.",
    "licences": "Left out of the pages.",
    "clinicians": "No clinician is named.",
    "prices": "Left out of the pages.",
    "reply_promise": "After a request we do not say when we call back.",
    "typicality_line": "Testimonials have no line on what a reader may expect.",
    "news_consent_text": "The box for news is not shown, so visitors cannot agree to news.",
}


@readiness_check("The practice")
def unknown_facts(request):
    if not may_view(request, Practice):
        return None
    practice = Practice.load()
    url = reverse("admin:clinic_site_practice_change")
    return [
        Gap(
            f"{label_for_field(name, Practice)}: not filled in".capitalize(),
            effect,
            f"{url}#id_{name}",
        )
        for name, effect in EFFECT_OF_EMPTY.items()
        if not getattr(practice, name)
    ]
