"""What can go wrong on a submission's way, sorted by what must happen next.

Every error of a source, a target or of filing itself is one of the four classes `Permanent`, `Passing`, `Setup` and
`Unknown`, or one of the two ends `Withdrawn` and `Unreadable`. Which answer belongs to which class is said in
docs/developer/outcomes.md.
"""

from datetime import timedelta

from formcase.messages import NOTHING, Message, message, together

_FULL_STOP = Message(".")


class Outcome(Exception):
    """Something came back that decides what happens next.

    tried: what was attempted; answer: what came back; remedy: what a person can do, empty where nothing is needed.
    None of the three ever holds a secret; what a person wrote in a form stands in hidden parameters only.
    """

    def __init__(self, tried: Message, answer: Message, remedy: Message = NOTHING) -> None:
        super().__init__(tried, answer, remedy)
        self.tried = tried
        self.answer = answer
        self.remedy = remedy

    def message(self) -> Message:
        """The whole story in one message, of whole sentences."""
        ended = self.answer.text().rstrip().endswith((".", "!", "?", "…"))
        answer = self.answer if ended else together((self.answer, _FULL_STOP), "")
        if self.remedy.template:
            return message("{tried}: {answer} {remedy}", tried=self.tried, answer=answer, remedy=self.remedy)
        return message("{tried}: {answer}", tried=self.tried, answer=answer)

    def __str__(self) -> str:
        return self.message().discreet()


class Permanent(Outcome):
    """This submission can't be filed as it is: an error case takes it."""


class Refused(Permanent):
    """The case system refused one part of a change set, or an upload.

    status: the HTTP status. code, target: as the case system gave them, None where it gave none. part: the index of
    the refused operation in the plan, None where the case system did not say which. reason: its own words, which may
    quote a value, so they go where hidden parameters go.
    """

    def __init__(
        self,
        tried: Message,
        answer: Message,
        remedy: Message = NOTHING,
        *,
        status: int,
        code: str | None = None,
        target: str | None = None,
        part: int | None = None,
        reason: str = "",
    ) -> None:
        super().__init__(tried, answer, remedy)
        self.status = status
        self.code = code
        self.target = target
        self.part = part
        self.reason = reason


class Outdated(Refused):
    """What the plan was made from has changed (a contact came to be, a case was changed): read and plan again."""


class Passing(Outcome):
    """It will work later. retry_after: how long the other side asked to be left alone, None where it did not."""

    def __init__(
        self, tried: Message, answer: Message, remedy: Message = NOTHING, *, retry_after: timedelta | None = None
    ) -> None:
        super().__init__(tried, answer, remedy)
        self.retry_after = retry_after


class Setup(Outcome):
    """Nothing of this workflow will work before a person mends the setup."""


class Unknown(Outcome):
    """A write was sent and nobody knows whether it was carried out: look up before anything else."""


class LookUpFirst(Unknown):
    """The answer to a write says that it, or one like it, may have been carried out before."""


class ReferenceRowExists(LookUpFirst):
    """409 on the information row: an earlier change set was committed."""


class DocumentUnavailable(LookUpFirst):
    """A bound document is taken or gone: look up, and where nothing is found upload anew."""


class RepeatabilityExpired(LookUpFirst):
    """412 RepeatabilityExpired: look up, and where nothing is found file as new with new ids."""


class Unreadable(Outcome):
    """What the form service handed out can't be trusted (XML, digest, size): this submission alone waits."""


class Withdrawn(Outcome):
    """The form service does not know the submission any more, and it was not Imported."""


class AlreadyImported(Outcome):
    """The form service says that the submission is Imported already, and won't have another status."""
