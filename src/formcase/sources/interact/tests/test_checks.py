"""What the checks say, and what they tell a person to do."""

import datetime as dt
from dataclasses import replace

import pytest
from aiohttp import web

from formcase.checks import CheckResult, Verdict
from formcase.sources.certificates.certificate import ChainCertificate, StoredCertificate
from formcase.sources.interact.checks import check_certificate
from formcase.sources.interact.tests.service import problem

NOW = dt.datetime.now(dt.UTC)


def verdicts(lines: tuple[CheckResult, ...]) -> dict[str, str]:
    return {line.subject: line.verdict.value for line in lines}


async def test_all_is_well(interact):
    lines = await interact.checks(["800636"])
    assert verdicts(lines) == {"certificate": "yes", "reach": "yes", "client": "yes", "forms": "yes"}
    assert "800636 (Flag permit)" in lines[3].found.text()


async def test_a_form_that_is_not_released_is_named(interact):
    line = (await interact.checks(["800636", "800702", "7"]))[3]
    assert line.verdict is Verdict.NO
    assert "800702, 7" in line.found.text()
    assert "FormIds" in line.remedy.text()


async def test_no_form_ids_mean_all_that_are_released_and_there_must_be_one(service, interact):
    assert "800636" in (await interact.checks([]))[3].found.text()
    service.forms.clear()
    line = (await interact.checks([]))[3]
    assert line.verdict is Verdict.NO
    assert line.remedy.template


async def test_what_lies_behind_a_no_is_not_asked(service, connecting):
    lines = await connecting("https://localhost:1/interact").checks([])
    assert verdicts(lines) == {"certificate": "yes", "reach": "no", "client": "unknown", "forms": "unknown"}
    assert all(line.remedy.template for line in lines if line.verdict is Verdict.NO)
    service.once("/token", problem(401))
    lines = await connecting(service.url).checks([])
    assert verdicts(lines) == {"certificate": "yes", "reach": "yes", "client": "no", "forms": "unknown"}
    assert "ClientId" in lines[2].remedy.text()


async def test_an_address_where_something_else_answers_is_not_reached(service, interact):
    service.once("/forms", web.Response(status=404))
    assert (await interact.checks([]))[1].verdict is Verdict.NO
    service.once("/forms", web.Response(status=301, headers={"Location": "https://www.example.dk/"}))
    line = (await interact.checks([]))[1]
    assert line.verdict is Verdict.NO
    assert "www.example.dk" in line.found.text()


@pytest.mark.parametrize(("days", "says"), [(6, "now"), (29, "this week"), (59, "order a new one"), (61, "")])
def test_a_certificate_that_expires_is_announced_in_time(stored: StoredCertificate, days, says):
    ending = replace(stored, not_after=NOW + dt.timedelta(days=days, hours=1))
    line = check_certificate(ending, NOW)
    assert line.verdict is (Verdict.WARNING if says else Verdict.YES)
    assert says in line.remedy.text()
    assert bool(line.remedy.template) == bool(says)


def test_a_certificate_that_cannot_be_used_says_why(stored: StoredCertificate):
    day = dt.timedelta(days=1)
    for wrong, says in (
        (replace(stored, not_after=NOW - day), "has expired"),
        (replace(stored, not_before=NOW + day), "not valid yet"),
        (replace(stored, path=stored.path.with_name("gone.pem")), "file is gone"),
    ):
        line = check_certificate(wrong, NOW)
        assert line.verdict is Verdict.NO
        assert says in line.found.text()
        assert line.remedy.template


def test_a_key_that_others_may_read_is_no_good(stored: StoredCertificate):
    stored.path.chmod(0o640)
    line = check_certificate(stored, NOW)
    assert line.verdict is Verdict.NO
    assert "0600" in line.remedy.text()


def test_a_certificate_that_is_not_for_clients_is_told(stored: StoredCertificate):
    assert "clients" in check_certificate(replace(stored, for_clients=False), NOW).remedy.text()


def test_the_certificate_is_told_part_by_part(stored: StoredCertificate):
    there, key, chain, expiry = check_certificate(stored, NOW).details
    assert stored.sha1 in there.text.text()
    assert [part.verdict for part in (there, key, chain, expiry)] == [Verdict.YES] * 4
    above = ChainCertificate("Old authority", NOW - dt.timedelta(days=1))
    ending = replace(stored, chain=(above,), not_after=NOW + dt.timedelta(days=9, hours=1))
    line = check_certificate(ending, NOW)
    assert [part.verdict.value for part in line.details] == ["yes", "yes", "warning", "warning"]
    assert "Old authority" in line.found.text()
    assert line.verdict is Verdict.WARNING
