"""Gathers what is wrong while a submission is planned, so that all of it can be told at once."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from formcase.planning.errors import Near, Place, PlanError
from formcase.submission.model import FieldPath

_EXPLAINED = 100  # for so many errors it is searched what may have been meant; nobody reads more, and it takes time


@dataclass(slots=True)
class Found:
    """The errors of one form, each once, in the order in which they were found."""

    form_id: str
    form_version: int
    _errors: dict[PlanError, None] = field(default_factory=dict)

    def add(self, error: PlanError) -> None:
        """Take down an error; the same one again changes nothing."""
        self._errors[error] = None

    def errors(self) -> tuple[PlanError, ...]:
        """All that was found."""
        return tuple(self._errors)

    def field(self, path: FieldPath, entity: str = "") -> Place:
        """The place of a field."""
        return Place(self.form_id, self.form_version, path, True, entity)

    def group(self, path: FieldPath | None, entity: str = "") -> Place:
        """The place of a group or page; the form itself where there is no path."""
        return Place(self.form_id, self.form_version, path, False, entity)

    def near(self, search: Callable[[], Iterable[Near]]) -> tuple[Near, ...]:
        """What the search finds, as long as somebody would read it."""
        return tuple(search()) if len(self._errors) < _EXPLAINED else ()
