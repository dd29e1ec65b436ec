"""Forms and the executing user are chosen from what both ends have, or typed; each is checked as it is left."""

from playwright.sync_api import expect

from filing.faults import answered
from formcase.accounts.roles import Role
from formcase.outcomes import Passing
from formcase.workflows import choices
from formcase.workflows.models import ServiceWorkflow
from pages.both_ends import ends

__all__ = ["ends"]


async def users(sought: str) -> tuple[tuple[str, str], ...]:
    there = (("LBR", "Lone Bruun"), ("SBH", "Søren Bæk Holm"))
    return tuple(row for row in there if sought.casefold() in row[1].casefold())


def test_forms_and_the_executing_user_are_chosen_from_lists_and_saved(sign_in, ends, check_page, monkeypatch):
    monkeypatch.setattr(choices, "users", users)
    page = sign_in(Role.ADMINISTRATOR)
    page.goto(f"/workflows/{ends.workflow.pk}/parameters/")
    forms = page.get_by_label("FormIds", exact=True)
    forms.fill("900002")
    page.get_by_text("Forms that the form service releases").click()
    first = page.get_by_role("button", name="Choose 900001")
    expect(first).to_have_attribute("aria-pressed", "false")
    first.click()
    expect(forms).to_have_value("900002, 900001")
    expect(first).to_have_attribute("aria-pressed", "true")
    first.click()
    expect(forms).to_have_value("900002")
    page.get_by_text("Users of the case system").click()
    page.get_by_label("Find a user").press_sequentially("lone")
    found = page.locator("#suggestions-ExecutingUser li")
    expect(found).to_have_count(1)
    check_page(page, "parameters-choices")
    found.get_by_role("button").click()
    page.get_by_label("WatchInterval", exact=True).fill("10")
    page.get_by_label("Url", exact=True).focus()
    expect(page.locator("#remark-WatchInterval")).not_to_be_empty()
    page.get_by_role("button", name="Save").click()
    expect(page.locator("#messages")).to_contain_text("Saved as version")
    now = ServiceWorkflow.objects.get(pk=ends.workflow.pk)
    assert (now.executing_user, now.form_ids, now.watch_interval) == ("LBR", "900002", 10)


def test_what_neither_end_knows_is_told_as_it_is_left_and_what_they_know_is_named(sign_in, ends, check_page):
    page = sign_in(Role.ADMINISTRATOR)
    page.goto(f"/workflows/{ends.workflow.pk}/parameters/")
    for name, wrong, told, right, named in (
        ("FormIds", "900001,900099", "Not released to this workflow's client: 900099", "900001", "900001 Flags on"),
        ("ExecutingUser", "XYZ", "The case system has no user with this ID", "SBH", "SBH is “"),
        ("error_case_group", "99.99", "The case system has no such case group", "00.01", "00.01 is “"),
        ("error_access_code", "NOBODY", "The case system has no such access code", "TEK", "TEK is “"),
    ):
        field, remark = page.get_by_label(name, exact=True), page.locator(f"#remark-{name}")
        field.fill(wrong)
        field.blur()
        expect(remark.locator(".form-error-message")).to_contain_text(told)
        field.fill(right)
        field.blur()
        expect(remark).to_contain_text(named)
    check_page(page, "parameters-named")


def test_a_case_system_that_is_away_leaves_a_value_as_typed_and_says_so(sign_in, ends):
    ends.cases.away = answered(Passing, "The connection was refused.")
    page = sign_in(Role.ADMINISTRATOR)
    page.goto(f"/workflows/{ends.workflow.pk}/parameters/")
    page.get_by_label("ExecutingUser", exact=True).fill("MKT")
    page.get_by_label("Url", exact=True).focus()
    expect(page.locator("#remark-ExecutingUser")).to_contain_text("It can't be looked up now")
    expect(page.get_by_label("ExecutingUser", exact=True)).to_have_value("MKT")
