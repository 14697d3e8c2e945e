from collections.abc import Sequence

from django import forms
from django.core.exceptions import ValidationError

from clinic_site import phone
from clinic_site.phone import Reading
from leads import limits
from leads.forms.fields import AddressField, NoteField, OneLineField, PhoneField
from leads.forms.public import TypoHintForm
from leads.models import ConsultationRequest
from leads.suspicion import reasons

VOICEMAIL_WORDING = "You may leave a voicemail about this request."


class ConsultationRequestForm(TypoHintForm):
    class Meta:
        model = ConsultationRequest
        # `phone` is not here, because what is typed there fills two columns: see clean_phone().
        fields = ["name", "email", "best_time", "note", "voicemail_ok"]

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
    answers = (*TypoHintForm.answers, "keep_phone")

    # The numbers that templates/leads/_phone_question.html offers: as E.164, and as people read it.
    phone_readings: Sequence[tuple[str, str]] = ()

    field_order = ["name", "phone"]

    def clean_phone(self):
        """The number as E.164. The request also keeps what was typed, because only that has the
        extension.
        """
        typed = self.instance.phone_typed = self.cleaned_data["phone"]
        if not typed:
            return ""
        reading = phone.read(typed)
        if not reading.numbers:
            raise ValidationError("Enter a phone number with its area code, like (248) 555-0123")
        return reading.e164s[0] if reading.is_sure else self.chosen_number(reading)

    def chosen_number(self, reading: Reading) -> str:
        """The number that the visitor chose; raises the question when there is no answer yet.

        If the typed digits can be read as two numbers, the visitor must choose one. If they can be
        read as one number only, but no country uses it, the form asks once, because the area code
        may be new.
        """
        readings = reading.e164s
        self.data = data = dict(self.data.items())
        answer = data.get("take_phone") or data.get("keep_phone")
        if answer in readings:
            # Kept in case the form is shown again because of another field.
            data["keep_phone"] = answer
            return answer
        self.phone_readings = list(zip(readings, reading.shown, strict=True))
        self.ask("phone", "leads/_phone_question.html")
        data["keep_phone"] = readings[0] if len(readings) == 1 else ""
        if len(readings) == 1:
            problem = "Check {}: the area code or a digit looks wrong. Correct it, or keep it."
        else:
            problem = "Did you mean {} or {}?"
        raise ValidationError(problem.format(*reading.described), code="unclear")

    def clean_email(self):
        """Does not ask about the address while the form asks about the phone number, so that the
        visitor answers one question at a time.
        """
        return self.cleaned_data["email"] if self.phone_readings else super().clean_email()

    def clean(self):
        data = super().clean()
        self.instance.phone = data.get("phone", "")
        # A field that was refused is missing in `data`, and has its own error.
        if all(data.get(name) == "" for name in ("phone", "email")):
            self.add_error("phone", "Enter a phone number or an email address, so we can reach you")
        return data

    def suspicion(self):
        request = self.instance
        return reasons.find_reasons(
            honeypot=self.cleaned_data["website"],
            name=request.name,
            note=request.note,
            phone=request.phone,
            phone_typed=request.phone_typed,
            email=request.email,
        )
