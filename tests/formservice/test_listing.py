"""The listing of submissions: order, cursors, states, refusals, and waiting."""

import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import psutil

from formcase.formservice import setup
from formcase.formservice.models import Submission

MOMENT = datetime(2026, 11, 20, 8, 41, 7, tzinfo=UTC)


def ids(page: dict) -> list[str]:
    return [summary["id"] for summary in page["submissions"]]


def test_a_summary_says_all_that_is_known_without_reading_a_file(client, feed, fed_file):
    flag = fed_file(b"flag", "image/png", id="a1", name="../../etc/passwd", field="Flag")
    empty = fed_file(b"", "text/plain", id="a2", name="tom (æøå).txt")
    submission_id = feed(at=MOMENT, attachments=[flag, empty])
    (summary,) = client.listed()["submissions"]
    assert summary == {
        "id": submission_id,
        "referenceId": "REF-00001",
        "formId": "800636",
        "formTitle": "Flag permit",
        "formVersion": 1,
        "submittedAt": "2026-11-20T08:41:07Z",
        "status": "Submitted",
        "xml": summary["xml"],
        "pdf": summary["pdf"],
        "attachments": [
            {
                "id": "a1",
                "name": "../../etc/passwd",
                "mediaType": "image/png",
                "size": 4,
                "sha256": "807d0fbcae7c4b20518d4d85664f6820aafdf936104122c5073e7744c46c4b87",
            },
            {
                "id": "a2",
                "name": "tom (æøå).txt",
                "mediaType": "text/plain",
                "size": 0,
                "sha256": "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
            },
        ],
    }
    assert set(summary["xml"]) == {"mediaType", "size", "sha256"}
    assert summary["xml"]["mediaType"] == "application/xml"


def test_without_a_pdf_it_is_null(client, feed):
    feed(pdf=None)
    assert client.listed()["submissions"][0]["pdf"] is None


def test_the_oldest_come_first_and_the_id_decides_between_those_of_one_moment(client, feed):
    later = feed(at=MOMENT.replace(second=9))
    twins = [feed(at=MOMENT), feed(at=MOMENT)]
    assert ids(client.listed()) == [*twins, later]
    after_the_first = client.listed("?limit=1")["cursor"]
    assert ids(client.listed(f"?after={after_the_first}")) == [twins[1], later]


def test_pages_follow_each_other_and_the_last_has_no_next(client, feed):
    fed = [feed() for _number in range(5)]
    seen, cursor, rounds = [], "", 0
    while cursor is not None:
        page = client.listed(f"?limit=2&after={cursor}" if cursor else "?limit=2")
        assert page["cursor"] is not None
        seen += ids(page)
        cursor = page["next"]
        rounds += 1
    assert (seen, rounds) == (fed, 3)


def test_the_cursor_of_an_empty_page_is_the_one_that_was_sent_or_null(client, feed):
    assert client.listed() == {"submissions": [], "next": None, "cursor": None, "refused": []}
    feed()
    end = client.listed()["cursor"]
    assert client.listed(f"?after={end}") == {"submissions": [], "next": None, "cursor": end, "refused": []}


def test_a_cursor_is_a_position_and_outlives_what_stood_there(client, feed):
    first, second, third = feed(), feed(), feed()
    cursor = client.listed("?limit=2")["cursor"]
    client.report(first, "Imported", cases=[{"caseNumber": "1", "url": None}])
    Submission.objects.filter(submission_id__in=[first, second]).delete()
    assert ids(client.listed(f"?after={cursor}")) == [third]


def test_open_are_those_that_are_not_imported(client, feed):
    submitted, delivered, blocked, imported = (feed() for _number in range(4))
    client.report(delivered, "Delivered")
    client.report(blocked, "TemporaryBlocked", "rights are missing")
    client.report(imported, "Imported", cases=[{"caseNumber": "1", "url": None}])
    assert ids(client.listed()) == ids(client.listed("?state=open")) == [submitted, delivered, blocked]
    everything = client.listed("?state=all")
    assert ids(everything) == [submitted, delivered, blocked, imported]
    statuses = [summary["status"] for summary in everything["submissions"]]
    assert statuses == ["Submitted", "Delivered", "TemporaryBlocked", "Imported"]


def test_forms_that_are_not_there_or_not_released_are_refused_and_the_others_answered(service, form, feed):
    for form_id in ("800636", "800702", "800711"):
        setup.publish_form(form(form_id))
    client = service.client(["800636", "800711"])
    own, _foreign, other = feed("800636"), feed("800702"), feed("800711")
    page = client.listed("?formId=800636&formId=800702&formId=nowhere&formId=%00&formId=800702&formId=")
    assert (ids(page), page["refused"]) == ([own], ["800702", "nowhere", "\0", ""])
    assert ids(client.listed()) == [own, other]
    assert ids(client.listed("?formId=800711&formId=800636")) == [own, other]
    assert ids(client.listed("?formId=nowhere")) == []


def test_what_is_out_of_range_or_malformed_is_400(client, subtests):
    for query in [
        "limit=0",
        "limit=501",
        "limit=-1",
        "limit=ten",
        "limit=",
        "limit=%D9%A1",
        "limit=1&limit=2",
        "state=closed",
        "state=",
        "wait=31",
        "wait=-1",
        "wait=1.5",
        "after=",
        "after=abc",
        "after=%00",
        "after=MSAyMDI2",
        "after=a&after=b",
        "after=%ff",
    ]:
        with subtests.test(query=query):
            assert client.get(f"/submissions?{query}").is_problem(400)


def test_the_limits_themselves_and_unknown_parameters_are_accepted(client):
    client.listed("?limit=1&wait=0&colour=red")
    client.listed("?limit=500")


def test_the_detail_has_the_summary_and_the_history(client, feed):
    submission_id = feed(at=MOMENT)
    detail = client.get(f"/submissions/{submission_id}").json
    history = detail.pop("history")
    assert detail == client.listed()["submissions"][0]
    assert history == [{"status": "Submitted", "message": None, "cases": [], "at": "2026-11-20T08:41:07Z"}]


def test_another_clients_submission_is_not_there(service, form, feed):
    setup.publish_form(form("800636"))
    submission_id = feed()
    stranger = service.client(["800702"])
    assert stranger.get(f"/submissions/{submission_id}").is_problem(404)
    assert stranger.get(f"/submissions/{submission_id}/xml").is_problem(404)
    assert stranger.report(submission_id, "Delivered").is_problem(404)
    assert stranger.get("/submissions/s-0").is_problem(404)


def test_a_waiting_client_is_answered_as_soon_as_something_is_submitted(client, feed):
    token = client.token  # so that the wait is all that takes time
    with ThreadPoolExecutor() as pool:
        waiting = pool.submit(client.call, "GET", "/api/v1/submissions?wait=30", token=token)
        time.sleep(1.0)
        assert not waiting.done()
        submitted = time.monotonic()
        submission_id = feed()
        answer = waiting.result(timeout=40)
        assert time.monotonic() - submitted < 15, "it was told when its wait was over"
    assert ids(answer.json) == [submission_id]


def test_a_wait_ends_with_an_empty_page_and_is_not_woken_by_other_forms(service, form, feed):
    for form_id in ("800636", "800702"):
        setup.publish_form(form(form_id))
    client = service.client()
    token = client.token
    with ThreadPoolExecutor() as pool:
        began = time.monotonic()
        waiting = pool.submit(client.call, "GET", "/api/v1/submissions?wait=2&formId=800636", token=token)
        time.sleep(0.3)
        feed("800702")
        assert ids(waiting.result(timeout=10).json) == []
        assert time.monotonic() - began > 1.9


def test_a_wait_is_for_what_is_newer_than_the_cursor(client, feed):
    feed()
    cursor = client.listed()["cursor"]
    began = time.monotonic()
    assert ids(client.listed(f"?after={cursor}&wait=1")) == []
    assert time.monotonic() - began >= 1.0


def test_there_is_no_wait_where_something_is_there_or_every_form_is_refused(client, feed):
    began = time.monotonic()
    refused = client.listed("?wait=20&formId=nowhere")
    assert (ids(refused), refused["refused"]) == ([], ["nowhere"])
    feed()
    assert len(client.listed("?wait=20")["submissions"]) == 1
    assert time.monotonic() - began < 15, "it waited"


def test_clients_that_wait_hold_no_threads(service, client, feed):
    process = psutil.Process(service.process.pid)
    client.listed()
    token = client.token
    before = process.num_threads()
    with ThreadPoolExecutor(60) as pool:
        waiting = [pool.submit(client.call, "GET", "/api/v1/submissions?wait=25", token=token) for _number in range(60)]
        time.sleep(2.5)
        assert process.num_threads() <= before + 6
        began = time.monotonic()
        assert client.get("/forms").status == 200
        assert time.monotonic() - began < 15, "all threads are taken by those who wait"
        submission_id = feed()
        assert all(ids(answer.result(timeout=40).json) == [submission_id] for answer in waiting)
