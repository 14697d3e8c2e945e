from django import forms

from clinic_site.models import Practice
from leads import limits
from leads.forms.fields import AddressField, OneLineField
from leads.forms.public import TypoHintForm
from leads.models import EbookSignup, wording_version
from leads.news import consent
from leads.suspicion import reasons


class EbookSignupForm(TypoHintForm):
    class Meta:
        model = EbookSignup
        fields = ["first_name", "email"]

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
    # Says which wording the visitor saw beside the box. The page can be open, or in a cache, while
    # staff change the wording.
    news_version = forms.CharField(required=False, widget=forms.HiddenInput)

    field_order = ["first_name", "email", "wants_news", "news_version"]

    def __init__(self, *args, news_wording: str = "", **kwargs):
        super().__init__(*args, **kwargs)
        self.news_wording = consent.wording_shown(self.data.get("news_version", ""), news_wording)
        if self.news_wording:
            self.fields["wants_news"].label = self.news_wording
            self.fields["news_version"].initial = wording_version(self.news_wording)
        else:
            del self.fields["wants_news"], self.fields["news_version"]

    @classmethod
    def arguments_again(cls, kept):
        """Passes the present wording, and unticks the box if the visitor saw another wording.

        The tick would be for the other wording.
        """
        wording = Practice.remembered().news_consent_text
        version = wording_version(wording)
        if kept.get("news_version", version) not in {"", version}:
            kept.pop("wants_news", None)
        kept["news_version"] = version
        return {"news_wording": wording}

    def suspicion(self):
        return reasons.find_reasons(
            honeypot=self.cleaned_data["website"],
            name=self.instance.first_name,
            email=self.instance.email,
            is_request=False,
        )

    @property
    def agreed_wording(self) -> str:
        """The wording beside the news box, if it was ticked."""
        return self.news_wording if self.cleaned_data.get("wants_news") else ""
