"""One module a kind of row; the rest of the site imports them from here."""

from articles.models.ebooks import Ebook, EbookFile, EbookSection, Edition, FormerEbookAddress
from articles.models.pages import (
    Article,
    FormerAddress,
    Section,
    Source,
    validate_figures,
)

__all__ = [
    "Article",
    "Ebook",
    "EbookFile",
    "EbookSection",
    "Edition",
    "FormerAddress",
    "FormerEbookAddress",
    "Section",
    "Source",
    "validate_figures",
]
