from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import FileResponse, Http404
from django.shortcuts import get_object_or_404, redirect
from django.urls import path, reverse
from django.utils.html import format_html_join

from articles.admin.parts import TableFormSet, renumber
from articles.ebooks import build
from articles.models import Ebook, EbookSection, Edition, Section
from clinic_site.admin import Gap, HistoryAdmin, may_view, readiness_check

CARE_CARDS = (Section.Kind.EMERGENCY, Section.Kind.URGENT, Section.Kind.DOCTOR)


def edition_of(book: Ebook) -> Edition:
    return getattr(book, "edition", None) or Edition()


class ChapterFormSet(TableFormSet):
    twin_message = "This section is in the book already."


class ChapterInline(admin.TabularInline):
    model = EbookSection
    formset = ChapterFormSet
    extra = 0
    autocomplete_fields = ["section"]
    fields = ["position", "section"]
    verbose_name = "chapter"
    verbose_name_plural = "chapters, each a section of a page"

    def get_formset(self, request, obj=None, **kwargs):
        formset = super().get_formset(request, obj, **kwargs)
        if "section" in formset.form.base_fields:
            # A cross beside a chapter would delete the section from its page, too.
            formset.form.base_fields["section"].widget.can_delete_related = False
        return formset


@admin.register(Ebook)
class EbookAdmin(HistoryAdmin):
    list_display = ["title", "is_published", "is_starter", "position", "updated_at"]
    list_filter = ["is_published", "is_starter"]
    search_fields = ["title", "subtitle", "description"]
    prepopulated_fields = {"slug": ["title"]}
    inlines = [ChapterInline]
    readonly_fields = ["edition_line", "files", "previews", "build_error"]
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
            {"fields": [("slug", "position"), "cover", ("is_published", "is_starter")]},
        ),
    ]

    def get_prepopulated_fields(self, request, obj=None):
        return {} if obj else super().get_prepopulated_fields(request, obj)

    @admin.display(description="edition")
    def edition_line(self, book):
        edition = edition_of(book)
        return edition.line if edition.number else "Not built yet."

    @admin.display(description="files")
    def files(self, book):
        return "; ".join(file.label for file in book.files)

    @admin.display(description="preview")
    def previews(self, book):
        """Each format as its chapters stand now, published or not; nobody's download is counted."""
        if not book.pk:
            return "Save the book first."
        names = [
            (reverse("admin:articles_ebook_preview", args=[book.pk, file_format]), label)
            for file_format, label in (("pdf", "PDF"), ("epub", "EPUB"))
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
        if file_format not in build.FORMATS:
            raise Http404
        try:
            edition = build.build(book)
        except build.BuildError as error:
            messages.error(request, f"The book could not be built: {error}")
            return redirect("admin:articles_ebook_change", book.pk)
        stream = build.path(edition, file_format).open("rb")
        return FileResponse(stream, filename=f"{book.slug}.{file_format}")

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
    return [
        Gap(
            f"{edition.ebook}: the last build failed",
            edition.build_error,
            reverse("admin:articles_ebook_change", args=[edition.pk]),
        )
        for edition in Edition.objects.exclude(build_error="").select_related("ebook")
    ]
