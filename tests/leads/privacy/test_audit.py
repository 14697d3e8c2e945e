from leads.models import AccessRecord
from leads.privacy import audit
from tests.factories import make_signup


def test_audit_records_who_did_what_by_number_and_not_by_name(admin_user):
    signup = make_signup()

    record = audit.record(admin_user, audit.VIEWED, signup)

    record.refresh_from_db()
    assert (record.user, record.username, record.what) == (admin_user, "admin", "Opened")
    assert record.about == f"Sign-up #{signup.pk}"


def test_audit_record_outlives_the_login(admin_user):
    audit.record(admin_user, audit.EXPORTED, "12 ebook sign-ups")

    admin_user.delete()

    record = AccessRecord.objects.get()
    assert (record.user, record.username, record.about) == (None, "admin", "12 ebook sign-ups")
