"""The admin's door: how wrong passwords are counted, and when a second factor is asked for.

django-axes keeps the count, django-otp the devices; here are this site's rules (promise 17).
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
from clinic_site.web.admin_sessions import is_admin
from clinic_site.web.visitor import client_key_as_address

# A name is locked later than a client, or anybody could lock a colleague out from afar.
WRONG_TRIES_PER_NAME = 20
OPEN_TO_ALL = {"second-factor", "second-factor-check", "admin:logout"}


class Lock(AxesDatabaseHandler):
    """Counts by client and, more slowly, by name; AXES_LOCKOUT_PARAMETERS gives that order."""

    def get_user_attempts(self, request, credentials=None):
        # What a clock that ran ahead has left behind must lock nobody out.
        now = timezone.now()
        found = super().get_user_attempts(request, credentials)
        return [attempts.filter(attempt_time__lte=now) for attempts in found]

    def reset_user_attempts(self, request, credentials=None) -> int:
        """After the right password, those for this name from here: not what was tried on others,
        or anybody with a login could go on guessing a colleague's for ever."""
        name = get_client_username(request, credentials)
        own = AccessAttempt.objects.filter(username=name, ip_address=client_key_as_address(request))
        return own.delete()[0]

    def get_failures(self, request, credentials=None) -> int:
        by_client, by_name = (
            attempts.aggregate(sum=Sum("failures_since_start"))["sum"] or 0
            for attempts in self.get_user_attempts(request, credentials)
        )
        return max(by_client, by_name * settings.AXES_FAILURE_LIMIT // WRONG_TRIES_PER_NAME)


def locked_out(request, response, credentials):
    """The same for a name that exists and for one that does not."""
    retry_after = int(settings.AXES_COOLOFF_TIME.total_seconds())
    return errors.page(429, retry_after=retry_after, is_for_staff=True)


def missing_step(user) -> str:
    """The name of the page that must come first; '' for whom the admin is open."""
    if not user.is_authenticated or user.is_verified():
        return ""
    if user_has_device(user):
        return "second-factor-check"
    return "second-factor" if settings.REQUIRE_SECOND_FACTOR else ""


class SecondFactorMiddleware:
    """Stands before every page of the admin: a password alone opens none of them."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        return self.get_response(request)

    def process_view(self, request, view, args, kwargs):
        if not is_admin(request):
            return None
        if request.resolver_match.view_name in OPEN_TO_ALL:
            return None
        if step := missing_step(request.user):
            return redirect(f"{reverse(step)}?{urlencode({'next': request.path})}")
        return None
