import pytest

from articles import rich_text
from articles.models import Section
from clinic_site.models import Practice

PRACTICE = Practice(name="Lake & Clinic", phone="+12485550123")


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("<p>Rest <strong>now</strong>.</p>", "<p>Rest <strong>now</strong>.</p>"),
        ('<a href="tel:911">911</a>', '<a href="tel:911">911</a>'),
        ("<script>alert(1)</script><p>Rest.</p>", "<p>Rest.</p>"),
        ('<p onclick="x()" style="color:red" class="y">Rest.</p>', "<p>Rest.</p>"),
        ('<a href="javascript:alert(1)">x</a>', "<a>x</a>"),
        ('<img src="https://x.example/p.gif">', ""),
        ("<h1>Big</h1>", "Big"),
        ("<p></p>", ""),
        ("5 < 6 & 7", "5 &lt; 6 &amp; 7"),
    ],
)
def test_rich_text_keeps_the_allow_list_and_nothing_else(written, kept):
    assert rich_text.clean(written) == kept


def test_rich_text_fills_in_the_practice():
    text = "<p>Call [practice] at [phone].</p>"

    assert rich_text.render(text, PRACTICE) == (
        '<p>Call Lake &amp; Clinic at <a href="tel:+12485550123">(248) 555-0123</a>.</p>'
    )


def test_rich_text_reads_well_while_the_practice_is_unknown():
    text = "<p>Call [practice] at [phone].</p>"

    assert rich_text.render(text, Practice()) == ("<p>Call our practice at our phone number.</p>")


def test_rich_text_is_cleaned_again_when_shown():
    assert rich_text.render("<script>x</script>ok", PRACTICE) == "ok"


def test_rich_text_field_cleans_what_the_editor_sends():
    field = Section._meta.get_field("body")

    assert field.clean("<p onclick='x()'>Rest.</p><iframe></iframe>", None) == "<p>Rest.</p>"
