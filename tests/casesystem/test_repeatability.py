"""Repeated requests: done once, answered alike, refusals remembered, seven days long."""

from datetime import UTC, datetime, timedelta

import pytest

from casesystem.office import CASE, Write, repeatability
from formcase.casesystem.maintenance import Caretaker, clear_away
from formcase.casesystem.models import RememberedRequest
from formcase.casesystem.setup import ensure_account


def change_set(*ids):
    return [
        Write("POST", "Files", CASE, "1", repeatability(ids[0])),
        Write("PATCH", "$1/Text", {"Text": "t"}, "2", repeatability(ids[1])),
        Write("POST", "FileInfos", {"File@odata.bind": "$1", "Info_Value": "x"}, "3", repeatability(ids[2])),
    ]


def shown(answers):
    return [
        (one.status, one.content_id, one.body, one.headers.get("etag"), one.headers.get("location")) for one in answers
    ]


def test_a_repeated_change_set_is_answered_alike_and_done_once(soeren):
    first = soeren.change_set(*change_set("a", "b", "c"))
    again = soeren.change_set(*change_set("a", "b", "c"))
    assert shown(first) == shown(again)
    assert [one.headers["repeatability-result"] for one in first + again] == ["accepted"] * 6
    assert soeren.get("Files/$count").body == b"1"
    assert soeren.get("FileInfos/$count").body == b"1"


def test_a_refusal_is_remembered_though_its_cause_is_mended(soeren):
    writes = change_set("a", "b", "c")
    writes[2].body["CustomLabel_Value"] = "NIX"
    (first,) = soeren.change_set(*writes)
    (again,) = soeren.change_set(*change_set("a", "b", "c"))
    assert (first.status, first.content_id, first.body) == (400, "3", again.body)
    assert (again.status, again.content_id) == (400, "3")
    assert first.headers["repeatability-result"] == again.headers["repeatability-result"] == "accepted"
    assert soeren.get("Files/$count").body == b"0"
    new = soeren.change_set(*change_set("d", "e", "f"))
    assert [one.status for one in new] == [201, 204, 201]


def test_a_refusal_of_rights_is_remembered_too(lone, soeren):
    headers = repeatability("a")
    assert lone.post("Files", CASE, headers).status == 403
    assert lone.post("Files", CASE, headers).headers["repeatability-result"] == "accepted"
    again = soeren.post("Files", CASE, headers)
    assert (again.status, again.headers["repeatability-result"]) == (403, "accepted")


def test_a_request_on_its_own_is_repeated_too(soeren):
    headers = repeatability("a")
    first, again = soeren.post("Files", CASE, headers), soeren.post("Files", CASE, headers)
    assert (first.status, first.body, first.headers["location"]) == (
        again.status,
        again.body,
        again.headers["location"],
    )
    place = f"Files('{first.json['ID']}')"
    tag = {"If-Match": first.headers["etag"], **repeatability("b")}
    assert [soeren.patch(place, {"Title": "B"}, tag).status for _number in range(2)] == [204, 204]
    assert soeren.get(place).headers["etag"] == 'W/"2"'


def test_the_content_id_may_be_another_in_the_repetition(soeren):
    soeren.change_set(*change_set("a", "b", "c"))
    writes = change_set("a", "b", "c")
    writes[0].content_id, writes[2].content_id = "one", "three"
    writes[1].url, writes[2].body["File@odata.bind"] = "$1/Text", "$one"
    answers = soeren.change_set(*writes)
    assert [one.content_id for one in answers] == ["one", "2", "three"]


@pytest.mark.parametrize(
    "change",
    [
        lambda writes: writes[0].headers.update(repeatability("new")),
        lambda writes: writes.pop(),
        lambda writes: setattr(writes[2], "url", "FileDates"),
        lambda writes: setattr(writes[2], "method", "PATCH"),
        lambda writes: writes[1].headers.clear(),
        lambda writes: writes.append(Write("POST", "Files", CASE, "4")),
    ],
)
def test_another_request_under_a_known_id_is_rejected(soeren, change):
    soeren.change_set(*change_set("a", "b", "c"))
    writes = change_set("a", "b", "c")
    change(writes)
    (answer,) = soeren.change_set(*writes)
    assert (answer.status, answer.code) == (400, "RepeatabilityMismatch")
    assert answer.headers["repeatability-result"] == "rejected"
    assert soeren.get("Files/$count").body == b"1"


def test_what_was_first_sent_more_than_seven_days_ago_is_rejected(soeren):
    old = repeatability("a", datetime.now(UTC) - timedelta(days=7, minutes=1))
    (answer,) = soeren.change_set(
        Write("POST", "Files", CASE, "1", repeatability("b")), Write("POST", "Files", CASE, "2", old)
    )
    assert (answer.status, answer.code, answer.content_id) == (412, "RepeatabilityExpired", "2")
    assert answer.headers["repeatability-result"] == "rejected"
    reply = soeren.post("Files", CASE, old)
    assert (reply.status, reply.code) == (412, "RepeatabilityExpired")
    assert soeren.get("Files/$count").body == b"0"
    recent = repeatability("a", datetime.now(UTC) - timedelta(days=6, hours=23))
    assert soeren.post("Files", CASE, recent).status == 201


def test_memory_is_kept_for_seven_days_and_then_cleared(soeren):
    soeren.post("Files", CASE, repeatability("a", datetime.now(UTC) - timedelta(days=6)))
    assert clear_away().remembered_requests == 0
    RememberedRequest.objects.update(first_sent=datetime.now(UTC) - timedelta(days=8))
    assert clear_away().remembered_requests == 1


@pytest.mark.parametrize(
    "headers",
    [
        {"Repeatability-Request-ID": "a"},
        {"Repeatability-First-Sent": "Tue, 24 Nov 2026 08:00:00 GMT"},
        {"Repeatability-Request-ID": "a", "Repeatability-First-Sent": "yesterday"},
    ],
)
def test_half_or_unreadable_headers_are_rejected(soeren, headers):
    reply = soeren.post("Files", CASE, headers)
    assert (reply.status, reply.headers["repeatability-result"]) == (400, "rejected")
    assert soeren.get("Files/$count").body == b"0"


def test_each_account_has_ids_of_its_own(soeren):
    ensure_account("other", "a secret of the tests")
    headers = repeatability("a")
    soeren.post("Files", CASE, headers)
    from casesystem.office import basic

    reply = soeren.post("Files", CASE, headers | {"Authorization": basic("other", "a secret of the tests")})
    assert reply.status == 201
    assert soeren.get("Files/$count").body == b"2"


def test_reading_is_never_remembered(soeren):
    reply = soeren.send("GET", "Files", headers=repeatability("a"))
    assert "repeatability-result" not in reply.headers
    assert not RememberedRequest.objects.exists()


def test_requests_without_the_headers_say_nothing_of_it(soeren):
    assert "repeatability-result" not in soeren.post("Files", CASE).headers


def test_a_serving_process_clears_away_by_itself_when_it_is_time(soeren):
    soeren.post("Files", CASE, repeatability("a"))
    RememberedRequest.objects.update(first_sent=datetime.now(UTC) - timedelta(days=8))
    Caretaker(every=3600).look_around()
    assert RememberedRequest.objects.exists()
    Caretaker(every=0).look_around()
    assert not RememberedRequest.objects.exists()
