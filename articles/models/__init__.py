"""Each module holds the models of one subject. Other modules import the models from here."""

from articles.models.ebook_files import EbookFile, EbookUpload, Edition, EditionFile
from articles.models.ebooks import Ebook, EbookSection, FormerEbookAddress
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
    "EbookUpload",
    "Edition",
    "EditionFile",
    "FormerAddress",
    "FormerEbookAddress",
    "Section",
    "Source",
    "validate_figures",
]
