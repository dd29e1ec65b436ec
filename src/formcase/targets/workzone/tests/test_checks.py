"""Checks against a WorkZone that tells nothing of rights, and one that is out of reach."""

from dataclasses import replace

import pytest

from formcase.checks import CheckResult, Verdict
from formcase.planning.knowledge import Rules
from formcase.targets.workzone import Password, WorkZone, WorkZoneSettings, connect
from formcase.targets.workzone.tests.conftest import Server, json_reply, odata_error

RULES = Rules(error_case_group="00.01")


@pytest.fixture
def plain(server: Server) -> Server:
    """A WorkZone as the public model has it, with a user SBH."""
    server.on("Files", json_reply({"value": []}))
    server.on("Users", json_reply({"value": [{"ID": "SBH"}]}))
    server.on("FileClasses", json_reply({"value": [{"ID": "00.01"}]}))
    return server


def by_subject(results: tuple[CheckResult, ...]) -> dict[str, CheckResult]:
    return {result.subject: result for result in results}


async def test_what_a_case_system_does_not_tell_is_called_unknown_and_never_yes(
    plain: Server, workzone: WorkZone
) -> None:
    found = by_subject(await workzone.checks("SBH", RULES, ()))
    assert {subject: result.verdict for subject, result in found.items()} == {
        "case system": Verdict.YES,
        "account": Verdict.UNKNOWN,
        "impersonation": Verdict.YES,
        "executing user": Verdict.YES,
        "rights": Verdict.UNKNOWN,
        "error case group": Verdict.YES,
        "reference label": Verdict.UNKNOWN,
    }
    assert plain.asked("Me") == plain.asked("SecurityGroupRights") == []


async def test_an_account_that_may_not_act_for_others_is_found_out(plain: Server, workzone: WorkZone) -> None:
    plain.on("Users", odata_error(403, "ImpersonationRefused"), json_reply({"value": []}))
    found = by_subject(await workzone.checks("SBH", RULES, ()))
    assert found["impersonation"].verdict is Verdict.NO
    assert found["executing user"].verdict is Verdict.NO
    assert plain.asked("Users")[0].headers["onbehalfof"] == "User=SBH"


async def test_one_check_that_fails_does_not_hide_the_others(plain: Server, workzone: WorkZone) -> None:
    plain.on("Files", odata_error(403, "Forbidden"))
    found = by_subject(await workzone.checks("SBH", RULES, ()))
    assert found["account"].verdict is Verdict.NO
    assert "403" in found["account"].found.text()
    assert found["error case group"].verdict is Verdict.YES


async def test_without_reach_nothing_else_is_guessed(settings: WorkZoneSettings) -> None:
    gone = connect(replace(settings, url="http://127.0.0.1:1/OData4/", authentication=Password("u", "p")))
    first, *rest = await gone.checks("SBH", RULES, ())
    assert (first.subject, first.verdict) == ("case system", Verdict.NO)
    assert len(rest) == 6
    assert {each.verdict for each in rest} == {Verdict.UNKNOWN}
    await gone.close()


async def test_a_refused_login_says_what_to_do(server: Server, workzone: WorkZone) -> None:
    server.on("/token", json_reply({"error": "invalid_client"}, 401))
    first = (await workzone.checks("SBH", RULES, ()))[0]
    assert first.verdict is Verdict.NO
    assert "invalid_client" in first.found.text()
    assert first.remedy.text()
    assert "hush-hush" not in first.found.text() + first.remedy.text()
