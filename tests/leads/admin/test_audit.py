import pytest
from django.contrib import admin

from leads.admin.audit import AccessRecordAdmin
from leads.models import AccessRecord


@pytest.mark.parametrize("action", ["add", "change", "delete"])
def test_access_log_cannot_be_changed_in_the_admin(rf, admin_user, action):
    request = rf.get("/")
    request.user = admin_user
    model_admin = AccessRecordAdmin(AccessRecord, admin.site)

    assert getattr(model_admin, f"has_{action}_permission")(request) is False
    assert model_admin.has_view_permission(request) is True
