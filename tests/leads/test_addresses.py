import pytest

from leads.addresses import mailbox


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
