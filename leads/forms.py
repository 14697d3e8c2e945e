"""What visitors may type, and what they are told when it cannot be taken."""

import json
import re
from collections.abc import Sequence

from crispy_forms.helper import FormHelper
from django import forms
from django.core.exceptions import ValidationError

from clinic_site import phone
from clinic_site.models import Practice
from clinic_site.phone import Reading
from leads import addresses, capture, limits, news, suspicion, typos
from leads.fields import ADDRESS_LENGTH, AddressField, NoteField, OneLineField, PhoneField
from leads.models import ConsultationRequest, wording_version

VOICEMAIL_WORDING = "You may leave a voicemail about this request."


# For browsers, and in their own words for 1Password, LastPass, Bitwarden and Dashlane: nobody
# honest should be held back because a password manager filled in what they cannot see.
LEFT_ALONE = {
    "autocomplete": "off",
    "tabindex": "-1",
    "data-1p-ignore": True,
    "data-lpignore": "true",
    "data-bwignore": True,
    "data-form-type": "other",
}


# Those that answer a question about a field.
BUTTONS = ("take_email", "take_phone")


def is_plain_to_see(field: forms.Field | None) -> bool:
    return not (field is None or field.widget.is_hidden or isinstance(field, forms.BooleanField))


class PublicForm(forms.Form):
    """Honeypot and page of origin, and rendering by the `clinic` template pack."""

    limit: limits.Limit

    website = forms.CharField(
        required=False,
        max_length=1000,
        label="Leave this field empty",
        widget=forms.TextInput(attrs=LEFT_ALONE),
    )
    page = forms.CharField(required=False, widget=forms.HiddenInput)

    use_required_attribute = False
    # Hidden fields that keep what was answered to a question about another field.
    answers: tuple[str, ...] = ()

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if not self.is_bound:
            for name in self.answers:
                del self.fields[name]  # nothing to keep yet, and pages stay as small
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.disable_csrf = True

    @classmethod
    def again(cls, typed, *, page: str, is_ours: bool):
        """The form with all that was typed, for the error pages, without a look into the database.

        The trap is left empty. A form that another site sent keeps what can be seen and read before
        it is sent from here: no box is ticked, and nothing is hidden in it.
        """
        kept = {name: typed[name] for name in (*cls.base_fields, *BUTTONS) if name in typed}
        if not is_ours:
            kept = {name: kept[name] for name in kept if is_plain_to_see(cls.base_fields.get(name))}
        arguments = cls.arguments(kept)
        form = cls({"page": page} | kept | {"website": ""}, **arguments)
        form.is_valid()  # and so the answers to its questions are in what it shows
        return form

    @classmethod
    def arguments(cls, kept: dict[str, str]) -> dict[str, str]:
        """What else the form is made with when it is shown again; may change what is kept."""
        return {}

    def clean_page(self):
        """The path the form was shown on; anything else is dropped, a visitor never typed it."""
        page = re.split(r"[?#]", self.cleaned_data["page"])[0]
        return page if re.fullmatch(r"/[\w/-]{0,150}", page, re.ASCII) else ""

    suspicion = ""

    def judge(self) -> None:
        """Finds what is suspicious in the post; `save` keeps it with the lead."""

    def people(self) -> dict[str, str]:
        """Whom the form is about, for `limits`."""
        data = self.cleaned_data
        found = {"email": addresses.fold(data["email"]), "phone": data.get("phone", "")}
        return {kind: who for kind, who in found.items() if who}

    def content(self) -> str:
        """All that was typed: the same again is a repeat, not another post."""
        return json.dumps([self.cleaned_data[name] for name in self.fields if name != "page"])


class TypoHint(PublicForm):
    """Asks once about an address that is very likely mistyped, and takes the answer.

    `typo_suggestion` is what leads/_typo_hint.html offers; `keep_email` says "as I typed it".
    """

    keep_email = forms.CharField(required=False, widget=forms.HiddenInput)
    answers: tuple[str, ...] = ("keep_email",)

    typo_suggestion = typed_email = ""

    def clean_email(self):
        email = self.cleaned_data["email"]
        suggestion = typos.suggestion(email)
        if len(suggestion) > ADDRESS_LENGTH:  # one letter more than was typed
            suggestion = ""
        # Shown again because of another field, the form must not ask a second time.
        self.data = data = dict(self.data.items())
        if suggestion and "take_email" in data:
            data["email"] = suggestion
            return suggestion
        if not suggestion or data.get("keep_email", "").strip() == email:
            return email
        data["keep_email"] = email
        self.typo_suggestion, self.typed_email = suggestion, email
        raise ValidationError(f"Did you mean {suggestion}?", code="typo")


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
        self.news_wording = news.wording_shown(self.data.get("news_version", ""), news_wording)
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
        self.suspicion = suspicion.reasons(
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


class ConsultationRequestForm(TypoHint):
    limit = limits.REQUEST

    name = OneLineField(
        label="Your name",
        max_length=80,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
        error_messages={
            "required": "Enter your name",
            "max_length": "Your name must be 80 characters or fewer",
        },
    )
    phone = PhoneField(
        label="Phone number",
        required=False,
        max_length=30,
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "tel", "inputmode": "tel"}),
        help_text="Give a phone number or an email address, or both.",
        error_messages={"max_length": "Phone number must be 30 characters or fewer"},
    )
    email = AddressField(
        label="Email address (optional with a phone number)",
        required=False,
    )
    best_time = forms.ChoiceField(
        label="When is the best time to call?",
        choices=ConsultationRequest.BestTime,
        widget=forms.RadioSelect,
        error_messages={
            "required": "Choose the best time to call",
            "invalid_choice": "Choose the best time to call from the list",
        },
    )
    note = NoteField(
        label="Anything we should know? (optional)",
        required=False,
        max_length=1000,
        help_text="A sentence or two is enough. Do not send medical records.",
        error_messages={"max_length": "Your note must be 1,000 characters or fewer"},
    )
    voicemail_ok = forms.BooleanField(required=False, label=VOICEMAIL_WORDING)
    keep_phone = forms.CharField(required=False, widget=forms.HiddenInput)
    answers = (*TypoHint.answers, "keep_phone")

    # What leads/_phone_question.html offers: as E.164, and as it is read.
    phone_readings: Sequence[tuple[str, str]] = ()

    field_order = ["name", "phone", "email", "best_time", "note", "voicemail_ok", "website", "page"]

    def clean_phone(self):
        """The number as E.164; what was typed stays in `phone_typed`."""
        typed = self.cleaned_data["phone"]
        self.cleaned_data["phone_typed"] = typed
        if not typed:
            return ""
        reading = phone.read(typed)
        if not reading.numbers:
            raise ValidationError("Enter a phone number with its area code, like (248) 555-0123")
        return reading.e164s[0] if reading.is_sure else self.answered(reading)

    def answered(self, reading: Reading) -> str:
        """The number that the person chose; a question when there is no answer yet.

        One that no country hands out is asked about once, as the area code may be a new one; of
        two readings one must be chosen.
        """
        readings = reading.e164s
        self.data = data = dict(self.data.items())
        answer = data.get("take_phone") or data.get("keep_phone")
        if answer in readings:
            data["keep_phone"] = answer  # shown again because of another field
            return answer
        self.phone_readings = list(zip(readings, reading.shown, strict=True))
        data["keep_phone"] = readings[0] if len(readings) == 1 else ""
        if len(readings) == 1:
            problem = "Check {}: the area code or a digit looks wrong. Correct it, or keep it."
        else:
            problem = "Did you mean {} or {}?"
        raise ValidationError(problem.format(*reading.described), code="unclear")

    def clean_email(self):
        """One question at a time: an answer to that about the phone says nothing of the address."""
        return self.cleaned_data["email"] if self.phone_readings else super().clean_email()

    def clean(self):
        # What is refused is missing here, and has its own error.
        if all(self.cleaned_data.get(name) == "" for name in ("phone", "email")):
            self.add_error("phone", "Enter a phone number or an email address, so we can reach you")
        return self.cleaned_data

    def judge(self):
        data = self.cleaned_data
        self.suspicion = suspicion.reasons(
            honeypot=data["website"],
            name=data["name"],
            note=data["note"],
            phone=data["phone"],
            phone_typed=data["phone_typed"],
            email=data["email"],
        )

    def save(self):
        data = self.cleaned_data
        return capture.take_request(
            name=data["name"],
            phone=data["phone"],
            phone_typed=data["phone_typed"],
            email=data["email"],
            best_time=data["best_time"],
            note=data["note"],
            voicemail_wording=VOICEMAIL_WORDING if data["voicemail_ok"] else "",
            page=data["page"],
            suspicion=self.suspicion,
        )


class NewLinkForm(TypoHint):
    limit = limits.NEW_LINK

    email = AddressField(
        help_text="The one you signed up with.",
    )

    field_order = ["email", "website", "page"]

    def save(self):
        capture.renew_link(email=self.cleaned_data["email"])


class MyDataForm(forms.Form):
    """The two buttons of the page that shows a person what we hold about them."""

    DOWNLOAD, ERASE = "download", "erase"

    action = forms.ChoiceField(choices=[(DOWNLOAD, "Download"), (ERASE, "Erase")])
    # Scanners of mail press buttons. None ticks a box first, and this cannot be undone.
    sure = forms.BooleanField(
        required=False, label="I understand that all of it is erased and cannot be brought back."
    )

    def clean(self):
        data = self.cleaned_data
        if data.get("action") == self.ERASE and not data["sure"]:
            self.add_error("sure", "Tick the box to have your data erased")
        return data
