import tomllib
from pathlib import Path

from django.core.management.base import BaseCommand
from django.db import transaction
from django.utils import timezone

from articles.models import Article, Ebook, Section
from articles.rich_text import cleaning
from clinic_site.models import Practice, StarterItem
from leads.models import Testimonial

FOLDER = Path(__file__).resolve().parents[2] / "starter_content"


def read(name):
    return tomllib.loads((FOLDER / f"{name}.toml").read_text(encoding="utf-8"))


def load_practice():
    Practice.objects.get_or_create(pk=Practice.singleton_instance_id, defaults=read("practice"))


def load_article(data, position):
    fields = {name: value for name, value in data.items() if not isinstance(value, list)}
    article, is_new = Article.objects.get_or_create(
        kind=fields.pop("kind"),
        slug=fields.pop("slug"),
        defaults=fields | {"position": position, "published_at": timezone.now()},
    )
    if not is_new:
        return
    sources = [
        article.sources.create(position=number, **source)
        for number, source in enumerate(data.get("sources", []), 1)
    ]
    for number, section in enumerate(data.get("sections", []), 1):
        load_section(article, number, section, sources)


def load_section(article, position, data, sources):
    lists = {name: "\n".join(data.get(name, [])) for name in ("dos", "donts")}
    texts = {name: value for name, value in data.items() if isinstance(value, str)}
    section = Section.objects.create(
        article=article,
        position=position,
        **texts | lists | {"body": cleaning.clean(data.get("body", ""))},
    )
    section.sources.set([sources[number - 1] for number in data.get("sources", [])])


def load_ebook(data, position):
    fields = {name: value for name, value in data.items() if name not in {"sections", "starter"}}
    book, is_new = Ebook.objects.get_or_create(
        slug=fields.pop("slug"),
        defaults=fields | {"position": position, "is_starter": True, "is_published": True},
    )
    if not is_new:
        return
    for number, address in enumerate(data["sections"], 1):
        slug, _, anchor = address.partition("#")
        # Staff may have deleted the section from the guide; then the ebook has no such chapter.
        section = Section.objects.filter(article__slug=slug, anchor=anchor).first()
        if section:
            book.chapters.create(section=section, position=number)


def load_testimonial(data, position):
    state = {"is_supplied": True, "is_published": True}
    Testimonial.objects.get_or_create(**data, defaults=state | {"position": position})


def items():
    """(key, loader, arguments) of each item, in the order of loading."""
    yield "practice", load_practice, ()
    treatments = read("treatments")
    articles = [read("guide"), treatments, *treatments["conditions"], *read("pages")["articles"]]
    for position, article in enumerate(articles, 1):
        yield f"article {article['kind']} {article['slug']}", load_article, (article, position)
    for position, book in enumerate(read("ebooks")["ebooks"], 1):
        yield f"ebook {book['slug']}", load_ebook, (book, position)
    for position, testimonial in enumerate(read("testimonials")["testimonials"], 1):
        yield f"testimonial {testimonial['name']}", load_testimonial, (testimonial, position)


def is_missing_page(load, arguments) -> bool:
    """Whether the item is a page with a fixed address, and is not in the database.

    The site needs all of these pages. The admin cannot delete one, but that of a former release
    could.
    """
    data = arguments[0] if load is load_article else {}
    if data.get("kind") != Article.Kind.PAGE:
        return False
    return not Article.objects.filter(kind=data["kind"], slug=data["slug"]).exists()


class Command(BaseCommand):
    help = "Loads guide, treatments, ebooks and testimonials. Items loaded before are not changed."

    @transaction.atomic
    def handle(self, **options):
        loaded = 0
        known = set(StarterItem.objects.values_list("key", flat=True))
        for key, load, arguments in items():
            if key not in known or is_missing_page(load, arguments):
                load(*arguments)
                StarterItem.objects.get_or_create(key=key)
                loaded += 1
        self.stdout.write(f"Starter content: {loaded} loaded, {len(known)} were loaded before.")
