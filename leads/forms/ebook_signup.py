from django import forms

from clinic_site.models import Practice
from leads import capture, limits
from leads.forms.fields import AddressField, OneLineField
from leads.forms.public import TypoHint
from leads.models import wording_version
from leads.news import consent
from leads.suspicion import reasons


class EbookSignupForm(TypoHint):
    limit = limits.SIGNUP

    first_name = OneLineField(
        label="First name",
        max_length=80,
        widget=forms.TextInput(attrs={"autocomplete": "given-name"}),
        error_messages={
            "required": "Enter your first name",
            "max_length": "First name must be 80 characters or fewer",
        },
    )
    email = AddressField(
        help_text="We send you the link to your ebooks, so you can find them again.",
    )
    wants_news = forms.BooleanField(required=False)
    # Which words stood beside the box: a page may be open, or in a cache, while staff change them.
    news_version = forms.CharField(required=False, widget=forms.HiddenInput)

    field_order = ["first_name", "email", "wants_news", "news_version", "website", "page"]

    def __init__(self, *args, news_wording: str = "", **kwargs):
        super().__init__(*args, **kwargs)
        self.news_wording = consent.wording_shown(self.data.get("news_version", ""), news_wording)
        if self.news_wording:
            self.fields["wants_news"].label = self.news_wording
            self.fields["news_version"].initial = wording_version(self.news_wording)
        else:
            del self.fields["wants_news"], self.fields["news_version"]

    @classmethod
    def arguments(cls, kept):
        """A tick beside other words than the present ones is no consent to these."""
        wording = Practice.remembered().news_consent_text
        version = wording_version(wording)
        if kept.get("news_version", version) not in {"", version}:
            kept.pop("wants_news", None)
        kept["news_version"] = version
        return {"news_wording": wording}

    def judge(self):
        data = self.cleaned_data
        self.suspicion = reasons.reasons(
            honeypot=data["website"],
            name=data["first_name"],
            email=data["email"],
            is_request=False,
        )

    def save(self):
        data = self.cleaned_data
        return capture.take_signup(
            first_name=data["first_name"],
            email=data["email"],
            news_wording=self.news_wording if data.get("wants_news") else "",
            page=data["page"],
            suspicion=self.suspicion,
        )
