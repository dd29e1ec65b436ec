"""The way through a form: its pages and the summary, where the person is, and what is behind."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from formcase.formservice.asked import AskedPage
from formcase.formservice.models import Filling
from formcase.formservice.problems import Problem


@dataclass(frozen=True, slots=True)
class Step:
    """One step. go: what the button says that leads there; empty where it does not yet."""

    number: int
    title: str
    current: bool
    done: bool
    go: str


@dataclass(frozen=True, slots=True)
class Steps:
    """All of them. current: the number of the step where the person is, from 1."""

    steps: tuple[Step, ...]
    current: int

    @property
    def total(self) -> int:
        """How many there are."""
        return len(self.steps)


def steps_of(
    pages: Sequence[AskedPage], filling: Filling, number: int | None, problems: Sequence[Problem] = ()
) -> Steps:
    """The steps of a draft. number: of the page in the form where the person is, None in the summary; problems: what
    is to be corrected, which leaves a step undone."""
    checked, wrong = set(filling.checked), {problem.place[:1] for problem in problems}
    steps = []
    is_open = True  # a step can be gone to when all before it were filled in
    for count, page in enumerate(pages, 1):
        is_here, is_done = page.number == number, page.number in checked
        go = f"page:{page.number}" if (is_open or is_done) and not is_here else ""
        is_right = is_done and (page.page.name,) not in wrong
        steps.append(Step(count, page.page.title or page.page.name, is_here, is_right, go))
        is_open = is_open and is_done
    is_here = number is None
    go = "summary" if is_open and not is_here else ""
    steps.append(Step(len(steps) + 1, _("Look through and send"), is_here, done=False, go=go))
    return Steps(tuple(steps), next((step.number for step in steps if step.current), 1))
