"""People who raised a hand, as the front desk works with them; one module a kind of work."""

from leads.admin import audit, news, outbox, people, testimonials, today

__all__ = ["audit", "news", "outbox", "people", "testimonials", "today"]
