import pytest

from leads.addresses import fold, mailbox


@pytest.mark.parametrize(
    ("address", "box"),
    [
        ("ann.lee+news@example.com", "ann.lee@example.com"),
        ("ann.lee+news@gmail.com", "annlee@gmail.com"),
        ("+ann@example.com", "+ann@example.com"),
    ],
)
def test_mailbox_is_where_the_mail_ends_up(address, box):
    assert mailbox(address) == box


@pytest.mark.parametrize(
    ("email", "key"),
    [
        ("", ""),
        (" Ann ", "ann"),
        ("A@MÜNCHEN.de", "a@xn--mnchen-3ya.de"),
        ("A@.É..de", "a@.é..de"),
        ("A@\ud800.de", "a@\ud800.de"),
    ],
)
def test_fold_takes_anything(email, key):
    assert fold(email) == key
