"""The third step: claim what the submission touches, ask the case system, and plan.

Two submissions that name the same contact or case wait for each other here, so that the second sees what the first
has written.
"""

from formcase.filing.fetching import Fetched
from formcase.filing.journal import Note
from formcase.filing.way import Way
from formcase.messages import Message, message
from formcase.planning.error_case import plan_error_case
from formcase.planning.knowledge import CaseQuestion, Knowledge, Questions
from formcase.planning.plan import Plan
from formcase.planning.planning import plan_cases
from formcase.planning.questions import questions


class Busy(Exception):
    """Another filing touches the same contact or case just now."""


async def plan_mapped(way: Way, fetched: Fetched) -> Plan:
    """The plan that the form's mapping asks for.

    Raises `PlanningFailed` with all that is wrong, `Busy` where another filing must end first, and the target's
    outcomes.
    """
    started = way.now()
    knowledge = await _knowledge(way, fetched)
    plan = plan_cases(
        fetched.submission,
        knowledge,
        way.attempt.entry.terms.rules,
        pdf=fetched.summary.pdf,
        xml=fetched.summary.xml,
    )
    await way.attempt.note(
        Note(
            "planned", message("Planned: {count} operations", count=len(plan.operations)), duration=way.now() - started
        )
    )
    return plan


async def plan_error(way: Way, fetched: Fetched, reasons: tuple[Message, ...]) -> Plan:
    """The plan of the error case that takes a submission which can't be filed as it is."""
    terms = way.attempt.entry.terms
    knowledge = await way.ends.target.knowledge(fetched.submission, terms.executing_user, terms.rules)
    return plan_error_case(
        fetched.submission,
        reasons,
        knowledge,
        terms.rules,
        pdf=fetched.summary.pdf,
        xml=fetched.summary.xml,
        translate=way.translate,
    )


async def _knowledge(way: Way, fetched: Fetched) -> Knowledge:
    terms = way.attempt.entry.terms
    target = way.ends.target
    asked = questions(fetched.submission, await target.metadata(), await target.contact_types(), terms.rules)
    claimed = claims(asked)
    if claimed and not await way.attempt.claim(claimed):
        raise Busy
    knowledge = await target.knowledge(fetched.submission, terms.executing_user, terms.rules)
    # a case may be named by its ID here and by its number there: both must wait for each other
    more = {f"case:{case.number}" for cases in knowledge.cases.values() for case in cases} - claimed
    if more:
        if not await way.attempt.claim(claimed | more):
            raise Busy
        knowledge = await target.knowledge(fetched.submission, terms.executing_user, terms.rules)
    return knowledge


def claims(asked: Questions) -> set[str]:
    """The names of everything that a filing touches and that another one may touch too."""
    contacts = {f"contact:{question.name_type}:{question.name_code}" for question in asked.contacts}
    return contacts | {_case_claim(question) for question in asked.cases}


def _case_claim(question: CaseQuestion) -> str:
    return f"case-id:{question.value}" if question.property == "ID" else f"case:{question.value}"
