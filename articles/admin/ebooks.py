from itertools import groupby

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import FileResponse, Http404
from django.shortcuts import get_object_or_404, redirect
from django.urls import path, reverse
from django.utils.datastructures import MultiValueDict
from django.utils.functional import cached_property
from django.utils.html import format_html_join
from django.utils.text import Truncator

from articles.admin.formsets import OrderedTableFormSet, renumber
from articles.ebooks import build, covers
from articles.ebooks.book import read
from articles.ebooks.formats import BY_CODE, FORMATS
from articles.models import Article, Ebook, EbookSection, Edition, Section
from clinic_site.admin.dashboard import may_view
from clinic_site.admin.history import HistoryAdmin
from clinic_site.admin.readiness import Gap, readiness_check

CARE_CARDS = (Section.Kind.EMERGENCY, Section.Kind.URGENT, Section.Kind.DOCTOR)


def edition_of(book: Ebook) -> Edition:
    return getattr(book, "edition", None) or Edition()


NO_CHAPTER = "To be published, it needs a chapter, or both an EPUB and a PDF of your own."


def start(page: Article) -> str:
    return Truncator(page.title).chars(16)


class ChapterFormSet(OrderedTableFormSet):
    duplicate_message = "This section is in the book already."

    def add_fields(self, form, index):
        super().add_fields(form, index)
        if "section" in form.fields:  # not for those who may only look
            form.fields["section"].choices = self.sections_by_page

    @cached_property
    def sections_by_page(self) -> list:
        """A plain list that opens without a script, read once for all rows."""
        sections = Section.objects.select_related("article").order_by(
            "article__kind", "article__position", "article__title", "position", "pk"
        )
        pages = groupby(sections, key=lambda section: section.article)
        return [
            ("", "Choose a section"),
            *(
                # The whole name of the page is above its sections; beside each its start will do.
                (str(page), [(part.pk, f"{start(page)} → {part.title}") for part in parts])
                for page, parts in pages
            ),
        ]

    def clean(self):
        super().clean()
        kept = [
            form
            for form in self.forms
            if form.cleaned_data.get("section") and not form.cleaned_data.get("DELETE")
        ]
        # As posted: a book with another fault is told of this one too.
        is_public = forms.CheckboxInput().value_from_datadict(
            self.data, MultiValueDict(), "is_published"
        )
        # Another person may have published it since this form was opened.
        is_public = is_public or self.instance.is_published
        if is_public and not kept and not self.instance.has_own_files:
            raise forms.ValidationError(NO_CHAPTER)


def cover_choices():
    shows = [(name, f"{name}: {label}") for name, label in covers.names().items()]
    return [("", "None yet"), *shows]


class EbookForm(forms.ModelForm):
    """A book is public only when it is whole: a line on what it teaches, and a cover that exists.

    Its chapters are looked at by their formset, its files are built after saving.
    """

    cover = forms.ChoiceField(required=False, choices=cover_choices)

    def clean(self):
        super().clean()
        cleaned = self.cleaned_data
        needed = {"description": "a line on what it teaches", "cover": "a cover"}
        missing = [words for name, words in needed.items() if not cleaned.get(name)]
        if cleaned.get("is_published", self.instance.is_published) and missing:
            self.add_error(
                "is_published" if "is_published" in cleaned else None,
                f"Not published yet, because it lacks {' and '.join(missing)}. "
                "Add this, or untick the box to keep a draft.",
            )
        return cleaned


def fault_of_build(book: Ebook) -> str:
    """Builds the files; why they are not good, '' when they are."""
    try:
        edition = build.build(book)
    except build.BuildError as error:
        return f"Its files could not be built: {error}"
    return "" if book.upload_pdf else edition.build_error


class ChapterInline(admin.TabularInline):
    model = EbookSection
    formset = ChapterFormSet
    extra = 0
    fields = ["position", "section"]
    verbose_name = "chapter"
    verbose_name_plural = "chapters, each a section of a page"

    def get_queryset(self, request):
        return super().get_queryset(request).select_related("section__article")

    def get_formset(self, request, obj=None, **kwargs):
        formset = super().get_formset(request, obj, **kwargs)
        if "section" in formset.form.base_fields:
            # A cross beside a chapter would delete the section from its page, too.
            formset.form.base_fields["section"].widget.can_delete_related = False
        return formset


@admin.register(Ebook)
class EbookAdmin(HistoryAdmin):
    form = EbookForm
    list_display = ["title", "is_published", "is_starter", "position", "updated_at"]
    list_filter = ["is_published", "is_starter"]
    search_fields = ["title", "subtitle", "description"]
    inlines = [ChapterInline]
    readonly_fields = ["edition_line", "files", "previews", "build_error"]
    kept_when_restoring = (
        "slug", "position", "is_published", "is_starter", "upload_epub", "upload_pdf",
    )  # fmt: skip
    restored_as = {"is_published": False}
    fieldsets = [
        (None, {"fields": ["title", "subtitle", "description"]}),
        (
            "Files of your own",
            {
                "classes": ["collapse"],
                "description": "Without one, the file is made from the chapters below.",
                "fields": ["upload_epub", "upload_pdf"],
            },
        ),
        ("Edition", {"fields": ["edition_line", "files", "previews", "build_error"]}),
        (
            "On the site",
            {"fields": [("slug", "position"), "cover", "is_published", "is_starter"]},
        ),
    ]

    def get_prepopulated_fields(self, request, obj=None):
        return {} if obj else {"slug": ["title"]}

    @admin.display(description="edition")
    def edition_line(self, book):
        edition = edition_of(book)
        if not edition.number:
            return "Not built yet."
        if edition.digest == read(book).digest:
            return edition.line
        return f"{edition.line} The mail worker is building the next one from the last changes."

    @admin.display(description="files")
    def files(self, book):
        return "; ".join(file.label for file in book.files)

    @admin.display(description="preview")
    def previews(self, book):
        """Each format as its chapters stand now, published or not; nobody's download is counted."""
        if not book.pk:
            return "Save the book first."
        names = [
            (reverse("admin:articles_ebook_preview", args=[book.pk, each.code]), each.label)
            for each in sorted(FORMATS, key=lambda each: each.disposition != "inline")
        ]
        return format_html_join(" ", '<a href="{}">{}</a>', names)

    def get_urls(self):
        view = self.admin_site.admin_view(self.preview)
        own = path("<int:pk>/preview.<str:file_format>", view, name="articles_ebook_preview")
        return [own, *super().get_urls()]

    def preview(self, request, pk, file_format):
        book = get_object_or_404(Ebook, pk=pk)
        if not self.has_view_permission(request, book):
            raise PermissionDenied
        if file_format not in BY_CODE:
            raise Http404
        try:
            edition = build.build(book)
        except build.BuildError as error:
            messages.error(request, f"The book could not be built: {error}")
            return redirect("admin:articles_ebook_change", book.pk)
        stream = build.path(edition, BY_CODE[file_format]).open("rb")
        return FileResponse(stream, filename=f"{book.slug}.{file_format}")

    def changeform_view(self, request, object_id=None, form_url="", extra_context=None):
        response = super().changeform_view(request, object_id, form_url, extra_context)
        if book := getattr(request, "book_to_publish", None):
            self.publish(request, book)  # after the commit, because building takes a second
        return response

    def save_model(self, request, obj, form, change):
        """A book waits unpublished until its files are built and good."""
        was_public = change and Ebook.objects.filter(pk=obj.pk, is_published=True).exists()
        if obj.is_published and not was_public:
            obj.is_published = False
            request.book_to_publish = obj
        super().save_model(request, obj, form, change)

    def publish(self, request, book):
        if fault := "" if book.has_own_files else fault_of_build(book):
            words = f"“{book}” is saved as a draft and not published. {fault}"
            self.message_user(request, words, messages.ERROR)
            return
        book.is_published = True
        book.save(update_fields=["is_published", "updated_at"])
        self.message_user(request, f"“{book}” is published.")

    @admin.display(description="why the last build failed")
    def build_error(self, book):
        return edition_of(book).build_error

    def save_related(self, request, form, formsets, change):
        super().save_related(request, form, formsets, change)
        renumber(form.instance.chapters)
        kinds = set(form.instance.sections.values_list("kind", flat=True))
        missing = [kind.label for kind in CARE_CARDS if kind not in kinds]
        if missing:
            warning = f"The book lacks: {', '.join(missing)}. Every book should carry all three."
            messages.warning(request, warning)


@readiness_check("Ebooks")
def failed_builds(request):
    if not may_view(request, Ebook):
        return None
    gaps = [
        Gap(
            f"{edition.ebook}: the last build failed",
            edition.build_error,
            reverse("admin:articles_ebook_change", args=[edition.pk]),
        )
        for edition in Edition.objects.exclude(build_error="").select_related("ebook")
    ]
    empty = Ebook.objects.filter(is_published=True).exclude(pk__in=Ebook.objects.published())
    return gaps + [
        Gap(
            f"{book}: published, but there is nothing to hand out",
            "No page counts or shows it. It needs a chapter that can be built, or files.",
            reverse("admin:articles_ebook_change", args=[book.pk]),
        )
        for book in empty
    ]
