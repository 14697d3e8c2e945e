from django.core.management.base import BaseCommand, CommandError
from django.utils.text import get_text_list

from articles.ebooks import build
from articles.ebooks.formats import FORMATS, Format
from articles.models import Ebook, EditionFile
from clinic_site.progress import Progress, count_items
from clinic_site.web.time_zone import practice_zone


def describe(file_format: Format, file: EditionFile) -> str:
    pages = f"{file.pages} pages " if file.pages else ""
    return f"{file_format} {pages}{file.size} bytes"


class Command(BaseCommand):
    help = (
        f"Builds every ebook as {get_text_list([each.label for each in FORMATS], 'and')}; an "
        "ebook gets a new edition only if its content changed."
    )

    def handle(self, **options):
        with practice_zone():
            self.build()

    def build(self):
        failed = []
        for ebook in self.with_progress(Ebook.objects.all()):
            try:
                edition = build.build(ebook)
            except build.BuildError as error:
                failed.append(f"{ebook}: {error}")
                continue
            files = {file.file_format: file for file in edition.files.all()}
            listed = ", ".join(describe(each, files[each.code]) for each in FORMATS)
            self.stdout.write(
                f"{ebook.slug}: edition {edition.number} of {edition.made_on}, {listed}"
            )
            if edition.build_error:
                self.stderr.write(f"{ebook.slug}: {edition.build_error}")
        if failed:
            raise CommandError("\n".join(failed))

    def with_progress(self, ebooks):
        with Progress() as tell:
            yield from count_items(ebooks, tell, "Building the ebooks", len(ebooks))
