"""The staff's own logins in the admin, as Django and django-otp show them, under our rules."""

from django import forms
from django.apps import apps
from django.contrib import admin
from django.contrib.admin.forms import AdminAuthenticationForm
from django.contrib.auth.admin import GroupAdmin, UserAdmin
from django.contrib.auth.models import Group, User
from django_otp.plugins.otp_static.admin import StaticDeviceAdmin
from django_otp.plugins.otp_static.models import StaticDevice
from django_otp.plugins.otp_totp.admin import TOTPDeviceAdmin
from django_otp.plugins.otp_totp.models import TOTPDevice

from clinic_site.lookups import PlainLookups

NAME_LENGTH = User._meta.get_field("username").max_length or 150


class LoginForm(AdminAuthenticationForm):
    def clean_username(self):
        """Django limits it in the browser only; django-axes keeps it in a column of 255."""
        username = self.cleaned_data["username"]
        if len(username) > NAME_LENGTH:
            raise forms.ValidationError(f"A user name has at most {NAME_LENGTH} characters.")
        return username


admin.site.login_form = LoginForm

# Not by AppConfigs of ours: the plugin of mypy looks for django.contrib.auth in INSTALLED_APPS.
for label, words in {
    "auth": "Logins",
    "otp_static": "Second factors: backup codes",
    "otp_totp": "Second factors: phones",
}.items():
    apps.get_app_config(label).verbose_name = words

for model, ours in {
    Group: GroupAdmin,
    User: UserAdmin,
    StaticDevice: StaticDeviceAdmin,
    TOTPDevice: TOTPDeviceAdmin,
}.items():
    admin.site.unregister(model)
    admin.site.register(model, type(ours.__name__, (PlainLookups, ours), {}))
