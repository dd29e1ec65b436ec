"""Which workflow takes which form: of two that cover one form at one form service, the older one does. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

EVERY_FORM = "*"


@dataclass(frozen=True, slots=True)
class Covering:
    """An older enabled workflow on the same form service. No form ids: it covers every form."""

    name: str
    form_ids: tuple[str, ...]

    def covers(self, form_id: str) -> bool:
        """Whether it files this form's submissions."""
        return not self.form_ids or form_id in self.form_ids


def covered_by(form_id: str, older: Sequence[Covering]) -> str | None:
    """The name of the workflow that files this form instead of us."""
    return next((workflow.name for workflow in older if workflow.covers(form_id)), None)


def left_alone(form_ids: Sequence[str], older: Sequence[Covering]) -> frozenset[str]:
    """Which of our forms older workflows file. With no form ids of ours, the forms that they name; `*` where one of
    them covers every form too."""
    if form_ids:
        return frozenset(form_id for form_id in form_ids if covered_by(form_id, older) is not None)
    if any(not workflow.form_ids for workflow in older):
        return frozenset({EVERY_FORM})
    return frozenset(form_id for workflow in older for form_id in workflow.form_ids)


def split_form_ids(text: str) -> tuple[str, ...]:
    """Form ids as they are stored."""
    return tuple(part for part in text.split(",") if part)
