from itertools import pairwise

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import FileResponse, Http404
from django.shortcuts import get_object_or_404, redirect
from django.urls import path, reverse
from django.utils.html import format_html, format_html_join

from articles.admin.ebook_forms import (
    ChapterFormSet,
    EbookForm,
    is_deleted,
    upload_changes,
    upload_label,
)
from articles.admin.formsets import renumber
from articles.ebooks import build
from articles.ebooks.book import read
from articles.ebooks.formats import BY_CODE, FORMATS, Format
from articles.models import Ebook, EbookSection, Edition, Section
from clinic_site.admin.dashboard import may_view
from clinic_site.admin.history import HistoryAdmin, is_version
from clinic_site.admin.readiness import Gap, readiness_check

CARE_CARDS = (Section.Kind.EMERGENCY, Section.Kind.URGENT, Section.Kind.DOCTOR)


def edition_of(book: Ebook) -> Edition:
    return getattr(book, "edition", None) or Edition()


def reason_against(book: Ebook) -> str:
    """Builds the files; returns why they cannot be published, or "" if they can."""
    try:
        build.build(book)
    except build.BuildError as error:
        return f"Its files could not be built: {error}"
    built = [each for each in FORMATS if each not in book.own_files]
    return build.warning(read(book), built)


def display_upload(file_format: Format):
    """A method of EbookAdmin; it shows the upload where staff cannot change it."""

    @admin.display(description=upload_label(file_format))
    def display(self, book):
        file = book.own_files.get(file_format)
        return format_html('<a href="{}">{}</a>', file.url, file) if file else "-"

    return display


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
            # The button to delete beside the select would delete the section from its page, too.
            formset.form.base_fields["section"].widget.can_delete_related = False
        return formset


@admin.register(Ebook)
class EbookAdmin(HistoryAdmin):
    menu_name = "Ebooks"
    form = EbookForm
    list_display = ["title", "is_published", "is_starter", "position", "updated_at"]
    list_filter = ["is_published", "is_starter"]
    search_fields = ["title", "subtitle", "description"]
    inlines = [ChapterInline]
    readonly_fields = ["edition_line", "files", "previews", "build_error"]
    kept_when_restoring = ("slug", "position", "is_published", "is_starter")
    restored_as = {"is_published": False}
    fieldsets = [
        (None, {"fields": ["title", "subtitle", "description"]}),
        (
            "Files of your own",
            {
                "classes": ["collapse"],
                "description": "Without one, the file is made from the chapters below.",
                "fields": [each.upload_field for each in FORMATS],
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
        """Links that show the present chapters in each format; these downloads are not counted."""
        if not book.pk:
            return "Save the book first."
        names = [
            (reverse("admin:articles_ebook_preview", args=[book.pk, each.code]), each.label)
            for each in sorted(FORMATS, key=lambda each: each.disposition != "inline")
        ]
        return format_html_join(" ", '<a href="{}">{}</a>', names)

    def get_urls(self):
        view = self.admin_site.admin_view(self.preview)
        preview = path("<int:pk>/preview.<str:file_format>", view, name="articles_ebook_preview")
        return [preview, *super().get_urls()]

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

    def get_readonly_fields(self, request, obj=None):
        """Restoring a former version does not change the present uploads."""
        fields = super().get_readonly_fields(request, obj)
        if is_version(obj) and not is_deleted(obj):
            return [*fields, *(each.upload_field for each in FORMATS)]
        return fields

    def set_history_delta_changes(self, request, historical_records, foreign_keys_are_objs=True):
        super().set_history_delta_changes(request, historical_records, foreign_keys_are_objs)
        for newer, older in pairwise(historical_records):
            newer.history_delta_changes += upload_changes(newer, older)

    def changeform_view(self, request, object_id=None, form_url="", extra_context=None):
        response = super().changeform_view(request, object_id, form_url, extra_context)
        if book := getattr(request, "book_to_publish", None):
            self.publish(request, book)  # after the commit, because building takes a second
        return response

    def save_model(self, request, obj, form, change):
        """Keeps a book unpublished until publish() has built its files."""
        was_public = change and Ebook.objects.filter(pk=obj.pk, is_published=True).exists()
        if obj.is_published and not was_public:
            obj.is_published = False
            request.book_to_publish = obj
        super().save_model(request, obj, form, change)

    def publish(self, request, book):
        if reason := "" if book.has_own_files else reason_against(book):
            words = f"“{book}” is saved as a draft and not published. {reason}"
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


for _format in FORMATS:
    setattr(EbookAdmin, _format.upload_field, display_upload(_format))


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
