"""The admin pages for leads, their mail and testimonials. Django loads them from here."""

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
