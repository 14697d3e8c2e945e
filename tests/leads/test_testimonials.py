import re

from tests.factories import make_testimonial


def test_testimonials_page_shows_who_said_what_and_nothing_revoked(client, db):
    make_testimonial()
    make_testimonial(name="Cy", quote="Taken back.", authorization="revoked")
    make_testimonial(name="Di", quote="Not yet.", is_published=False)

    page = client.get("/testimonials/").text

    shown = re.findall(r"<blockquote><p>(.*?)</p></blockquote><figcaption>(.*?)</figcaption>", page)
    assert shown == [("I walk again.", "Bo")]
    assert page.count("<blockquote") == 1
