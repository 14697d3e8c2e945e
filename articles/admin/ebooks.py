from django.contrib import admin, messages

from articles.admin.parts import TableFormSet, renumber
from articles.models import Ebook, EbookSection, Section
from clinic_site.admin import HistoryAdmin

CARE_CARDS = (Section.Kind.EMERGENCY, Section.Kind.URGENT, Section.Kind.DOCTOR)


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
        (
            "On the site",
            {"fields": [("slug", "position"), "cover", ("is_published", "is_starter")]},
        ),
    ]

    def get_prepopulated_fields(self, request, obj=None):
        return {} if obj else super().get_prepopulated_fields(request, obj)

    def save_related(self, request, form, formsets, change):
        super().save_related(request, form, formsets, change)
        renumber(form.instance.chapters)
        kinds = set(form.instance.sections.values_list("kind", flat=True))
        missing = [kind.label for kind in CARE_CARDS if kind not in kinds]
        if missing:
            warning = f"The book lacks: {', '.join(missing)}. Every book should carry all three."
            messages.warning(request, warning)
