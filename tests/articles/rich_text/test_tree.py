import pytest

from articles.rich_text.link_targets import safe_url
from articles.rich_text.tree import MAX_LIST_DEPTH, legal, plain_text, tree


def run(text, *, bold=False, url=""):
    return {"text": text, "bold": bold, "url": url}


def read(html):
    return tree(html, lambda href: href)


def test_tree_of_a_paragraph_with_all_that_may_stand_in_one():
    html = '<p>One <strong>two <a href="/x">three</a></strong><br>four</p>'

    assert read(html) == [
        {
            "kind": "p",
            "runs": [
                run("One "),
                run("two ", bold=True),
                run("three", bold=True, url="/x"),
                run("\n"),
                run("four"),
            ],
        }
    ]


def test_tree_of_lists_within_lists():
    blocks = read("<ul><li>a<ol><li><p>b</p><p>c</p></li></ol></li><li></li></ul>d")

    inner = {"kind": "ol", "items": [[paragraph("b"), paragraph("c")]]}
    assert blocks == [{"kind": "ul", "items": [[paragraph("a"), inner]]}, paragraph("d")]


def paragraph(text):
    return {"kind": "p", "runs": [run(text)]}


def test_tree_leaves_out_what_is_empty():
    assert read("<p> </p><ul></ul><ul><li> </li></ul><p><br></p>") == []


def test_tree_flattens_lists_nobody_could_follow():
    html = "<ul><li>x" * 500 + "</li></ul>" * 500

    blocks, depth = read(html), 0
    while blocks and (lists := [block for block in blocks if block["kind"] == "ul"]):
        blocks, depth = lists[0]["items"][0], depth + 1

    assert depth == MAX_LIST_DEPTH
    assert plain_text(read(html)).count("x") == 500


def test_tree_reads_entities_and_keeps_what_looks_like_markup_as_text():
    assert (
        plain_text(read("<p>&lt;b&gt; &amp;amp; #panic()&nbsp;*x*</p>"))
        == "<b> &amp; #panic()\xa0*x*"
    )


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("about 15\u00a0minutes", "about 15\u00a0minutes"),
        ("5\u202fto\u202f10\u00a0counts", "5\u202fto\u202f10\u00a0counts"),
        ("walk\u00a0around\u00a0the\u00a0whole\u00a0house", "walk around the whole house"),
        ("a\u00a0b " + "x" * 30, "a\u00a0b " + "x" * 30),
    ],
)
def test_tree_joins_only_what_a_line_can_hold(typed, kept):
    assert plain_text(read(f"<p>{typed}</p>")) == kept


def test_tree_loosens_what_is_joined_across_bold_words():
    html = "<p>slow\u00a0<strong>gentle\u00a0walking</strong>\u00a0around the house</p>"

    assert read(html)[0]["runs"] == [
        run("slow "),
        run("gentle walking", bold=True),
        run(" around the house"),
    ]


@pytest.mark.parametrize(
    "typed",
    ["super\u00advised", "super\u200bvised", "\ufeffsupervised", "\u202asuper\u2060vised\u202c"],
)
def test_legal_drops_what_a_search_would_stumble_over(typed):
    assert legal(typed) == "supervised"


def test_legal_keeps_the_joiners_that_persian_is_spelt_with():
    assert legal("می\u200cخواهم") == "می\u200cخواهم"


@pytest.mark.parametrize(
    ("text", "kept"),
    [("a\x00\x0b\x1fb\n\t", "ab\n\t"), ("\ufdd0\ufffe\U0001ffff", ""), ("é漢😀", "é漢😀")],
)
def test_legal_drops_only_what_xml_forbids(text, kept):
    assert legal(text) == kept


@pytest.mark.parametrize(
    ("href", "url"),
    [
        ("/x y/?a=1&b=ü#z", "https://example.com/x%20y/?a=1&b=%C3%BC#z"),
        ("#rest", "https://example.com/guide/#rest"),
        ("https://münchen.example:8080/", "https://xn--mnchen-3ya.example:8080/"),
        ("mailto:a@example.com", "mailto:a@example.com"),
        ("https://x.org/100%", "https://x.org/100%25"),
        ("http://[bad", ""),
        ("http://x.org:99999/", ""),
        ("https://a b/", ""),
        ("tel:", ""),
        ("javascript:alert(1)", ""),
    ],
)
def test_safe_url(href, url):
    assert safe_url("https://example.com/guide/", href) == url
