import pytest

from articles.templatetags.articles import dose, heading


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("Back spasm: self-care", 'Back spasm: <span class="unbroken">self-care</span>'),
        ("A & <b> 90-90", 'A &amp; &lt;b&gt; <span class="unbroken">90-90</span>'),
        ("it's not - one", "it&#x27;s not - one"),
        ("over-the-counter-medicines", "over-the-counter-medicines"),
    ],
)
def test_heading_keeps_short_hyphenated_words_together(text, html):
    assert heading(text) == html


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("About 12 to 15 minutes", 'About <span class="unbroken">12 to 15 minutes</span>'),
        ("Hold it's 10", "Hold it&#x27;s " + '<span class="unbroken">10</span>'),
        ("1.5 hours & <2 days", '<span class="unbroken">1.5 hours</span> &amp; &lt;'
         '<span class="unbroken">2 days</span>'),
        ("Several times a day", "Several times a day"),
    ],
)  # fmt: skip
def test_dose_keeps_numbers_with_their_units(text, html):
    assert dose(text) == html
