"""A mapping is made, changed, tried, published and taken back in the pages, with and without scripts."""

import json
import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from filing.faults import answered
from formcase.accounts.roles import Role
from formcase.audit.models import AuditEntry
from formcase.outcomes import Passing
from formcase.planning.own_mapping.reading import mapping_from_json
from formcase.workflows import versions
from formcase.workflows.versions import MAPPING
from pages.both_ends import FORM_ID, MAPPING_TEXT, BothEnds, ends

__all__ = ["ends"]


def address(of: BothEnds, rest: str = "") -> str:
    return f"/workflows/{of.workflow.pk}/mapping/{rest}"


def kept(of: BothEnds) -> dict[str, object]:
    """What the draft says."""
    draft = versions.draft(of.workflow, MAPPING)
    assert draft is not None
    return json.loads(draft.content)


def line(page: Page, name: str):
    """The line of a part in the tree."""
    return page.locator(".mapping-nodes li").filter(
        has=page.locator(f":scope > .mapping-line .mapping-name:text-is('{name}')")
    )


@pytest.fixture(params=[pytest.param("with scripts", marks=pytest.mark.long), "without scripts"])
def administrator(request, browser, live_server, sign_in) -> Iterator[Page]:
    """Signed in; once with scripts, once without."""
    page = sign_in(Role.ADMINISTRATOR)
    if request.param == "with scripts":
        yield page
        return
    plain = browser.new_context(base_url=live_server.url, java_script_enabled=False)
    plain.add_cookies(page.context.cookies())
    plain.set_default_timeout(10_000)
    yield plain.new_page()
    plain.close()


def test_a_mapping_is_made_by_choosing_and_pressing_alone(administrator, ends):
    page = administrator
    page.goto(address(ends))
    page.get_by_role("button", name="An empty one").click()
    expect(page.get_by_role("region", name="What is wrong")).to_contain_text("Title is missing")

    # a code that is searched by its text
    line(page, "FileClass_Value").get_by_role("link", name="Add").click()
    page.get_by_label("Find a code").fill("flag")
    page.get_by_role("button", name="Search").first.click()
    page.get_by_role("button", name="Use 02.15").click()
    expect(page.get_by_label("Code", exact=True)).to_have_value("02.15")
    page.get_by_role("button", name="Save").click()
    expect(line(page, "FileClass_Value")).to_contain_text("02.15 Flags")

    # a text with a field in it
    line(page, "Title").get_by_role("link", name="Add").click()
    page.get_by_label("A text with fields in it").check()
    page.get_by_label("Text with fields in it", exact=True).fill("Flag of ")
    page.get_by_role("button", name="Use Event.Nation").click()
    expect(page.get_by_label("Text with fields in it", exact=True)).to_have_value("Flag of {Event.Nation}")
    page.get_by_role("button", name="Save").click()

    # a table with a row for each choice, and a condition
    page.get_by_role("link", name="Add to Files").click()
    page.get_by_label("Find a property").fill("state")
    page.get_by_role("button", name="Search").click()
    page.get_by_role("link", name="Add State_Value").click()
    page.get_by_label("A field, converted by a table").check()
    page.get_by_role("button", name="Use Event.Nation").click()
    page.get_by_role("button", name="A row for each choice").click()
    expect(page.get_by_label("Answer", exact=True)).to_have_count(2)
    page.get_by_role("button", name="Remove the row SE").click()
    page.get_by_label("Becomes", exact=True).fill("UB")
    page.get_by_label("becomes", exact=True).check()
    page.get_by_label("Any other answer becomes").fill("MO")
    page.get_by_role("button", name="Add a condition").click()
    page.get_by_label("Field or group").fill("Event.Reason")
    page.get_by_label("Where", exact=True).select_option("the field is answered")
    page.get_by_role("button", name="Save").click()
    expect(line(page, "State_Value")).to_contain_text("NO → UB Under behandling")
    expect(line(page, "State_Value")).to_contain_text("where Event.Reason is not empty")

    # a group that repeats, put first
    page.get_by_role("link", name="Add a group").click()
    page.get_by_role("button", name="Contacts").click()
    line(page, "Contacts").get_by_role("link", name="Change").click()
    page.get_by_role("button", name="Use Applicant.Person").click()
    page.get_by_role("button", name="Save").click()
    expect(line(page, "Contacts")).to_contain_text("for each Applicant.Person")
    page.get_by_role("button", name="Move Contacts up").click()

    page.get_by_role("link", name="Change which forms it is for").click()
    page.get_by_label("900001 Flags on public land").check()
    page.get_by_role("button", name="Save").click()
    assert kept(ends) == {
        "formcase": "mapping",
        "version": 1,
        "forms": [FORM_ID],
        "groups": [
            {"group": "Contacts", "repeat": "Applicant.Person", "items": []},
            {
                "group": "Files",
                "items": [
                    {"property": "FileClass_Value", "constant": "02.15"},
                    {"property": "Title", "template": "Flag of {Event.Nation}"},
                    {
                        "property": "State_Value",
                        "field": "Event.Nation",
                        "convert": {"NO": "UB"},
                        "otherwise": "MO",
                        "when": {"field": "Event.Reason", "notEmpty": True},
                    },
                ],
            },
        ],
    }
    saved = AuditEntry.objects.filter(action="mapping draft saved", actor="administrator")
    assert saved.count() == 8
    assert saved.latest("id").after == {"change": ["-: for every form → for the forms 900001"]}


def test_a_field_is_put_where_it_belongs_and_that_is_undone(administrator, ends):
    ends.draft()
    page = administrator
    page.goto(address(ends))
    page.get_by_label("When?").check()
    line(page, "Title").get_by_role("button", name="Put here").click()
    expect(page.get_by_role("main")).to_contain_text("→ template “Flag of {Event.Nation} {Event.Date}”")
    page.get_by_label("Why?").check()
    line(page, "FileClass_Value").get_by_role("button", name="Put here").click()
    expect(line(page, "FileClass_Value")).to_contain_text("Event.Reason")
    page.get_by_role("button", name="Undo my last change").click()
    expect(line(page, "FileClass_Value")).to_contain_text("02.15 Flags")
    page.get_by_role("button", name="Remove State_Value").click()
    expect(line(page, "State_Value")).to_have_count(0)
    # onto a group: the property is chosen next
    page.get_by_label("Why?").check()
    line(page, "Contacts").get_by_role("button", name="Put here Contacts").click()
    page.get_by_role("link", name="Add Role").click()
    expect(page.get_by_label("Field of the form", exact=True)).to_have_value("Event.Reason")


def test_a_field_is_dragged_onto_a_property_and_onto_one_that_is_missing(sign_in, ends, check_page):
    ends.draft(MAPPING_TEXT.replace('{"property": "FileClass_Value", "constant": "02.15"},', ""))
    page = sign_in(Role.ADMINISTRATOR)
    page.goto(address(ends))
    page.get_by_label("Find a field").fill("nation")
    fields = page.locator(".field-list li:visible")
    expect(fields).to_have_count(1)
    with page.expect_navigation():
        fields.locator("label").drag_to(line(page, "Title"))
    expect(line(page, "Title")).to_contain_text("Flag of {Event.Nation} {Event.Nation}")
    with page.expect_navigation():
        page.locator(".field-list label", has_text="Event.Reason").drag_to(
            page.locator(".mapping-missing", has_text="FileClass_Value")
        )
    expect(line(page, "FileClass_Value")).to_contain_text("Event.Reason")
    check_page(page, "mapping-tree")


def test_what_is_wrong_stands_at_the_part_that_it_concerns(sign_in, ends, check_page):
    ends.draft(
        MAPPING_TEXT.replace("02.15", "99.99")
        .replace('"State_Value"', '"Staat_Value"')
        .replace("Event.Nation}", "Event.Nasjon}")
    )
    page = sign_in(Role.ADMINISTRATOR)
    page.goto(address(ends))
    wrong = page.get_by_role("region", name="What is wrong")
    expect(wrong.locator("li")).to_have_count(3)
    expect(line(page, "FileClass_Value")).to_contain_text("There is no code 99.99. Near:")
    expect(line(page, "Title")).to_contain_text("Form 900001 has no Event.Nasjon. Near: Event.Nation")
    wrong.get_by_role("link", name="Files / Staat_Value").click()
    expect(line(page, "Staat_Value")).to_be_in_viewport()
    expect(line(page, "Staat_Value")).to_contain_text("the case system has no Staat_Value here", ignore_case=True)
    check_page(page, "mapping-wrong")
    line(page, "Title").get_by_role("link", name="Change").click()
    page.get_by_label("Text with fields in it", exact=True).fill("A { stands alone")
    page.get_by_role("button", name="Add a condition").click()
    page.get_by_label("Field or group").fill("Nation")
    page.get_by_label("Value, or one on each line").fill("NO")
    page.get_by_role("button", name="Save").click()
    summary = page.get_by_role("alert")
    expect(summary).to_be_focused()
    expect(summary.get_by_role("listitem")).to_have_count(2)
    expect(page.get_by_label("Text with fields in it", exact=True)).to_have_attribute("aria-invalid", "true")
    expect(page.get_by_label("Field or group")).to_have_attribute("aria-invalid", "true")
    check_page(page, "mapping-part-wrong")


def test_each_page_of_a_part_is_accessible(sign_in, ends, check_page, live_server):
    ends.draft()
    page = sign_in(Role.ADMINISTRATOR)
    page.context.add_cookies([{"name": "django_language", "value": "da", "url": live_server.url}])
    for name, rest in (
        ("table", "parts/0.2/"),
        ("condition", "parts/1.3/"),
        ("group", "parts/1/"),
        ("add", "parts/0/add/"),
        ("add-group", "parts/top/add/"),
        ("forms", "forms/"),
    ):
        page.goto(address(ends, rest))
        check_page(page, f"mapping-{name}-da")


def test_the_second_to_save_is_told_what_the_first_has_changed_and_overwrites_nothing(sign_in, ends, check_page):
    ends.draft()
    page = sign_in(Role.ADMINISTRATOR)
    page.goto(address(ends, "parts/0.0/"))
    page.get_by_label("Text with fields in it", exact=True).fill("My title")
    rooms = '{"property": "ROOMS", "constant": "1"}, {"property": "Title"'
    theirs = MAPPING_TEXT.replace("02.15", "02.34").replace('{"property": "Title"', rooms)
    ends.draft(theirs, by="lone")
    page.get_by_role("button", name="Save").click()
    told = page.get_by_role("alert")
    expect(told).to_contain_text("lone has changed the draft meanwhile")
    expect(told).to_contain_text("Files/FileClass_Value: constant “02.15” → constant “02.34”")
    expect(page.get_by_label("Text with fields in it", exact=True)).to_have_value("My title")
    check_page(page, "mapping-changed-meanwhile")
    assert "My title" not in json.dumps(kept(ends))
    page.get_by_role("button", name="Save all the same").click()
    files = kept(ends)["groups"][0]["items"]
    assert [item["property"] for item in files][:3] == ["ROOMS", "Title", "FileClass_Value"]
    assert (files[1]["template"], files[2]["constant"]) == ("My title", "02.34")


def test_a_button_pressed_on_an_old_tree_changes_nothing(sign_in, ends):
    ends.draft()
    page = sign_in(Role.ADMINISTRATOR)
    page.goto(address(ends))
    ends.draft(MAPPING_TEXT.replace("02.15", "02.34"), by="lone")
    before = kept(ends)
    page.get_by_role("button", name="Remove Title").click()
    expect(page.get_by_role("main")).to_contain_text("Nothing was changed: lone has changed the draft meanwhile")
    assert kept(ends) == before


def test_what_was_changed_of_a_part_that_is_gone_can_be_read_but_not_saved(sign_in, ends):
    ends.draft()
    page = sign_in(Role.ADMINISTRATOR)
    page.goto(address(ends, "parts/0.0/"))
    versions.publish(ends.workflow, MAPPING, "by somebody else", "lone")
    page.get_by_label("Text with fields in it", exact=True).fill("My title")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("alert")).to_contain_text("There is no draft any more")
    expect(page.get_by_role("button", name="Save")).to_have_count(0)
    expect(page.get_by_label("Text with fields in it", exact=True)).to_have_value("My title")
    assert versions.draft(ends.workflow, MAPPING) is None


def test_it_is_published_compared_taken_up_again_and_withdrawn(administrator, ends):
    ends.published(comment="One case group")
    ends.draft(MAPPING_TEXT.replace('"NO": "UB"', '"NO": "UB", "SE": "MO"'))
    page = administrator
    page.goto(address(ends))
    page.get_by_role("link", name="Publish").click()
    expect(page.get_by_role("row", name="Files / State_Value")).to_contain_text("“SE” = “MO”")
    expect(page.get_by_role("main")).to_contain_text("The draft of the workflow's own mapping fits form 900001.")
    page.get_by_role("button", name="Publish").click()
    expect(page.get_by_role("alert").first).to_contain_text("Say in a comment what this version is for.")
    page.get_by_label("Comment").fill("Sweden too")
    page.get_by_role("button", name="Publish").click()
    expect(page.get_by_role("row", name="Sweden too")).to_contain_text("In force")
    assert versions.in_force(ends.workflow, MAPPING).number == 2

    page.get_by_role("button", name="Compare the two").click()
    expect(page.get_by_role("main")).to_contain_text("They say the same.")
    page.get_by_label("From", exact=True).select_option("Version 1")
    page.get_by_role("button", name="Compare").click()
    expect(page.get_by_role("row", name="Files / State_Value")).to_be_visible()
    page.get_by_role("link", name="All versions").click()
    page.get_by_role("link", name="Make it the draft version 1").click()
    page.get_by_role("button", name="Make it the draft").click()
    assert "SE" not in json.dumps(kept(ends)["groups"][0])
    page.get_by_role("link", name="Discard").click()
    page.get_by_role("button", name="Discard").click()
    page.get_by_role("link", name="Versions").last.click()
    page.get_by_role("link", name="Withdraw").click()
    page.get_by_role("button", name="Withdraw").click()
    expect(page.get_by_role("main")).to_contain_text("No version is in force.")
    assert versions.in_force(ends.workflow, MAPPING) is None


def test_the_pages_of_versions_are_accessible(sign_in, ends, check_page):
    ends.published()
    ends.published(MAPPING_TEXT.replace("02.15", "02.34"), "another")
    ends.draft(MAPPING_TEXT.replace("Flag of", "Flags of"))
    page = sign_in(Role.ADMINISTRATOR)
    for name in ("versions", "compare", "publish"):
        page.goto(address(ends, f"{name}/"))
        check_page(page, f"mapping-{name}")


def test_what_is_published_is_what_was_looked_at(sign_in, ends):
    ends.draft()
    page = sign_in(Role.ADMINISTRATOR)
    page.goto(address(ends, "publish/"))
    ends.draft(MAPPING_TEXT.replace("02.15", "02.34"), by="lone")
    page.get_by_label("Comment").fill("mine")
    page.get_by_role("button", name="Publish").click()
    expect(page.get_by_role("alert").first).to_contain_text("constant “02.15” → constant “02.34”")
    assert versions.in_force(ends.workflow, MAPPING) is None


def test_a_file_is_exported_and_imported_and_all_that_is_wrong_with_one_is_told(sign_in, ends, check_page):
    ends.draft()
    page = sign_in(Role.ADMINISTRATOR)
    page.goto(address(ends))
    with page.expect_download() as download:
        page.get_by_role("link", name="Export").click()
    assert download.value.suggested_filename == "flags-mapping-draft.json"
    exported = download.value.path().read_text(encoding="utf-8")
    assert mapping_from_json(exported) == mapping_from_json(MAPPING_TEXT)

    page.get_by_role("link", name="Import").click()
    wrong = exported.replace('"version": 1', '"version": 2').replace('"property": "Title"', '"properti": "Title"')
    page.get_by_label("File").set_input_files(
        {"name": "m.json", "mimeType": "application/json", "buffer": wrong.encode()}
    )
    page.get_by_role("button", name="Keep as the draft").click()
    told = page.get_by_role("alert")
    expect(told.get_by_role("listitem")).to_have_count(2)
    expect(told).to_contain_text("groups[0].items[0]")
    expect(page.get_by_label("Or its text")).to_have_value(re.compile("properti"))
    check_page(page, "mapping-import-wrong")
    page.get_by_label("Or its text").fill(exported.replace("02.15", "02.34"))
    page.get_by_role("button", name="Keep as the draft").click()
    expect(line(page, "FileClass_Value")).to_contain_text("02.34 Building permits")
    page.get_by_role("link", name="Import").click()
    page.get_by_role("button", name="Keep as the draft").click()
    expect(page.get_by_role("alert")).to_contain_text("Choose a file, or paste its text.")


def test_a_table_that_is_too_long_for_a_page_is_not_cut(sign_in, ends):
    rows = ", ".join(f'"{number}": "UB"' for number in range(401))
    ends.draft(MAPPING_TEXT.replace('"NO": "UB"', rows))
    before = kept(ends)
    page = sign_in(Role.ADMINISTRATOR)
    page.goto(address(ends))
    line(page, "State_Value").get_by_role("link", name="Change").click()
    expect(page.get_by_role("main")).to_contain_text("A table of more than 400 rows can't be changed here.")
    assert kept(ends) == before


def test_the_page_of_a_form_is_taken_over_as_a_draft(sign_in, ends):
    page = sign_in(Role.ADMINISTRATOR)
    page.goto(address(ends))
    page.get_by_label("Or of the page WZ_ODATA of a form").select_option("900001 Flags on public land")
    page.get_by_role("button", name="Take its page over").click()
    expect(page.get_by_role("main")).to_contain_text("Form 900001 has no page WZ_ODATA.")
    page.get_by_label("Or of the page WZ_ODATA of a form").select_option("900002 Other")
    page.get_by_role("button", name="Take its page over").click()
    expect(line(page, "Title")).to_contain_text("Flag of {Event.Nation}")
    assert kept(ends)["forms"] == ["900002"]


def test_the_fields_are_those_of_another_form_or_of_a_stored_submission(administrator, ends):
    ends.draft()
    ends.submission("8KS-SQ5", persons=2)
    page = administrator
    page.goto(address(ends))
    page.locator(".mapping-fields summary").click()
    page.get_by_label("Or of the submission").fill("8KS-SQ5")
    page.get_by_role("button", name="Show its fields").last.click()
    fields = page.get_by_role("complementary", name="Fields of the form")
    expect(fields).to_contain_text("Submission 8KS-SQ5")
    expect(fields.get_by_label("Full name")).to_be_visible()
    expect(fields.get_by_label("Why?")).to_have_count(0)
    assert AuditEntry.objects.filter(action="submission looked at").exists()
    page.locator(".mapping-fields summary").click()
    page.get_by_label("Or of the submission").fill("NOT-HERE")
    page.get_by_role("button", name="Show its fields").last.click()
    expect(page.get_by_role("main")).to_contain_text("No submission with the reference ID “NOT-HERE” is known here.")


def test_with_an_end_out_of_reach_it_is_still_shown_and_changed(sign_in, ends, check_page):
    ends.draft()
    ends.cases.fails("metadata", answered(Passing, "It answered 503."), times=3)
    ends.forms.fails("forms", answered(Passing, "It answered 503."), times=3)
    page = sign_in(Role.ADMINISTRATOR)
    page.goto(address(ends))
    expect(page.get_by_role("alert")).to_have_count(2)
    expect(line(page, "Title")).to_contain_text("Flag of {Event.Nation}")
    check_page(page, "mapping-out-of-reach")
    line(page, "FileClass_Value").get_by_role("link", name="Change").click()
    page.get_by_label("Value", exact=True).fill("02.34")
    page.get_by_role("button", name="Save").click()
    assert kept(ends)["groups"][0]["items"][1]["constant"] == "02.34"


@pytest.mark.parametrize("role", [Role.VIEWER, Role.OPERATOR])
def test_who_may_not_change_it_sees_it_all_the_same(sign_in, ends, check_page, role):
    ends.published()
    ends.draft(MAPPING_TEXT.replace("02.15", "02.34"))
    page = sign_in(role)
    page.goto(address(ends))
    expect(line(page, "FileClass_Value")).to_contain_text("02.34 Building permits")
    for name in ("Publish", "Import", "Discard", "Change FileClass_Value"):
        expect(page.get_by_role("link", name=name)).to_have_count(0)
    expect(page.locator("main button")).to_have_count(0)
    if role is Role.VIEWER:
        check_page(page, "mapping-viewer")
    page.get_by_role("link", name="Versions").last.click()
    expect(page.get_by_role("link", name="Make it the draft")).to_have_count(0)
