import pytest

from articles.ebooks.book import read
from articles.models import Article, Ebook, Section
from clinic_site.models import Practice
from tests.factories import make_article, make_ebook, make_practice, make_section


def test_book_has_its_chapters_in_the_chosen_order(db):
    article = make_article()
    first = make_section(article, title="First", anchor="a", position=2)
    second = make_section(article, title="Second", anchor="b", position=1)

    book = read(make_ebook(first, second))

    assert [chapter.title for chapter in book.chapters] == ["First", "Second"]


def test_book_keeps_every_warning_with_its_section(db):
    section = make_section(
        make_article(),
        kind="step",
        callout_title="If it hurts",
        callout="Stop.",
        dos="Go slowly.\n\n",
        donts="Never twist.",
        dose_how_long="15 minutes",
    )

    chapter = read(make_ebook(section)).chapters[0]

    assert (chapter.callout_title, chapter.callout) == ("If it hurts", "Stop.")
    assert (chapter.dos, chapter.donts) == (["Go slowly."], ["Never twist."])
    assert chapter.doses == [("How long", "15 minutes")]


def test_book_numbers_its_own_steps(db):
    guide, other = make_article(), make_article(slug="other")
    steps = [make_section(guide, anchor=f"s{n}", kind="step", position=n) for n in (1, 2, 3, 4)]
    exercise = make_section(guide, anchor="e", kind="exercise", position=5)
    further = make_section(other, anchor="s1", kind="step")

    book = read(make_ebook(steps[1], steps[3], exercise, further))

    assert [(chapter.number, chapter.count) for chapter in book.chapters] == [
        (1, "Step 1 of 2"),
        (2, "Step 2 of 2"),
        (1, "Exercise 1 of 1"),
        (1, "Step 1 of 1"),
    ]


def test_book_puts_steps_under_the_text_that_introduces_them(db):
    article = make_article()
    kinds = ["step", "text", "step", "step", "doctor", "step"]
    sections = [
        make_section(article, anchor=f"s{n}", kind=kind, position=n) for n, kind in enumerate(kinds)
    ]

    book = read(make_ebook(*sections))

    assert [chapter.level for chapter in book.chapters] == [1, 1, 2, 2, 1, 1]


def test_book_links_within_itself_where_it_can(db):
    article = make_article()
    rest = make_section(article, anchor="rest")
    links = '<a href="#rest">1</a><a href="/guides/neck-pain/#gone">2</a><a href="tel:911">3</a>'
    section = make_section(article, anchor="links", body=f"<p>{links}</p>")

    book = read(make_ebook(rest, section))

    assert [run["url"] for run in book.chapters[1].blocks[0]["runs"]] == [
        "#s-rest",
        "http://127.0.0.1:8000/guides/neck-pain/#gone",
        "tel:911",
    ]


def test_book_fills_in_phone_and_practice(db):
    make_practice()
    section = make_section(make_article(), callout="Call [phone].", body="<p>[practice]</p>")

    chapter = read(make_ebook(section)).chapters[0]

    assert chapter.callout == "Call (248) 555-0123."
    assert chapter.blocks[0]["runs"][0]["text"] == "Lake Clinic"


def test_book_does_not_link_to_unpublished_pages(db):
    section = make_section(make_article(published_at=None))

    assert read(make_ebook(section)).guides == []


def test_book_of_two_guides_with_one_anchor_keeps_ids_apart(db):
    first = make_section(make_article())
    second = make_section(make_article(slug="other", reviewer="Ann Lee", reviewer_credential="PT"))

    book = read(make_ebook(first, second))

    assert [chapter.id for chapter in book.chapters] == ["s-rest", f"s-rest-{second.pk}"]
    assert [guide.reviewed for guide in book.guides] == ["", "Reviewed by Ann Lee, PT"]


CHANGES = {
    "a section's text": lambda: Section.objects.update(body="<p>Rest more.</p>"),
    "a drawing": lambda: Section.objects.update(figure="walk"),
    "the title": lambda: Ebook.objects.update(title="Last days"),
    "the cover": lambda: Ebook.objects.update(cover="moving-again"),
    "the practice's phone": lambda: Practice.objects.update(phone="+12485550199"),
    "the page's address": lambda: Article.objects.update(slug="back-pain"),
}


@pytest.mark.parametrize("what", CHANGES)
def test_digest_changes_with_what_a_reader_sees(ebook, what):
    before = read(ebook).digest

    CHANGES[what]()

    assert read(Ebook.objects.get()).digest != before


def test_digest_stays_the_same_when_nothing_in_the_book_changes(ebook, section):
    before = read(ebook).digest

    make_section(section.article, anchor="other", title="Elsewhere", position=9)
    section.save()
    Ebook.objects.update(position=5)

    assert read(Ebook.objects.get()).digest == before
