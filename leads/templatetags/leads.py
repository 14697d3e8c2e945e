"""What pages of `articles` show of the leads, so that `articles` need not know about them."""

from django import template
from django.contrib.staticfiles import finders
from django.templatetags.static import static

from articles.models import Article, Ebook
from clinic_site.models import Practice
from leads.forms import EbookSignupForm
from leads.models import Testimonial
from leads.privacy import personal_fields

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
def first_guide():
    return Article.objects.published().guides().first()


@register.simple_tag
def published_testimonials(most: int = 0):
    """The first `most` of them in the order of the admin; all when none is said."""
    found = Testimonial.objects.published()
    return found[:most] if most else found


@register.simple_tag
def stored_fields():
    """What is stored about people, why and how long, from the models themselves."""
    return personal_fields.stored_fields()


@register.simple_tag
def cover_url(ebook: Ebook) -> str:
    """The address of the book's drawn cover; '' when there is no drawing of that name.

    Looked for first, because a hashed static file that is missing would take the page down.
    """
    path = f"covers/{ebook.cover}.svg"
    return static(path) if ebook.cover and finders.find(path) else ""
