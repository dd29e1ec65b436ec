"""A submission is planned in the page under what is in force or under something else, and nothing is written."""

import re

import pytest
from playwright.sync_api import Page, expect

from filing.faults import answered
from formcase.accounts.roles import Role
from formcase.audit.models import AuditEntry
from formcase.outcomes import Passing
from formcase.planning.plan import CreateCase, Entry, Plan, PlanKind
from formcase.workflows import managing
from formcase.workflows.contents import keep_plan
from pages.both_ends import MAPPING_TEXT, BothEnds, ends

__all__ = ["ends"]
ROLE = '{"property": "Role", "constant": "Ejer"'
CHANGED = MAPPING_TEXT.replace('"NO": "UB"', '"NO": "MO"').replace(ROLE, ROLE.replace("Ejer", "Sagspart"))


def address(of: BothEnds, query: str = "") -> str:
    return f"/workflows/{of.workflow.pk}/dry-run/{query}"


def operation(page: Page, head: str):
    return page.locator(".plan > li", has=page.get_by_role("heading", name=re.compile(head)))


def test_each_value_leads_to_the_answer_that_it_came_from(sign_in, ends, check_page):
    ends.published()
    record = ends.submission(persons=2)
    page = sign_in(Role.OPERATOR)
    page.goto(f"/submissions/{record.pk}/")
    page.get_by_role("link", name="Try another mapping").click()
    expect(page.get_by_role("main")).to_contain_text("It can be filed as it is mapped.")
    expect(page.get_by_role("main")).to_contain_text("The workflow's own mapping made the plan.")
    expect(operation(page, "Create case")).to_contain_text("Flag of Norway")
    expect(page.get_by_role("row", name="Contact address")).to_contain_text("Yes")
    operation(page, "Create case").get_by_role("link", name="Event/Nation").first.click()
    answer = page.locator("#" + page.url.partition("#")[2])
    expect(answer).to_contain_text("Which nation's flag?")
    expect(answer).to_contain_text("NO (Norway)")
    expect(page.get_by_role("main")).to_contain_text("Lone <Bruun> 2")
    check_page(page, "dry-run")
    assert not ends.cases.cases
    assert AuditEntry.objects.filter(action="submission looked at", actor="operator").count() == 1


def test_two_plans_stand_side_by_side_with_the_differences_marked(sign_in, ends, check_page, live_server):
    ends.published()
    ends.draft(CHANGED)
    ends.submission()
    page = sign_in(Role.ADMINISTRATOR)
    page.goto(f"/workflows/{ends.workflow.pk}/mapping/")
    page.get_by_role("link", name="Try it on a submission").click()
    page.get_by_role("link", name="8KS-SQ5").click()
    expect(page.get_by_role("main")).to_contain_text("3 operations differ.")
    row = page.locator(".pair", has_text="Create case").get_by_role("row", name="State_Value")
    expect(row.locator("del")).to_have_text("UB")
    expect(row.locator("ins")).to_have_text("MO")
    expect(row).to_contain_text("Differs")
    expect(page.locator(".pair", has_text="as Ejer")).to_contain_text("Only in the first")
    expect(page.locator("details.pair", has_text="Create contact")).to_contain_text("the same")
    check_page(page, "dry-run-compared")
    page.context.add_cookies([{"name": "django_language", "value": "da", "url": live_server.url}])
    page.reload()
    expect(page.get_by_role("main")).to_contain_text("3 handlinger er forskellige.")
    check_page(page, "dry-run-compared-da")


def test_what_is_wrong_and_which_rights_are_missing_is_told(sign_in, ends, check_page):
    ends.published(MAPPING_TEXT.replace("02.15", "99.99"))
    ends.submission()
    page = sign_in(Role.OPERATOR)
    page.goto(address(ends))
    page.get_by_label("Reference ID").fill("8KS-SQ5")
    page.get_by_text("Under what it is planned").click()
    page.get_by_label("Executing user").first.fill("LBR")
    page.get_by_role("button", name="Show the plan").click()
    expect(page.get_by_role("alert").first).to_contain_text("1 error. An error case would be made")
    expect(page.get_by_role("alert").first).to_contain_text("there is no case group 99.99")
    expect(page.get_by_role("main")).to_contain_text(re.compile(r"LBR lacks \d of them"))
    expect(page.get_by_role("row", name="Case Create")).to_contain_text("No")
    check_page(page, "dry-run-error")


@pytest.mark.parametrize(
    ("query", "told"),
    [
        ("mapping=none", "so nothing says how it is to be filed"),
        ("form_version=2&mapping=none", "02.34"),
        ("form_version=9", "The form service has no version 9 of this form."),
        ("compare=kept", "No plan of this submission was kept"),
        ("form_version=x", "Enter a whole number"),
    ],
)
def test_it_is_planned_under_what_is_chosen(sign_in, ends, query, told):
    ends.published()
    ends.submission()
    page = sign_in(Role.VIEWER)
    page.goto(address(ends, f"?reference=8KS-SQ5&{query}"))
    expect(page.get_by_role("main")).to_contain_text(told)


def test_older_parameters_hold_for_the_run_alone(sign_in, ends):
    ends.published(MAPPING_TEXT.replace("02.15", "99.99"))
    before = managing.change(ends.workflow, {"error_case_group": "23.01"}, by="test").version
    managing.change(ends.workflow, {"error_case_group": "00.01"}, by="test")
    ends.submission()
    page = sign_in(Role.OPERATOR)
    page.goto(address(ends, f"?reference=8KS-SQ5&parameters={before}&compare=on"))
    row = page.locator(".pair", has_text="Create case").get_by_role("row", name="FileClass_Value")
    expect(row.locator("del")).to_have_text("00.01")
    expect(row.locator("ins")).to_have_text("23.01")


def test_it_is_compared_with_the_plan_that_was_kept(sign_in, ends):
    ends.published()
    record = ends.submission()
    entry = Entry({"Title": "As it was before", "FileClass_Value": "02.15"})
    keep_plan(record, Plan(PlanKind.MAPPED, "8KS-SQ5", (CreateCase("case-1", entry),)))
    record.save()
    page = sign_in(Role.OPERATOR)
    page.goto(address(ends, "?reference=8KS-SQ5&compare=kept"))
    row = page.locator(".pair", has_text="Create case").get_by_role("row", name="Title")
    expect(row.locator("del")).to_have_text("As it was before")
    expect(row.locator("ins")).to_have_text("Flag of Norway")


def test_two_other_choices_are_compared_without_scripts(browser, live_server, sign_in, ends):
    ends.published()
    ends.draft(CHANGED)
    ends.submission()
    signed_in = sign_in(Role.OPERATOR)
    plain = browser.new_context(base_url=live_server.url, java_script_enabled=False)
    plain.add_cookies(signed_in.context.cookies())
    page = plain.new_page()
    page.goto(address(ends))
    page.get_by_label("Reference ID").fill("8KS-SQ5")
    page.get_by_text("Under what it is planned").click()
    page.get_by_label("Mapping").first.select_option("Draft")
    expect(page.get_by_label("Mapping").last).to_be_hidden()
    page.get_by_label("Compare it with").select_option("the plan under something else")
    page.get_by_label("Mapping").last.select_option("Version 1, in force")
    page.get_by_role("button", name="Show the plan").click()
    expect(page.get_by_role("main")).to_contain_text("3 operations differ.")
    assert "other_mapping=1" in page.url
    plain.close()


def test_an_xml_file_is_planned_and_not_kept(sign_in, ends):
    ends.published()
    record = ends.submission()
    xml = ends.forms.stored[record.submission_id].xml
    page = sign_in(Role.OPERATOR)
    page.goto(address(ends))
    page.get_by_label("Or an XML file").set_input_files({"name": "one.xml", "mimeType": "text/xml", "buffer": xml})
    page.get_by_role("button", name="Show the plan").click()
    expect(page.get_by_role("heading", name="Plan of one.xml")).to_be_visible()
    expect(operation(page, "Create case")).to_contain_text("Flag of Norway")
    file = {"name": "two.xml", "mimeType": "text/xml", "buffer": b"<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>"}
    page.get_by_label("Or an XML file").set_input_files(file)
    page.get_by_role("button", name="Show the plan").click()
    expect(page.get_by_role("alert").first).to_contain_text("It can't be planned")


def test_an_end_out_of_reach_is_told_and_a_submission_that_is_not_there(sign_in, ends, check_page):
    ends.published()
    ends.submission()
    ends.cases.fails("knowledge", answered(Passing, "It answered 503."))
    page = sign_in(Role.VIEWER)
    page.goto(address(ends, "?reference=8KS-SQ5"))
    expect(page.get_by_role("alert").first).to_contain_text("It answered 503.")
    page.goto(address(ends, "?reference=8KS"))
    expect(page.get_by_role("alert").first).to_contain_text("No submission with the reference ID “8KS” is known here.")
    expect(page.get_by_role("link", name="8KS-SQ5")).to_be_visible()
    check_page(page, "dry-run-unknown")


def test_a_viewer_can_neither_upload_nor_look_with_another_user_s_eyes(sign_in, ends, client):
    ends.published()
    ends.submission()
    page = sign_in(Role.VIEWER)
    page.goto(address(ends, "?reference=8KS-SQ5&executing_user=LBR"))
    expect(page.get_by_role("row", name="Case Create")).to_contain_text("Yes")
    expect(page.get_by_label("Or an XML file")).to_have_count(0)
    expect(page.get_by_label("Executing user")).to_have_count(0)
