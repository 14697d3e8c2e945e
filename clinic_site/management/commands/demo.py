import hashlib
import secrets
import signal
import subprocess
import sys
import time
from pathlib import Path

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.management import call_command
from django.core.management.base import BaseCommand
from django.db import connections

STOP_SECONDS = 40  # gunicorn finishes its requests within 30


class Command(BaseCommand):
    help = "Fills the database, makes a staff login, starts web server and mail worker: `make run`."

    def handle(self, **options):
        self.say_step(1, "The database")
        call_command("migrate", verbosity=0)
        self.say_step(2, "Guide, treatments, ebooks and testimonials")
        call_command("load_starter_content", stdout=self.stdout)
        self.say_step(3, "The ebooks' files")
        call_command("build_ebooks", stdout=self.stdout)
        self.say_step(4, "Static files, compressed; a few seconds the first time")
        self.collect_static()
        self.make_login()
        connections.close_all()
        self.serve()

    def say_step(self, number: int, what: str) -> None:
        self.stdout.write(f"{number} of 4: {what}")
        self.stdout.flush()

    def collect_static(self):
        """Runs only when a source file has changed, because compressing takes seconds."""
        folders = [*settings.STATICFILES_DIRS, settings.BASE_DIR / "requirements.txt"]
        state = hashlib.sha256()
        for path in sorted(p for folder in folders for p in [folder, *Path(folder).rglob("*")]):
            if path.is_file():
                state.update(f"{path} {path.stat().st_mtime_ns}\n".encode())
        stamp = settings.DATA_DIR / "static-collected"
        if not stamp.exists() or stamp.read_text() != state.hexdigest():
            call_command("collectstatic", interactive=False, clear=True, verbosity=0)
            stamp.write_text(state.hexdigest())

    def make_login(self):
        users = get_user_model().objects
        if users.filter(is_staff=True).exists():
            return
        password = secrets.token_urlsafe(12)
        users.create_superuser("demo", password=password)
        self.stdout.write(
            f"\n  Staff login, shown only this once:  demo  {password}"
            f"\n  at {settings.BASE_URL}/{settings.ADMIN_PATH}\n"
        )

    def serve(self):
        config = str(settings.BASE_DIR / "clinic_site" / "gunicorn.conf.py")
        python = sys.executable
        children = [
            subprocess.Popen([python, "-m", "gunicorn", "--config", config]),  # noqa: S603 fixed words
            subprocess.Popen([python, sys.argv[0], "send_mail_queue"]),  # noqa: S603 fixed words
        ]
        self.stdout.write(f"\n  The site: {settings.BASE_URL}/   (Ctrl-C stops it)\n\n")
        self.stdout.flush()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: sys.exit())
        try:
            while all(child.poll() is None for child in children):
                time.sleep(0.3)
        finally:
            for child in children:
                child.terminate()
            for child in children:
                child.wait(STOP_SECONDS)
        sys.exit("The web server or the mail worker stopped; its last lines above say why.")
