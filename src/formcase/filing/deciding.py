"""What happens next after something went wrong: again later, Temporary blocked, closed. One place for all of it."""

from datetime import timedelta

from formcase.filing import waiting
from formcase.filing.journal import Attempt, Entry, Note, Scope, State
from formcase.filing.reasons import ErrorCaseRefused
from formcase.filing.reporting import say_blocked
from formcase.filing.way import Way, utc_now
from formcase.filing.writing import Unsettled
from formcase.messages import Message, message
from formcase.outcomes import Outcome, Passing, Setup, Unknown, Unreadable, Withdrawn
from formcase.sources.port import SubmissionDetail


async def decide(way: Way, outcome: Outcome) -> None:
    """Record what an outcome means for this submission. The attempt ends."""
    entry = way.attempt.entry
    if entry.filed is not None:
        await _report_later(way, outcome)
    elif isinstance(outcome, Withdrawn):
        await way.attempt.withdraw(Note("withdrawn", message("Withdrawn at the form service before it was filed")))
    elif isinstance(outcome, Unreadable):
        await _unreadable(way, outcome)
    elif isinstance(outcome, ErrorCaseRefused):
        await _block(way, outcome, Scope.SUSPECT)
    elif isinstance(outcome, Setup):
        await _block(way, outcome, Scope.WORKFLOW)
    else:
        await _passing(way, outcome)


async def unforeseen(way: Way, kind: str) -> None:
    """A fault of our own: wait as for a passing failure, so that nothing is lost and nobody is hammered."""
    await _passing(way, _fault(kind))


async def wait_while_out_of_reach(way: Way) -> None:
    """The ends are out of reach, and another submission tries for all: with the first that gets through this one goes
    on. Told once in the log, because nothing was tried."""
    outcome = way.ends.pace.out_of_reach
    if outcome is not None:
        await _passing(way, outcome, tried=False)


async def undecided(attempt: Attempt, kind: str) -> None:
    """A fault of our own in deciding what happens next, or in telling the form service of it: wait all the same."""
    due = utc_now() + waiting.before_next_try(attempt.entry.tries, None)
    await attempt.again(due, Note("waits", _fault(kind).message(), "error"), passing=True)


async def block_unconnected(attempt: Attempt, outcome: Outcome) -> None:
    """The setup does not even allow to connect to the ends: the form service can't be told."""
    due = utc_now() + waiting.full_jitter(attempt.entry.tries + 1, _probe_wait(attempt.entry))
    note = Note("temporary blocked", outcome.message(), "error")
    await attempt.block(outcome.message(), Scope.WORKFLOW, due, note, reported=False)


async def wait_for_claim(way: Way) -> None:
    """Another filing touches the same contact or case: it is that one's turn first."""
    due = way.now() + waiting.claim_wait()
    await way.attempt.again(due, None)


async def wait_to_settle(way: Way, unsettled: Unsettled) -> None:
    """An earlier change set may still be carried out: look again later."""
    seconds = max(1, round(unsettled.wait.total_seconds()))
    if unsettled.forgotten:
        text = message("The database was failed over or restored: looking again in {seconds} s", seconds=seconds)
    else:
        text = message("No answer came to the change set: looking again in {seconds} s", seconds=seconds)
    await way.attempt.again(way.now() + unsettled.wait, Note("settles", text, "warning"))


async def block_for_reference(way: Way, owner: str) -> None:
    """The reference ID belongs to another submission: a person must look."""
    reason = message(
        "The reference ID {reference} is the one of submission {owner} already. The form service must give each "
        "submission a reference ID of its own.",
        reference=way.attempt.entry.reference_id,
        owner=owner,
    )
    await _block_with(way, reason, Scope.SUBMISSION, waiting.UNREADABLE_DAILY)


async def close_as_imported(way: Way, detail: SubmissionDetail) -> None:
    """The form service says Imported and nothing was filed from here: what the service says is the truth."""
    last = detail.history[-1] if detail.history else None
    note = Note(
        "imported elsewhere",
        message("The form service says Imported, but the case system shows no case with this reference ID"),
        "warning",
    )
    await way.attempt.adopt_imported(last.cases if last else (), note)


def _fault(kind: str) -> Unknown:
    return Unknown(
        message("Filing the submission"),
        message("an unforeseen fault of Formcase ({kind}).", kind=kind),
        message("It is tried again by itself; please report it with the log of that time."),
    )


async def _report_later(way: Way, outcome: Outcome) -> None:
    """The cases exist; only the form service does not know yet. It is told again for as long as it takes: to call it
    Temporary blocked would be untrue."""
    retry_after = outcome.retry_after if isinstance(outcome, Passing) else None
    due = way.now() + waiting.before_next_try(way.attempt.entry.tries, retry_after)
    await way.attempt.again(due, Note("not reported yet", outcome.message(), "warning"), passing=True)


async def _unreadable(way: Way, outcome: Unreadable) -> None:
    tries = way.attempt.entry.unreadable_tries
    waits = way.attempt.entry.terms.unreadable_waits
    if tries < len(waits):
        due = way.now() + waits[tries]
        await way.attempt.again(due, Note("can't be read", outcome.message(), "warning"), unreadable=True)
        return
    await _block_with(way, outcome.message(), Scope.SUBMISSION, waiting.UNREADABLE_DAILY)


async def _passing(way: Way, outcome: Outcome, *, tried: bool = True) -> None:
    entry, pace = way.attempt.entry, way.ends.pace
    since = entry.passing_since or way.now()
    if way.now() - since > entry.terms.block_after:
        await _block(way, outcome, Scope.SUSPECT)
        return
    retry_after = outcome.retry_after if isinstance(outcome, Passing) else None
    # whoever has tried is the next one to try for all, within one interval of the watch
    longest = _probe_wait(entry) if tried else waiting.LONGEST_WAIT
    wait = waiting.before_next_try(entry.tries, retry_after, longest)
    if tried and pace.out_of_reach is not None and retry_after is None:
        wait = timedelta(seconds=pace.seconds) + waiting.full_jitter(0) / 5
    if retry_after is None and entry.state is not State.BLOCKED:
        # tried once more when it is time to say Temporary blocked
        wait = min(wait, since + entry.terms.block_after - way.now() + waiting.full_jitter(0) / 5)
    told = tried or entry.passing_since is None
    note = Note("waits", outcome.message(), "warning") if told else None
    await way.attempt.again(way.now() + wait, note, passing=True)


async def _block(way: Way, outcome: Outcome, scope: Scope) -> None:
    entry = way.attempt.entry
    retry_after = outcome.retry_after if isinstance(outcome, Passing) else None
    wait = waiting.before_next_try(entry.tries + 1, retry_after, _probe_wait(entry))
    await _block_with(way, outcome.message(), scope, wait)


def _probe_wait(entry: Entry) -> timedelta:
    """What is mended shows within one interval of the watch."""
    return min(waiting.LONGEST_WAIT, max(entry.terms.watch_interval, waiting.FIRST_WAIT))


async def _block_with(way: Way, reason: Message, scope: Scope, wait: timedelta) -> None:
    reported = await say_blocked(way, reason)
    await way.attempt.block(
        reason, scope, way.now() + wait, Note("temporary blocked", reason, "error"), reported=reported
    )
