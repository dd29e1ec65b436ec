"""The third step: claim what the submission touches, ask the case system, and plan.

Two submissions that name the same contact or case wait for each other here, so that the second sees what the first
has written.
"""

import asyncio

from formcase.filing import waiting
from formcase.filing.fetching import Fetched
from formcase.filing.journal import Note
from formcase.filing.way import Way
from formcase.messages import Message, message
from formcase.outcomes import Permanent
from formcase.planning.error_case import plan_error_case
from formcase.planning.knowledge import CaseQuestion, Knowledge, Questions
from formcase.planning.plan import Plan
from formcase.planning.planning import plan_cases
from formcase.planning.questions import questions
from formcase.submission.model import Submission

CLAIM_TRIES = 4  # in place, before the submission is put back


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
        made=fetched.made,
    )
    await way.attempt.note(
        Note(
            "planned", message("Planned: {count} operations", count=len(plan.operations)), duration=way.now() - started
        )
    )
    return plan


async def claim_all(way: Way, submission: Submission) -> set[str]:
    """Claim what the submission names, for this attempt. Raises `Busy` where another filing must end first."""
    target, rules = way.ends.target, way.attempt.entry.terms.rules
    claimed = claims(questions(submission, await target.metadata(), await target.contact_types(), rules))
    if claimed:
        await _claim(way, claimed)
    return claimed


async def plan_error(way: Way, fetched: Fetched, reasons: tuple[Message, ...]) -> Plan:
    """The plan of the error case that takes a submission which can't be filed as it is."""
    terms = way.attempt.entry.terms
    return plan_error_case(
        fetched.submission,
        reasons,
        await _knowledge_for_error_case(way, fetched.submission),
        terms.rules,
        pdf=fetched.summary.pdf,
        xml=fetched.summary.xml,
        translate=way.translate,
    )


async def _knowledge(way: Way, fetched: Fetched) -> Knowledge:
    terms = way.attempt.entry.terms
    target = way.ends.target
    claimed = await claim_all(way, fetched.submission)
    knowledge = await target.knowledge(fetched.submission, terms.executing_user, terms.rules)
    # a case may be named by its ID here and by its number there: both must wait for each other
    more = {f"case:{case.number}" for cases in knowledge.cases.values() for case in cases} - claimed
    if more:
        await _claim(way, claimed | more)
        knowledge = await target.knowledge(fetched.submission, terms.executing_user, terms.rules)
    return knowledge


async def _knowledge_for_error_case(way: Way, submission: Submission) -> Knowledge:
    """As much as can be known: an error case is made even where the executing user may not read what the form names."""
    terms = way.attempt.entry.terms
    target = way.ends.target
    try:
        return await target.knowledge(submission, terms.executing_user, terms.rules)
    except Permanent:
        metadata, contact_types = await target.metadata(), await target.contact_types()
        asked = questions(submission, metadata, contact_types, terms.rules)
        tables = {key: await target.code_table(key) for key in asked.code_tables}
        known = {key: table for key, table in tables.items() if table is not None}
        return Knowledge(metadata=metadata, contact_types=contact_types, code_tables=known)


async def _claim(way: Way, names: set[str]) -> None:
    for _ in range(CLAIM_TRIES):
        if await way.attempt.claim(names):
            return
        await asyncio.sleep(waiting.claim_wait().total_seconds() / 2)
    raise Busy


def claims(asked: Questions) -> set[str]:
    """The names of everything that a filing touches and that another one may touch too."""
    contacts = {f"contact:{question.name_type}:{question.name_code}" for question in asked.contacts}
    return contacts | {_case_claim(question) for question in asked.cases}


def _case_claim(question: CaseQuestion) -> str:
    return f"case-id:{question.value}" if question.property == "ID" else f"case:{question.value}"
