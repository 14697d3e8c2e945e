import re
from datetime import timedelta

import pytest
from django.utils import timezone

from articles.models import Article, Section
from tests.admin_pages import (
    column,
    form_fields,
    is_refused,
    messages,
    page_text,
    run_action,
    same_queries,
)
from tests.factories import make_article, make_section

LIST = "/admin/articles/article/"


def change_url(article):
    return f"{LIST}{article.pk}/change/"


def save(client, article, **changes):
    """Opens the change page, changes these fields and presses Save."""
    fields = form_fields(client.get(change_url(article)))
    return client.post(change_url(article), fields | changes, follow=True)


def new_section(number=0, **changes):
    fields = {"title": "Sleep", "kind": "text", "position": "10", "anchor": "sleep", "body": ""}
    return {f"sections-{number}-{name}": value for name, value in (fields | changes).items()} | {
        "sections-TOTAL_FORMS": number + 1
    }


def test_list_shows_the_state_of_each_page(editor):
    make_article(title="Out", slug="a", next_review_on=timezone.localdate() - timedelta(days=1))
    make_article(title="<b>Later</b>", slug="b", published_at=timezone.now() + timedelta(days=400))
    make_article(title="Draft", slug="c", published_at=None)

    response = editor.get(LIST, {"o": "1"})

    states = dict(zip(column(response, "title"), column(response, "state"), strict=True))
    assert (states["Out"], states["Draft"]) == ("Published", "Draft")
    assert states["<b>Later</b>"].startswith("From ")
    assert "Overdue" in column(response, "review")


@pytest.mark.parametrize(
    ("state", "title"), [("published", "Out"), ("scheduled", "Later"), ("draft", "Draft")]
)
def test_list_filters_by_state(editor, state, title):
    make_article(title="Out", slug="a")
    make_article(title="Later", slug="b", published_at=timezone.now() + timedelta(days=1))
    make_article(title="Draft", slug="c", published_at=None)

    assert column(editor.get(LIST, {"state": state}), "title") == [title]


def test_search_looks_into_the_sections(editor):
    make_section(make_article(), body="<p>A rare word: plinth.</p>")
    make_article(title="Other", slug="other")

    assert column(editor.get(LIST, {"q": "plinth"}), "title") == ["Neck pain"]


def test_list_runs_the_same_number_of_queries(editor):
    def fill(numbers):
        for number in numbers:
            make_article(slug=f"page-{number}")

    assert same_queries(editor, LIST, fill)


def test_change_page_runs_the_same_number_of_queries(editor):
    article = make_article()

    def fill(numbers):
        for number in numbers:
            make_section(article, anchor=f"part-{number}", position=number)

    assert same_queries(editor, change_url(article), fill)


def test_add_makes_a_draft_with_its_first_section(editor):
    fields = form_fields(editor.get(LIST + "add/"))
    changes = {"title": "Hip pain", "slug": "hip-pain", "published_at_0": "", "published_at_1": ""}

    editor.post(LIST + "add/", fields | changes | new_section(body="<p>Lie down.</p>"))

    article = Article.objects.get()
    assert (article.title, article.slug, article.is_published) == ("Hip pain", "hip-pain", False)
    assert [(s.title, s.body) for s in article.sections.all()] == [("Sleep", "<p>Lie down.</p>")]


def test_change_cleans_what_the_editor_sends(editor):
    article = make_article()
    make_section(article)

    save(editor, article, **{"sections-0-body": "<p onclick=x>Hi <script>bad()</script></p>"})

    assert article.sections.get().body == "<p>Hi</p>"


def test_change_writes_one_version_of_the_section_that_changed(editor):
    article = make_article()
    rest, sleep = make_section(article), make_section(article, anchor="sleep", position=1)

    save(editor, article, **{"sections-0-body": "<p>Rest more.</p>"})

    assert rest.history.first().history_user.username == "editor"
    assert (rest.history.count(), sleep.history.count()) == (2, 1)


def test_new_section_goes_to_the_end_and_positions_leave_room(editor):
    article = make_article()
    make_section(article, position=1)
    make_section(article, anchor="move", position=2)

    page = editor.get(change_url(article))
    save(editor, article, **new_section(2, position="12"))

    assert 'name="sections-__prefix__-position" value="12"' in page.text
    assert list(article.sections.values_list("anchor", "position")) == [
        ("rest", 10),
        ("move", 20),
        ("sleep", 30),
    ]


def test_two_new_sections_may_not_share_an_address(editor):
    article = make_article()

    response = save(editor, article, **(new_section(0) | new_section(1)))

    assert "Another section of this page has this address." in page_text(response)
    assert Section.objects.count() == 0


def test_each_section_of_a_page_opens_and_closes(editor):
    article = make_article()
    make_section(article, title="<b>Rest</b>")

    page = editor.get(change_url(article)).text

    assert '<span class="title">&lt;b&gt;Rest&lt;/b&gt;</span>' in page
    assert len(re.findall(r"<details>\s*<summary>\s*<span class=\"title\">", page)) == 1
    assert "style=" not in page


def test_deleted_section_can_be_restored(editor):
    article = make_article()
    section = make_section(article)
    save(editor, article, **{"sections-0-DELETE": "on"})
    assert Section.objects.count() == 0

    page = editor.get(change_url(article)).text
    (link,) = re.findall(r'<a href="([^"]+)">Restore “Rest”</a>', page)
    editor.post(link, form_fields_of_version(editor.get(link)))

    assert [(s.pk, s.body) for s in Section.objects.all()] == [
        (section.pk, "<p>Rest a little.</p>")
    ]


def test_restored_section_has_its_sources_again(editor):
    article = make_article()
    words = {"publisher": "NHS", "url": "https://example.com/"}
    kept, gone = (article.sources.create(title=title, **words) for title in ("Kept", "Gone"))
    section = make_section(article)
    section.sources.set([kept, gone])
    save(editor, article, **{"sections-0-DELETE": "on"})
    gone.delete()

    (link,) = re.findall(
        r'<a href="([^"]+)">Restore “Rest”</a>', editor.get(change_url(article)).text
    )
    form = editor.get(link).context["adminform"].form
    sources = form["sources"].value()
    editor.post(link, form_fields_of_version(editor.get(link)) | {"sources": sources})

    assert list(Section.objects.get().sources.all()) == [kept]
    assert editor.get(f"/admin/articles/section/{section.pk}/history/").status_code == 200


def form_fields_of_version(response):
    form = response.context["adminform"].form
    return {bound.html_name: bound.value() or "" for bound in form if bound.name != "sources"}


def test_draft_has_a_preview_link_that_opens(editor, client):
    article = make_article(published_at=None)

    page = editor.get(change_url(article)).text

    (link,) = re.findall(r'href="(/preview/[^"]+/)"', page)
    assert "Neck pain" in client.get(link).text
    assert "View on site" not in page


def test_published_page_has_a_link_to_its_public_address(editor):
    page = editor.get(change_url(make_article())).text

    assert 'href="/guides/neck-pain/"' in page
    assert "/preview/" not in page


def test_former_addresses_are_shown_and_not_edited(editor):
    article = make_article()
    article.slug = "stiff-neck"
    article.save()

    page = editor.get(change_url(article))

    assert "Former addresses, which redirect to this page" in page_text(page)
    assert 'name="former_addresses-0-slug"' not in page.text


def test_publish_action_publishes_and_notes_who_did_it(editor):
    article = make_article(published_at=None)

    response = run_action(editor, LIST, "publish", article)

    article.refresh_from_db()
    assert article.is_published
    assert article.history.first().history_user.username == "editor"
    assert messages(response) == ["1 published."]


def test_take_down_action_asks_before_it_takes_a_page_off(editor):
    article = make_article()

    asked = run_action(editor, LIST, "take_down", article)
    article.refresh_from_db()
    assert article.is_published
    data = {"action": "take_down", "_selected_action": [article.pk], "post": "yes"}
    response = editor.post(LIST, data, follow=True)

    article.refresh_from_db()
    assert "/guides/neck-pain/ answers “not found”" in page_text(asked)
    assert article.published_at is None
    assert messages(response) == ["1 taken down."]


@pytest.mark.parametrize("action", ["publish", "take_down"])
def test_actions_leave_out_fixed_pages(editor, action):
    moment = None if action == "publish" else timezone.now()
    page = make_article(kind="page", slug="privacy", title="Privacy", published_at=moment)

    response = run_action(editor, LIST, action, page)

    page.refresh_from_db()
    assert page.published_at == moment
    expected = "Pages with a fixed address are always shown. Left unchanged: 1."
    assert messages(response)[0] == expected


def test_fixed_page_without_a_date_is_listed_as_always_shown(editor):
    page = make_article(kind="page", slug="privacy", title="Privacy", published_at=None)

    response = editor.get(change_url(page))

    assert column(editor.get(LIST), "state") == ["Always shown"]
    assert column(editor.get(LIST, {"state": "draft"}), "title") == []
    assert column(editor.get(LIST, {"state": "published"}), "title") == ["Privacy"]
    assert "/preview/" not in response.text
    assert 'href="/privacy/"' in response.text


def test_articles_are_refused_to_staff_without_rights(nobody, desk):
    article = make_article()

    answers = [client.get(url) for client in (nobody, desk) for url in (LIST, change_url(article))]

    assert [is_refused(answer) for answer in answers] == [True] * 4
