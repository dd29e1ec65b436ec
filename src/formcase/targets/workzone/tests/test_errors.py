"""Which answer is which outcome: the table, row by row."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from formcase.messages import message
from formcase.outcomes import (
    DocumentUnavailable,
    Outcome,
    Outdated,
    Passing,
    ReferenceRowExists,
    Refused,
    RepeatabilityExpired,
    Setup,
    Unknown,
)
from formcase.planning.plan import Existing
from formcase.targets.workzone.answer import Answer
from formcase.targets.workzone.errors import (
    refused_batch,
    refused_change,
    refused_read,
    refused_upload,
    retry_after,
    said,
)
from formcase.targets.workzone.tests.plans import new_case, update

TRIED = message("Trying")
CONTACT, ADDRESS, CASE, PARTY, PDF, XML, REFERENCE = range(7)


def answer(status: int, code: str = "", target: str | None = None, words: str = "", **headers: str) -> Answer:
    body = json.dumps({"error": {"code": code, "message": words, "target": target}}).encode()
    return Answer(status, {name.replace("_", "-"): value for name, value in headers.items()}, body)


@pytest.mark.parametrize(
    ("status", "code", "target", "part", "outcome"),
    [
        (400, "Invalid", "FileClass_Value", CASE, Refused),
        (403, "Forbidden", None, CASE, Refused),
        (404, "NotFound", None, CASE, Refused),
        (409, "CaseClosed", None, PARTY, Refused),
        (409, "", None, CASE, Refused),
        (413, "TooLarge", None, PDF, Refused),
        (414, "", None, None, Refused),
        (415, "", None, None, Refused),
        (422, "", None, CASE, Refused),
        (431, "", None, None, Refused),
        (409, "KeyExists", "NameCode", CONTACT, Outdated),
        (409, "KeyExists", "NameCode", None, Outdated),
        (412, "PreconditionFailed", None, CASE, Outdated),
        (412, "RepeatabilityExpired", None, CASE, RepeatabilityExpired),
        (409, "KeyExists", None, REFERENCE, ReferenceRowExists),
        (409, "", None, REFERENCE, ReferenceRowExists),
        (409, "KeyExists", "Info_Value", None, ReferenceRowExists),
        (409, "DocumentTaken", None, PDF, DocumentUnavailable),
        (409, "DocumentTaken", None, None, DocumentUnavailable),
        (400, "Invalid", "Document@odata.bind", PDF, DocumentUnavailable),
        (404, "NotFound", "Document@odata.bind", XML, DocumentUnavailable),
        (400, "Invalid", "Document@odata.bind", None, DocumentUnavailable),
        (400, "Invalid", "File@odata.bind", PDF, Refused),
        (401, "", None, None, Setup),
        (403, "ImpersonationRefused", None, None, Setup),
        (405, "", None, None, Setup),
        (302, "", None, None, Setup),
        (408, "", None, None, Passing),
        (425, "", None, None, Passing),
        (429, "", None, CASE, Passing),
        (500, "", None, CASE, Passing),
        (503, "", None, CASE, Passing),
    ],
)
def test_a_refused_change_set(
    status: int, code: str, target: str | None, part: int | None, outcome: type[Outcome]
) -> None:
    found = refused_change(TRIED, answer(status, code, target), new_case(), part)
    assert type(found) is outcome
    if isinstance(found, Refused):
        assert (found.status, found.code, found.target, found.part) == (status, code or None, target, part)


def test_a_key_that_exists_means_the_row_where_no_contact_is_made() -> None:
    found = refused_change(TRIED, answer(409, "KeyExists"), update(Existing("7"), None), None)
    assert type(found) is ReferenceRowExists


@pytest.mark.parametrize(
    ("status", "code", "outcome"),
    [
        (500, "", Unknown),
        (502, "", Unknown),
        (504, "", Unknown),
        (503, "", Passing),
        (429, "", Passing),
        (400, "", Refused),
        (413, "", Refused),
        (403, "ImpersonationRefused", Setup),
        (401, "", Setup),
        (301, "", Setup),
        (405, "", Setup),
    ],
)
def test_a_batch_that_is_refused_as_a_whole(status: int, code: str, outcome: type[Outcome]) -> None:
    assert type(refused_batch(TRIED, answer(status, code))) is outcome


@pytest.mark.parametrize(
    ("status", "code", "as_account", "as_user"),
    [
        (400, "", Setup, Refused),
        (403, "", Setup, Refused),
        (404, "", Setup, Refused),
        (403, "ImpersonationRefused", Setup, Setup),
        (401, "", Setup, Setup),
        (307, "", Setup, Setup),
        (429, "", Passing, Passing),
        (500, "", Passing, Passing),
        (504, "", Passing, Passing),
    ],
)
def test_a_refused_question(status: int, code: str, as_account: type[Outcome], as_user: type[Outcome]) -> None:
    assert type(refused_read(TRIED, answer(status, code), as_user=False)) is as_account
    assert type(refused_read(TRIED, answer(status, code), as_user=True)) is as_user


def test_an_upload_in_doubt_is_only_passing_because_nothing_refers_to_it() -> None:
    assert type(refused_upload(TRIED, answer(502))) is Passing
    assert type(refused_upload(TRIED, answer(413, "TooLarge"))) is Refused


@pytest.mark.parametrize(
    ("value", "wait"),
    [
        ("120", timedelta(seconds=120)),
        ("0", timedelta(0)),
        ("86400", timedelta(hours=1)),
        ("9" * 400, timedelta(hours=1)),
        ("Sun, 22 Nov 2026 12:00:30 GMT", timedelta(seconds=30)),
        ("Sun, 22 Nov 2026 11:00:00 GMT", timedelta(0)),
        ("Sun, 22 Nov 2099 11:00:00 GMT", timedelta(hours=1)),
        ("soon", None),
        ("-5", None),
        ("", None),
    ],
)
def test_retry_after_as_seconds_or_as_a_date(value: str, wait: timedelta | None) -> None:
    now = datetime(2026, 11, 22, 12, tzinfo=UTC)
    assert retry_after(answer(429, retry_after=value), now) == wait


@given(st.text(max_size=40))
def test_any_retry_after_is_a_wait_of_an_hour_at_most_or_none(value: str) -> None:
    wait = retry_after(Answer(429, {"retry-after": value}, b""))
    assert wait is None or timedelta(0) <= wait <= timedelta(hours=1)


def test_what_the_case_system_says_may_quote_a_form_and_is_not_shown_to_everyone() -> None:
    found = refused_change(TRIED, answer(400, "Invalid", "NameCode", "2512770071 is no CPR"), new_case(), CONTACT)
    assert isinstance(found, Refused)
    assert "2512770071" in found.reason
    assert "2512770071" not in str(found)
    passing = refused_change(TRIED, answer(503, "Busy", None, "2512770071 waits"), new_case(), CONTACT)
    assert "2512770071" in passing.message().text()
    assert "2512770071" not in str(passing)


def test_details_are_told_too() -> None:
    details = [{"code": "x", "message": "no such code", "target": "FileClass_Value"}, {"message": "no such code"}]
    body = json.dumps({"error": {"code": "Invalid", "message": "Two faults", "details": details}}).encode()
    found = said(Answer(400, {}, body))
    assert found.reason == "Two faults; no such code"
    assert found.target == "FileClass_Value"


@given(st.binary(max_size=60) | st.just(b'{"error": []}') | st.just(b'{"error": {"code": {}, "details": [1]}}'))
def test_an_error_of_any_shape_is_taken_as_it_is(body: bytes) -> None:
    assert isinstance(refused_change(TRIED, Answer(400, {}, body), new_case(), CASE), Refused)
