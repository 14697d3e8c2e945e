from itertools import groupby

from django.core.exceptions import ValidationError
from django.core.validators import validate_slug
from django.db import models
from django.urls import reverse
from django.utils import timezone
from simple_history.models import HistoricalRecords

from articles import page_kinds
from articles.figures import FIGURES
from articles.models.addresses import HasFormerAddresses
from articles.rich_text.cleaning import RichTextField, plain
from articles.rich_text.tree import one_line
from clinic_site.models import Practice
from clinic_site.plain_text import ItemsField, LinesField, OneLineField


class ArticleQuerySet(models.QuerySet):
    def published(self):
        return self.filter(published_at__lte=timezone.now())

    def guides(self):
        return self.filter(kind=Article.Kind.GUIDE)

    def conditions(self):
        return self.filter(kind=Article.Kind.CONDITION)

    def with_content(self):
        return self.prefetch_related("sections", "sources")

    def fixed_page(self, slug: str) -> "Article":
        """The article of a fixed page. If none is stored, an unsaved one with only a title."""
        page = self.with_content().filter(kind=Article.Kind.PAGE, slug=slug).first()
        return page or Article(kind=Article.Kind.PAGE, slug=slug, title=slug.capitalize())


class Article(HasFormerAddresses):
    shown_on_public_pages = True
    address_fields = ("kind", "slug")

    Kind = page_kinds.Kind

    kind = models.CharField(max_length=10, choices=Kind, default=Kind.GUIDE)
    title = OneLineField(max_length=120, help_text="The heading of the page.")
    slug = models.SlugField(
        "address",
        max_length=80,
        help_text="The last part of the web address. The old one keeps working when you change it.",
    )
    lede = OneLineField(
        "opening sentence",
        max_length=300,
        blank=True,
        help_text="One sentence under the heading. [phone] and [practice] are filled in.",
    )
    description = OneLineField(
        max_length=200, blank=True, help_text="What search engines show under the title."
    )
    condition = OneLineField(
        "medical condition",
        max_length=80,
        blank=True,
        help_text="Its medical name, such as Sciatica.",
    )
    published_at = models.DateTimeField(
        null=True,
        blank=True,
        help_text="Empty: not published. A moment in the future: published then.",
    )
    reviewer = OneLineField(max_length=80, blank=True, help_text="Who signed the page off.")
    reviewer_credential = OneLineField(max_length=80, blank=True, help_text="Such as PT, DPT.")
    reviewed_on = models.DateField("last reviewed", null=True, blank=True)
    next_review_on = models.DateField("next review", null=True, blank=True)
    position = models.PositiveSmallIntegerField(default=0, help_text="Order in lists.")
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)
    history = HistoricalRecords()

    objects = ArticleQuerySet.as_manager()

    dead_links: set[str] | None = None  # articles.rich_text.site_links caches them here

    class Meta:
        ordering = ["kind", "position", "title"]
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "slug"],
                name="article_address_is_unique",
                violation_error_message="Another page has this address. Choose a different one.",
            ),
        ]

    def __str__(self):
        return self.title

    def get_absolute_url(self):
        if self.is_fixed:
            page = page_kinds.fixed_pages().get(self.slug)
            return page.path if page else reverse("articles:home")
        return reverse(f"articles:{self.kind}", args=[self.slug])

    @property
    def page_kind(self) -> page_kinds.PageKind:
        return page_kinds.PAGE_KINDS[page_kinds.Kind(self.kind)]

    @property
    def breadcrumbs(self) -> list[tuple[str, str]]:
        """(label, path) of the pages above this one. The home page is the first."""
        home = ("Home", reverse("articles:home"))
        above = page_kinds.fixed_pages().get(self.page_kind.list_page)
        return [home, (above.label, above.path)] if above else [home]

    def summary_for(self, practice: Practice) -> str:
        """The sentence about the page that search engines, feed readers and shared links show."""
        return one_line(plain(self.description or self.lede, practice))

    @property
    def is_published(self) -> bool:
        """Fixed pages are always published, because the whole site links to them."""
        if self.is_fixed:
            return True
        return self.published_at is not None and self.published_at <= timezone.now()

    @property
    def is_fixed(self) -> bool:
        """Whether the site's routes, menus and forms depend on this page."""
        return self.kind == self.Kind.PAGE

    def clean(self):
        fixed_pages = page_kinds.fixed_pages()
        if self.is_fixed and self.slug not in fixed_pages:
            raise ValidationError(
                {"slug": f"A page with a fixed address is one of: {', '.join(fixed_pages)}."}
            )
        super().clean()

    @property
    def blocks(self) -> list[tuple[str, list["Section"]]]:
        """(kind, sections) for each run of neighbouring sections of one kind.

        The sections of each run get the numbers 1, 2, 3 and so on.
        """
        runs = []
        for kind, run in groupby(self.sections.all(), key=lambda section: section.kind):
            sections = list(run)
            for number, section in enumerate(sections, 1):
                section.number = number
            runs.append((kind, sections))
        return runs

    @property
    def emergency(self) -> "Section | None":
        return next((s for s in self.sections.all() if s.kind == Section.Kind.EMERGENCY), None)


class FormerAddress(models.Model):
    article = models.ForeignKey(Article, on_delete=models.CASCADE, related_name="former_addresses")
    kind = models.CharField(max_length=10, choices=Article.Kind)
    slug = models.SlugField(max_length=80)

    class Meta:
        verbose_name_plural = "former addresses"
        constraints = [
            models.UniqueConstraint(fields=["kind", "slug"], name="former_address_is_unique")
        ]

    def __str__(self):
        return self.slug


class Source(models.Model):
    """A publication that supports what sections say. The page lists its sources at its end."""

    shown_on_public_pages = True

    article = models.ForeignKey(Article, on_delete=models.CASCADE, related_name="sources")
    position = models.PositiveSmallIntegerField(default=0)
    title = OneLineField(max_length=200)
    publisher = OneLineField(max_length=120)
    url = models.URLField(max_length=300)

    class Meta:
        ordering = ["position", "pk"]

    def __str__(self):
        return f"{self.publisher}: {self.title}"


def validate_figures(names: str) -> None:
    unknown = [name for name in names.split() if name not in FIGURES]
    if unknown:
        raise ValidationError(
            f"There is no drawing called {', '.join(unknown)}. Choose from: {', '.join(FIGURES)}."
        )


class Section(models.Model):
    shown_on_public_pages = True

    class Kind(models.TextChoices):
        TEXT = "text", "Text"
        STEP = "step", "Numbered step"
        EXERCISE = "exercise", "Exercise"
        EMERGENCY = "emergency", "Card: emergency, red"
        URGENT = "urgent", "Card: call today, red head"
        DOCTOR = "doctor", "Card: call a doctor, teal"

    class Tone(models.TextChoices):
        NONE = "", "None"
        COLD = "cold", "Cold"
        HEAT = "heat", "Heat"

    article = models.ForeignKey(Article, on_delete=models.CASCADE, related_name="sections")
    position = models.PositiveSmallIntegerField(default=0)
    kind = models.CharField(max_length=10, choices=Kind, default=Kind.TEXT)
    title = OneLineField(max_length=120, help_text="Without a number: steps count themselves.")
    anchor = models.SlugField(
        max_length=60,
        validators=[validate_slug],
        help_text="The part after # in links to this section. Keep it when you change the title.",
    )
    tone = models.CharField(max_length=4, choices=Tone, default=Tone.NONE, blank=True)
    figure = models.CharField(
        "drawings",
        max_length=60,
        blank=True,
        validators=[validate_figures],
        help_text="Names of drawings, with a space between: " + ", ".join(FIGURES) + ".",
    )
    body = RichTextField(blank=True, help_text="[phone] and [practice] are filled in.")
    dos = ItemsField("do", blank=True, help_text="One line an item.")
    donts = ItemsField("do not", blank=True, help_text="One line an item.")
    callout_title = OneLineField(max_length=80, blank=True)
    callout = LinesField(
        "important callout", blank=True, help_text="Stands in a frame. At most two on a page."
    )
    dose_how_long = OneLineField("how long", max_length=80, blank=True)
    dose_repetitions = OneLineField("how many times", max_length=80, blank=True)
    dose_how_often = OneLineField("how often", max_length=80, blank=True)
    dose_until = OneLineField("until when", max_length=80, blank=True)
    sources = models.ManyToManyField(Source, blank=True, related_name="sections")
    updated_at = models.DateTimeField(auto_now=True)
    history = HistoricalRecords(m2m_fields=[sources])

    number = 0  # set by Article.blocks

    class Meta:
        ordering = ["position", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["article", "anchor"], name="anchor_is_unique_in_article"
            ),
        ]

    def __str__(self):
        """Names the page too, because several pages have a section with the same title."""
        try:
            return f"{self.article} → {self.title}"
        except Article.DoesNotExist:  # a former version whose page was deleted
            return self.title

    def get_absolute_url(self):
        return f"{self.article.get_absolute_url()}#{self.anchor}"

    @property
    def figures(self) -> list[str]:
        return self.figure.split()

    @property
    def do_list(self) -> list[str]:
        return self.dos.splitlines()

    @property
    def dont_list(self) -> list[str]:
        return self.donts.splitlines()

    @property
    def doses(self) -> list[tuple[str, str]]:
        named = [
            ("How long", self.dose_how_long),
            ("How many", self.dose_repetitions),
            ("How often", self.dose_how_often),
            ("Keep going", self.dose_until),
        ]
        return [(name, dose) for name, dose in named if dose]
