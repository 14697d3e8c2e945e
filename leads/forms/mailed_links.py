"""The forms around mailed links: asking for a new one, and the buttons behind one."""

from django import forms

from leads import capture, limits
from leads.forms.fields import AddressField
from leads.forms.public import TypoHint


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
