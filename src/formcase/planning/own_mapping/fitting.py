"""Whether a mapping fits a form: whether the form has everything that the mapping names. Not whether the case system
knows the properties, and not what a submission's answers are."""

from collections.abc import Iterator
from dataclasses import dataclass

from formcase.messages import Message, message
from formcase.planning.names import most_like
from formcase.planning.own_mapping.choices import FormChoices, form_choices
from formcase.planning.own_mapping.model import OwnMapping, Use, uses_of
from formcase.planning.own_mapping.references import Reference
from formcase.submission.form import FormDefinition

_NEAR = 3


@dataclass(frozen=True, slots=True)
class Misfit:
    """Something that a mapping names and the form does not have. near: what may have been meant."""

    use: Use
    near: tuple[Reference, ...]

    def message(self) -> Message:
        """What is missing, where, and what may have been meant."""
        place, reference = "/".join(self.use.place), str(self.use.reference)
        if not self.near:
            return message("{place}: the form has no {reference}.", place=place, reference=reference)
        near = ", ".join(map(str, self.near))
        return message(
            "{place}: the form has no {reference}. Near: {near}.", place=place, reference=reference, near=near
        )


def misfits(mapping: OwnMapping, form: FormDefinition) -> tuple[Misfit, ...]:
    """Everything that the mapping names and the form does not have, each thing once."""
    return tuple(dict.fromkeys(_misfits(mapping, form_choices(form)))) if mapping.is_for(form.summary.id) else ()


def _misfits(mapping: OwnMapping, choices: FormChoices) -> Iterator[Misfit]:
    known = {
        True: {str(choice.reference): choice.reference for choice in choices.groups},
        False: {str(choice.reference): choice.reference for choice in choices.fields},
    }
    for use in uses_of(mapping):
        there = known[use.is_group]
        if use.reference not in there.values():
            near = most_like(str(use.reference), tuple(there), _NEAR)
            yield Misfit(use, tuple(there[name] for name in near))
