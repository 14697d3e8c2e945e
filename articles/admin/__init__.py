"""The admin of pages, sections and ebooks; each module registers its own part."""

from articles.admin import ebooks, pages, sections

__all__ = ["ebooks", "pages", "sections"]
