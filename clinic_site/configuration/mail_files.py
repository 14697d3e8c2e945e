"""Writes each mail into an .eml file in DATA_DIR/mail, while EMAIL_URL is not set."""

import re

from django.conf import settings
from django.core.mail.backends.base import BaseEmailBackend
from django.utils import timezone


class EmailBackend(BaseEmailBackend):
    def send_messages(self, email_messages):
        folder = settings.DATA_DIR / "mail"
        folder.mkdir(parents=True, exist_ok=True)
        for mail in email_messages:
            message = mail.message()
            stamp = timezone.now().strftime("%Y%m%d-%H%M%S-%f")
            name = re.sub(r"\W", "", str(message["Message-ID"]).partition("@")[0])
            file = folder / f"{stamp}-{name}.eml"
            file.touch(mode=0o600)  # only the site's user may read it
            file.write_bytes(message.as_bytes())
        return len(email_messages)
