"""A plan that was kept comes back exactly as it was, because it is sent again after a crash."""

import json
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from formcase.planning.plan import (
    AddCaseRow,
    AddDocument,
    AddParty,
    AddReference,
    ContentKey,
    ContentKind,
    CreateAddress,
    CreateCase,
    CreateContact,
    Entry,
    Existing,
    Plan,
    PlanKind,
    Planned,
    UpdateCase,
    UpdateCaseText,
)
from formcase.planning.serialisation import UnreadablePlan, plan_from_data, plan_from_json, plan_to_data, plan_to_json
from formcase.submission.model import FieldPath, Step

texts = st.text(st.characters(codec="utf-8"), max_size=12)
values = st.one_of(
    texts,
    st.booleans(),
    st.integers(-(2**63), 2**63 - 1),
    st.decimals(allow_nan=False, allow_infinity=False),
    st.dates(),
    # a fixed distance from UTC leaves nothing for fold to say
    st.datetimes(timezones=st.integers(-840, 840).map(lambda minutes: timezone(timedelta(minutes=minutes)))).map(
        lambda time: time.replace(fold=0)
    ),
)
paths = st.lists(st.builds(Step, texts, st.integers(0, 9)), max_size=3).map(lambda steps: FieldPath(tuple(steps)))
origins = st.lists(paths, max_size=2).map(tuple)
entries = st.recursive(
    st.builds(
        Entry,
        values=st.dictionaries(texts, values, max_size=4),
        origins=st.dictionaries(texts, origins, max_size=3),
    ),
    lambda inner: st.builds(
        Entry,
        values=st.dictionaries(texts, values, max_size=2),
        nested=st.dictionaries(texts, inner | st.lists(inner, max_size=2).map(tuple), max_size=2),
        origins=st.dictionaries(texts, origins, max_size=2),
    ),
    max_leaves=4,
)
planned = st.builds(Planned, texts)
existing = st.builds(Existing, texts, texts)
references = planned | existing
etags = st.none() | texts
operations = st.one_of(
    st.builds(CreateContact, texts, entries),
    st.builds(CreateAddress, texts, references, entries),
    st.builds(CreateCase, texts, entries),
    st.builds(UpdateCase, existing, entries, etags),
    st.builds(UpdateCaseText, existing, st.sampled_from(["Text", "Note"]), entries, etags),
    st.builds(AddCaseRow, existing, st.sampled_from(["Dates", "Infos"]), entries),
    st.builds(AddParty, references, references, references, texts, origins),
    st.builds(
        AddDocument,
        key=texts,
        case=references,
        content=st.builds(ContentKey, st.sampled_from(ContentKind), st.none() | texts),
        file_name=texts,
        media_type=texts,
        size=st.integers(0, 2**40),
        entry=entries,
        main=st.none() | planned,
    ),
    st.builds(AddReference, references, texts, texts),
)
plans = st.builds(Plan, st.sampled_from(PlanKind), texts, st.lists(operations, max_size=4).map(tuple))


def exact(plan: Plan) -> str:
    """Everything of a plan, types and order included: `1 == True` and `1.0 == Decimal(1)` are not enough."""
    return repr(plan)


@settings(max_examples=60)
@given(plans)
def test_a_plan_survives_json_exactly(plan):
    read = plan_from_json(plan_to_json(plan))
    assert read == plan
    assert exact(read) == exact(plan)


@settings(max_examples=60)
@given(plans)
def test_a_plan_survives_a_store_that_sorts_the_names_of_objects(plan):
    kept = json.loads(json.dumps(plan_to_data(plan), sort_keys=True))
    assert exact(plan_from_data(kept)) == exact(plan)


def test_each_kind_of_value_keeps_its_type():
    entry = Entry(
        {
            "decimal": Decimal("62.50"),
            "date": date(2026, 12, 24),
            "time": datetime(2026, 11, 20, 8, 41, 7, 123456, tzinfo=UTC),
            "yes": True,
            "one": 1,
            "text": "1",
            "looks like a date": "2026-12-24",
        }
    )
    plan = Plan(PlanKind.MAPPED, "R", (CreateCase("case-1", entry),))
    (read,) = plan_from_json(plan_to_json(plan)).operations
    assert [(type(value), value) for value in read.entry.values.values()] == [
        (type(value), value) for value in entry.values.values()
    ]
    assert str(read.entry.values["decimal"]) == "62.50"


@pytest.mark.parametrize(
    "data",
    [
        None, [], {}, {"version": 2}, {"version": 1}, {"version": 1, "kind": "?", "referenceId": "R", "operations": []},
        {"version": 1, "kind": "mapped", "referenceId": "R", "operations": [{"do": "dance"}]},
        {"version": 1, "kind": "mapped", "referenceId": "R", "operations": [{"do": "create case", "key": 1}]},
        {"version": 1, "kind": "mapped", "referenceId": 7, "operations": []},
    ],
)  # fmt: skip
def test_what_is_no_plan_is_refused(data):
    with pytest.raises(UnreadablePlan):
        plan_from_data(data)
    with pytest.raises(UnreadablePlan):
        plan_from_json(json.dumps(data))


def test_what_is_no_json_is_refused():
    with pytest.raises(UnreadablePlan):
        plan_from_json("{")
