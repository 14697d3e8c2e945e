"""Pages under the admin where staff set up a second factor and are asked for it."""

import base64
import logging
from datetime import timedelta

import segno
from django import forms
from django.contrib import admin
from django.db import transaction
from django.http import HttpResponseRedirect
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods
from django_otp import login, user_has_device, verify_token
from django_otp.plugins.otp_static.models import StaticDevice, StaticToken
from django_otp.plugins.otp_totp.models import TOTPDevice

logger = logging.getLogger(__name__)

BACKUP_CODES = 10
APP_CODE_DIGITS = 6
CLOCKS_DIFFER = timedelta(minutes=1)  # the most by which the clocks of two servers may differ


class CodeForm(forms.Form):
    """Checks the code while it cleans, so that each wrong one counts against its device."""

    code = forms.CharField(
        max_length=20,
        widget=forms.TextInput(
            attrs={"autocomplete": "one-time-code", "autofocus": True, "spellcheck": "false"}
        ),
    )

    def __init__(self, request, *, devices):
        super().__init__(request.POST if request.method == "POST" else None)
        self.user = request.user
        self.devices = [forget_future_times(device) for device in devices]
        self.device = None

    def clean_code(self):
        code = self.cleaned_data["code"].replace(" ", "").lower()
        kind = TOTPDevice if len(code) == APP_CODE_DIGITS and code.isdigit() else StaticDevice
        for device in self.devices:
            if isinstance(device, kind) and verify_token(self.user, device.persistent_id, code):
                self.device = device
                return code
        raise forms.ValidationError(
            "This code is not right. Check the clock of your phone, and wait for a new code: each "
            "wrong one makes the next wait longer."
        )


class ChangeForm(CodeForm):
    """Asks for a code again, so that a stranger at an unlocked screen cannot change anything."""

    do = forms.ChoiceField(choices=[("codes", "New backup codes"), ("remove", "Take it off")])


def devices_of(user) -> list:
    """The person's confirmed devices: an app on a phone, and the list of backup codes."""
    kinds = (TOTPDevice, StaticDevice)
    return [device for kind in kinds for device in kind.objects.devices_for_user(user)]


def forget_future_times(device):
    """If the clock was once ahead, a stored future time must not lock people out."""
    now = timezone.now()
    failed_at = device.throttling_failure_timestamp
    if failed_at and failed_at > now + CLOCKS_DIFFER:
        device.throttle_reset()
    if isinstance(device, TOTPDevice):
        step = int(now.timestamp() - device.t0) // device.step
        if device.last_t > step + device.tolerance:
            device.last_t = step - 1  # so that the app's current code is accepted
            device.save(update_fields=["last_t"])
    return device


def page(request, template: str, **context):
    context = admin.site.each_context(request) | context
    return TemplateResponse(request, f"admin/{template}.html", context)


def qr_code(device: TOTPDevice) -> str:
    """A data: URL, which the CSP of the admin allows. On white, to be readable in dark colours."""
    return segno.make(device.config_url, micro=False).svg_data_uri(scale=5, light="white")


def secret_in_groups(device: TOTPDevice) -> str:
    """The secret in groups of four letters, for people who cannot scan the QR code."""
    secret = base64.b32encode(device.bin_key).decode()
    return " ".join(secret[at : at + 4] for at in range(0, len(secret), 4))


@transaction.atomic
def new_backup_codes(user) -> list[str]:
    """Ten codes that work once each. The person's earlier codes stop working."""
    device, _ = StaticDevice.objects.get_or_create(user=user, name="Backup codes")
    device.token_set.all().delete()
    codes = [StaticToken.random_token() for _ in range(BACKUP_CODES)]
    device.token_set.bulk_create(StaticToken(device=device, token=code) for code in codes)
    return codes


@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def second_factor(request):
    """Sets up a second factor. If there is one, offers new backup codes or to remove it."""
    if not user_has_device(request.user):
        return set_up(request)
    if not request.user.is_verified():
        return redirect("second-factor-check")
    form = ChangeForm(request, devices=devices_of(request.user))
    if form.is_bound and form.is_valid():
        if form.cleaned_data["do"] == "codes":
            return show_codes(request)
        for device in devices_of(request.user):
            device.delete()
        logger.warning("second factor removed", extra={"fields": {"user": request.user.pk}})
        return redirect("second-factor")
    left = StaticToken.objects.filter(device__user=request.user).count()
    context = {"title": "Second factor", "codes_left": left}
    return page(request, "second_factor", form=form, **context)


def set_up(request):
    # The unconfirmed device is stored, so that a reloaded page shows the same QR code.
    device = TOTPDevice.objects.filter(user=request.user, confirmed=False).first()
    if device is None:
        device = TOTPDevice.objects.create(user=request.user, confirmed=False, name="Phone")
    form = CodeForm(request, devices=[device])
    if form.is_bound and form.is_valid():
        TOTPDevice.objects.filter(pk=device.pk).update(confirmed=True)
        finish_login(request, device)
        return show_codes(request)
    context = {"title": "Set up a second factor", "image": qr_code(device)}
    context["secret"] = secret_in_groups(device)
    return page(request, "second_factor_setup", form=form, **context)


def show_codes(request):
    """Only this answer shows the codes. They are in no session and in no mail."""
    codes = new_backup_codes(request.user)
    return page(request, "second_factor_codes", title="Your backup codes", codes=codes)


def finish_login(request, device) -> None:
    login(request, device)
    # A session key that was stolen before the code was typed must not open the admin.
    request.session.cycle_key()


@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def check(request):
    """Asks for a code from the app, or a backup code, after the password."""
    wanted = request.GET.get("next", "")
    if not url_has_allowed_host_and_scheme(wanted, allowed_hosts=None):
        wanted = reverse("admin:index")
    if request.user.is_verified() or not user_has_device(request.user):
        return HttpResponseRedirect(wanted)
    form = CodeForm(request, devices=devices_of(request.user))
    if form.is_bound and form.is_valid():
        finish_login(request, form.device)
        return HttpResponseRedirect(wanted)
    if form.is_bound:
        logger.warning("second factor refused", extra={"fields": {"user": request.user.pk}})
    return page(request, "second_factor_check", title="Second factor", form=form)
