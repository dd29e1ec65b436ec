"""What a client may say of a submission, and what the history keeps of it."""

import json
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import transaction

from formcase.formservice.models import Submission

CASE = {"caseNumber": "2026-02.15-00001", "url": "https://cases.example/1"}
AT = "2026-11-20T09:00:00+01:00"


@pytest.fixture
def submission_id(client, feed) -> str:
    return feed()


def history(client, submission_id) -> list[tuple]:
    entries = client.get(f"/submissions/{submission_id}").json["history"]
    return [(entry["status"], entry["message"], entry["cases"]) for entry in entries]


def test_a_status_is_kept_with_message_cases_and_the_clients_clock(client, submission_id):
    answer = client.report(submission_id, "Imported", "filed", [CASE, {"caseNumber": "2", "url": None}])
    assert (answer.status, answer.body) == (204, b"")
    detail = client.get(f"/submissions/{submission_id}").json
    assert detail["status"] == "Imported"
    assert detail["history"][1] == {
        "status": "Imported",
        "message": "filed",
        "cases": [CASE, {"caseNumber": "2", "url": None}],
        "at": "2026-11-20T08:00:00Z",
    }


def test_every_change_up_to_imported_is_allowed(client, submission_id):
    said = ["Delivered", "TemporaryBlocked", "Delivered", "TemporaryBlocked", "Imported"]
    for status in said:
        assert client.report(submission_id, status, cases=[CASE] if status == "Imported" else []).status == 204
    assert [status for status, *_rest in history(client, submission_id)] == ["Submitted", *said]


def test_the_same_again_makes_no_new_entry_and_something_else_does(client, submission_id):
    for message in ("a", "a", "b", "a", None):
        assert client.report(submission_id, "TemporaryBlocked", message).status == 204
    assert [message for _status, message, _cases in history(client, submission_id)] == [None, "a", "b", "a", None]


def test_the_same_with_another_clock_is_the_same(client, submission_id):
    client.report(submission_id, "Delivered")
    client.report(submission_id, "Delivered", at="2027-01-01T00:00:00Z")
    assert len(history(client, submission_id)) == 2


def test_imported_may_be_said_again_with_new_case_numbers_and_is_final(client, submission_id):
    client.report(submission_id, "Imported", cases=[CASE])
    assert client.report(submission_id, "Imported", cases=[CASE]).status == 204
    assert len(history(client, submission_id)) == 2
    assert client.report(submission_id, "Imported", cases=[{"caseNumber": "2", "url": None}]).status == 204
    assert len(history(client, submission_id)) == 3
    for status in ("Delivered", "TemporaryBlocked"):
        assert client.report(submission_id, status).is_problem(409)
    assert len(history(client, submission_id)) == 3


def test_what_is_malformed_is_400_and_changes_nothing(client, submission_id, subtests):
    for changes in [
        {"status": "Submitted"},
        {"status": "imported"},
        {"status": None},
        {"status": ["Delivered"]},
        {"message": 5},
        {"message": "x" * 4001},
        {"message": "nul \0"},
        {"cases": None},
        {"cases": {}},
        {"cases": ["2026-1"]},
        {"cases": [{"caseNumber": "", "url": None}]},
        {"cases": [{"caseNumber": 5, "url": None}]},
        {"cases": [{"url": None}]},
        {"cases": [{"caseNumber": "1", "url": "javascript:alert(1)"}]},
        {"cases": [{"caseNumber": "1", "url": 5}]},
        {"at": None},
        {"at": "2026-11-20"},
        {"at": "2026-11-20T09:00:00"},
        {"at": "2026-13-20T09:00:00Z"},
        {"at": 1763625600},
        {"status": "Imported", "cases": []},
    ]:
        with subtests.test(changes=changes):
            said = {"status": "Delivered", "message": None, "cases": [], "at": AT, **changes}
            assert client.put(submission_id, json.dumps(said).encode()).is_problem(400)
            assert len(history(client, submission_id)) == 1


def test_all_four_keys_must_stand(client, submission_id, subtests):
    for key in ["status", "message", "cases", "at"]:
        with subtests.test(key=key):
            said = {"status": "Delivered", "message": None, "cases": [], "at": AT}
            del said[key]
            answer = client.put(submission_id, json.dumps(said).encode())
            assert answer.is_problem(400)
            assert key in answer.json["detail"]


def test_a_body_that_is_no_json_object_is_400(client, submission_id, subtests):
    for body in [
        b"",
        b"no json",
        b"[]",
        b"null",
        b'"\xff"',
        b'{"status": "Delivered", "message": "\\ud800", "cases": [], "at": "2026-11-20T09:00:00Z"}',
        b'{"status": "Delivered", "message": NaN, "cases": [], "at": "2026-11-20T09:00:00Z"}',
        b"[" * 30_000,
    ]:
        with subtests.test(body=body):
            assert client.put(submission_id, body).is_problem(400)


def test_unknown_keys_are_ignored_and_the_longest_message_is_accepted(client, submission_id):
    assert client.report(submission_id, "Delivered", "æ" * 4000, colour="red").status == 204


def test_a_body_beyond_64_kib_is_413_however_it_comes(client, submission_id):
    path = f"/api/v1/submissions/{submission_id}/status"
    fits = json.dumps({"status": "Delivered", "message": None, "cases": [], "at": AT}).encode()
    assert client.call("PUT", path, body=fits + b" " * (65536 - len(fits))).status == 204
    assert client.call("PUT", path, body=fits + b" " * (65537 - len(fits))).is_problem(413)
    chunked = client.call("PUT", path, body=iter([b" " * 50_000] * 100))
    assert chunked.is_problem(413)
    assert client.call("PUT", path, body=b" " * 5_000_000).is_problem(413)


def test_a_status_of_what_is_not_there_is_404(client):
    assert client.report("s-0", "Imported", cases=[CASE]).is_problem(404)
    assert client.report("%00", "Delivered").is_problem(404)


def test_the_same_said_twice_at_once_makes_one_entry(client, submission_id):
    token = client.token
    said = json.dumps({"status": "Delivered", "message": "m", "cases": [], "at": AT}).encode()
    path = f"/api/v1/submissions/{submission_id}/status"
    with ThreadPoolExecutor() as pool:
        with transaction.atomic():
            Submission.objects.select_for_update().get(submission_id=submission_id)
            answers = [pool.submit(client.call, "PUT", path, body=said, token=token) for _number in range(2)]
            time.sleep(0.7)
            assert not any(answer.done() for answer in answers)
        assert [answer.result(timeout=10).status for answer in answers] == [204, 204]
    assert len(history(client, submission_id)) == 2
