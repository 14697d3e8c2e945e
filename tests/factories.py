"""Makes rows with fixed values; a test passes only the values that matter to it."""

from django.core.files.base import ContentFile
from django.utils import timezone

from articles.ebooks.formats import BY_CODE
from articles.models import Article, Ebook, Section
from clinic_site.models import Practice
from leads.models import Bounce, ConsultationRequest, EbookSignup, OutgoingMail, Testimonial


def make_practice(**changes):
    fields = {"name": "Lake Clinic", "phone": "+12485550123"} | changes
    Practice.objects.update_or_create(pk=1, defaults=fields)
    return Practice.load()  # puts it into the cache, as a worker does when it starts


def make_article(**changes):
    fields = {"title": "Neck pain", "slug": "neck-pain", "published_at": timezone.now()}
    return Article.objects.create(**fields | changes)


def make_section(article, **changes):
    fields = {"title": "Rest", "anchor": "rest", "body": "<p>Rest a little.</p>"}
    return Section.objects.create(article=article, **fields | changes)


def make_ebook(*sections, **changes):
    fields = {"title": "First days", "slug": "first-days", "is_published": True}
    fields |= {"description": "What to do first.", "cover": "first-days"}
    book = Ebook.objects.create(**fields | changes)
    for position, section in enumerate(sections):
        book.chapters.create(section=section, position=position)
    return book


def set_upload(book: Ebook, code: str, content: bytes) -> None:
    book.set_upload(BY_CODE[code], ContentFile(content, name=f"own.{code}"))
    book.save()


def make_signup(**changes):
    fields = {"first_name": "Ann", "email": "ann@example.com", "email_key": "ann@example.com"}
    if "received_at" in changes:
        fields["last_seen_at"] = changes["received_at"]
    return EbookSignup.objects.create(**fields | changes)


def make_request(**changes):
    fields = {"name": "Ann Lee", "phone": "+12485550123", "phone_typed": "(248) 555-0123"}
    fields |= {"email": "ann@example.com", "best_time": "morning", "digest": "d1"}
    return ConsultationRequest.objects.create(**fields | changes)


def make_testimonial(**changes):
    fields = {"name": "Bo", "quote": "I walk again.", "is_published": True}
    fields |= {"authorization": "on_file"}
    return Testimonial.objects.create(**fields | changes)


def make_mail(**changes):
    fields = {"kind": "library_link", "to": "ann@example.com", "to_key": "ann@example.com"}
    fields |= {"subject": "Your ebooks", "text": "Here.", "message_id": "<1@example.com>"}
    fields["mailbox"] = changes.get("to_key", fields["to_key"])
    return OutgoingMail.objects.create(**fields | changes)


def make_bounce(**changes):
    fields = {"address": "ann@example.com", "reason": "dead", "words": "550 no such user"}
    return Bounce.objects.create(**fields | changes)
