"""How intents, receipts and reasons lie in the journal: plain JSON without what a person may have written, and beside
it the content, which is sealed; together they are read back exactly."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import cast
from uuid import UUID

from psycopg.types.json import Jsonb

from formcase.filing.journal import Filed, Intent
from formcase.messages import Message, as_data, discreet_data, from_data, hides
from formcase.planning.plan import Plan, PlanKind
from formcase.planning.serialisation import plan_from_data, plan_to_data
from formcase.targets.port import CaseReference, Receipt

Data = dict[str, object]


def intent_data(intent: Intent) -> Data:
    """An intent without its content, and without its uploads and times, which the journal keeps in columns of their
    own."""
    return {
        "requestIds": [str(request_id) for request_id in intent.request_ids],
        "firstSent": intent.first_sent.isoformat(),
        "executingUser": intent.executing_user,
    }


def plan_content(plan: Plan, reasons: tuple[Message, ...] = ()) -> Data:
    """A plan, and why it is one of an error case, as content."""
    return {"plan": _readable(plan_to_data(plan)), "reasons": reasons_data(reasons)}


def intent_from(
    data: Mapping[str, object],
    content: Mapping[str, object],
    documents: Mapping[str, str],
    sent_at: datetime | None,
    doubt_since: datetime | None,
) -> Intent:
    """Read an intent back. content: as `plan_content` gives it."""
    return Intent(
        plan=plan_from_data(cast(Data, content["plan"])),
        request_ids=tuple(UUID(text) for text in cast(list[str], data["requestIds"])),
        first_sent=datetime.fromisoformat(str(data["firstSent"])),
        executing_user=str(data["executingUser"]),
        reasons=reasons_from(content["reasons"]),
        documents=dict(documents),
        sent_at=sent_at,
        doubt_since=doubt_since,
    )


def filed_data(filed: Filed) -> Data:
    """What was written, its reasons without content."""
    return {
        "kind": filed.kind.value,
        "cases": [{"id": case.id, "number": case.number, "url": case.url} for case in filed.receipt.cases],
        "reasons": [discreet_data(reason) for reason in filed.reasons],
    }


def reasons_content(reasons: Sequence[Message]) -> list[Data] | None:
    """The reasons as content; None where they hide nothing, so that what stands in the open is all of them."""
    return reasons_data(tuple(reasons)) if any(map(hides, reasons)) else None


def filed_from(data: Mapping[str, object], reasons: object = None) -> Filed:
    """Read back what was written. reasons: the content, where there is one."""
    cases = cast(list[Mapping[str, str | None]], data["cases"])
    return Filed(
        PlanKind(str(data["kind"])),
        Receipt(tuple(CaseReference(str(case["id"]), str(case["number"]), case["url"]) for case in cases)),
        reasons_from(data["reasons"] if reasons is None else reasons),
    )


def kept(data: object) -> Jsonb:
    """JSON data as PostgreSQL keeps it. What the database can't hold (NUL, halves of characters), which another side's
    answer may carry, becomes the sign for an unknown character."""
    return Jsonb(data, dumps=_dumped)


def _dumped(data: object) -> str:
    text = json.dumps(data)
    return json.dumps(_readable(data)) if "\\u0000" in text or "\\ud" in text else text


def _readable(data: object) -> object:
    """With the sign for an unknown character for what no page could show."""
    if isinstance(data, str):
        return data.replace("\0", "\ufffd").encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    if isinstance(data, dict):
        return {_readable(key): _readable(value) for key, value in data.items()}
    if isinstance(data, list | tuple):
        return [_readable(value) for value in data]
    return data


def reasons_data(reasons: tuple[Message, ...]) -> list[Data]:
    """Reasons with everything in them, for those who handle the case."""
    return [cast(Data, _readable(as_data(reason))) for reason in reasons]


def reasons_from(data: object) -> tuple[Message, ...]:
    """Read reasons back."""
    return tuple(from_data(reason) for reason in cast(list[object], data or []))
