"""Where mail goes until EMAIL_URL names a server: one .eml file a message, under DATA_DIR/mail."""

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
            file.touch(mode=0o600)  # for whoever runs the site alone
            file.write_bytes(message.as_bytes())
        return len(email_messages)
