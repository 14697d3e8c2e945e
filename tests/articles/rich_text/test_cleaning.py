import re

import pytest
from django.core.exceptions import ValidationError
from hypothesis import given, settings
from hypothesis import strategies as st

from articles.models import Section
from articles.rich_text import cleaning
from clinic_site.models import Practice

PIECES = [
    *("<p>", "</p>", "<ul>", "<ol start=2>", "</ol>", "<li>", "<li value=9>", "</li>", "</ul>"),
    *("<td>", "</td>", "<tr>", "<table>", "<b>", "</b>", "<s>", "</s>", "<sup>", "</sup>", "<br>"),
    *("<p style='mso-list:l0 level2'>", "<span style='mso-list:Ignore'>3.", "</span>", "<h2>"),
    *(
        "<a href='www.x.example'>",
        "</a>",
        "<select><option>",
        "<input value=5>",
        "<math><msup><mn>",
    ),
    *(
        "15",
        "\xa0",
        " ",
        "minutes",
        "• ",
        "1. ",
        "\n",
        "&lt;i&gt;",
        "\u200b",
        "\ue000",
        "\uf0b7",
        "é",
    ),
]
MARKUP = st.lists(st.sampled_from(PIECES), max_size=14).map("".join)
PRACTICE = Practice(name="Lake & Clinic", phone="+12485550123")


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("<p>Rest <strong>now</strong>.</p>", "<p>Rest <strong>now</strong>.</p>"),
        ('<a href="tel:911">911</a>', '<a href="tel:911">911</a>'),
        ("<script>alert(1)</script><p>Rest.</p>", "<p>Rest.</p>"),
        ('<p onclick="x()" style="color:red" class="y">Rest.</p>', "<p>Rest.</p>"),
        ('<a href="javascript:alert(1)">x</a>', "x"),
        ('<a href="data:text/html,x">x</a>', "x"),
        ('<a href="/ebooks/" title="T" target="_blank" name="n">x</a>', '<a href="/ebooks/">x</a>'),
        ('<ol start="3" type="a" reversed><li>x</li></ol>', '<ol start="3"><li>x</li></ol>'),
        ('<img src="https://x.example/p.gif">', ""),
        ("<h1>Big</h1>", "<p><strong>Big</strong></p>"),
        ("<p></p>", ""),
        ("• Rest", "<ul><li>Rest</li></ul>"),
        ("5 < 6 & 7", "5 &lt; 6 &amp; 7"),
    ],
)
def test_rich_text_keeps_the_allow_list_and_nothing_else(written, kept):
    assert cleaning.clean(written) == kept


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ('<a href="data:text/html,x">x</a>', "<a>x</a>"),
        ('<a href="/ebooks/" title="T" target="_blank">x</a>', '<a href="/ebooks/">x</a>'),
        ('<ol start="3" type="a"><li class="x">x</li></ol>', '<ol start="3"><li>x</li></ol>'),
        ("<p><em>x</em><script>y</script></p>", "<p>x</p>"),
    ],
)
def test_allow_list_does_not_rely_on_what_comes_before_it(written, kept):
    assert cleaning.allow_list.clean(written) == kept


def test_rich_text_fills_in_the_practice():
    text = "<p>Call [practice] at [phone].</p>"

    assert cleaning.render(text, PRACTICE) == (
        '<p>Call Lake &amp; Clinic at <a href="tel:+12485550123">(248) 555-0123</a>.</p>'
    )


def test_rich_text_reads_well_while_the_practice_is_unknown():
    text = "<p>Call [practice] at [phone].</p>"

    assert cleaning.render(text, Practice()) == ("<p>Call our practice at our phone number.</p>")


def test_rich_text_is_cleaned_again_when_shown():
    assert cleaning.render("<script>x</script>ok", PRACTICE) == "ok"


def test_rich_text_field_cleans_what_the_editor_sends():
    field = Section._meta.get_field("body")

    assert field.clean("<p onclick='x()'>Rest.</p><iframe></iframe>", None) == "<p>Rest.</p>"


def test_rich_text_fills_in_the_phone_but_not_into_a_link():
    text = '<p><a href="/x?[phone]">Call [phone]</a></p>'

    assert cleaning.render(text, PRACTICE) == (
        '<p><a href="/x?[phone]">Call (248) 555-0123</a></p>'
    )


def test_rich_text_leads_from_a_mail_to_the_site():
    text = '<p><a href="/ebooks/">a</a> <a href="//b.example/">b</a> <a href="#rest">c</a></p>'

    assert cleaning.render(text, PRACTICE, home="https://us.example") == (
        '<p><a href="https://us.example/ebooks/">a</a> <a href="https://b.example/">b</a> c</p>'
    )


def test_rich_text_field_refuses_a_link_that_leads_nowhere():
    field = Section._meta.get_field("body").formfield()

    with pytest.raises(ValidationError) as refused:
        field.clean('<p><a href="guides/rest">a</a> <a href="ftp://x.example/">b</a></p>')

    [message] = refused.value.messages
    assert message.startswith("A link to “guides/rest”, “ftp://x.example/” leads nowhere. Give it")


def test_rich_text_field_takes_off_what_attacks():
    field = Section._meta.get_field("body").formfield()

    assert (
        field.clean('<p><a href="javascript:x()">a</a><a href="DATA:,x">b</a></p>') == "<p>ab</p>"
    )


def test_rich_text_reads_what_is_nested_a_thousand_deep():
    deep = "<div><ul><li>" * 1000 + "<s>20</s>15" + "</li></ul></div>" * 1000

    assert "15" in cleaning.clean(deep)


@settings(max_examples=200, deadline=None)
@given(MARKUP)
def test_rich_text_of_any_markup_is_stable_and_allowed(html):
    once = cleaning.clean(html)

    assert cleaning.clean(once) == once
    assert set(re.findall(r"<(\w+)", once)) <= cleaning.TAGS
