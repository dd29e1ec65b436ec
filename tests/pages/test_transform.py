"""A transform is written, tried and published in the pages."""

import pytest
from playwright.sync_api import expect

from formcase.accounts.roles import Role
from formcase.configurator.pages.workflow_transform import NEW
from formcase.workflows import versions
from formcase.workflows.versions import TRANSFORM
from pages.both_ends import BothEnds, ends

__all__ = ["ends"]
BROKEN = NEW.replace("</xsl:stylesheet>", "")
LOADING = NEW.replace("<xsl:output", '<xsl:import href="file:///etc/passwd"/><xsl:output')


def address(of: BothEnds, rest: str = "") -> str:
    return f"/workflows/{of.workflow.pk}/transform/{rest}"


def test_it_is_written_checked_tried_and_published(sign_in, ends, check_page):
    ends.submission()
    page = sign_in(Role.ADMINISTRATOR)
    page.goto(address(ends))
    text = page.get_by_label("Stylesheet (XSLT 1.0)")
    for wrong, told in ((BROKEN, "Line 8"), (LOADING, "xsl:import is not allowed")):
        text.fill(wrong)
        page.get_by_role("button", name="Keep as the draft").click()
        expect(page.get_by_role("alert")).to_contain_text(told)
        expect(text).to_have_value(wrong)
    check_page(page, "transform-wrong")
    text.fill(NEW)
    page.get_by_role("button", name="Keep as the draft").click()
    page.get_by_role("link", name="Try it on an XML").click()
    page.get_by_label("Reference ID").fill("8KS-SQ5")
    page.get_by_role("button", name="Transform it").click()
    expect(page.get_by_role("main")).to_contain_text("It is a submission that can be read.")
    expect(page.get_by_role("region", name="What is read")).to_contain_text("Which nation's flag?")
    check_page(page, "transform-tried")
    file = {"name": "other.xml", "mimeType": "text/xml", "buffer": b"<other/>"}
    page.get_by_label("Or an XML file").set_input_files(file)
    page.get_by_role("button", name="Transform it").click()
    expect(page.get_by_role("alert").first).to_contain_text("What it makes is no submission")
    page.get_by_role("link", name="Transform", exact=True).last.click()
    page.get_by_role("link", name="Publish").click()
    page.get_by_label("Comment").fill("as it is")
    page.get_by_role("button", name="Publish").click()
    in_force = versions.in_force(ends.workflow, TRANSFORM)
    assert in_force is not None
    assert (in_force.number, in_force.published_by) == (1, "administrator")


def test_two_versions_are_compared_line_by_line(sign_in, ends, check_page):
    versions.save_draft(ends.workflow, TRANSFORM, NEW, "test")
    versions.publish(ends.workflow, TRANSFORM, "first", "test")
    versions.save_draft(ends.workflow, TRANSFORM, NEW.replace('indent="yes"', 'indent="no"'), "test")
    page = sign_in(Role.VIEWER)
    page.goto(address(ends, "compare/"))
    expect(page.locator(".diff-removed")).to_contain_text('-  <xsl:output method="xml" encoding="UTF-8" indent="yes"/>')
    expect(page.locator(".diff-added")).to_contain_text('indent="no"')
    check_page(page, "transform-compare")


def test_the_second_to_save_sees_what_the_first_has_saved(sign_in, ends):
    versions.save_draft(ends.workflow, TRANSFORM, NEW, "test")
    page = sign_in(Role.ADMINISTRATOR)
    page.goto(address(ends))
    versions.save_draft(ends.workflow, TRANSFORM, NEW.replace("<xsl:output", "<!-- theirs --><xsl:output"), "lone")
    mine = NEW.replace('indent="yes"', 'indent="no"')
    page.get_by_label("Stylesheet (XSLT 1.0)").fill(mine)
    page.get_by_role("button", name="Keep as the draft").click()
    expect(page.get_by_role("alert")).to_contain_text("lone has changed the draft meanwhile")
    expect(page.get_by_role("alert")).to_contain_text("<!-- theirs -->")
    draft = versions.draft(ends.workflow, TRANSFORM)
    assert draft is not None
    assert "theirs" in draft.content
    page.get_by_role("button", name="Keep as the draft").click()
    draft = versions.draft(ends.workflow, TRANSFORM)
    assert draft is not None
    assert draft.content == mine


@pytest.mark.parametrize("role", [Role.VIEWER, Role.OPERATOR])
def test_who_may_not_change_it_sees_it(sign_in, ends, role):
    versions.save_draft(ends.workflow, TRANSFORM, NEW, "test")
    page = sign_in(role)
    page.goto(address(ends))
    expect(page.get_by_role("region", name="Stylesheet")).to_contain_text("xsl:apply-templates")
    expect(page.locator("main textarea, main button")).to_have_count(0)
