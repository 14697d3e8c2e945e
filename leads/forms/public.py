"""What all forms that visitors fill in have in common."""

import json
import re

from crispy_forms.helper import FormHelper
from django import forms
from django.core.exceptions import ValidationError

from leads import addresses, limits
from leads.forms import typos
from leads.forms.fields import ADDRESS_LENGTH, TrapField

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

    website = TrapField(
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

    def ask(self, field: str, template: str) -> None:
        """Shows a question with its buttons below the field; templates/clinic/field.html does."""
        self.fields[field].question = template  # type: ignore[attr-defined]  # not in Django

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
        self.ask("email", "leads/_typo_hint.html")
        raise ValidationError(f"Did you mean {suggestion}?", code="typo")
