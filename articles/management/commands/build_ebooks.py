from django.core.management.base import BaseCommand, CommandError

from articles.ebooks import build
from articles.models import Ebook
from clinic_site.progress import Progress, count_items
from clinic_site.web.time_zone import practice_zone


class Command(BaseCommand):
    help = "Builds every ebook as EPUB and PDF; the edition moves only where the content did."

    def handle(self, **options):
        with practice_zone():
            self.build()

    def build(self):
        failed = []
        for ebook in self.counted(Ebook.objects.all()):
            try:
                edition = build.build(ebook)
            except build.BuildError as error:
                failed.append(f"{ebook}: {error}")
                continue
            self.stdout.write(
                f"{ebook.slug}: edition {edition.number} of {edition.made_on}, "
                f"EPUB {edition.epub_size} bytes, "
                f"PDF {edition.pages} pages {edition.pdf_size} bytes"
            )
            if edition.build_error:
                self.stderr.write(f"{ebook.slug}: {edition.build_error}")
        if failed:
            raise CommandError("\n".join(failed))

    def counted(self, ebooks):
        with Progress() as tell:
            yield from count_items(ebooks, tell, "Building the ebooks", len(ebooks))
