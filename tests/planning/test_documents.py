"""Every case gets every file as a document of its own, under the right title."""

from dataclasses import replace

import pytest

from formcase.planning.documents import own_file_name, shortened
from formcase.planning.plan import AddDocument, ContentKey, ContentKind
from formcase.submission.model import Attachment, FileDescription
from planning.forms import PDF, XML, case, form, group, path
from planning.office import Office, of_kind


def documents(submission, **more):
    return of_kind(Office().plan(submission, **more), AddDocument)


def test_every_case_gets_every_attachment_the_pdf_and_the_xml():
    made = documents(form(case(), case(), attachments=2))
    per_case = [ContentKey(ContentKind.PDF), ContentKey(ContentKind.XML)]
    per_case += [ContentKey(ContentKind.ATTACHMENT, "a1"), ContentKey(ContentKind.ATTACHMENT, "a2")]
    assert [document.content for document in made] == per_case * 2
    assert [document.case.key for document in made] == ["case-1"] * 4 + ["case-2"] * 4
    assert len({document.key for document in made}) == 8
    assert [(document.media_type, document.size) for document in made[:3]] == [
        (PDF.media_type, PDF.size),
        (XML.media_type, XML.size),
        ("text/plain", 1),
    ]


def test_the_xml_supplements_the_pdf_of_its_own_case_and_stands_alone_without_one():
    made = documents(form(case(), case()))
    assert [document.main.key if document.main else None for document in made] == [
        None, "document-1", None, "document-3",
    ]  # fmt: skip
    (alone,) = documents(form(case()), pdf=None)
    assert alone.content.kind is ContentKind.XML
    assert alone.main is None


def test_titles_are_the_forms_and_the_files_own_whole_names():
    long_name = "../../etc/passwd " + "ø" * 200
    attachment = Attachment("a1", long_name, FileDescription("text/plain", 0, "a" * 64))
    made = documents(form(case(), form_title="Flag permit", attachments=0)) + documents(
        replace(form(case()), attachments=(attachment,))
    )
    titles = [document.entry.values["Title"] for document in made]
    assert titles == ["Flag permit", "Flag permit (XML)", "Flag permit", "Flag permit (XML)", long_name]
    assert made[-1].file_name == long_name
    assert made[-1].size == 0


def test_documents_have_default_type_and_state():
    for document in documents(form(case(), attachments=1)):
        assert document.entry.values["RecordType_Value"] == "DOK"
        assert document.entry.values["State_Value"] == "ARK"
        assert document.entry.origins == {}


def test_the_template_gives_values_to_all_documents_and_its_title_to_attachments_only():
    template = group(
        "RecordTemplate",
        group("Text", Text="t"),
        group("Dates", CustomLabel_Value="DOKDATO", DateStamp="2026-01-01"),
        group("Infos", CustomLabel_Value="DOKINFO", Info_Value="i"),
        group("AccessCode", Code="TEK"),
        RecordType_Value="I",
        Title="Enclosure",
        CHANNEL="web",
    )
    made = documents(form(case(), template, attachments=2))
    assert [document.entry.values["Title"] for document in made] == [
        "Flag permit",
        "Flag permit (XML)",
        "Enclosure",
        "Enclosure",
    ]
    for document in made:
        assert document.entry.values["RecordType_Value"] == "I"
        assert document.entry.values["State_Value"] == "ARK"
        assert document.entry.values["CHANNEL"] == "web"
        assert document.entry.nested.keys() == {"Text", "Dates", "Infos", "AccessCode"}
        assert document.entry.origins["RecordType_Value"] == (path("WZ_ODATA/RecordTemplate/RecordType_Value"),)


def test_a_template_that_only_says_a_state_is_meant():
    made = documents(form(case(), group("RecordTemplate", State_Value="UP")))
    assert [document.entry.values["State_Value"] for document in made] == ["UP", "UP"]


def test_titles_of_our_own_are_shortened_where_the_case_system_says_how_long_they_may_be():
    office = Office().with_longest("Records", "Title", 20)
    made = of_kind(office.plan(form(case(), form_title="x" * 255)), AddDocument)
    titles = [document.entry.values["Title"] for document in made]
    assert titles == ["x" * 19 + "…", "x" * 13 + "… (XML)"]


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("Flag permit", "Flag permit R-1.pdf"),
        ('a/b\\c:d*e?"f<g>h|i', "a b c d e f g h i R-1.pdf"),
        ("../..", "R-1.pdf"),
        ("x" * 255, "x" * 87 + "… R-1.pdf"),
    ],
)
def test_files_of_our_own_have_safe_names_of_at_most_96_characters(title, name):
    assert own_file_name(title, "R-1", ".pdf") == name
    assert len(name) <= 96


def test_the_longest_reference_id_leaves_room_for_the_ending():
    name = own_file_name("ø" * 255, "R" * 64, ".xml")
    assert len(name) == 96
    assert name.endswith(" " + "R" * 64 + ".xml")


def test_a_text_is_shortened_to_exactly_what_fits():
    assert shortened("abcdef", 6) == "abcdef"
    assert shortened("abcdef", 5) == "abcd…"
    assert shortened("abcdef", None, " (XML)") == "abcdef (XML)"
