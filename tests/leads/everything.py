"""Stores something about one person in every table that can hold it, and searches for it."""

from leads import links
from leads.models import Bounce, ConsultationRequest, EbookSignup, OutgoingMail
from leads.news import mailing
from tests.database import whole_database
from tests.leads.news_factories import make_message

# These letters and digits occur nowhere else, so any trace of them is a leak.
NAME, EMAIL, PHONE, NOTE = "Zebulon", "Zeb.Quux@Example.com", "(734) 555-0187", "Disc slipped"
TRACES = ["zebulon", "quux", "5550187", "555-0187", "disc slipped", "he is kind"]


def fill_in_everything(client):
    page = {"page": "/ebooks/"}
    client.post("/ebooks/", {"first_name": NAME, "email": EMAIL, "wants_news": "on"} | page)
    request = {"name": NAME, "phone": PHONE, "email": EMAIL, "note": NOTE, "best_time": "any"}
    client.post("/consultation/", request | {"voicemail_ok": "on"})
    signup, request = EbookSignup.objects.get(), ConsultationRequest.objects.get()
    EbookSignup.objects.update(notes="He is kind")
    request.events.create(what="Left a voicemail for Zebulon")
    client.post(links.news_confirm_path(signup))
    message = make_message()
    mailing.start(message)
    mailing.continue_sending(message)
    OutgoingMail.objects.filter(kind="news").update(last_error=f"550 {EMAIL} unknown")
    Bounce.objects.create(address=EMAIL.lower(), reason="dead", words=f"550 {EMAIL} unknown")


def traces():
    found = repr(whole_database()).lower()
    return [trace for trace in TRACES if trace in found]
