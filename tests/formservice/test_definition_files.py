"""A definition as a file: what is wrong is told with line, pointer and names, all at once."""

import json

import pytest

from formcase.formservice.definition_files import FileRefused, NotJson, decoded, read_definition_text, written_text
from formcase.formservice.samples import samples

MAPPING = """{
  "id": "1", "title": "t", "version": 1,
  "pages": [
    {"name": "P", "items": [{"field": "A", "requierd": true}]},
    {"name": "WZ_ODATA", "hidden": true, "items": [
      {"group": "Files", "items": [{"field": "Title", "default": "{P.A}"}]},
      {"group": "Files", "items": [
        {"field": "Title",
         "default": "{P.B}"}
      ]}
    ]}
  ]
}"""


def placed(text: str) -> list[tuple[int | None, str, str]]:
    with pytest.raises(FileRefused) as refusal:
        read_definition_text(text)
    return [(one.line, one.pointer, " / ".join(one.problem.place)) for one in refusal.value.placed]


def test_the_second_of_two_groups_of_one_name_is_meant_where_it_is_wrong():
    assert placed(MAPPING) == [
        (4, "/pages/0/items/0/requierd", "P / A / requierd"),
        (9, "/pages/1/items/1/items/0/default", "WZ_ODATA / Files[2] / Title / default"),
    ]


def test_a_misspelt_word_is_told_with_the_one_that_is_near():
    with pytest.raises(FileRefused, match="Near: required"):
        read_definition_text(MAPPING)


def test_what_is_not_there_is_told_where_it_would_have_to_stand():
    assert placed('{\n"id": "1",\n"title": "t",\n"version": 1,\n"pages": [{}]}') == [
        (5, "/pages/0", "pages[1] / name"),
    ]


@pytest.mark.parametrize(
    ("text", "line", "told"),
    [
        ("", 1, "nothing here"),
        ('{"id": "1",\n}', 2, "no comma"),
        ('{"id": "1"\n"title": 2}', 2, "comma here"),
        ('{"id": "1}', 1, "no closing quotation mark"),
        ('{\n\n"id": one}', 3, "must be a value"),
        ('{"a": NaN}', None, "NaN"),
        ('{"a": 1e999}', None, "1e999"),
        ("[" * 500 + "]" * 500, None, "nested"),
        ("[" * 100_000, None, "nested"),
    ],
)
def test_what_is_no_json_is_told_with_its_line(text, line, told):
    with pytest.raises(NotJson, match=told) as refusal:
        read_definition_text(text)
    assert refusal.value.placed[0].line == line


def test_a_key_that_stands_twice_is_told():
    with pytest.raises(FileRefused, match="stands twice"):
        read_definition_text('{"id": "1", "title": "t", "title": "u", "version": 1, "pages": [{"name": "P"}]}')


def test_a_file_in_another_encoding_is_told_and_a_mark_of_utf_8_is_passed_over():
    assert decoded(b"\xef\xbb\xbf{}") == "{}"
    with pytest.raises(NotJson, match="UTF-8") as refusal:
        decoded('{\n"title": "Gæst"}'.encode("latin-1"))
    assert refusal.value.placed[0].line == 2


@pytest.mark.parametrize("sample", samples(), ids=lambda sample: sample.name)
def test_what_is_written_is_read_back_the_same(sample):
    form = read_definition_text(json.dumps(sample.definition, ensure_ascii=False)).form
    again = read_definition_text(written_text(form)).form
    assert written_text(again) == written_text(form)
