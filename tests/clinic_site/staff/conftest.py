import pytest
from django.contrib.auth import get_user_model
from django_otp.plugins.otp_totp.models import TOTPDevice

from tests.clinic_site.staff.logging_in import PASSWORD


@pytest.fixture
def owner(db):
    return get_user_model().objects.create_superuser("owner", password=PASSWORD)


@pytest.fixture
def device(owner):
    return TOTPDevice.objects.create(user=owner, name="Phone", confirmed=True)
