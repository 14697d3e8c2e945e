"""Who of the staff saw or took along whose data (promise 17 and 23)."""

from leads.models import AccessRecord

VIEWED = "Opened"
LISTED = "Listed"
EXPORTED = "Exported"
DELETED = "Deleted"
ERASED = "Erased"


def record(user, what: str, obj) -> AccessRecord:
    """`obj` is a row, or a few words such as "12 ebook sign-ups"; it must name nobody.

    Called before the data is shown: what cannot be recorded is not seen.
    """
    return AccessRecord.objects.create(
        user=user, username=user.get_username(), what=what, about=str(obj)[:80]
    )
