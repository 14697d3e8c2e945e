import re

from django.core.management import call_command

from articles.models import Article, Ebook, Section
from articles.page_kinds import fixed_pages
from articles.rich_text import cleaning
from clinic_site.models import Practice
from leads.models import Testimonial


def load():
    call_command("load_starter_content", verbosity=0)


def counts():
    return {m.__name__: m.objects.count() for m in (Article, Section, Ebook, Testimonial, Practice)}


def test_starter_content_loads_everything(starter):
    guide = Article.objects.get(kind="guide")

    assert guide.get_absolute_url() == "/guides/back-spasm-treatment/"
    assert Ebook.objects.published().count() == 4
    assert Testimonial.objects.published().count() == 5
    assert Article.objects.conditions().count() == 5
    practice = Practice.objects.get()
    assert (practice.name, practice.phone) == ("Restore Physical Therapy LLC", "+12488442665")


def test_starter_content_is_as_the_editor_stores_it(starter):
    for section in Section.objects.all():
        assert cleaning.clean(section.body) == section.body
        # The rich text editor returns one line, with a paragraph in each list item.
        edited = re.sub(r"<li>(.*?)</li>", r"<li><p>\1</p></li>", section.body).replace("\n", "")
        assert not section._meta.get_field("body").formfield().has_changed(section.body, edited)


def test_starter_content_twice_changes_nothing(starter):
    before = counts()
    edited = list(Section.objects.values_list("pk", "updated_at"))

    load()

    assert counts() == before
    assert list(Section.objects.values_list("pk", "updated_at")) == edited


def test_starter_content_does_not_overwrite_an_edit(starter):
    Article.objects.filter(kind="guide").update(title="Ours", slug="ours")
    Section.objects.filter(anchor="cold").update(body="<p>Ours.</p>")
    Practice.objects.update(phone="+12485550123")

    load()

    assert Article.objects.get(kind="guide").title == "Ours"
    assert Section.objects.get(anchor="cold").body == "<p>Ours.</p>"
    assert Practice.objects.get().phone == "+12485550123"


def test_starter_content_does_not_bring_back_what_was_deleted(starter):
    Testimonial.objects.filter(name="Rocio M.").delete()
    Ebook.objects.first().delete()

    load()

    assert Testimonial.objects.count() == 4
    assert Ebook.objects.count() == 3


def test_starter_content_brings_back_a_fixed_page(starter):
    """A former release let editors delete such a page, but the site needs it."""
    Article.objects.filter(slug__in=["home", "privacy", "sciatica"]).delete()

    load()

    fixed = Article.objects.filter(kind="page").values_list("slug", flat=True)
    assert sorted(fixed) == sorted(fixed_pages())
    assert Section.objects.filter(article__slug="home").count() == 1
    assert not Article.objects.filter(slug="sciatica").exists()
