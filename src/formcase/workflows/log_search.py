"""The workflow log, filtered, newest first, page by page; as fast on the last page as on the first.

How a filter is carried out depends on what it asks. One index is read in its order where there is one that has the rows
of the filter together (all, one workflow, one form, warnings, errors). Submissions (by reference ID, case number,
person) are found first. Everything else is looked for window by window, each eight times as long as the one before: so
a word that stands everywhere is found in the newest hour, and one that nobody has used for a year by its own index,
and no guess of the planner's reads the whole log. Not for writing to the log.
"""

import base64
import binascii
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from datetime import UTC, datetime
from enum import Enum
from typing import Any

from django.db import connection
from django.db.models import Max, Min, Q

from formcase.filing.journal import State
from formcase.messages import Message, from_data
from formcase.planning.plan import PlanKind
from formcase.workflows import log_words
from formcase.workflows.log_windows import Windows
from formcase.workflows.models import FiledCase, LogEntry, SubmissionRecord
from formcase.workflows.person_index import submissions_of_person
from formcase.workflows.sql import statement
from formcase.workflows.submissions import SHOWN

LEVELS = ("debug", "info", "warning", "error")
ERROR_CASE = "Error case"
STATUSES = (*dict.fromkeys(SHOWN.values()), ERROR_CASE)
ROWS = 50
EXPORTED_AT_ONCE = 1000
PATIENCE = 0.1  # seconds that a page looks for words and the like before it shows how far it has come
_LAST_KEY = 2**63 - 1


@dataclass(frozen=True, slots=True)
class LogFilter:
    """What is looked for; everything where nothing is said.

    workflow: its key. status: of the submission as it is now, one of STATUSES. level: the least that is shown. text:
    words, or beginnings of words, in any language, all of which must be there. since, until: from the one, before the
    other. reference: a reference ID, or the form service's id. person: what `person_index.person_token` makes of a
    CPR or CVR number, so that no address ever holds the number.
    """

    workflow: int | None = None
    form_id: str = ""
    status: str = ""
    level: str = ""
    since: datetime | None = None
    until: datetime | None = None
    text: str = ""
    reference: str = ""
    case_number: str = ""
    person: str = ""


@dataclass(frozen=True, slots=True)
class LogLine:
    """One line of the log. text: the message, without anything that a person wrote in a form. submission: its key."""

    id: int
    at: datetime
    level: str
    event: str
    text: Message
    workflow: int | None
    workflow_name: str
    submission: int | None
    reference_id: str
    form_id: str
    attempt: int | None
    duration: float | None


@dataclass(frozen=True, slots=True)
class LogPage:
    """Some lines, newest first. newer, older: the cursors of the pages beside it, empty where there is none. newest:
    the cursor for what will have come after the first line; for a live log. searched_to: how far was looked before
    patience ended, where there may be more beyond; further: the cursor that goes on from there."""

    lines: tuple[LogLine, ...]
    newer: str
    older: str
    newest: str
    searched_to: datetime | None = None
    further: str = ""


_Found = tuple[datetime, int]  # when, and the entry's key: what the log is ordered by


def page(sought: LogFilter, cursor: str = "", rows: int = ROWS, patience: float | None = None) -> LogPage:
    """One page of what is looked for. cursor: empty for the newest page; a made-up one counts as empty. On a page of
    newer lines those that follow at once are shown, not the newest of all. patience: seconds, None for as long as it
    takes."""
    start = _read(cursor)
    try:
        found, stopped_at = _found(_conditions(sought), start, rows + 1, patience)
    except _Nothing:
        found, stopped_at = [], None
    return _page(found, stopped_at, cursor, rows)


def _page(found: list[_Found], stopped_at: datetime | None, cursor: str, rows: int) -> LogPage:
    start = _read(cursor)
    more = len(found) > rows
    found = found[:rows]
    is_newer = start is not None and start.way is _Way.NEWER
    if is_newer:
        found.reverse()
    beyond = "" if stopped_at is None else _beyond(stopped_at, is_newer=is_newer)
    if not found:
        older, newer = ("", beyond) if is_newer else (beyond, "")
        return LogPage((), newer, older, cursor if is_newer else "", stopped_at, beyond)
    first = _Cursor(_Way.NEWER, *found[0]).written()
    last = _Cursor(_Way.OLDER, *found[-1]).written()
    if is_newer:
        newer, older = beyond or (first if more else ""), last
    else:
        newer, older = first if start is not None else "", beyond or (last if more else "")
    return LogPage(_lines([number for _at, number in found]), newer, older, first, stopped_at, beyond)


def _beyond(stopped_at: datetime, *, is_newer: bool) -> str:
    """The cursor of what was not looked through: from this moment on, or up to it."""
    cursor = _Cursor(_Way.NEWER, stopped_at, 0) if is_newer else _Cursor(_Way.OLDER, stopped_at, _LAST_KEY)
    return cursor.written()


def all_lines(sought: LogFilter, most: int | None = None) -> Iterator[LogLine]:
    """Everything that is looked for, newest first, read bit by bit; for exports."""
    cursor, left = "", most
    while left is None or left > 0:
        found = page(sought, cursor, EXPORTED_AT_ONCE if left is None else min(left, EXPORTED_AT_ONCE))
        yield from found.lines
        if not found.older:
            return
        cursor = found.older
        left = None if left is None else left - len(found.lines)


class _Way(Enum):
    OLDER = "older"
    NEWER = "newer"


@dataclass(frozen=True, slots=True)
class _Cursor:
    """A place in the log, and to which side of it the page lies."""

    way: _Way
    at: datetime
    id: int

    def written(self) -> str:
        data = json.dumps([self.way.value, self.at.isoformat(), self.id])
        return base64.urlsafe_b64encode(data.encode()).decode().rstrip("=")


def _read(text: str) -> _Cursor | None:
    try:
        way, at, number = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
        moment = datetime.fromisoformat(at)
        return _Cursor(_Way(way), moment if moment.tzinfo else moment.replace(tzinfo=UTC), int(number))
    except (ValueError, TypeError, binascii.Error):
        return None


Value = str | int | datetime | list[int]


@dataclass(frozen=True, slots=True)
class _Where:
    """Conditions on a line, as SQL. in_order: one index has exactly these rows in the log's order; within: the rows
    are so few, or so well known, that they are all read."""

    texts: tuple[str, ...] = ()
    values: Mapping[str, Value] = field(default_factory=dict)
    in_order: bool = True
    within: bool = False

    def also(self, text: str, **values: Value) -> "_Where":
        return replace(self, texts=(*self.texts, text), values={**self.values, **values})


class _Nothing(Exception):
    """Nothing can be found at all."""


def _conditions(sought: LogFilter) -> _Where:
    """Raises `_Nothing`."""
    where = _of_one_index(sought)
    for narrow in (_of_status, _of_words, _of_submissions):
        where = narrow(sought, where)
    if sought.since is not None:
        where = where.also("e.at >= %(since)s", since=sought.since)
    if sought.until is not None:
        where = where.also("e.at < %(until)s", until=sought.until)
    return where


def _of_one_index(sought: LogFilter) -> _Where:
    """The conditions that each have an index in the log's order; together they have none."""
    where = _Where()
    if sought.workflow is not None:
        where = where.also("e.workflow_id = %(workflow)s", workflow=sought.workflow)
    if sought.form_id:
        where = where.also("e.form_id = %(form_id)s", form_id=sought.form_id)
    if sought.level in ("warning", "error"):
        where = where.also(_LEVEL[sought.level])
    where = replace(where, in_order=len(where.texts) <= 1)
    return where.also(_LEVEL["info"]) if sought.level == "info" else where


def _of_status(sought: LogFilter, where: _Where) -> _Where:
    if not sought.status:
        return where
    if sought.status not in _STATES:
        raise _Nothing
    return replace(where.also(statement("log_of_status").format(state=_STATES[sought.status])), in_order=False)


def _of_words(sought: LogFilter, where: _Where) -> _Where:
    if not sought.text.strip():
        return where
    words = log_words.sought(sought.text)
    if words is None:
        raise _Nothing
    return replace(where.also("e.search @@ %(words)s::tsquery", words=words), in_order=False)


def _of_submissions(sought: LogFilter, where: _Where) -> _Where:
    submissions = _submissions(sought)
    if submissions is None:
        return where
    if not submissions:
        raise _Nothing
    condition = "e.submission_id = any(%(submissions)s::bigint[])"
    return replace(where.also(condition, submissions=sorted(submissions)), in_order=False, within=True)


# Written as the indexes' own conditions are.
_LEVEL = {
    "info": "e.level <> 'debug'",
    "warning": "e.level in ('warning', 'error')",
    "error": "e.level = 'error'",
}
_IS_ERROR_CASE = f"s.filed_kind = '{PlanKind.ERROR_CASE.value}'"


def _state_condition(shown: str) -> str:
    states = ", ".join(f"'{state.value}'" for state, text in SHOWN.items() if text == shown)
    return f"s.state in ({states})"


_STATES = {shown: _state_condition(shown) for shown in SHOWN.values()} | {
    SHOWN[State.IMPORTED]: f"s.state = 'imported' and {_IS_ERROR_CASE.replace('=', 'is distinct from')}",
    ERROR_CASE: f"s.state = 'imported' and {_IS_ERROR_CASE}",
}


def _submissions(sought: LogFilter) -> set[int] | None:
    """The keys of the submissions that are meant; None where none in particular is."""
    found: set[int] | None = None
    if sought.reference.strip():
        typed = sought.reference.strip()
        found = set(
            SubmissionRecord.objects.filter(Q(reference_id=typed) | Q(submission_id=typed)).values_list("pk", flat=True)
        )
    if sought.case_number.strip():
        found = _both(found, _submissions_of_case(sought.case_number.strip()))
    if sought.person:
        found = _both(found, set(submissions_of_person(sought.person)))
    return found


def _submissions_of_case(number: str) -> set[int]:
    filed = FiledCase.objects.filter(number=number).values_list("submission__pk", flat=True)
    by_hand = SubmissionRecord.objects.filter(handled_case=number).exclude(handled_case="")
    return {*filed, *by_hand.values_list("pk", flat=True)}


def _both(found: set[int] | None, more: set[int]) -> set[int]:
    return more if found is None else found & more


def _found(
    where: _Where, start: _Cursor | None, rows: int, patience: float | None
) -> tuple[list[_Found], datetime | None]:
    """Up to so many, from the cursor on to its side; and where patience ended before that."""
    way = start.way if start is not None else _Way.OLDER
    if start is not None:
        comparison = "<" if way is _Way.OLDER else ">"
        where = where.also(f"(e.at, e.id) {comparison} (%(from_at)s, %(from_id)s)", from_at=start.at, from_id=start.id)
    if where.in_order:
        return _rows("log_in_order", where, way, rows), None
    if where.within:
        return _rows("log_window", where, way, rows), None
    windows = _windows(where, start, way, patience)
    if windows is None:
        return [], None
    found: list[_Found] = []
    for near, far in windows:
        inside = "e.at > %(far)s and e.at <= %(near)s" if way is _Way.OLDER else "e.at >= %(near)s and e.at < %(far)s"
        found += _rows("log_window", where.also(inside, far=far, near=near), way, rows - len(found))
        if len(found) >= rows:
            return found, None
    return found, windows.stopped_at


def _windows(where: _Where, start: _Cursor | None, way: _Way, patience: float | None) -> Windows | None:
    """The windows away from the start, until the end of the log; None where it has no lines."""
    ends = LogEntry.objects.aggregate(first=Min("at"), last=Max("at"))
    first, last = ends["first"], ends["last"]
    if first is None:
        return None
    since, until = where.values.get("since"), where.values.get("until")
    first = max(first, since) if isinstance(since, datetime) else first
    last = min(last, until) if isinstance(until, datetime) else last
    near = last if way is _Way.OLDER else first
    if start is not None:
        near = min(near, start.at) if way is _Way.OLDER else max(near, start.at)
    return Windows(near, first, last, way is _Way.OLDER, patience)


def _rows(name: str, where: _Where, way: _Way, rows: int) -> list[_Found]:
    # the conditions are this module's own texts, never input
    text = statement(name).format(
        conditions=" and ".join(where.texts) or "true", direction="desc" if way is _Way.OLDER else "asc"
    )
    with connection.cursor() as cursor:
        cursor.execute(text, {**where.values, "rows": rows})
        return [(at, number) for at, number in cursor.fetchall()]


def _lines(keys: list[int]) -> tuple[LogLine, ...]:
    with connection.cursor() as cursor:
        cursor.execute(statement("log_lines"), {"keys": keys})
        return tuple(_line(row) for row in cursor.fetchall())


def _line(row: Sequence[Any]) -> LogLine:
    """A row of `log_lines`, whose columns are in the line's order; the message comes as JSON."""
    values = dict(zip(_COLUMNS, row, strict=True))
    return LogLine(**values | {"text": from_data(json.loads(values["text"]))})


_COLUMNS = tuple(column.name for column in fields(LogLine))
