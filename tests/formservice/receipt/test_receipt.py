"""What a person finds on a receipt, and that nothing which was written gets lost or does harm."""

import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta, timezone
from io import BytesIO

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pypdf import PdfReader

from formcase.formservice.receipt import Answer, Block, Section, Table, press, render

_LAST_UNICODE = 0x10FFFF


@pytest.fixture
def in_western_letters(monkeypatch):
    """The receipts that could only be set with everything but western letters shown by number."""
    set_so: list[str] = []
    setting = press._set

    def watched(receipt, *, latin_only):
        if latin_only:
            set_so.append(receipt.reference_id)
        return setting(receipt, latin_only=latin_only)

    monkeypatch.setattr(press, "_set", watched)
    return set_so


def _everywhere(receipt, text):
    """The receipt with this text in every place that takes one."""
    items = (
        Answer(text, text),
        Block(text, (Answer("q", text),)),
        Table(text, (text, "b"), ((text, text), ("x", text))),
    )
    return replace(
        receipt,
        title=text,
        submitter=text,
        sections=(Section(text, items),),
        attachments=((text, 1),),
    )


def test_everything_that_was_submitted_stands_on_it(flag_permit, text_of):
    text = text_of(render(flag_permit))
    for shown in (
        flag_permit.title,
        "8KS-SQ5",
        "20 November 2026 at 09:41",
        "Submitted by",
        "Applicant",
        "Full name Anna Maria Sørensen",
        "Telephone Not answered",
        "Visit by the choir of our twin town. They sing at noon & at 3 o'clock.",
        "Attachments",
        "flag.png 147 bytes",
        "Page 1 of 1",
    ):
        assert shown in text


def test_a_danish_form_has_a_danish_receipt(flag_permit, text_of):
    danish = replace(flag_permit, language="da", attachments=(("plan.pdf", 1), ("kort.tif", 12_345_678), ("x", 1500)))
    text = text_of(render(danish))
    for shown in (
        "Kvittering",
        "Reference-id",
        "20. november 2026 kl. 09.41",
        "Indsendt af",
        "Ikke besvaret",
        "Vedhæftede filer",
        "plan.pdf 1 byte",
        "kort.tif 12 MB",
        "x 1,5 kB",
        "Side 1 af 1",
    ):
        assert shown in text


def test_the_time_is_told_in_the_zone_that_was_asked_for(flag_permit, text_of):
    in_tokyo = flag_permit.submitted_at.astimezone(timezone(timedelta(hours=9)))
    text = text_of(render(replace(flag_permit, submitted_at=in_tokyo, time_zone="America/Sao_Paulo")))
    assert "20 November 2026 at 05:41" in text


def test_a_submission_without_login_names_nobody(flag_permit, text_of):
    assert "Submitted by" not in text_of(render(replace(flag_permit, submitter=None)))


def test_a_table_repeats_its_header_on_every_page_and_keeps_every_row(saying, rooms, text_of):
    pdf = render(saying(rooms, attachments=()))
    pages = [" ".join(page.extract_text().split()) for page in PdfReader(BytesIO(pdf)).pages]
    assert len(pages) > 2
    assert all("Navn Anvendelse Areal i m²" in page for page in pages)
    text = text_of(pdf)
    for number in range(1, 101):
        assert f"Rum {number} Køkken-alrum mod syd {number + 0.5}" in text


def test_a_table_that_is_too_wide_for_the_page_shows_its_entries_one_below_the_other(saying, text_of):
    wide = Table("Bred", tuple(f"Spørgsmål {number}" for number in range(9)), (tuple("abcdefghi"), tuple("jklmnop")))
    text = text_of(render(saying(wide)))
    assert "Nr. 1 Spørgsmål 0 a Spørgsmål 1 b" in text
    assert "Nr. 2 Spørgsmål 0 j" in text
    assert "Spørgsmål 8 Ikke besvaret" in text


@pytest.mark.parametrize(
    ("table", "expected"),
    [
        (Table("Tom", ("A", "B"), ()), "Tom Ingen"),
        (Table("Uden navne", ("", "B"), (("1", "2"),)), "Kolonne 1 B 1 2"),
        (Table("Lang række", ("A",), (("1", "2", "3"), ("4",))), "A Kolonne 2 Kolonne 3 1 2 3 4"),
        (Table("", (), ()), "Ingen"),
    ],
)
def test_an_odd_table_is_still_shown_whole(saying, text_of, table, expected):
    assert expected in text_of(render(saying(table)))


def test_a_long_text_goes_on_over_the_pages_without_losing_a_word(saying, text_of):
    written = [f"ord{number}" for number in range(6000)]
    text = text_of(render(saying(Answer("Begrundelse", " ".join(written)))))
    assert [word for word in text.split() if word.startswith("ord")] == written


def test_the_lines_of_an_answer_stay_apart(saying):
    pdf = render(saying(Answer("Hvorfor?", "Første linje.\r\nAnden linje.\n\nFjerde linje.")))
    lines = [line.strip() for line in PdfReader(BytesIO(pdf)).pages[0].extract_text().splitlines()]
    assert lines[lines.index("Anden linje.") - 1].endswith("Første linje.")
    assert "Fjerde linje." in lines


@pytest.mark.parametrize("place", ["answer", "cell", "column", "label", "title", "file"])
def test_a_word_of_any_length_stays_on_the_page_and_is_copied_as_it_was_written(saying, place):
    word = "https://example.org/" + "ByggesagWWMMiilj" * 30
    cell = word if place == "cell" else "x"
    column = word if place == "column" else "B"
    receipt = saying(
        Answer(word if place == "label" else "q", word if place == "answer" else "a"),
        Table("T", ("A", column, "C", "D", "E", "F"), (("en lang tekst " * 9, cell, *("y" * 4)),)),
        attachments=((word if place == "file" else "f", 1),),
    )
    receipt = replace(receipt, title=word if place == "title" else "T")
    reader = PdfReader(BytesIO(render(receipt)))
    copied = "".join("".join(page.extract_text() for page in reader.pages).split())
    assert word in copied
    lines = [line for page in reader.pages for line in page.extract_text().splitlines()]
    in_one_line = max(len(part) for line in lines for part in line.split() if part in word)
    assert 4 < in_one_line <= {"cell": 25, "column": 25, "label": 35, "file": 75}.get(place, 60)


@pytest.mark.parametrize("word", ["Speciallægepraksisplanlægningsperiode", "WWWWWWWWWWWWWWWWWWWWWWWWWW", "i" * 50])
def test_a_word_that_is_wider_than_its_column_goes_on_below(saying, word):
    table = Table("T", tuple("ABCDEF"), (("en lang tekst " * 9, word, *("en lang tekst " * 9 for _ in "CDEF")),))
    text = PdfReader(BytesIO(render(saying(table)))).pages[0].extract_text()
    assert word not in text
    assert word in "".join(text.split())


def test_what_looks_like_a_program_is_shown_and_not_run(saying, text_of):
    written = (
        '#panic("x") $x^2$ *bold* _it_ `raw` <label> @ref [a] {b} \\u{41} // no /* no */ <script>alert(1)</script> ~ --'
    )
    text = text_of(render(_everywhere(saying(), written)))
    assert text.count(written) >= 5


def test_letters_of_the_worlds_scripts_are_shown_as_letters(saying, text_of, in_western_letters):
    written = "Łódź Ελλάδα Москва 日本語 中文 한국어 ქართული Հայերեն ไทย አማርኛ 😀"
    text = text_of(render(saying(Answer("Tegn", written))))
    for word in written.split():
        assert word in text
    assert "U+" not in text
    assert not in_western_letters


@pytest.mark.parametrize(
    ("character", "number"),
    [
        ("\x07", "U+0007"),
        ("\x00", "U+0000"),
        ("\x7f", "U+007F"),
        ("\ue000", "U+E000"),
        ("\ufeff", "U+FEFF"),
        ("\ufffe", "U+FFFE"),
        ("\u202e", "U+202E"),
        ("\u3164", "U+3164"),
        ("\U00012000", "U+12000"),
        ("\U000e0041", "U+E0041"),
        ("\ud800", "U+D800"),
    ],
)
def test_what_no_letter_can_show_or_nobody_can_see_is_given_by_its_number(saying, text_of, character, number):
    text = text_of(render(saying(Answer("Tegn", f"før{character}efter"))))
    assert f"før[{number}]efter" in text
    assert "Unicode-nummer" in text


def test_a_mark_that_no_typeface_has_together_with_its_letter_is_given_by_its_number(saying, text_of):
    assert "ก[U+3099]" in text_of(render(saying(Answer("Tegn", "ก\u3099"))))


def test_every_character_that_unicode_knows_gives_a_file(flag_permit, in_western_letters):
    step = 9000
    for start in range(0, _LAST_UNICODE, 30011):
        text = "".join(map(chr, range(start, min(start + step, _LAST_UNICODE), 31)))
        render(replace(flag_permit, sections=(Section("S", (Answer("q", text),)),)))
    assert not in_western_letters


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(alphabet=st.characters(), max_size=60))
def test_whatever_is_written_anywhere_gives_a_file(flag_permit, in_western_letters, text):
    assert render(_everywhere(flag_permit, text)).startswith(b"%PDF-1.7")
    assert not in_western_letters


def test_what_typst_refuses_after_all_is_set_in_western_letters(saying, text_of, monkeypatch, in_western_letters):
    monkeypatch.setattr("formcase.formservice.receipt.typefaces.covering", lambda character: frozenset({"any"}))
    assert "Blåbær [U+12000]" in text_of(render(saying(Answer("Tegn", "Blåbær \U00012000"))))
    assert in_western_letters


def test_the_same_receipt_gives_the_same_bytes(flag_permit):
    assert render(flag_permit) == render(flag_permit)


def test_many_at_once_do_not_disturb_each_other(flag_permit, text_of):
    receipts = [replace(flag_permit, reference_id=f"REF-{number}") for number in range(24)]
    with ThreadPoolExecutor(6) as threads:
        for receipt, pdf in zip(receipts, threads.map(render, receipts), strict=True):
            assert receipt.reference_id in text_of(pdf)


def test_an_ordinary_receipt_is_made_in_less_than_60_milliseconds(flag_permit):
    render(flag_permit)
    taken = []
    for number in range(15):
        began = time.perf_counter()
        render(replace(flag_permit, reference_id=f"REF-{number}"))
        taken.append(time.perf_counter() - began)
    assert sorted(taken)[len(taken) // 2] < 0.06


def test_a_very_long_answer_is_set_in_reasonable_time(saying):
    began = time.perf_counter()
    render(saying(Answer("Ét ord", "a" * 200_000), Answer("Linjer", "ab\n" * 30_000)))
    assert time.perf_counter() - began < 20
