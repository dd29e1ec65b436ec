"""Which workflow takes which form: of two that cover one form at one form service, the older one does. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass


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


def split_form_ids(text: str) -> tuple[str, ...]:
    """Form ids as they are stored."""
    return tuple(part for part in text.split(",") if part)
