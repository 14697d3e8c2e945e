"""The form that asks for a new mailed link, and the form of the page that a link opens."""

from django import forms

from leads import limits
from leads.forms.fields import AddressField
from leads.forms.public import TypoHintForm
from leads.models import EbookSignup


class NewLinkForm(TypoHintForm):
    class Meta:
        model = EbookSignup
        fields = ["email"]

    limit = limits.NEW_LINK

    email = AddressField(
        help_text="The one you signed up with.",
    )


class MyDataForm(forms.Form):
    """The two buttons of the page that shows people what we hold about them."""

    DOWNLOAD, ERASE = "download", "erase"

    action = forms.ChoiceField(choices=[(DOWNLOAD, "Download"), (ERASE, "Erase")])
    # Programs that scan mail may press buttons, and erasing cannot be undone. So it needs a tick,
    # because no such program ticks a box.
    sure = forms.BooleanField(
        required=False, label="I understand that all of it is erased and cannot be brought back."
    )

    def clean(self):
        data = self.cleaned_data
        if data.get("action") == self.ERASE and not data["sure"]:
            self.add_error("sure", "Tick the box to have your data erased")
        return data
