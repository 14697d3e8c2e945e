"""The logins of staff in the admin: Django's and django-otp's pages with the rules of this site."""

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

from clinic_site.admin.conflicts.admin import GuardedAdmin
from clinic_site.admin.lookups import PlainLookups

NAME_LENGTH = User._meta.get_field("username").max_length or 150


class LoginForm(AdminAuthenticationForm):
    def clean_username(self):
        """Django limits the length in the browser only, and django-axes has a column of 255."""
        username = self.cleaned_data["username"]
        if len(username) > NAME_LENGTH:
            raise forms.ValidationError(f"A user name has at most {NAME_LENGTH} characters.")
        return username

    def confirm_login_allowed(self, user):
        """Runs only after the right password, so it does not reveal to others which names exist."""
        if user.is_active and not user.is_staff:
            raise forms.ValidationError(
                "The password is right, but this login does not open the admin. Ask an owner to "
                "tick “Staff status” on it.",
                code="not_staff",
            )
        super().confirm_login_allowed(user)


admin.site.login_form = LoginForm

# Set here and not by subclasses of their AppConfigs, because mypy's plugin looks for
# django.contrib.auth itself in INSTALLED_APPS.
for label, words in {
    "auth": "Logins",
    "otp_static": "Second factors: backup codes",
    "otp_totp": "Second factors: phones",
}.items():
    apps.get_app_config(label).verbose_name = words


ONLY_FOR_SUPERUSERS = {"is_superuser", "user_permissions"}


class StaffUserAdmin(UserAdmin):
    """Owners give logins their rights by groups. Only superusers give more than that."""

    def get_fieldsets(self, request, obj=None):
        fieldsets = super().get_fieldsets(request, obj)
        if request.user.is_superuser:
            return fieldsets
        return [
            (
                title,
                options
                | {"fields": [n for n in options["fields"] if n not in ONLY_FOR_SUPERUSERS]},
            )
            for title, options in fieldsets
        ]

    def get_list_filter(self, request):
        filters = super().get_list_filter(request)
        if request.user.is_superuser:
            return filters
        return [name for name in filters if name not in ONLY_FOR_SUPERUSERS]

    def has_change_permission(self, request, obj=None):
        """An owner who could set a superuser's password could log in as a superuser."""
        return may_touch(request, obj) and super().has_change_permission(request, obj)

    def has_delete_permission(self, request, obj=None):
        return may_touch(request, obj) and super().has_delete_permission(request, obj)

    def save_model(self, request, obj, form, change):
        """Every login is for the admin, because visitors have none, so "Staff status" is set."""
        if not change:
            obj.is_staff = True
        super().save_model(request, obj, form, change)


def may_touch(request, user: User | None) -> bool:
    return user is None or not user.is_superuser or request.user.is_superuser


for model, ours in {
    Group: GroupAdmin,
    User: StaffUserAdmin,
    StaticDevice: StaticDeviceAdmin,
    TOTPDevice: TOTPDeviceAdmin,
}.items():
    admin.site.unregister(model)
    admin.site.register(model, type(ours.__name__, (PlainLookups, GuardedAdmin, ours), {}))
