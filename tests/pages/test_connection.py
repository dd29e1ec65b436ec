"""The test of the connection to the case system says what holds for the connection, and nothing else."""

import pytest
from django.test import Client
from django.urls import reverse

from formcase.accounts.roles import Role
from formcase.checks import CheckResult, Verdict
from formcase.configurator.pages import case_system
from formcase.messages import message


@pytest.fixture
def answering(monkeypatch) -> None:
    """A case system of which all is well; a group for error cases is what a service workflow sets."""

    async def check(user: str, *_others: object) -> tuple[CheckResult, ...]:
        known = Verdict.YES if user == "SBH" else Verdict.NO
        return (
            CheckResult("case system", Verdict.YES, message("The case system answers.")),
            CheckResult("executing user", known, message("That user.")),
            CheckResult("error case group", Verdict.NO, message("None is set.")),
        )

    monkeypatch.setattr(case_system, "check_case_system", check)


@pytest.mark.parametrize(
    ("user", "said", "unsaid"),
    [
        ("", "No check says no.", "That user."),
        ("SBH", "That user.", "None is set."),
        ("XXX", "1 check says no.", "None is set."),
    ],
)
def test_only_the_connection_is_tested(make_user, answering, user, said, unsaid):
    client = Client()
    client.force_login(make_user(Role.ADMINISTRATOR))
    shown = client.get(reverse("configurator:case_system"), {"test": "1", "user": user}).content.decode()
    assert said in shown
    assert unsaid not in shown
    assert f'value="{user}"' in shown
    assert "Sign out" in shown
