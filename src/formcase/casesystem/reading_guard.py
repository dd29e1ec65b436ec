"""Answers a read, a refusal included, and what the database finds wrong with the query's values."""

from django.db import DataError
from django.utils.translation import gettext as _

from formcase.casesystem.errors import Refusal, invalid
from formcase.casesystem.exchange import Answer, Request, refusal_answer
from formcase.casesystem.service import Session, read


def answer_read(session: Session, request: Request) -> Answer:
    """The answer to a GET."""
    try:
        return read(session, request)
    except Refusal as refusal:
        return refusal_answer(refusal)
    except DataError:
        return refusal_answer(invalid("InvalidQuery", _("A value in the query does not fit its type.")))
