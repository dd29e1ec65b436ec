"""One submission's page: everything about it, live from the form service, and nothing hostile in its files can run."""

from pathlib import Path

import pytest
from django.conf import settings
from django.utils import timezone
from playwright.sync_api import expect

from conformance.form_services import FileToSubmit, built_in
from formcase import formservice
from formcase.accounts.roles import Role
from formcase.audit.models import AuditEntry
from formcase.messages import as_data, message
from formcase.workflows import contents, data_keys
from formcase.workflows.installation import certificate_store
from formcase.workflows.models import SubmissionRecord
from formcase.workflows.sealing import seal
from pages import filed

XML = (
    b'<?xml version="1.0"?><Submission><Page name="Event"><Field name="Where">H\xc3\xb8jbro</Field></Page></Submission>'
)
HOSTILE = b"<script>document.title = 'taken over'</script>"
PDF = (Path(formservice.__file__).parent / "samples" / "neighbours" / "files" / "carport.pdf").read_bytes()


@pytest.fixture
def lying_there(transactional_db, own_data_folder):
    """A submission with all kinds of files, which lies at a running form service."""
    with built_in(settings.DATA_FOLDER) as service:
        service.connect()  # keeps our certificate
        thumbprint = certificate_store().list()[0].sha1
        workflow = filed.workflow(source=service.url, CertificateThumbprint=thumbprint)
        attachments = [
            FileToSubmit(HOSTILE, "text/html", "a1", '../../plan \u202eegnp."html'),
            FileToSubmit(b"x" * 300_000, "image/png", "a2", "Oversigt ø.png"),
        ]
        key = service.submit(
            "800636", FileToSubmit(XML, "application/xml"), FileToSubmit(PDF, "application/pdf"), attachments
        )
        yield filed.submission(workflow, submission_id=key)


@pytest.fixture
def out_of_reach():
    """A submission whose form service nobody reaches."""
    return filed.submission(filed.workflow())


def test_its_steps_stand_by_attempt_with_time_duration_and_what_came_back(sign_in, check_page, out_of_reach):
    record = out_of_reach
    filed.keep_plan(record)
    record.state, record.reason = "blocked", as_data(message("The case system is away.\nAsk <its> people."))
    record.attempt = 2
    record.save()
    filed.log(record, "recorded", message("Found at the form service: form {form}", form="800636"), attempt=None)
    filed.log(record, "fetched", message("Fetched"), duration=0.25)
    filed.log(record, "temporary blocked", message("The case system is away."), level="error")
    filed.log(record, "planned", message("Planned: {count} operations", count=4), attempt=2, duration=75)
    page = sign_in(Role.OPERATOR)
    page.goto(f"/submissions/{record.pk}/")
    headings = page.locator(".attempt h3").all_inner_texts()
    assert [text.split("  ")[0][:9] for text in headings] == ["Attempt 2", "Attempt 1", "Before th"]
    first = page.locator(".attempt").nth(1)
    expect(first).to_contain_text("0.25 s")
    expect(first).to_contain_text("Error")
    expect(page.locator(".attempt").first).to_contain_text("1 min 15 s")
    expect(page.locator(".why")).to_contain_text("Ask <its> people.")
    expect(page.get_by_role("main")).to_contain_text("out of reach")
    check_page(page, "submission")


def test_the_plan_names_for_each_value_the_field_it_came_from(sign_in, check_page, out_of_reach):
    filed.keep_plan(out_of_reach)
    page = sign_in(Role.VIEWER)
    page.goto(f"/submissions/{out_of_reach.pk}/")
    page.get_by_role("link", name="Plan").click()
    title = page.locator("li", has_text="Flags at the harbour").last
    expect(title).to_contain_text("from Event/Where")
    expect(page.locator("li", has_text="FileClass_Value").last).not_to_contain_text("from")
    expect(page.get_by_role("main")).to_contain_text("Lone <b>Bruun</b>")
    expect(page.locator(".plan > li")).to_have_count(4)
    check_page(page, "submission-plan")


@pytest.mark.parametrize("plan", ["none", "of another version", "removed", "sealed with a lost key"])
def test_a_plan_that_is_not_there_or_can_t_be_read_is_told(sign_in, check_page, out_of_reach, plan):
    record = SubmissionRecord.objects.get(pk=out_of_reach.pk)
    if plan == "of another version":
        key = data_keys.current_key()
        content = {"plan": {"kind": "mapped", "operations": []}, "reasons": []}
        record.data_key_id = key.id
        record.sealed_plan = seal(key.key, content, contents.place(contents.PLAN, record.pk))
    elif plan == "removed":
        filed.keep_plan(record)
        contents.remove(record)
        record.content_removed_at = timezone.now()
    elif plan == "sealed with a lost key":
        filed.keep_plan(record)
        record.sealed_plan = bytes(record.sealed_plan[:-1])
    record.save()
    page = sign_in(Role.VIEWER)
    page.goto(f"/submissions/{out_of_reach.pk}/plan/")
    expect(page.locator(".empty")).to_be_visible()
    words = {"removed": "removed here", "sealed with a lost key": "content key", "none": "no plan yet"}
    expect(page.locator(".empty")).to_contain_text(words.get(plan, "another version"))
    check_page(page, f"submission-plan-{plan.replace(' ', '-')}")


def test_it_is_shown_as_the_form_service_has_it_now_with_its_files(sign_in, check_page, lying_there):
    page = sign_in(Role.OPERATOR)
    page.goto(f"/submissions/{lying_there.pk}/")
    expect(page.locator("dt:has-text('At the form service') + dd .badge")).to_have_text("Submitted")
    with page.expect_response("**/files/pdf/") as handed_on:
        page.get_by_role("link", name="Files").click()
        expect(page.get_by_role("row", name="Receipt (PDF)")).to_be_visible()
    assert handed_on.value.status == 200
    check_page(page, "submission-files")
    page.get_by_role("navigation", name="Parts of this submission").get_by_role("link", name="XML").click()
    expect(page.locator("pre.xml")).to_contain_text('\n    <Field name="Where">Højbro</Field>')
    check_page(page, "submission-xml")
    page.get_by_role("link", name="Show as it came").click()
    assert page.locator("pre.xml").inner_text() == XML.decode()


def test_nothing_in_its_files_can_run_here(sign_in, lying_there):
    page = sign_in(Role.VIEWER)
    address = f"/submissions/{lying_there.pk}/files"
    for path, content in (("attachments/a1/", HOSTILE), ("xml/", XML), ("attachments/a2/", b"x" * 300_000)):
        answer = page.request.get(f"{address}/{path}")
        assert answer.body() == content
        assert answer.headers["content-type"] == "application/octet-stream"
        assert answer.headers["content-disposition"].startswith("attachment; filename")
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert "sandbox" in answer.headers["content-security-policy"]
    named = page.request.get(f"{address}/attachments/a1/").headers["content-disposition"]
    assert ".." not in named
    assert "/" not in named
    assert "%E2%80%AE" not in named
    answer = page.request.get(f"{address}/pdf/")
    assert answer.body() == PDF
    assert answer.headers["content-type"] == "application/pdf"
    assert answer.headers["x-content-type-options"] == "nosniff"
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "sandbox" in policy
    assert "frame-ancestors 'self'" in policy
    assert "script-src" not in policy
    assert page.request.get(f"{address}/attachments/a9/").status == 502


def test_a_form_service_out_of_reach_is_told_on_every_part(sign_in, check_page, out_of_reach):
    page = sign_in(Role.VIEWER)
    for part in ("at-form-service", "files", "xml"):
        page.goto(f"/submissions/{out_of_reach.pk}/{part}/")
        expect(page.get_by_role("main")).to_contain_text("Looking for the certificate")
        check_page(page, f"submission-{part}-out-of-reach")
    assert page.request.get(f"/submissions/{out_of_reach.pk}/files/pdf/").status == 502


def test_who_looked_is_kept_once_an_hour(sign_in, out_of_reach):
    page = sign_in(Role.VIEWER)
    for part in ("", "plan/", ""):
        page.goto(f"/submissions/{out_of_reach.pk}/{part}")
    entry = AuditEntry.objects.get(action="submission looked at")
    assert (entry.actor, entry.name) == ("viewer", out_of_reach.reference_id)


def test_a_case_is_opened_where_the_setting_says(sign_in):
    """`FORMCASE_CASE_ADDRESS`: the case stands on another server than the Configurator."""
    record = filed.imported(filed.workflow(), filed.case(url="https://cases.example/case-system/cases/7/"))
    page = sign_in(Role.VIEWER)
    page.goto(f"/submissions/{record.pk}/")
    link = page.get_by_role("main").get_by_role("link", name="2026-02.15-")
    expect(link).to_have_attribute("href", "https://cases.example/case-system/cases/7/")
    expect(link).to_have_attribute("rel", "noreferrer")  # whose submission it is stays here


def test_a_case_address_that_is_none_leads_nowhere(sign_in):
    record = filed.imported(filed.workflow(), filed.case(url="javascript:alert(1)"))
    page = sign_in(Role.VIEWER)
    page.goto(f"/submissions/{record.pk}/")
    expect(page.get_by_role("main")).to_contain_text("2026-02.15-")
    expect(page.get_by_role("link", name="2026-02.15-")).to_have_count(0)


def test_everything_is_reached_without_scripts(browser, sign_in, live_server, lying_there):
    cookies = sign_in(Role.VIEWER).context.cookies()
    plain = browser.new_context(base_url=live_server.url, java_script_enabled=False)
    plain.add_cookies(cookies)
    page = plain.new_page()
    page.goto(f"/submissions/{lying_there.pk}/")
    page.get_by_role("link", name="Ask the form service").click()
    expect(page.get_by_role("main")).to_contain_text("Submitted")
    page.get_by_role("link", name="Files").click()
    page.get_by_role("link", name="Show the files").click()
    expect(page.get_by_role("row", name="Receipt (PDF)")).to_be_visible()
    plain.close()
