"""The pages that somebody keeps open: the start page that follows what happens, the banner that tells what
got worse, the checks that are run now, and what its row in the list offers."""

from django.utils import timezone
from playwright.sync_api import expect

from formcase.accounts.roles import Role
from formcase.checks import CheckResult, Verdict
from formcase.configurator.pages import start
from formcase.messages import as_data, message
from formcase.workflows import check_runs
from formcase.workflows.models import ServiceWorkflow
from pages import filed

NO_RIGHT = CheckResult("rights", Verdict.NO, message("SBH lacks the right Case Create."), message("Grant it."))
WELL = CheckResult("rights", Verdict.YES, message("SBH has the rights that the forms need."))


def test_the_start_page_follows_what_happens_and_leaves_its_reader_alone(sign_in, check_page, monkeypatch):
    monkeypatch.setattr(start, "EVERY", 1)
    workflow = filed.workflow()
    filed.error_case(workflow)
    page = sign_in(Role.VIEWER)
    page.goto("/")
    calls = page.get_by_role("region", name="What needs a person now")
    expect(calls).to_contain_text("1 submission ")
    link = page.get_by_role("link", name="30 days")
    link.focus()
    with page.expect_response(lambda answer: "/now/" in answer.url and answer.status == 200):
        filed.error_case(workflow)
    expect(link).to_be_focused()  # while somebody is in it, the part is left as it is
    expect(calls).to_contain_text("1 submission ")
    page.get_by_role("button", name="Pause").focus()
    expect(calls).to_contain_text("2 submissions")
    expect(page.get_by_role("button", name="Pause")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Go on")).to_be_focused()
    ServiceWorkflow.objects.update(
        blocked_since=timezone.now(), blocked_reason=as_data(message("The client is not known there."))
    )
    page.get_by_role("button", name="Go on").press("Enter")
    expect(page.locator("#start-said")).to_contain_text("Not all is well")
    check_page(page, "start-blocked")


def test_what_got_worse_stands_on_every_page_of_the_workflow_until_it_is_mended(sign_in, check_page, monkeypatch):
    says = [WELL]

    async def checked(_workflow, _mapping=None):
        return tuple(says)

    async def fingerprint(_workflow):
        return "the same"

    monkeypatch.setattr(check_runs, "check_workflow", checked)
    monkeypatch.setattr(check_runs, "_fingerprint", fingerprint)
    workflow = filed.workflow()
    filed.submission(workflow)
    page = sign_in(Role.ADMINISTRATOR)
    page.goto(f"/workflows/{workflow.pk}/checks/")
    page.get_by_role("button", name="Run the checks now").click()
    expect(page.locator("#messages")).to_contain_text("none is worse than before")
    says[:] = [NO_RIGHT]
    page.get_by_role("button", name="Run the checks now").click()
    expect(page.locator("#messages")).to_contain_text("1 is worse than before")
    expect(page.get_by_role("main")).to_contain_text("SBH lacks the right Case Create.")
    page.get_by_role("link", name="Edit parameters").click()
    banner = page.locator(".alert", has_text="SBH lacks the right Case Create.")
    expect(banner).to_be_visible()
    check_page(page, "workflow-banner")
    banner.get_by_role("link").click()
    says[:] = [WELL]
    page.get_by_role("button", name="Run the checks now").click()
    page.get_by_role("link", name="Workflow", exact=True).click()
    expect(page.locator(".alert", has_text="lacks the right")).to_have_count(0)
    _all_rows_lead_on(page, workflow)


def _all_rows_lead_on(page, workflow) -> None:
    """Each deed of the row, ending with the one that asks: a workflow with an open submission is not just deleted."""
    name = workflow.name
    for deed, heading in (
        ("Edit", name),
        ("Edit parameters", f"Edit parameters: {name}"),
        ("Mapping", f"Mapping: {name}"),
        ("Checks", f"Checks: {name}"),
        ("Log", "Workflow log"),
        ("Disable", f"Disable “{name}”?"),
        ("Delete", f"Delete “{name}”?"),
    ):
        page.goto("/workflows/")
        page.locator("tbody tr").get_by_role("link", name=f"{deed} {name}", exact=True).click()
        expect(page.get_by_role("heading", level=1)).to_have_text(heading)
    expect(page.get_by_role("main")).to_contain_text("1 of its submissions is still open.")
    expect(page.get_by_role("main")).to_contain_text("Nobody files them.")
    assert ServiceWorkflow.objects.filter(pk=workflow.pk, deleted_at=None).exists()
    page.get_by_role("button", name="Delete all the same").click()
    expect(page.locator("#messages")).to_contain_text(f"“{name}” is deleted.")
    assert not ServiceWorkflow.objects.filter(pk=workflow.pk, deleted_at=None).exists()
