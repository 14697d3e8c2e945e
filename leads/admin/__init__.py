"""People who raised a hand, as the front desk works with them; one module a kind of work."""

from leads import audit_admin, news_admin
from leads.admin import outbox, people, testimonials, today

__all__ = ["audit_admin", "news_admin", "outbox", "people", "testimonials", "today"]
