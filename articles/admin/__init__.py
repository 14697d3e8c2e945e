"""Guides, pages and ebooks, as the clinician edits them; one module a kind of work."""

from articles.admin import ebooks, pages, sections

__all__ = ["ebooks", "pages", "sections"]
