"""What a command says when it can't do what was asked, and which exit code that is."""

from dataclasses import dataclass

ANSWER_IS_NO = 1
WRONG_USE = 2
OUT_OF_REACH = 3


@dataclass(frozen=True, slots=True)
class Failure:
    """What the person is told, and the exit code."""

    text: str
    code: int


class CommandFailed(Exception):
    """A command's own way to end: the sentence that the person is told, and the exit code."""

    def __init__(self, text: str, code: int = ANSWER_IS_NO) -> None:
        super().__init__(text)
        self.failure = Failure(text, code)


def failure_of(error: Exception) -> Failure | None:
    """How an expected error is told; None where it is a fault of Formcase itself.

    The modules are loaded here and not above, because a command that succeeds must not wait for them.
    """
    if isinstance(error, CommandFailed):
        return error.failure
    return (
        _of_the_start(error)
        or _of_the_ends(error)
        or _of_the_way(error)
        or _of_the_workflows(error)
        or _of_the_accounts(error)
        or _of_the_database(error)
    )


def _of_the_start(error: Exception) -> Failure | None:
    from formcase.site.configuration import ConfigurationError
    from formcase.site.embedded.failure import EmbeddedDatabaseError
    from formcase.site.ports import PortTaken
    from formcase.site.preparing import NotMigrated, OutOfReach
    from formcase.site.supervising import ServiceFailed

    if isinstance(error, ConfigurationError | PortTaken | NotMigrated):
        return Failure(str(error), WRONG_USE)
    if isinstance(error, OutOfReach | EmbeddedDatabaseError | ServiceFailed):
        return Failure(str(error), OUT_OF_REACH)
    return None


def _of_the_ends(error: Exception) -> Failure | None:
    from formcase.formservice.problems import Refused

    return Failure(str(error), ANSWER_IS_NO) if isinstance(error, Refused) else None


def _of_the_way(error: Exception) -> Failure | None:
    from formcase.outcomes import Outcome, Passing, Unknown

    if not isinstance(error, Outcome):
        return None
    return Failure(error.message().text(), OUT_OF_REACH if isinstance(error, Passing | Unknown) else ANSWER_IS_NO)


def _of_the_workflows(error: Exception) -> Failure | None:
    from formcase.workflows.managing import UnknownWorkflow
    from formcase.workflows.parameters import WrongParameters
    from formcase.workflows.submissions import UnknownSubmission
    from formcase.workflows.versions import NotPossible, UnknownVersion, Unusable

    if isinstance(error, UnknownVersion | Unusable):
        return Failure(str(error), WRONG_USE)
    if isinstance(error, NotPossible):
        return Failure(str(error), ANSWER_IS_NO)
    if isinstance(error, UnknownSubmission):
        return Failure(str(error), ANSWER_IS_NO)
    return Failure(str(error), WRONG_USE) if isinstance(error, UnknownWorkflow | WrongParameters) else None


def _of_the_accounts(error: Exception) -> Failure | None:
    from django.core.exceptions import ValidationError

    from formcase.accounts.managing import LastAdministrator, UnknownUser

    if isinstance(error, ValidationError):
        return Failure(" ".join(error.messages), WRONG_USE)
    if isinstance(error, UnknownUser):
        return Failure(str(error), WRONG_USE)
    return Failure(str(error), ANSWER_IS_NO) if isinstance(error, LastAdministrator) else None


def _of_the_database(error: Exception) -> Failure | None:
    from django.db import OperationalError

    if not isinstance(error, OperationalError):
        return None
    lines = str(error).strip().splitlines()
    return Failure(f"The database does not answer: {lines[0] if lines else 'no reason given'}", OUT_OF_REACH)
