"""People who raised a hand, as the front desk works with them; one module a kind of work."""

from leads.admin import (
    audit,
    bounces,
    news,
    outbox,
    requests,
    signups,
    testimonials,
    today,
)

__all__ = [
    "audit",
    "bounces",
    "news",
    "outbox",
    "requests",
    "signups",
    "testimonials",
    "today",
]
