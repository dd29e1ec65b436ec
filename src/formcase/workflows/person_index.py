"""Finding submissions by a person's or company's number without keeping the number: a keyed digest of it is kept.

The key is a secret of the installation (`FORMCASE_PERSON_INDEX_KEY`, or made in the data folder); without it the
digests tell nothing, though there are few enough numbers to try them all.
"""

import hmac
from collections.abc import Iterable
from hashlib import sha256

from django.conf import settings
from psycopg import AsyncConnection
from psycopg.rows import DictRow

from formcase.planning.persons import normal_number
from formcase.workflows.models import PersonIndex
from formcase.workflows.sql import statement


class NoNumber(ValueError):
    """What was typed is neither a CPR nor a CVR number."""


def person_token(typed: str) -> str:
    """What stands for a number in addresses and filters, where the number itself must not be. Raises `NoNumber`."""
    number = normal_number(typed)
    if number is None:
        raise NoNumber
    return _digest(number).hex()


def submissions_of_person(token: str) -> list[int]:
    """The keys of a person's submissions; none for a token that somebody made up."""
    try:
        digest = bytes.fromhex(token)
    except ValueError:
        return []
    return list(PersonIndex.objects.filter(digest=digest).values_list("submission__pk", flat=True))


async def keep_persons(connection: AsyncConnection[DictRow], submission: int, numbers: Iterable[str]) -> None:
    """Record whose submission this is; numbers are in their normal form."""
    digests = [_digest(number) for number in sorted(set(numbers))]
    if digests:
        await connection.execute(statement("keep_persons"), {"submission": submission, "digests": digests})


def claim_name(name: str) -> str:
    """What a claim on a contact or case is kept under: the names of contacts hold their numbers."""
    return _digest(f"claim {name}").hex()


def _digest(number: str) -> bytes:
    return hmac.new(settings.PERSON_INDEX_KEY.encode(), number.encode(), sha256).digest()
