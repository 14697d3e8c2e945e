from django.apps import AppConfig

from articles.page_kinds import FixedPage
from clinic_site.staff import EDITORS, FRONT_DESK, OWNERS


class LeadsConfig(AppConfig):
    name = "leads"
    group_rights = {
        FRONT_DESK: [
            "leads.view_ebooksignup",
            "leads.change_ebooksignup",
            "leads.view_consultationrequest",
            "leads.change_consultationrequest",
            "leads.view_requestevent",
            "leads.view_consent",
            "leads.view_outgoingmail",
            "leads.change_outgoingmail",  # to send a mail again; its text cannot be edited
            "leads.view_bounce",
            "leads.delete_bounce",
        ],
        EDITORS: [
            "leads.*_testimonial",
            "leads.view_newsmessage",
            "leads.add_newsmessage",
            "leads.change_newsmessage",
            "leads.delete_newsmessage",
        ],
        OWNERS: ["leads.*"],
    }
    fixed_pages = (
        FixedPage("ebooks", "leads:ebooks", position=30, label="Ebooks", is_in_header=True),
        FixedPage("consultation", "leads:consultation", position=40, label="Free consultation"),
        FixedPage(
            "consultation-thanks", "leads:consultation-thanks", position=50, is_in_sitemap=False
        ),
        FixedPage(
            "testimonials",
            "leads:testimonials",
            position=60,
            label="Testimonials",
            is_in_header=True,
        ),
    )
    # By place on a page: the template that this app adds there, on the pages of other apps too
    # (clinic_site/page_parts.py).
    page_parts = {
        "ways to reach us": "leads/_reach.html",
        "rail": "leads/_rail_ask.html",
        "after the text": "leads/_ask.html",
        "end of a guide": "leads/_guide_end.html",
        "end of a page": "leads/_ebook_band.html",
        "home: first links": "leads/_home_way.html",
        "home: beside the text": "leads/_home_quote.html",
        "privacy": "leads/_stored_fields.html",
    }

    def ready(self):
        from clinic_site import health  # noqa: PLC0415 models load after this module
        from leads.delivery.stuck_mail import find_stuck_mail  # noqa: PLC0415

        health.work_checks.append(find_stuck_mail)
