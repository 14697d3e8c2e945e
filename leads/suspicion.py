"""Why a post looks like a bot's. Reasons are for staff; the sender sees the ordinary answer."""

import re

LINK = re.compile(
    r"https?:|www\.|\b[\w-]+\.(?:com|net|org|ru|cn|info|biz|xyz|top)\b", re.IGNORECASE
)


def reasons(*, honeypot: str, name: str) -> str:
    """The reasons in one line; '' when nothing is suspicious."""
    found = []
    if honeypot:
        found.append("the hidden field was filled in")
    if LINK.search(name):
        found.append("there is a link in the name")
    return "; ".join(found)
