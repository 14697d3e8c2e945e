"""The public forms: what visitors may type, and the error messages."""

from leads.forms.consultation_request import VOICEMAIL_WORDING, ConsultationRequestForm
from leads.forms.ebook_signup import EbookSignupForm
from leads.forms.mailed_links import MyDataForm, NewLinkForm

__all__ = [
    "VOICEMAIL_WORDING",
    "ConsultationRequestForm",
    "EbookSignupForm",
    "MyDataForm",
    "NewLinkForm",
]
