"""Filing by what the workflow carries itself: its own mapping, and its transform of the XML."""

import json
from dataclasses import replace

import pytest
from asgiref.sync import sync_to_async

from filing.form_service import described
from formcase.sources.port import Status
from formcase.workflows import actions, versions
from formcase.workflows.models import MappingVersion, TransformVersion
from formcase.workflows.versions import MAPPING, TRANSFORM, Kind

PAGE = b'<Page name="Event"><Field name="Nation">Norway</Field><Field name="Kind">flag</Field></Page>'
OWN = {
    "formcase": "mapping",
    "version": 1,
    "groups": [
        {
            "group": "Files",
            "items": [
                {"property": "Title", "template": "Flag permit: {Event.Nation}"},
                {"property": "FileClass_Value", "field": "Event.Kind", "convert": {"flag": "02.15"}},
            ],
        }
    ],
}
RENAME = """<xsl:stylesheet version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform"
  xmlns:s="urn:formcase:submission:1" xmlns="urn:formcase:submission:1" exclude-result-prefixes="s">
 <xsl:template match="@*|node()"><xsl:copy><xsl:apply-templates select="@*|node()"/></xsl:copy></xsl:template>
 <xsl:template match="dialogue"><Submission><xsl:apply-templates select="@*|node()"/></Submission></xsl:template>
 <xsl:template match="section"><Page name="{@id}"><xsl:apply-templates/></Page></xsl:template>
 <xsl:template match="answer"><Field name="{@id}"><xsl:value-of select="."/></Field></xsl:template>
</xsl:stylesheet>"""


async def publish(world, kind: Kind, content: object) -> MappingVersion | TransformVersion:
    text = content if isinstance(content, str) else json.dumps(content)
    await sync_to_async(versions.save_draft)(world.workflow, kind, text)
    return await sync_to_async(versions.publish)(world.workflow, kind, "for a test")


def serves(world, xml: bytes) -> bytes:
    """The newest submission's XML is this."""
    stored = list(world.forms.stored.values())[-1]
    stored.xml = xml
    stored.summary = replace(stored.summary, xml=described(xml, "application/xml"))
    return xml


async def submitted(world, page: bytes = PAGE) -> int:
    """A submission without the mapping page."""
    key = await world.submitted(groups=())
    xml = next(iter(world.forms.stored.values())).xml
    serves(world, xml.replace(b'<Page name="WZ_ODATA" hidden="true"></Page>', page))
    return key


def other_shape(xml: bytes) -> bytes:
    """The same submission as another system would write it."""
    xml = xml.replace(b'<Submission xmlns="urn:formcase:submission:1"', b"<dialogue")
    xml = (
        xml.replace(b"</Submission>", b"</dialogue>")
        .replace(b"<Page name", b"<section id")
        .replace(b"Page>", b"section>")
    )
    return xml.replace(b"<Field name", b"<answer id").replace(b"Field>", b"answer>")


async def test_a_form_without_the_page_is_filed_by_the_workflows_own_mapping(world):
    made = await publish(world, MAPPING, OWN)
    record = await world.ends(await submitted(world))
    (case,) = world.cases.cases
    assert (case.title, case.case_group) == ("Flag permit: Norway", "02.15")
    assert record.mapping_version_id == made.pk
    assert record.filed_kind == "mapped"


async def test_without_it_the_same_form_is_an_error_case(world):
    record = await world.ends(await submitted(world))
    assert record.filed_kind == "error case"
    assert record.mapping_version_id is None


async def test_an_answer_that_the_mapping_does_not_know_makes_an_error_case_that_names_the_forms_field(world):
    await publish(world, MAPPING, OWN)
    record = await world.ends(await submitted(world, PAGE.replace(b"flag", b"kite")))
    assert record.filed_kind == "error case"
    reason = json.dumps(record.filed["reasons"])
    assert "is not in the conversion table" in reason
    assert "field {name}" in reason
    assert "Event" in reason


async def test_a_mended_mapping_files_the_error_case_again_and_is_recorded(world):
    first = await publish(world, MAPPING, OWN)
    key = await submitted(world, PAGE.replace(b"flag", b"kite"))
    assert (await world.ends(key)).mapping_version_id == first.pk
    mended = json.loads(json.dumps(OWN).replace('{"flag": "02.15"}', '{"flag": "02.15", "kite": "02.15"}'))
    second = await publish(world, MAPPING, mended)
    await sync_to_async(actions.file_again)([key], "anna")
    record = await world.ends(key)
    assert (record.filed_kind, record.mapping_version_id) == ("mapped", second.pk)


async def test_a_submission_of_a_form_that_the_mapping_is_not_for_keeps_its_own_page(world):
    await publish(world, MAPPING, {**OWN, "forms": ["800711"]})
    record = await world.ends(await world.submitted())
    assert record.filed_kind == "mapped"
    assert record.mapping_version_id is None


async def test_xml_of_another_shape_is_transformed_and_filed_as_it_was_served(world):
    transform = await publish(world, TRANSFORM, RENAME)
    mapping = await publish(world, MAPPING, OWN)
    key = await submitted(world)
    served = serves(world, other_shape(next(iter(world.forms.stored.values())).xml))
    record = await world.ends(key)
    assert (record.transform_version_id, record.mapping_version_id) == (transform.pk, mapping.pk)
    (case,) = world.cases.cases
    assert case.title == "Flag permit: Norway"
    assert served in [content for _, content in world.cases.cases[0].documents]


async def test_what_a_transform_makes_must_agree_with_the_listing(world):
    await publish(world, TRANSFORM, RENAME)
    key = await submitted(world)
    serves(world, other_shape(next(iter(world.forms.stored.values())).xml).replace(b"8KS-SQ5", b"8KS-XXX"))
    record = await world.tries(key)
    assert record.unreadable_tries == 1
    assert "referenceId" in json.dumps(record.reason)
    assert not world.cases.cases


async def test_a_transform_that_fails_blocks_this_submission_alone_until_it_is_mended(world):
    stop = '<xsl:message terminate="yes">Norway</xsl:message>'
    await publish(world, TRANSFORM, RENAME.replace('<Page name="{@id}">', f'{stop}<Page name="{{@id}}">'))
    key = await submitted(world)
    served = serves(world, other_shape(next(iter(world.forms.stored.values())).xml))
    for _ in range(4):
        record = await world.tries(key)
        await world.bench.passes(3600, key)
    assert record.state == "blocked"
    assert record.blocked_scope == "submission"
    stored = world.stored(record)
    assert stored.status is Status.TEMPORARY_BLOCKED
    assert "the stylesheet stopped" in stored.history[-1].message
    assert "Norway" not in stored.history[-1].message
    await publish(world, TRANSFORM, RENAME)
    await publish(world, MAPPING, OWN)
    assert (await world.ends(key)).state == "imported"
    assert served in [content for _, content in world.cases.cases[0].documents]


@pytest.mark.parametrize("kind", [MAPPING, TRANSFORM], ids=["mapping", "transform"])
async def test_a_version_that_this_formcase_can_not_use_blocks_the_workflow_and_loses_nothing(world, kind):
    """As after an older Formcase was installed again."""
    made = await publish(world, kind, OWN if kind is MAPPING else RENAME)
    table = f"workflows_{kind.name}version"
    for switch in ("disable", "enable"):
        await world.bench.rows(f"alter table {table} {switch} trigger {kind.name}version_keep_published")
        if switch == "disable":
            await world.bench.rows(f"update {table} set content = '<other/>' where id = %s", made.pk)
    key = await submitted(world)
    record = await world.tries(key)
    assert record.state == "blocked"
    assert "can be used" in json.dumps(record.reason)
