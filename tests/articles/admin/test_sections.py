from articles.models import Section
from tests.admin_pages import column, is_refused, page_text, same_queries
from tests.articles.admin.test_pages import form_fields_of_version
from tests.factories import make_article, make_section

LIST = "/admin/articles/section/"


def save(client, section, **changes):
    url = f"{LIST}{section.pk}/change/"
    return client.post(url, form_fields_of_version(client.get(url)) | changes, follow=True)


def test_list_filters_by_article_and_searches(editor):
    neck, hip = make_article(), make_article(title="Hip", slug="hip")
    make_section(neck)
    make_section(hip, title="Walk", body="<p>Slowly.</p>")

    assert column(editor.get(LIST, {"article__id__exact": hip.pk}), "title") == ["Walk"]
    assert column(editor.get(LIST, {"q": "slowly"}), "title") == ["Walk"]


def test_list_runs_the_same_number_of_queries(editor):
    article = make_article()

    def fill(numbers):
        for number in numbers:
            make_section(article, anchor=f"part-{number}")

    assert same_queries(editor, LIST, fill)


def test_change_offers_the_sources_of_its_own_page(editor):
    neck, hip = make_article(), make_article(title="Hip", slug="hip")
    source = neck.sources.create(title="Neck facts", publisher="NHS", url="https://example.com/")
    hip.sources.create(title="Hip facts", publisher="NHS", url="https://example.com/")
    section = make_section(neck)

    page = editor.get(f"{LIST}{section.pk}/change/")
    save(editor, section, sources=[source.pk])

    assert "Neck facts" in page_text(page)
    assert "Hip facts" not in page_text(page)
    assert list(section.sources.all()) == [source]


def test_change_gives_advice_on_the_words(editor):
    section = make_section(make_article())

    response = save(editor, section, body="<p>It is proven.</p>")

    assert "Words that need evidence behind them: proven." in page_text(response)


def test_change_refuses_the_address_of_a_sibling(editor):
    article = make_article()
    make_section(article, anchor="move")
    section = make_section(article)

    response = save(editor, section, anchor="move")

    section.refresh_from_db()
    assert section.anchor == "rest"
    assert "Another section of this page has this address." in page_text(response)


def test_restoring_a_section_brings_back_its_words_but_not_its_position(editor):
    section = make_section(make_article(), position=10)
    first = section.history.get()
    section.body, section.position = "<p>New words.</p>", 30
    section.save()
    link = f"{LIST}{section.pk}/history/{first.pk}/"

    editor.post(link, form_fields_of_version(editor.get(link)))

    section.refresh_from_db()
    assert (section.body, section.position) == ("<p>Rest a little.</p>", 30)


def test_history_shows_the_sources_of_a_version_and_restores_them(editor):
    article = make_article()
    source = article.sources.create(title="Facts", publisher="NHS", url="https://example.com/")
    section = make_section(article)
    save(editor, section, sources=[source.pk])
    version = section.history.first()
    save(editor, section, sources=[])

    history = editor.get(f"{LIST}{section.pk}/history/")
    link = f"{LIST}{section.pk}/history/{version.pk}/"
    form = editor.get(link).context["adminform"].form

    assert list(section.sources.all()) == []
    assert "NHS: Facts" in page_text(history)
    assert form["sources"].value() == [source.pk]


def test_sections_are_added_on_their_page_and_not_in_the_menu(editor):
    assert is_refused(editor.get(LIST + "add/"))
    assert LIST not in editor.get("/admin/").text
    assert Section.objects.count() == 0


def test_sections_are_refused_to_staff_without_rights(nobody, desk):
    assert [is_refused(client.get(LIST)) for client in (nobody, desk)] == [True, True]
