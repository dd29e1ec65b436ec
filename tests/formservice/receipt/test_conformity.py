"""Every receipt may be kept for ever and be read aloud: what PDF/A-2a and PDF/UA-1 ask for, as far as can be seen."""

from dataclasses import replace
from io import BytesIO

import pikepdf
import pytest

from formcase.formservice.receipt import Answer, Block, Section, Table, render

_A = "{http://www.aiim.org/pdfa/ns/id/}"
_UA = "{http://www.aiim.org/pdfua/ns/id/}"


@pytest.fixture
def opened(flag_permit):
    return pikepdf.open(BytesIO(render(flag_permit)))


def test_the_file_says_that_it_is_pdf_a_2a_and_pdf_ua_1(opened):
    with opened.open_metadata() as metadata:
        assert metadata[f"{_A}part"] == "2"
        assert metadata[f"{_A}conformance"] == "A"
        assert metadata[f"{_UA}part"] == "1"


def test_title_and_language_are_told_to_the_reader(opened, flag_permit):
    with opened.open_metadata() as metadata:
        assert metadata["dc:title"] == f"{flag_permit.title} ({flag_permit.reference_id})"
    assert opened.Root.ViewerPreferences.DisplayDocTitle
    assert str(opened.Root.Lang) == "en"
    assert bool(opened.Root.MarkInfo.Marked)


def test_colours_are_defined_and_nothing_is_active_or_encrypted(opened):
    assert [str(intent.S) for intent in opened.Root.OutputIntents] == ["/GTS_PDFA1"]
    assert not opened.is_encrypted
    assert not {"/OpenAction", "/AA", "/AcroForm"} & set(opened.Root.keys())
    assert "/JavaScript" not in opened.Root.get("/Names", {})


def test_every_font_is_in_the_file_and_every_glyph_has_its_character(flag_permit):
    odd = Answer("Tegn", "æøå 日本語 العربية עברית हिन्दी ไทย 😀 ∑ ½")
    pdf = pikepdf.open(BytesIO(render(replace(flag_permit, sections=(Section("S", (odd,)),)))))
    fonts = [font for page in pdf.pages for font in page.Resources.Font.values()]
    assert len(fonts) > 5
    for font in fonts:
        descriptor = font.DescendantFonts[0].FontDescriptor
        assert {"/FontFile2", "/FontFile3"} & set(descriptor.keys())
        assert "/ToUnicode" in font


def test_the_headings_form_an_outline_without_gaps(flag_permit, tags_of):
    inner = Block("Inner", (Answer("a", "b"), Table("Rows", ("x",), (("y",),))))
    nameless = Block(" ", (Block("Named", (Answer("c", "d"),)),))
    sections = (Section("", (Answer("first", "page"), inner)), Section("Second", (inner, nameless)))
    pdf = pikepdf.open(BytesIO(render(replace(flag_permit, sections=sections, attachments=()))))
    headings = [tag.split()[1] for tag in tags_of(pdf) if tag.split()[1].startswith("H")]
    assert headings == ["H1", "H2", "H3", "H2", "H3", "H4", "H3"]


def test_answers_are_a_list_and_repeating_groups_a_table_with_headers(saying, rooms, tags_of):
    pdf = pikepdf.open(BytesIO(render(saying(Answer("Navn", "Bo"), Answer("Vej", "Skovvej 4"), rooms, attachments=()))))
    tags = [tag.split()[1] for tag in tags_of(pdf)]
    assert (tags.count("L"), tags.count("LI")) == (1, 2)
    assert (tags.count("Table"), tags.count("TH"), tags.count("TD")) == (1, 3, 300)


def test_every_mark_on_a_page_is_tagged_or_an_artifact(saying, rooms):
    pdf = pikepdf.open(BytesIO(render(saying(Answer("Navn", "Bo"), rooms))))
    painting = {"Tj", "TJ", "S", "f", "f*", "B", "Do", "s"}
    for page in pdf.pages:
        depth = 0
        for operands, operator in pikepdf.parse_content_stream(page):
            depth += {"BDC": 1, "BMC": 1, "EMC": -1}.get(str(operator), 0)
            assert depth or str(operator) not in painting, (operands, operator)


@pytest.mark.parametrize("language", ["da", "en", "en-GB", "de", "kl", "zh-Hans-CN", "x-private", "", "not a tag"])
def test_any_language_tag_gives_a_file_with_a_language(flag_permit, language):
    pdf = pikepdf.open(BytesIO(render(replace(flag_permit, language=language))))
    assert str(pdf.Root.Lang)
