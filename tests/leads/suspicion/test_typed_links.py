import pytest

from leads.suspicion import typed_links


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("https://www.a.example/x/ and http://A.example/x#top", {"a.example/x"}),
        ("https://l.example/?q=https://www.a.example/x", {"a.example/x"}),
        ("https://l.example/?url=https%3A%2F%2Fa.example%2Fx&data=1", {"a.example/x"}),
        ("https://l.example/?u=https%253A%252F%252Fa.example", {"a.example"}),
        ("https://archive.example/2020/https://a.example/x", {"a.example/x"}),
        ("https%3A%2F%2Fa.example%2Fx", {"a.example/x"}),
        ("[a.com](https://a.com), <a.com> “a.com”", {"a.com"}),
        ("hxxps://a[.]com a(.)com a [dot] com h\u200bttp://a.com", {"a.com"}),
        ("https://a.com,https://b.com;www.c.example", {"a.com", "b.com", "c.example"}),
        ("see:www.a.example, Web:https://b.example.", {"a.example", "b.example"}),
        ("pills.shop x.com bit.ly/x t.me/abc", {"pills.shop", "x.com", "bit.ly/x", "t.me/abc"}),
        ("youtube.com/watch?v=1 youtube.com/watch?v=2", {
            "youtube.com/watch?v=1", "youtube.com/watch?v=2",
        }),
        ("https://medium.com/@ann/x", {"medium.com/@ann/x"}),
        ("https://maps.com/@42,-83,15z", {"maps.com/@42,-83,15z"}),
        ("пример.рф", {"пример.рф"}),
    ],
)  # fmt: skip
def test_links_finds_an_address_once_in_all_its_spellings(text, found):
    assert typed_links.links(text) == found


@pytest.mark.parametrize(
    "text",
    [
        "ann@a.com, mailto:bo@b.co.uk, <cy@c.example>",
        "St.John Dr.Smith Dr.Green J.Li Anna.Ru Lee.MBA ann.wang",
        "e.g. i.e. a.m. p.m. U.S.A. Ph.D. etc.in approx.no",
        "9.30am 5.pm $9.99 1.800.555.0199 v2.0 L4.L5 T12.L1",
        "scan.pdf mri.zip clip.mov notes.md photo.jpg",
        "it hurts.so I rest.it is fine.my wife.to be.me too",
        "http:// www. https: // ... [link] <link>",
    ],
)
def test_links_finds_none_in_text_that_only_looks_like_a_link(text):
    assert typed_links.links(text) == set()


@pytest.mark.parametrize("name", ["Anna.Ru", "J.Green", "www.a", "a.com", "https://x"])
def test_may_become_link_finds_what_mail_programs_show_as_links(name):
    assert typed_links.may_become_link(name)


@pytest.mark.parametrize("name", ["T.J.", "St.John", "Ma.Elena", "J. R. Lee"])
def test_may_become_link_does_not_find_initials(name):
    assert not typed_links.may_become_link(name)
