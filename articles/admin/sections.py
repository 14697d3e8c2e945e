from typing import Any

from django import forms
from django.contrib import admin, messages
from django.http import Http404

from articles import readability
from articles.admin.formsets import OrderedFormSet
from articles.models import Article, Section, Source
from clinic_site.admin.history import HistoryAdmin
from clinic_site.models import Practice


def show_advice(request, sections) -> None:
    """Tells the editor how hard the saved text is to read."""
    listed = Practice.load().unadvised_words
    for line in readability.advice("".join(section.body for section in sections), listed=listed):
        messages.info(request, line)


class SectionFormSet(OrderedFormSet):
    duplicate_message = "Another section of this page has this address. Choose a different one."


# Used by the sections on a page's form and by a section's own form.
FURTHER_FIELDSETS: list[tuple[str, Any]] = [
    (
        "Lists and callout",
        {"classes": ["collapse"], "fields": ["dos", "donts", "callout_title", "callout"]},
    ),
    (
        "Dose",
        {
            "classes": ["collapse"],
            "description": "Numbers with their unit, such as: 15 to 20 minutes.",
            "fields": [
                ("dose_how_long", "dose_repetitions"),
                ("dose_how_often", "dose_until"),
            ],
        },
    ),
    (
        "Drawings, tint and address",
        {"classes": ["collapse"], "fields": ["figure", "tone", "anchor"]},
    ),
]


class SectionInline(admin.StackedInline):
    model = Section
    formset = SectionFormSet
    template = "admin/articles/sections.html"
    extra = 0
    show_change_link = True
    prepopulated_fields = {"anchor": ["title"]}
    fieldsets = [(None, {"fields": ["title", ("kind", "position"), "body"]}), *FURTHER_FIELDSETS]

    class Media:
        js = ["js/admin-editor.js"]


def sources_of_version(version):
    """The sources that the section had in this version.

    The history records a deletion after the section's links to its sources are removed. Therefore
    the sources of a deleted section are those of the version before its deletion.
    """
    if version.history_type == "-":
        version = version.prev_record or version
    return Source.objects.filter(pk__in=version.sources.values("source_id"))


class SectionForm(forms.ModelForm):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        # simple-history sets `_history` on the instance of a version that staff want to restore.
        version = getattr(self.instance, "_history", None)
        if version:
            self.initial["sources"] = list(sources_of_version(version))

    def clean_anchor(self):
        anchor = self.cleaned_data["anchor"]
        siblings = Section.objects.filter(article=self.instance.article_id)
        if siblings.filter(anchor=anchor).exclude(pk=self.instance.pk).exists():
            raise forms.ValidationError(SectionFormSet.duplicate_message)
        return anchor


@admin.register(Section)
class SectionAdmin(HistoryAdmin):
    """Shows one section alone, in a form that is short enough for a phone."""

    form = SectionForm
    list_display = ["title", "article", "kind", "updated_at"]
    list_filter = ["article", "kind"]
    list_select_related = ["article"]
    search_fields = ["title", "body", "article__title"]
    ordering = ["article__kind", "article__position", "position"]
    readonly_fields = ["article"]
    kept_when_restoring = ("kind", "anchor", "position")
    fieldsets = [
        (None, {"fields": ["article", "title", "kind", "body"]}),
        *FURTHER_FIELDSETS,
        (
            "Sources",
            {
                "description": "The publications that support what this section says.",
                "fields": ["sources"],
            },
        ),
    ]

    class Media:
        js = ["js/admin-editor.js"]

    def get_queryset(self, request):
        return super().get_queryset(request).select_related("article")

    def has_add_permission(self, request):
        return False  # a section is added on its page, where the editor sees the order

    def has_module_permission(self, request):
        return False  # not in the menu, because the page's form links to its sections

    def formfield_for_manytomany(self, db_field, request, **kwargs):
        kwargs["widget"] = forms.CheckboxSelectMultiple
        return super().formfield_for_manytomany(db_field, request, **kwargs)

    def get_form(self, request, obj=None, change=False, **kwargs):
        if obj and not Article.objects.filter(pk=obj.article_id).exists():
            raise Http404("The page of this former section was deleted.")
        form = super().get_form(request, obj, change=change, **kwargs)
        if obj and "sources" in form.base_fields:
            form.base_fields["sources"].queryset = obj.article.sources.all()
        return form

    def view_on_site(self, section):
        return section.get_absolute_url() if section.article.is_published else None

    def save_model(self, request, obj, form, change):
        super().save_model(request, obj, form, change)
        show_advice(request, [obj])
