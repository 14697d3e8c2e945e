"""What the admin calls the apps of others, in the staff's words."""

from django.contrib.auth.apps import AuthConfig
from django_otp.plugins.otp_static.apps import DefaultConfig as StaticConfig
from django_otp.plugins.otp_totp.apps import DefaultConfig as TOTPConfig


class Logins(AuthConfig):
    verbose_name = "Logins"


class BackupCodes(StaticConfig):
    verbose_name = "Second factors: backup codes"


class Phones(TOTPConfig):
    verbose_name = "Second factors: phones"
