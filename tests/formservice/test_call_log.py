"""The log of calls: what is kept of each, also of those that were refused, and that none is lost."""

import asyncio
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from django.db import DataError, OperationalError, connection
from django.utils import timezone

from formcase.formservice import calls, clients, setup
from formcase.formservice.calls import Call
from formcase.formservice.interact import call_log
from formcase.formservice.interact.call_log import CallLog
from formcase.formservice.models import CallOutcome, Client, ClientCall, ClientCertificate
from formservice.test_transport import refusal_by_tls, self_signed


def kept(number: int, **which: object) -> list[ClientCall]:
    """The calls of this kind, the oldest first, as soon as there are so many."""
    found = ClientCall.objects.filter(**which).order_by("at", "pk")
    soon(lambda: found.count() >= number)
    return list(found)


def soon(is_so: Callable[[], bool]) -> None:
    """Wait for what the listener writes a moment later."""
    until = time.monotonic() + 30
    while not is_so():
        assert time.monotonic() < until, list(ClientCall.objects.values())
        time.sleep(0.05)


def test_each_call_is_kept_with_whom_it_was_by_and_what_it_was_about(client, feed):
    identifier = feed()
    client.get("/forms/800636")
    client.get(f"/submissions/{identifier}/xml")
    client.report(identifier, "Imported", "Lone Bruun, 2512770071", [{"caseNumber": "2026-1", "url": None}])
    client.listed("?formId=800636")
    client.get("/submissions/t-none?cpr=2512770071")
    found = kept(6, client_id=client.client_id)
    assert [(call.method, call.kind, call.status, call.outcome) for call in found] == [
        ("POST", "token", 200, "answered"),
        ("GET", "form", 200, "answered"),
        ("GET", "xml", 200, "answered"),
        ("PUT", "status", 204, "answered"),
        ("GET", "submissions", 200, "answered"),
        ("GET", "submission", 404, "mistaken"),
    ]
    assert {call.certificate for call in found} == {client.sha256}
    assert {call.address for call in found} <= {"127.0.0.1", "::1"}
    assert [call.form_id for call in found] == ["", *["800636"] * 4, ""]
    assert [call.reference_id for call in found] == ["", "", "REF-00001", "REF-00001", "", ""]
    assert [call.reason for call in found] == [*[""] * 5, "not-there"]
    assert "2512770071" not in str(list(ClientCall.objects.values()))
    # noted every ten seconds at most
    times = [call.at for call in found]
    soon(lambda: ClientCertificate.objects.filter(sha256=client.sha256, last_call_at__in=times).exists())
    assert Client.objects.get(client_id=client.client_id).last_call_at in times


def test_what_is_refused_is_kept_with_the_reason_that_the_caller_is_not_told(service, client):
    stranger, other, revoked = service.client(registered=False), service.client(), service.client()
    disabled = service.client()
    for one in (client, other, revoked, disabled):
        assert one.token
    clients.revoke(revoked.sha256)
    clients.disable(Client.objects.get(client_id=disabled.client_id), by="test")
    refused = {
        "token-missing": client.call("GET", "/api/v1/forms", token=None),
        "token-invalid": client.call("GET", "/api/v1/forms", token="made.up.token"),
        "token-of-other": client.call("GET", "/api/v1/forms", token=other.token),
        "certificate-revoked": revoked.get("/forms"),
        "client-disabled": disabled.get("/forms"),
        "client-unknown": stranger.ask_token(),
        "certificate-of-other": client.ask_token(client_id=other.client_id),
        "assertion-refused": client.ask_token(client.assertion(iss="somebody else")),
    }
    assert {answer.status for answer in refused.values()} == {401}
    found = {call.reason: call for call in kept(len(refused), outcome=CallOutcome.REFUSED)}
    assert set(found) == set(refused)
    # who it was is told by the certificate where nothing else does
    assert found["token-missing"].client_id == found["token-invalid"].client_id == client.client_id
    assert found["token-of-other"].client_id == other.client_id
    assert found["token-of-other"].certificate == client.sha256
    assert found["client-unknown"].client_id == stranger.client_id
    assert found["assertion-refused"].detail == "The client assertion's iss and sub must both be the client ID."
    assert disabled.ask_token().status == 401


def test_a_connection_with_a_certificate_that_nobody_registered_is_kept_with_its_address(service):
    assert refusal_by_tls(service.client(issued=self_signed(), registered=False)) == "TLSV1_ALERT_UNKNOWN_CA"
    (found,) = kept(1, kind="connection")
    assert (found.outcome, found.reason, found.status) == ("refused", "certificate-untrusted", None)
    assert found.address in ("127.0.0.1", "::1")


def call(reference: str, **values: object) -> Call:
    return Call(datetime.now(UTC), CallOutcome.ANSWERED, "GET", "xml", 3, "::1", reference_id=reference, **values)


async def in_thread(work, *arguments):
    """Work of the database in a thread that leaves no connection behind."""

    def done():
        try:
            return work(*arguments)
        finally:
            connection.close()

    return await asyncio.to_thread(done)


@pytest.fixture
def _at_once(monkeypatch):
    monkeypatch.setattr(call_log, "_PAUSE", 0.01)
    monkeypatch.setattr(call_log, "_TRY_AGAIN", 0.01)
    monkeypatch.setattr(call_log, "in_database", in_thread)


@pytest.mark.usefixtures("transactional_db", "_at_once")
async def test_no_call_is_lost_by_a_database_that_was_away_or_by_the_stop(monkeypatch):
    keep, failures = calls.keep, iter([OperationalError("gone"), OperationalError("gone")])

    def sometimes(batch):
        failure = next(failures, None)
        if failure is not None:
            raise failure
        keep(batch)

    monkeypatch.setattr(calls, "keep", sometimes)
    log = CallLog()
    for number in range(1200):
        log.add(call(f"R-{number:04}"))
    await log.close()
    assert await in_thread(references) == [f"R-{number:04}" for number in range(1200)]


@pytest.mark.usefixtures("transactional_db", "_at_once")
async def test_a_call_that_the_database_refuses_does_not_hold_up_the_others(monkeypatch):
    keep = calls.keep

    def picky(batch):
        if any(one.reference_id == "R-2" for one in batch):
            raise DataError("no such text")
        keep(batch)

    monkeypatch.setattr(calls, "keep", picky)
    log = CallLog()
    for number in range(4):
        log.add(call(f"R-{number}"))
    await log.close()
    assert await in_thread(references) == ["R-0", "R-1", "R-3"]


def references() -> list[str]:
    return list(ClientCall.objects.order_by("pk").values_list("reference_id", flat=True))


def test_calls_are_removed_after_their_days(db, settings):
    settings.FORMSERVICE_KEEP_CALL_DAYS = 30
    ClientCall.objects.all().delete()  # a listener writes what it was asked a moment after it has answered
    calls.keep([call("new"), call("old")])
    ClientCall.objects.filter(reference_id="old").update(at=timezone.now() - timedelta(days=31))
    assert calls.remove_old() == 1
    assert ClientCall.objects.get().reference_id == "new"


def test_a_personal_number_that_is_given_as_a_client_id_is_not_kept():
    assert calls.claimed("borger-service") == "borger-service"
    assert calls.claimed("251277-0071") == calls.claimed("x2512770071") == calls.claimed("a\nb") == ""


def test_a_call_that_waits_when_its_client_is_revoked_gets_nothing(client, feed):
    assert client.token
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(client.get, "/submissions?wait=30")
        time.sleep(0.3)  # it is on its way; whether it waits already changes nothing of what it may get
        clients.revoke(client.sha256)
        feed()
        assert waiting.result().is_problem(401)


def test_who_registers_a_certificate_twice_keeps_one(db):
    issued = setup.issue_client_certificate("one")
    for _time in range(2):
        setup.ensure_client("one", issued.certificate, None)
    assert ClientCertificate.objects.count() == 1
