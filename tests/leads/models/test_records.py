import pytest
from django.contrib.auth.models import User
from django.db import transaction

from leads.models import AccessRecord, Consent, RequestEvent
from leads.models.records import AppendOnlyError
from leads.privacy import audit
from tests.factories import make_request, make_signup
from tests.leads.news_factories import make_asked


def make_line(model):
    if model is Consent:
        return make_asked().consents.get()
    if model is RequestEvent:
        return make_request().events.create(what="Left a voicemail")
    return audit.record(User.objects.create_user("ann"), audit.VIEWED, make_signup())


LEDGERS = pytest.mark.parametrize("model", [Consent, RequestEvent, AccessRecord])


@LEDGERS
def test_ledger_entry_is_never_saved_again(db, model):
    line = make_line(model)
    before = model.objects.values().get()
    line.at = line.at.replace(year=2020)

    with pytest.raises(AppendOnlyError):
        line.save()

    assert model.objects.values().get() == before


@LEDGERS
def test_ledger_entries_are_not_updated_in_bulk(db, model):
    line = make_line(model)

    with pytest.raises(AppendOnlyError):
        model.objects.update(at=None)
    with pytest.raises(AppendOnlyError), transaction.atomic():
        model.objects.bulk_update([line], ["at"])

    assert model.objects.get().at == line.at


def test_ledger_entries_are_deleted_with_the_person(db):
    reader = make_asked()

    reader.delete()

    assert Consent.objects.count() == 0


def test_ledger_entry_stays_when_the_login_is_deleted(db):
    user = User.objects.create_user("ann")
    event = make_request().events.create(by=user, what="Left a voicemail")

    user.delete()

    event.refresh_from_db()
    assert (event.by, event.what) == (None, "Left a voicemail")
