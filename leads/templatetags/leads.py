"""Tags for templates that show leads' forms, ebooks and testimonials."""

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
    """A blank form; `page` is the path of the page that shows it."""
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
    """The first `most` testimonials in the order of the admin; 0 means all."""
    found = Testimonial.objects.published()
    return found[:most] if most else found


@register.simple_tag
def stored_fields():
    return personal_fields.stored_fields()


@register.simple_tag
def cover_url(ebook: Ebook) -> str:
    """The URL of the ebook's cover; '' when there is no file of that name.

    Look for the file first, because static() raises an error for a missing file.
    """
    path = f"covers/{ebook.cover}.svg"
    return static(path) if ebook.cover and finders.find(path) else ""
