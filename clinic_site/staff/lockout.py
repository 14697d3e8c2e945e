"""Locks the log-in after wrong passwords, and asks for the second factor (promise 17).

django-axes counts the wrong passwords and django-otp keeps the devices. This module has the rules
of this site: how many tries, which tries are forgotten, and which pages need the second factor.
"""

from urllib.parse import urlencode

from axes.handlers.database import AxesDatabaseHandler
from axes.helpers import get_client_username
from axes.models import AccessAttempt
from django.conf import settings
from django.db.models import Sum
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django_otp import user_has_device

from clinic_site.web import errors
from clinic_site.web.admin_sessions import is_admin_address
from clinic_site.web.visitor import visitor_key_as_address

# A user name is locked later than a visitor's address. With a low limit, anyone on the internet
# could keep a member of the staff locked out.
WRONG_TRIES_PER_NAME = 20
OPEN_WITHOUT_CODE = {"second-factor", "second-factor-check", "admin:logout"}


class LockoutHandler(AxesDatabaseHandler):
    """Counts wrong passwords by visitor and by user name, as AXES_LOCKOUT_PARAMETERS says."""

    def get_user_attempts(self, request, credentials=None):
        # If the clock was once ahead, attempts with a future time must not lock people out.
        now = timezone.now()
        found = super().get_user_attempts(request, credentials)
        return [attempts.filter(attempt_time__lte=now) for attempts in found]

    def reset_user_attempts(self, request, credentials=None) -> int:
        """After the right password, forgets the wrong ones for this user name from this visitor.

        Wrong passwords for other names stay. If they were forgotten too, a person with a login
        could guess a colleague's password without limit.
        """
        name, key = get_client_username(request, credentials), visitor_key_as_address(request)
        return AccessAttempt.objects.filter(username=name, ip_address=key).delete()[0]

    def get_failures(self, request, credentials=None) -> int:
        by_visitor, by_name = (
            attempts.aggregate(sum=Sum("failures_since_start"))["sum"] or 0
            for attempts in self.get_user_attempts(request, credentials)
        )
        # axes compares one number with one limit, AXES_FAILURE_LIMIT. Twenty wrong passwords for a
        # name must reach it just as five by one visitor do.
        return max(by_visitor, by_name * settings.AXES_FAILURE_LIMIT // WRONG_TRIES_PER_NAME)


def refuse_while_locked_out(request, response, credentials):
    """The answer is the same whether the user name exists or not (promise 15)."""
    retry_after = int(settings.AXES_COOLOFF_TIME.total_seconds())
    return errors.page(429, retry_after=retry_after, is_for_staff=True)


def missing_step(user) -> str:
    """The URL name of the page that this person must visit first; '' if none."""
    if not user.is_authenticated or user.is_verified():
        return ""
    if user_has_device(user):
        return "second-factor-check"
    return "second-factor" if settings.REQUIRE_SECOND_FACTOR else ""


class SecondFactorMiddleware:
    """Redirects from the admin to the second factor, because a password alone must not suffice."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        return self.get_response(request)

    def process_view(self, request, view, args, kwargs):
        if not is_admin_address(request):
            return None
        if request.resolver_match.view_name in OPEN_WITHOUT_CODE:
            return None
        if step := missing_step(request.user):
            return redirect(f"{reverse(step)}?{urlencode({'next': request.path})}")
        return None
