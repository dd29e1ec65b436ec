"""A condition in words, with the questions and answers as people read them."""

from collections.abc import Mapping

from django.utils.translation import gettext as _

from formcase.formservice.conditions import AllOf, Answered, AnswerIs, AnyOf, Condition, Not
from formcase.formservice.design import Form, Question, references


def told(condition: Condition | None, form: Form) -> str:
    """When something is asked; empty where it always is."""
    return _told(condition, references(form)) if condition else ""


def _told(condition: Condition, known: Mapping[str, Question]) -> str:
    match condition:
        case AnswerIs(reference, values):
            question = known.get(reference)
            answers = _(" or ").join(f"“{_answer(question, value)}”" for value in values)
            return _("“{question}” is {answers}").format(question=_title(question, reference), answers=answers)
        case Answered(reference):
            return _("“{question}” is answered").format(question=_title(known.get(reference), reference))
        case AllOf(parts):
            return _(" and ").join(_inside(part, known) for part in parts)
        case AnyOf(parts):
            return _(" or ").join(_inside(part, known) for part in parts)
        case Not(part):
            return _("it is not so that {condition}").format(condition=_inside(part, known))


def _inside(condition: Condition, known: Mapping[str, Question]) -> str:
    text = _told(condition, known)
    return f"({text})" if isinstance(condition, AllOf | AnyOf) else text


def _title(question: Question | None, reference: str) -> str:
    return reference if question is None else question.field.title or question.field.name


def _answer(question: Question | None, value: str) -> str:
    if question is not None and question.field.type == "boolean":
        return _("Yes") if value == "true" else _("No")
    return value if question is None else question.field.title_of(value) or value
