"""A submission is planned under what is in force or under something else, and nothing is written."""

from dataclasses import replace

import pytest
from asgiref.sync import async_to_sync

from filing.case_system import ModelCaseSystem
from filing.form_service import SUBMITTED_AT, ModelFormService
from filing.world import ANNA, CASE, WRONG_GROUP
from formcase.planning.comparison import compare_plans
from formcase.planning.needs import Need
from formcase.planning.own_mapping.reading import mapping_from_json
from formcase.planning.plan import PlanKind
from formcase.submission.form import FormDefinition, FormField, FormGroup, FormPage, FormSummary
from formcase.submission.transform import TransformFailed
from formcase.workflows import dry_run as module
from formcase.workflows import kept_ends, versions
from formcase.workflows.dry_run import AS_IT_IS, DryRun, Under
from formcase.workflows.models import SubmissionRecord
from formcase.workflows.parameters import WrongParameters
from formcase.workflows.versions import MAPPING
from workflows.test_versions import COPY, mapping


@pytest.fixture
def case_system(monkeypatch) -> ModelCaseSystem:
    made = ModelCaseSystem()
    monkeypatch.setattr(kept_ends, "connect_case_system", lambda: made)
    return made


def xml(*groups: tuple[str, dict[str, str]]) -> bytes:
    service = ModelFormService()
    service.submit("8KS-SQ5", groups or (CASE, ANNA))
    return service.stored["s-1"].xml


def run(workflow, content: bytes, under: Under = AS_IT_IS) -> DryRun:
    return async_to_sync(module.dry_run)(content, workflow, under=under)


def test_nothing_is_written(workflow, case_system):
    done = run(workflow, xml())
    assert done.plan.kind is PlanKind.MAPPED
    assert Need("Contact", "Create") in done.needs
    assert not case_system.cases
    assert not SubmissionRecord.objects.exists()


def test_what_is_in_force_holds_unless_another_mapping_is_named(workflow, case_system):
    assert "Flag permit" in str(run(workflow, xml()).plan)
    versions.save_draft(workflow, MAPPING, mapping("By version 1"))
    versions.publish(workflow, MAPPING, "why")
    in_force = run(workflow, xml())
    assert in_force.by_own_mapping
    draft = run(workflow, xml(), Under(mapping=mapping_from_json(mapping("By a draft"))))
    (difference,) = compare_plans(in_force.plan, draft.plan)
    assert (difference.before, difference.after) == ("By version 1", "By a draft")
    without = run(workflow, xml(), Under(mapping=None))
    assert not without.by_own_mapping
    assert "Flag permit" in str(without.plan)


def test_what_is_wrong_gives_the_error_case_and_the_errors(workflow, case_system):
    done = run(workflow, xml(WRONG_GROUP))
    assert done.plan.kind is PlanKind.ERROR_CASE
    assert [type(error).__name__ for error in done.errors] == ["UnknownCode"]


def test_other_parameters_hold_for_this_run_alone(workflow, case_system):
    changed = run(workflow, xml(WRONG_GROUP), Under({"error_case_group": "23.09"}))
    assert "23.09" in str(changed.plan)
    assert "23.09" not in str(run(workflow, xml(WRONG_GROUP)).plan)
    with pytest.raises(WrongParameters):
        run(workflow, xml(), Under({"block_after": "soon"}))


def test_a_transform_is_applied_where_one_is_named(workflow, case_system):
    other = COPY.replace("<xsl:copy-of", '<xsl:message terminate="yes">no</xsl:message><xsl:copy-of')
    assert run(workflow, xml(), Under(transform=COPY)).plan == run(workflow, xml()).plan
    with pytest.raises(TransformFailed, match="the stylesheet stopped"):
        run(workflow, xml(), Under(transform=other))


def test_another_version_of_the_form_gives_its_own_mapping_page(workflow, case_system):
    page = b'<Page name="Event"><Field name="Nation">Norway</Field></Page><Page name="WZ_ODATA"'
    content = xml().replace(b'<Page name="WZ_ODATA"', page)
    fields = (FormField("Title", default="Flag of {Event.Nation}"), FormField("FileClass_Value", default="05.02"))
    shown = FormPage("Event", (FormField("Nation"),))
    summary = FormSummary("800636", "Flags", 9, SUBMITTED_AT)
    form = FormDefinition(summary, (shown, FormPage("WZ_ODATA", (FormGroup("Files", fields),), hidden=True)))
    done = run(workflow, content, Under(form=form))
    assert "Flag of Norway" in str(done.plan)
    assert "WZ_ODATA" in str(done.plan), "a value comes from the form's own page"
    (error,) = run(workflow, content, Under(form=replace(form, pages=(shown,)))).errors
    assert "form 800636 version 9" in error.message().text()
