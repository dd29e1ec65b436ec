"""Telling the form service where a submission is."""

import asyncio
import datetime as dt
import json

import pytest
from aiohttp import web

from formcase.outcomes import AlreadyImported, Outcome, Passing, Setup, Unreadable, Withdrawn
from formcase.sources.interact.reports import status_body
from formcase.sources.interact.tests.service import hang_up, problem, summary
from formcase.sources.port import ReportedCase, Status

AT = dt.datetime(2026, 11, 20, 9, 41, 7, 123456, tzinfo=dt.timezone(dt.timedelta(hours=1)))
CASES = (ReportedCase("2026-02.15-00001", "https://cases.example.dk/1"), ReportedCase("2026-02.15-00002"))
PATH = "/s-1/status"


@pytest.fixture(autouse=True)
def one_submission(service):
    service.submissions = [summary()]


async def test_a_status_is_said_with_all_four_keys(service, interact):
    await interact.report("s-1", Status.IMPORTED, None, CASES, AT)
    assert json.loads(service.bodies[-1]) == {
        "status": "Imported",
        "message": None,
        "cases": [
            {"caseNumber": "2026-02.15-00001", "url": "https://cases.example.dk/1"},
            {"caseNumber": "2026-02.15-00002", "url": None},
        ],
        "at": "2026-11-20T08:41:07.123Z",
    }
    assert service.requests[-1].content_type == "application/json"
    assert service.requests[-1].method == "PUT"


async def test_it_may_be_said_again(interact):
    for status in (Status.DELIVERED, Status.DELIVERED, Status.TEMPORARY_BLOCKED, Status.IMPORTED, Status.IMPORTED):
        await interact.report("s-1", status, "æøå", CASES, AT)


async def test_a_status_whose_answer_was_lost_is_said_again_by_itself_once(service, interact):
    await interact.forms()
    service.once(PATH, hang_up)
    await interact.report("s-1", Status.DELIVERED, None, (), AT)
    service.once(PATH, hang_up)
    service.once(PATH, hang_up)
    with pytest.raises(Passing):
        await interact.report("s-1", Status.DELIVERED, None, (), AT)


async def test_imported_is_not_taken_back(service, interact):
    service.submissions = [summary(status="Imported")]
    with pytest.raises(AlreadyImported):
        await interact.report("s-1", Status.DELIVERED, None, (), AT)


async def test_imported_of_what_is_gone_is_done(service, interact):
    service.submissions.clear()
    await interact.report("s-1", Status.IMPORTED, None, CASES, AT)
    assert service.count(PATH) == 1


@pytest.mark.parametrize("status", [Status.DELIVERED, Status.TEMPORARY_BLOCKED])
async def test_any_other_status_of_what_is_gone_is_withdrawn(service, interact, status):
    service.submissions.clear()
    with pytest.raises(Withdrawn):
        await interact.report("s-1", status, None, (), AT)


@pytest.mark.parametrize("status", [Status.DELIVERED, Status.IMPORTED])
async def test_nothing_is_done_or_withdrawn_because_a_proxy_went_astray(service, interact, status):
    await interact.forms()
    service.always[PATH] = service.always["/forms"] = lambda _: asyncio.sleep(0, web.Response(status=404))
    with pytest.raises(Setup):
        await interact.report("s-1", status, None, CASES, AT)


@pytest.mark.parametrize(
    ("status", "kind"),
    [(200, Unreadable), (400, Unreadable), (413, Unreadable), (403, Setup), (429, Passing), (500, Passing)],
)
async def test_every_other_answer_has_its_outcome(service, interact, status, kind):
    service.once(PATH, problem(status))
    with pytest.raises(Outcome) as caught:
        await interact.report("s-1", Status.DELIVERED, None, (), AT)
    assert type(caught.value) is kind


async def test_submitted_cannot_be_said(interact):
    with pytest.raises(ValueError, match="Submitted"):
        await interact.report("s-1", Status.SUBMITTED, None, (), AT)


def test_a_long_message_is_cut_to_what_the_service_takes():
    for text in ("x" * 5000, "🙂" * 5000, "\0" * 5000, "\ud800" * 5000):
        body = status_body(Status.TEMPORARY_BLOCKED, text, (), AT)
        assert len(json.loads(body)["message"]) == 4000
        assert len(body) <= 64 * 1024
    assert json.loads(status_body(Status.DELIVERED, "x" * 4000, (), AT))["message"] == "x" * 4000


def test_many_cases_stay_within_what_the_service_takes():
    many = [ReportedCase(f"2026-02.15-{number:05}", "https://cases.example.dk/" + "x" * 100) for number in range(1000)]
    told = json.loads(status_body(Status.IMPORTED, "x" * 4000, many, AT))
    assert [case["caseNumber"] for case in told["cases"]] == [case.case_number for case in many]
    body = status_body(Status.IMPORTED, "🙂" * 4000, many * 10, AT)
    assert len(body) <= 64 * 1024
    assert len(json.loads(body)["cases"]) > 500


def test_an_address_within_our_own_server_is_not_told():
    body = json.loads(status_body(Status.IMPORTED, None, [ReportedCase("1", "/case-system/cases/1/")], AT))
    assert body["cases"] == [{"caseNumber": "1", "url": None}]
