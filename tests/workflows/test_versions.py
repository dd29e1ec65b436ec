"""A workflow's own mapping and transform: drafts, publishing, what never changes, and carrying them over."""

import json
from datetime import timedelta

import pytest
from asgiref.sync import sync_to_async
from django.db import DatabaseError, transaction
from django.utils import timezone

from formcase.audit.models import AuditEntry
from formcase.filing.journal import Intent, Note
from formcase.messages import message
from formcase.planning.plan import Plan, PlanKind
from formcase.workflows import carrying_over, managing, versions
from formcase.workflows.models import MappingVersion, ServiceWorkflow, SubmissionRecord
from formcase.workflows.parameters import WrongParameters
from formcase.workflows.versions import MAPPING, TRANSFORM, DraftChanged, NotPossible, UnknownVersion, Unusable
from workflows.listed import summary

XSLT = (
    '<xsl:stylesheet version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform">'
    '<xsl:template match="/">{body}</xsl:template></xsl:stylesheet>'
)
COPY = XSLT.format(body='<xsl:copy-of select="."/>')


async def begun(bench, workflow):
    (recorded,) = await bench.journal.record(workflow.pk, "https://a", [summary(1)])
    return await bench.journal.begin(recorded.key)


def mapping(title: str = "A case") -> str:
    items = [{"property": "Title", "constant": title}, {"property": "FileClass_Value", "constant": "02.15"}]
    return json.dumps({"formcase": "mapping", "version": 1, "groups": [{"group": "Files", "items": items}]})


def published(workflow: ServiceWorkflow, title: str = "A case", comment: str = "first") -> MappingVersion:
    versions.save_draft(workflow, MAPPING, mapping(title), "anna")
    return versions.publish(workflow, MAPPING, comment, "anna")


def test_a_draft_is_kept_until_it_is_published_and_then_in_force(workflow):
    versions.save_draft(workflow, MAPPING, mapping("one"), "anna")
    versions.save_draft(workflow, MAPPING, mapping("two"), "bo")
    assert versions.in_force(workflow, MAPPING) is None
    (draft,) = versions.versions(workflow, MAPPING)
    assert (draft.number, draft.saved_by) == (None, "bo")
    before = managing.find("Flags").version
    made = versions.publish(workflow, MAPPING, " why ", "anna")
    assert (made.number, made.comment, made.published_by) == (1, "why", "anna")
    assert versions.in_force(workflow, MAPPING) == made
    assert versions.draft(workflow, MAPPING) is None
    assert managing.find("Flags").version == before + 1
    assert published(workflow, "three").number == 2
    assert [version.number for version in versions.versions(workflow, MAPPING)] == [2, 1]


def test_a_published_version_is_never_changed_not_even_in_the_database(workflow):
    made = published(workflow)
    for change in (
        lambda: MappingVersion.objects.filter(pk=made.pk).update(content="{}"),
        lambda: MappingVersion.objects.filter(pk=made.pk).update(comment="other"),
        lambda: MappingVersion.objects.filter(pk=made.pk)._raw_delete("default"),
    ):
        with pytest.raises(DatabaseError, match="never changed"), transaction.atomic():
            change()
    assert MappingVersion.objects.get(pk=made.pk).content == made.content


def test_publishing_needs_a_draft_a_comment_and_a_case(workflow):
    with pytest.raises(NotPossible, match="no draft"):
        versions.publish(workflow, MAPPING, "why")
    versions.save_draft(workflow, MAPPING, mapping())
    with pytest.raises(NotPossible, match="comment"):
        versions.publish(workflow, MAPPING, "  ")
    versions.save_draft(workflow, MAPPING, '{"formcase": "mapping", "version": 1, "groups": []}')
    with pytest.raises(NotPossible, match="no group Files"):
        versions.publish(workflow, MAPPING, "why")


def test_what_can_not_be_used_is_not_kept(workflow):
    with pytest.raises(Unusable) as caught:
        versions.save_draft(workflow, MAPPING, '{"formcase": "mapping", "version": 2}')
    assert len(caught.value.problems) == 2
    with pytest.raises(Unusable, match="xsl:import"):
        versions.save_draft(workflow, TRANSFORM, COPY.replace("<xsl:template", '<xsl:import href="x"/><xsl:template'))
    with pytest.raises(Unusable, match="no XSLT"):
        versions.save_draft(workflow, TRANSFORM, "<a/>")
    assert versions.versions(workflow, MAPPING) == versions.versions(workflow, TRANSFORM) == []


def test_a_transform_is_kept_as_it_was_written(workflow):
    text = f"\ufeff<!-- æ -->\n{COPY}"
    assert versions.save_draft(workflow, TRANSFORM, text).content == text.removeprefix("\ufeff")


def test_a_version_is_found_by_number_or_word(workflow):
    first = published(workflow)
    versions.save_draft(workflow, MAPPING, mapping("other"))
    assert versions.find(workflow, MAPPING, "1") == versions.find(workflow, MAPPING, "published") == first
    assert versions.find(workflow, MAPPING, "draft").number is None
    with pytest.raises(UnknownVersion, match="There are: draft, 1"):
        versions.find(workflow, MAPPING, "7")


def test_an_earlier_version_becomes_a_draft_again(workflow):
    first = published(workflow, "one")
    published(workflow, "two")
    versions.restore(workflow, MAPPING, first, "bo")
    assert versions.publish(workflow, MAPPING, "back", "bo").content == first.content


def test_what_is_in_force_can_be_withdrawn(workflow):
    published(workflow)
    versions.withdraw(workflow, MAPPING, "anna")
    assert versions.in_force(workflow, MAPPING) is None
    with pytest.raises(NotPossible):
        versions.withdraw(workflow, MAPPING, "anna")


def test_a_draft_can_be_thrown_away(workflow):
    versions.save_draft(workflow, MAPPING, mapping())
    versions.discard_draft(workflow, MAPPING, "anna")
    versions.discard_draft(workflow, MAPPING, "anna")
    assert versions.versions(workflow, MAPPING) == []


def test_who_did_what_is_audited(workflow):
    published(workflow)
    versions.withdraw(workflow, MAPPING, "bo")
    entries = AuditEntry.objects.filter(key=str(workflow.pk), action__startswith="mapping").order_by("id")
    assert [(entry.actor, entry.action, entry.after) for entry in entries] == [
        ("anna", "mapping draft saved", {"change": ["new"]}),
        ("anna", "mapping published", {"version": 1, "comment": "first"}),
        ("bo", "mapping withdrawn", None),
    ]


def test_the_audit_log_says_what_has_become_of_a_draft(workflow):
    versions.save_draft(workflow, MAPPING, mapping("one"), "anna")
    versions.save_draft(workflow, MAPPING, mapping("two"), "bo")
    (changed,) = AuditEntry.objects.filter(actor="bo")
    assert changed.after == {"change": ["Files/Title: constant “one” → constant “two”"]}


def test_a_draft_that_somebody_else_has_changed_is_not_overwritten(workflow):
    seen = versions.save_draft(workflow, MAPPING, mapping("one"), "anna")
    stamp = versions.stamp(seen)
    versions.save_draft(workflow, MAPPING, mapping("by Bo"), "bo", over=stamp)
    with pytest.raises(DraftChanged) as refused:
        versions.save_draft(workflow, MAPPING, mapping("by Anna"), "anna", over=stamp)
    assert refused.value.now is not None
    assert refused.value.now.saved_by == "bo"
    with pytest.raises(DraftChanged):
        versions.publish(workflow, MAPPING, "what I saw", "anna", seen=stamp)
    current = versions.draft(workflow, MAPPING)
    assert current is not None
    assert "by Bo" in current.content
    assert versions.publish(workflow, MAPPING, "what is there", "anna", seen=versions.stamp(current)).number == 1
    with pytest.raises(DraftChanged) as refused:
        versions.save_draft(workflow, MAPPING, mapping("too late"), "bo", over=versions.stamp(current))
    assert refused.value.now is None


def test_versions_are_compared_each_in_their_own_way(workflow):
    one, two = mapping("one"), mapping("two")
    (line,) = versions.compare(MAPPING, one, two)
    assert line.text() == "Files/Title: constant “one” → constant “two”"
    lines = [line.text() for line in versions.compare(TRANSFORM, "<a>\n<b/>\n</a>", "<a>\n<c/>\n</a>")]
    assert lines[-4:] == [" <a>", "-<b/>", "+<c/>", " </a>"]
    assert versions.compare(TRANSFORM, COPY, COPY) == ()


def test_what_is_in_force_is_carried_over_with_the_workflow(workflow):
    published(workflow, comment="why so")
    versions.save_draft(workflow, TRANSFORM, COPY)
    versions.publish(workflow, TRANSFORM, "other XML")
    versions.save_draft(workflow, MAPPING, mapping("a draft stays here"))
    data = json.loads(json.dumps(carrying_over.exported(workflow)))
    copy = carrying_over.imported({**data, "name": "Copy"}, "bo")
    assert carrying_over.exported(copy) == {**data, "name": "Copy"}
    assert not copy.enabled
    assert [version.number for version in versions.versions(copy, MAPPING)] == [1]


def test_an_import_with_a_wrong_mapping_leaves_nothing_behind(workflow):
    data = {**carrying_over.exported(workflow), "name": "Copy", "mapping": {"content": {"formcase": "x"}}}
    with pytest.raises(WrongParameters, match="“mapping” is expected"):
        carrying_over.imported(data, "bo")
    assert not ServiceWorkflow.objects.filter(name="Copy").exists()


async def test_an_attempt_knows_what_is_in_force_and_what_it_files_with_is_kept(bench, workflow):
    made = await sync_to_async(published)(workflow)
    attempt = await begun(bench, workflow)
    carried = attempt.entry.terms.mapping
    assert (carried.key, carried.number, carried.content) == (made.pk, 1, made.content)
    assert attempt.entry.terms.transform is None
    plan = Plan(PlanKind.MAPPED, "REF-1", ())
    await attempt.intend(Intent(plan, (), timezone.now(), "SBH", mapping=carried.key))
    record = await SubmissionRecord.objects.aget(pk=attempt.entry.key)
    assert (record.mapping_version_id, record.transform_version_id) == (made.pk, None)


async def test_what_waits_is_tried_at_once_when_a_version_is_published(bench, workflow):
    attempt = await begun(bench, workflow)
    note = Note("tested", message("Tested"))
    await attempt.again(timezone.now() + timedelta(days=1), note, unreadable=True)
    await sync_to_async(published)(workflow)
    assert (await bench.record(attempt.entry.key)).due_at <= timezone.now()
