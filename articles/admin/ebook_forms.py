from itertools import groupby
from typing import Any

from django import forms
from django.contrib.admin.widgets import AdminFileWidget
from django.core.exceptions import ValidationError
from django.utils.datastructures import MultiValueDict
from django.utils.functional import cached_property
from django.utils.text import Truncator, get_text_list

from articles.admin.formsets import OrderedTableFormSet
from articles.ebooks import covers
from articles.ebooks.formats import BY_CODE, FORMATS, Format
from articles.models import Article, Ebook, EbookUpload, Section
from clinic_site.admin.history import is_version

NO_CHAPTER = (
    "To be published, it needs a chapter, or a file of your own in each format: "
    f"{get_text_list([each.label for each in FORMATS], 'and')}."
)


def short_title(page: Article) -> str:
    return Truncator(page.title).chars(16)


class ChapterFormSet(OrderedTableFormSet):
    duplicate_message = "This section is in the book already."

    def add_fields(self, form, index):
        super().add_fields(form, index)
        if "section" in form.fields:  # absent for those who may only look
            form.fields["section"].choices = self.sections_by_page

    @cached_property
    def sections_by_page(self) -> list:
        """Choices for a list that works without a script, read once for all rows."""
        sections = Section.objects.select_related("article").order_by(
            "article__kind", "article__position", "article__title", "position", "pk"
        )
        pages = groupby(sections, key=lambda section: section.article)
        return [
            ("", "Choose a section"),
            *(
                # The group has the page's whole title, so its start is enough beside a section.
                (str(page), [(part.pk, f"{short_title(page)} → {part.title}") for part in parts])
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
        # Read the box from the post, not from the cleaned form, so that this error is shown
        # together with the errors of the other fields.
        is_public = forms.CheckboxInput().value_from_datadict(
            self.data, MultiValueDict(), "is_published"
        )
        # Another person may have published the book since this form was opened.
        is_public = is_public or self.instance.is_published
        if is_public and not kept and not self.instance.has_own_files:
            raise forms.ValidationError(NO_CHAPTER)


def cover_choices():
    shows = [(name, f"{name}: {label}") for name, label in covers.names().items()]
    return [("", "None yet"), *shows]


def upload_label(file_format: Format) -> str:
    return f"{file_format} of your own"


def upload_help(file_format: Format) -> str:
    return f"Replaces the {file_format} that is made from the sections."


def upload_field(file_format: Format) -> forms.FileField:
    return forms.FileField(
        label=upload_label(file_format),
        required=False,
        max_length=EbookUpload._meta.get_field("file").max_length,
        widget=AdminFileWidget,
        help_text=upload_help(file_format),
    )


def is_deleted(book: Ebook) -> bool:
    """Whether this is a version of the history whose ebook is gone."""
    return is_version(book) and not Ebook.objects.filter(pk=book.pk).exists()


def bring_uploads_back(book: Any) -> None:
    """Gives a deleted ebook that is being restored the uploads of that version."""
    for code, name in book._history.uploads.items():  # set by django-simple-history
        if code in BY_CODE:
            book.set_upload(BY_CODE[code], EbookUpload(file=name).file)


# Each format has a field for the practice's own file.
UploadsForm: Any = type(
    "UploadsForm", (forms.ModelForm,), {each.upload_field: upload_field(each) for each in FORMATS}
)


class EbookForm(UploadsForm):
    """A published book must have a line on what it teaches, and a cover that exists.

    The formset checks its chapters; the admin builds its files after saving.
    """

    cover = forms.ChoiceField(required=False, choices=cover_choices)

    class Meta:
        help_texts = {each.upload_field: upload_help(each) for each in FORMATS}  # when read only

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if is_deleted(self.instance):
            bring_uploads_back(self.instance)
        for file_format, file in self.instance.own_files.items():
            self.initial[file_format.upload_field] = file

    def clean(self):
        super().clean()
        self.clean_uploads()
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

    def clean_uploads(self):
        """Checks the stored files, too, because the disk may have lost one."""
        stored = self.instance.own_files
        for each in FORMATS:
            name = each.upload_field
            if name not in self.cleaned_data:
                continue
            file = self.cleaned_data[name] or None  # the box that clears it gives False
            if file != stored.get(each):
                self.instance.set_upload(each, file)
            try:
                if file:
                    each.validate_upload(file)
            except ValidationError as error:
                self.add_error(name, error)


def upload_changes(newer, older) -> list[dict[str, str]]:
    """What changed between two versions of the history, as django-simple-history lists it."""
    changes = [
        {
            "field": upload_label(each),
            "old": older.uploads.get(each.code, ""),
            "new": newer.uploads.get(each.code, ""),
        }
        for each in FORMATS
    ]
    return [change for change in changes if change["old"] != change["new"]]
