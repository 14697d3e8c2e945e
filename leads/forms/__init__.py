"""What visitors may type, and what they are told when it cannot be taken."""

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
