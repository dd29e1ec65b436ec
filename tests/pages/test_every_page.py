"""What holds for every page: accessible, quiet, whole on a phone, in both languages, under a strict content policy."""

import pytest
from django.utils import timezone

from formcase.accounts import managing
from formcase.accounts.roles import Role
from formcase.checks import CheckResult, Detail, Verdict
from formcase.configurator.pages import pages
from formcase.configurator.pages.workflow_transform import NEW
from formcase.messages import message
from formcase.workflows import managing as workflows
from formcase.workflows import versions
from formcase.workflows.check_history import Change, change_data, result_data
from formcase.workflows.models import CheckRun, ServiceWorkflow
from formcase.workflows.versions import MAPPING, TRANSFORM
from pages.both_ends import MAPPING_TEXT
from pages.browsing import LANGUAGES, address_of


@pytest.fixture
def something_to_see(make_user):
    """A user to edit, a workflow, and entries in the audit log."""
    user = make_user(Role.VIEWER, "lone.bruun", full_name="Lone Bruun")
    managing.change("test", user, {"role": Role.OPERATOR})
    workflow = workflows.create("Building permits", "interact", {}, by="test")
    workflows.change(
        workflow, {"FormIds": "800711", "WatchInterval": "10", "Url": "https://localhost:1/interact"}, by="test"
    )
    for kind, text in ((MAPPING, MAPPING_TEXT), (TRANSFORM, NEW)):
        versions.save_draft(workflow, kind, text, "test")
        versions.publish(workflow, kind, "first", "test")
        versions.save_draft(workflow, kind, text, "test")
    run = check_run(ServiceWorkflow.objects.get(pk=workflow.pk))
    return {"user": user.pk, "workflow": workflow.pk, "run": run.pk}


def check_run(workflow: ServiceWorkflow) -> CheckRun:
    """A run that says no of one form, which the run before did not."""
    rights = (
        Detail(message("create a case (Case Create)"), Verdict.NO),
        Detail(message("find one"), Verdict.YES),
    )
    user = CheckResult("executing user", Verdict.YES, message("SBH is a user."))
    wrong = CheckResult("rights of a form", Verdict.NO, message("SBH lacks it."), message("Mend it."), "800711", rights)
    now = timezone.now()
    return CheckRun.objects.create(
        workflow=workflow,
        started_at=now,
        ended_at=now,
        why="daily",
        verdict="no",
        results=[result_data(user), result_data(wrong)],
        changes=[change_data(Change(wrong, Verdict.YES))],
    )


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_page_is_accessible_and_quiet_and_fits_a_phone(
    sign_in, check_page, something_to_see, live_server, language
):
    page = sign_in(Role.ADMINISTRATOR)
    page.context.add_cookies([{"name": "django_language", "value": language, "url": live_server.url}])
    for registered in pages():
        thing = something_to_see.get(registered.name.split("_")[0])
        if not registered.whole or ("<" in registered.route and thing is None):
            continue  # what is shown there is made by the tests of that page alone
        number = something_to_see["run"] if registered.name == "workflow_check_run" else 1
        page.goto(address_of(registered, key=thing, number=number, place="0"))
        assert page.locator("h1").count() == 1
        assert page.locator("header a.bar-link").count() == 1, f"{registered.name} does not say who is signed in"
        assert page.locator("html").get_attribute("lang") == language
        check_page(page, f"{registered.name}-{language}")
