"""What is unaccounted for is shown, with what is wrong in words, and can be asked for anew."""

from django.utils import timezone
from playwright.sync_api import expect

from formcase.accounts.roles import Role
from formcase.messages import message
from formcase.workflows.models import ServiceWorkflow
from formcase.workflows.reconciling.judging import Kind
from formcase.workflows.reconciling.runs import Found, Run, keep_run
from pages import filed


def test_what_is_unaccounted_for_stands_by_workflow_with_what_is_wrong(sign_in, check_page):
    workflow = filed.workflow()
    record = filed.imported(workflow)
    missing = Found(Kind.CASE_MISSING, record.submission_id, record.reference_id, "800636", "", record.pk)
    unknown = Found(Kind.NOT_RECORDED, "s-9", "NEVER-1", "800636", "", None)
    keep_run(
        Run(workflow, timezone.now(), at_source=12, in_journal=11, at_target=40, found=(missing, unknown), findings=5)
    )
    nobodys = Found(Kind.NOBODYS, "", "NOBODYS-1", "", "2026-02.15-00009", None)
    keep_run(Run(None, timezone.now(), at_target=40, found=(nobodys,), findings=1))
    page = sign_in(Role.VIEWER)
    page.goto("/reconciliation/")
    main = page.get_by_role("main")
    expect(main).to_contain_text("6 submissions or cases are unaccounted for.")
    expect(main).to_contain_text("A case that was filed is not at the case system")
    expect(main).to_contain_text("and 3 more")
    expect(main).to_contain_text("2026-02.15-00009")
    expect(main.get_by_role("button", name="Compare now")).to_have_count(0)
    check_page(page, "reconciliation-found")
    page.get_by_role("link", name=record.reference_id).click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(record.reference_id)


def test_all_is_accounted_for_or_could_not_be_compared(sign_in, check_page):
    workflow = filed.workflow()
    page = sign_in(Role.OPERATOR)
    page.goto("/reconciliation/")
    expect(page.locator(".empty")).to_contain_text("Nothing was compared yet")
    keep_run(Run(workflow, timezone.now(), at_source=3, in_journal=3, at_target=3))
    keep_run(Run(None, timezone.now()))
    page.reload()
    expect(page.get_by_role("main")).to_contain_text("All is accounted for.")
    check_page(page, "reconciliation-well")
    keep_run(Run(workflow, timezone.now(), problem=message("The form service does not answer.")))
    page.reload()
    expect(page.get_by_role("main")).to_contain_text("Not everything could be compared.")
    page.get_by_role("button", name="Compare now").click()
    expect(page.locator("#messages")).to_contain_text("being compared now")
    assert ServiceWorkflow.objects.get().next_reconciliation_at <= timezone.now()
