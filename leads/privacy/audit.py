"""The access log: which member of staff saw, exported or deleted whose data (promises 17, 23)."""

from leads.models import AccessRecord

VIEWED = "Opened"
LISTED = "Listed"
EXPORTED = "Exported"
DELETED = "Deleted"
ERASED = "Erased"


def record(user, what: str, obj) -> AccessRecord:
    """`obj` is a row, or a few words such as "12 ebook sign-ups". It must not name a person.

    Call this before the data is shown: when the record cannot be written, the error keeps the data
    from being shown.
    """
    return AccessRecord.objects.create(
        user=user, username=user.get_username(), what=what, about=str(obj)[:80]
    )
