"""What pages of `articles` show of the leads, so that `articles` need not know about them."""

from django import template

from articles.models import Ebook
from clinic_site.models import Practice
from leads.forms import EbookSignupForm
from leads.models import Testimonial

register = template.Library()


@register.simple_tag
def ebook_signup_form(page: str) -> EbookSignupForm:
    """A blank form that says which page it stood on."""
    wording = Practice.load().news_consent_text
    return EbookSignupForm(news_wording=wording, initial={"page": page})


@register.simple_tag
def published_ebooks():
    return Ebook.objects.published()


@register.simple_tag
def published_testimonials(most: int = 0):
    """The first `most` of them in the order of the admin; all when none is said."""
    found = Testimonial.objects.published()
    return found[:most] if most else found
