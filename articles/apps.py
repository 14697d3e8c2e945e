from django.apps import AppConfig

from articles.page_kinds import FixedPage
from clinic_site.staff import EDITORS, OWNERS


class ArticlesConfig(AppConfig):
    name = "articles"
    group_rights = {EDITORS: ["articles.*"], OWNERS: ["articles.*"]}
    fixed_pages = (
        FixedPage("home", "articles:home", position=0),
        FixedPage("guides", "articles:guides", position=10, label="Guides", is_in_header=True),
        FixedPage(
            "treatments", "articles:treatments", position=20, label="Treatments", is_in_header=True
        ),
        FixedPage("privacy", "articles:privacy", position=70, label="Privacy"),
    )
    # Place on a page → the template that fills it. clinic_site/page_parts.py explains places.
    page_parts = {
        "head": "articles/_description.html",
        "header menu": "articles/_header_menu.html",
        "footer menu": "articles/_footer_menu.html",
        "links of an error page": "articles/_way_to_guides.html",
    }
