"""Shows a question about a clash: both values, and two radio buttons to choose one of them."""

from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.forms.utils import ErrorList
from django.template.loader import render_to_string
from django.utils.safestring import mark_safe

MINE, THEIRS = "mine", "theirs"


def answer_name(html_name: str) -> str:
    """The name of the radio buttons."""
    return f"keep-{html_name}"


def deleted_row_name(prefix: str) -> str:
    """The name of the hidden field with the key that a deleted row had."""
    return f"{prefix}-lost"


@dataclass(frozen=True)
class Choice:
    value: str
    label: str
    content: Any = None

    @property
    def has_content(self) -> bool:
        return self.content is not None


class ConflictError(ValidationError):
    """An error of the form that is shown as a question, not as a sentence."""

    def __init__(self, html_name: str, *, title: str, who: str, choices: list[Choice], **more):
        super().__init__(f"{who}. Choose which is kept.")
        self.anchor = f"keep-{html_name}"
        self.title = title
        self.context = {
            "anchor": self.anchor,
            "name": answer_name(html_name),
            "title": title,
            "who": who,
            "choices": choices,
        } | more

    def html(self) -> str:
        return render_to_string("admin/conflict.html", self.context)


class QuestionList(ErrorList):
    """A list of errors in which the questions are shown with their radio buttons."""

    def render(self, *args, **kwargs):
        questions = [error for error in self.data if isinstance(error, ConflictError)]
        if not questions:
            return super().render(*args, **kwargs)
        others = self.copy()
        others.data = [error for error in self.data if error not in questions]
        listed = ErrorList.render(others, *args, **kwargs) if others.data else ""
        return mark_safe(listed + "".join(question.html() for question in questions))  # noqa: S308

    __str__ = __html__ = render  # Django sets these names to its own render()
