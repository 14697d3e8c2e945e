"""What all forms that visitors fill in have in common."""

import json
import re
from typing import Any, Self

from crispy_forms.helper import FormHelper
from django import forms
from django.core.exceptions import ValidationError

from leads import limits
from leads.addresses import fold
from leads.forms import typos
from leads.forms.fields import ADDRESS_LENGTH, TrapField

# Keeps browsers and the password managers 1Password, LastPass, Bitwarden and Dashlane from filling
# in the hidden field, because that would hold back an honest person.
NO_AUTOFILL = {
    "autocomplete": "off",
    "tabindex": "-1",
    "data-1p-ignore": True,
    "data-lpignore": "true",
    "data-bwignore": True,
    "data-form-type": "other",
}

# The names of the buttons that answer a question about a field.
BUTTONS = ("take_email", "take_phone")


def shows_its_value(field: forms.Field | None) -> bool:
    return not (field is None or field.widget.is_hidden or isinstance(field, forms.BooleanField))


class PublicForm(forms.ModelForm):
    """Makes a lead that is not saved yet. The template pack `clinic` renders it.

    The visitor does not fill in the honeypot `website` and `page`, the path of the page that shows
    the form.
    """

    limit: limits.Limit

    website = TrapField(
        required=False,
        max_length=1000,
        label="Leave this field empty",
        widget=forms.TextInput(attrs=NO_AUTOFILL),
    )
    page = forms.CharField(required=False, widget=forms.HiddenInput)

    use_required_attribute = False
    # Hidden fields that remember how the visitor answered a question about another field.
    answers: tuple[str, ...] = ()

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if not self.is_bound:
            for name in self.answers:
                del self.fields[name]  # there is no answer yet, and the page stays smaller
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.disable_csrf = True

    @classmethod
    def filled_in_again(cls, typed, *, page: str, is_ours: bool) -> Self:
        """The form with all that was typed, for error pages. It must not read the database.

        The honeypot is left empty. If another site sent the form, only what the visitor can see is
        kept: no box is ticked and no hidden field is filled in, because they could not check it.
        """
        kept = {name: typed[name] for name in (*cls.base_fields, *BUTTONS) if name in typed}
        if not is_ours:
            kept = {name: kept[name] for name in kept if shows_its_value(cls.base_fields.get(name))}
        arguments = cls.arguments_again(kept)
        form = cls({"page": page} | kept | {"website": ""}, **arguments)
        form.is_valid()  # validation puts the answers to questions into the form's data
        return form

    @classmethod
    def arguments_again(cls, kept: dict[str, str]) -> dict[str, str]:
        """More arguments for a form that is filled in again, for subclasses; may change `kept`."""
        return {}

    def clean_page(self):
        """The path of the page that the form was on; any other value is dropped without an error,
        because the visitor did not type it.
        """
        page = re.split(r"[?#]", self.cleaned_data["page"])[0]
        return page if re.fullmatch(r"/[\w/-]{0,150}", page, re.ASCII) else ""

    def clean(self):
        super().clean()
        data = self.cleaned_data
        self.instance.page = data.get("page", "")
        self.instance.email_key = fold(data.get("email", ""))
        return data

    def ask(self, field: str, template: str) -> None:
        """Sets the template of a question; templates/clinic/field.html shows it below the field."""
        self.fields[field].question = template  # type: ignore[attr-defined]  # not in Django

    def lead(self) -> Any:
        """The lead as posted, not saved, with the reasons that make it suspicious.

        Call it before the transaction, because every other writer waits for the transaction's end
        (promise 29).
        """
        self.instance.suspicion = self.suspicion()
        return self.instance

    def suspicion(self) -> str:
        """Why the post looks like a bot's; empty when it does not."""
        return ""

    def people(self) -> dict[str, str]:
        """The address and phone number that the form is about, for `limits`."""
        found = {"email": self.instance.email_key, "phone": self.cleaned_data.get("phone", "")}
        return {kind: who for kind, who in found.items() if who}

    def content(self) -> str:
        """All that was typed. `limits` treats the same content as a repeat."""
        return json.dumps([self.cleaned_data[name] for name in self.fields if name != "page"])


class TypoHintForm(PublicForm):
    """Asks once about an address that is very likely mistyped, and accepts the answer.

    templates/leads/_typo_hint.html offers `typo_suggestion`. `keep_email` holds the address that
    the visitor keeps as typed.
    """

    keep_email = forms.CharField(required=False, widget=forms.HiddenInput)
    answers: tuple[str, ...] = ("keep_email",)

    typo_suggestion = typed_email = ""

    def clean_email(self):
        email = self.cleaned_data["email"]
        suggestion = typos.suggestion(email)
        if len(suggestion) > ADDRESS_LENGTH:  # the suggestion can be one letter longer
            suggestion = ""
        # If the form is shown again because of another field, it must not ask a second time.
        self.data = data = dict(self.data.items())
        if suggestion and "take_email" in data:
            data["email"] = suggestion
            return suggestion
        if not suggestion or data.get("keep_email", "").strip() == email:
            return email
        data["keep_email"] = email
        self.typo_suggestion, self.typed_email = suggestion, email
        self.ask("email", "leads/_typo_hint.html")
        raise ValidationError(f"Did you mean {suggestion}?", code="typo")
