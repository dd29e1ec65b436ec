"""The XML: valid by the schema, the answers as they were given, or a clear refusal."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

import formcase.formservice
from formcase.formservice.answers import AnswersRefused, check_answers
from formcase.formservice.definitions import read_definition
from formcase.formservice.hidden_pages import compute
from formcase.formservice.lexical import forbidden_character
from formcase.formservice.submission_xml import (
    AttachedFile,
    Heading,
    SubmissionRefused,
    Submitter,
    write_submission,
)

SCHEMA = etree.XMLSchema(file=str(Path(formcase.formservice.__file__).with_name("submission.xsd")))
S = "{urn:formcase:submission:1}"
FORM = read_definition(
    {
        "id": "1",
        "title": "Tømrer & Søn",
        "version": 2,
        "pages": [
            {
                "name": "P",
                "title": "A < B",
                "items": [
                    {"field": "A", "title": "“A”"},
                    {"field": "Day", "type": "date"},
                    {"field": "C", "type": "choice", "multiple": True, "choices": [{"value": "1", "title": "One"}]},
                    {"group": "G", "title": "Once", "items": [{"field": "B"}]},
                    {"group": "R", "repeats": True, "items": [{"field": "B"}]},
                ],
            },
            {
                "name": "WZ_ODATA",
                "hidden": True,
                "items": [{"group": "Files", "items": [{"field": "T", "default": "{P.A}"}, {"field": "E"}]}],
            },
        ],
    }
)
HEADING = Heading("s-1", "8KS-SQ5", datetime(2026, 11, 20, 8, 41, 7, 250, tzinfo=UTC), "en", None)


def written(answers: dict, heading: Heading = HEADING, attachments=()) -> etree._Element:
    answered = check_answers(FORM, answers, [])
    document = write_submission(FORM, heading, answered, compute(FORM, answered), attachments)
    assert document.startswith(b"<?xml")
    root = etree.fromstring(document)
    assert SCHEMA.validate(root), SCHEMA.error_log
    return root


@given(st.text(), st.text())
def test_any_text_survives_or_is_refused_with_its_place(answer, inner):
    answers = {"P": {"A": answer, "G": {"B": inner}}}
    given = {place: text if text.strip() else "" for place, text in (("P", answer), ("G", inner))}
    if any(forbidden_character(text) for text in given.values()):
        with pytest.raises(AnswersRefused, match="control character"):
            written(answers)
        return
    root = written(answers)
    read = {field.getparent().get("name"): field.text or "" for field in root.iter(f"{S}Field")}
    assert {place: read.get(place, "") for place in given} == given
    (computed,) = (field.text or "" for field in root.iter(f"{S}Field") if field.get("name") == "T")
    assert computed == given["P"]


def test_order_names_titles_types_and_choices_are_the_forms():
    root = written({"P": {"C": ["1"], "Day": "24-12-2026", "A": "x", "R": [{"B": "1"}, {}, {"B": "2"}]}})
    assert dict(root.attrib) == {
        "id": "s-1",
        "referenceId": "8KS-SQ5",
        "formId": "1",
        "formTitle": "Tømrer & Søn",
        "formVersion": "2",
        "submittedAt": "2026-11-20T08:41:07.000250Z",
        "language": "en",
    }
    page, hidden = root.findall(f"{S}Page")
    assert (page.get("title"), page.get("hidden"), hidden.get("hidden")) == ("A < B", None, "true")
    assert [item.get("name") for item in page] == ["A", "Day", "C", "R", "R", "R"]
    day, choice = page[1], page[2]
    assert (day.get("type"), day.text) == ("date", "2026-12-24")
    assert (choice.get("type"), choice.text, choice.get("display")) == ("choice", "1", "One")
    assert [len(entry) for entry in page[3:]] == [1, 0, 1]


def test_a_computed_field_stands_there_also_when_it_is_empty():
    assert [field.get("name") for field in written({}).iter(f"{S}Field")] == ["T", "E"]


def test_the_submitter_and_the_attachments_are_told():
    heading = Heading("s-1", "R", HEADING.submitted_at, "da", Submitter("MitID", "0101901234", "Åse"))
    file = AttachedFile("a1", "../../etc/passwd & Co", "image/png", 5, "a" * 64, "Flag")
    root = written({}, heading, [file, AttachedFile("a2", "b", "text/plain", 0, "b" * 64)])
    assert dict(root.find(f"{S}Submitter").attrib) == {"login": "MitID", "id": "0101901234", "name": "Åse"}
    first, second = root.findall(f"{S}Attachment")
    assert (first.get("name"), first.get("field"), second.get("field")) == ("../../etc/passwd & Co", "Flag", None)


def test_more_than_the_schema_has_room_for_is_refused():
    many = {"P": {"R": [{"B": "x"}] * 50_001}}
    with pytest.raises(SubmissionRefused, match="100,000"):
        written(many)
    with pytest.raises(SubmissionRefused, match="16 MiB"):
        written({"P": {"R": [{"B": "x" * 1_000_000}] * 17}})


def test_a_computed_value_that_gets_too_long_is_refused_with_its_place():
    form = read_definition(
        {
            "id": "1",
            "title": "t",
            "version": 1,
            "pages": [
                {"name": "P", "items": [{"field": "A"}]},
                {
                    "name": "H",
                    "hidden": True,
                    "items": [{"group": "G", "items": [{"field": "T", "default": "{P.A}" * 3}]}],
                },
            ],
        }
    )
    answered = check_answers(form, {"P": {"A": "x" * 400_000}}, [])
    with pytest.raises(SubmissionRefused, match=r"H / G / T: .*1 MiB"):
        write_submission(form, HEADING, answered, compute(form, answered), [])


def test_what_the_schema_refuses_is_not_written_and_not_repeated():
    secret = AttachedFile("a1", "0101901234\n", "image/png", 5, "a" * 64)
    with pytest.raises(SubmissionRefused) as refusal:
        written({}, HEADING, [secret])
    assert "0101901234" not in str(refusal.value)
    with pytest.raises(SubmissionRefused, match="control characters"):
        written({}, Heading("s-1", "R", HEADING.submitted_at, "da", Submitter("MitID", "\x07")))
