"""The service's JSON: what is read from it, and how what is wrong in it is named."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from formcase.sources.interact.answers import (
    WrongShapeError,
    read_form,
    read_forms,
    read_page,
    read_submission,
    read_token,
)
from formcase.sources.interact.tests.service import described, summary
from formcase.sources.port import Status
from formcase.submission.form import FormField, FormGroup

FORM = {
    "id": "800636",
    "title": "Flag permit",
    "version": 3,
    "updatedAt": "2026-11-01T10:00:00.123456789+01:00",
    "pages": [
        {
            "name": "WZ_ODATA",
            "title": None,
            "hidden": True,
            "items": [
                {
                    "group": "Files",
                    "title": "Case",
                    "repeats": True,
                    "items": [
                        {
                            "field": "Title",
                            "title": "Title",
                            "type": "text",
                            "required": False,
                            "multiple": False,
                            "choices": [],
                            "default": "Flag: {Event.Nation}",
                        }
                    ],
                },
                {
                    "field": "Nation",
                    "title": "Nation",
                    "type": "choice",
                    "required": True,
                    "multiple": True,
                    "choices": [{"value": "NO", "title": "Norway"}],
                    "default": None,
                },
            ],
        }
    ],
}


def page(*entries: object, **changes: object) -> bytes:
    return json.dumps({"submissions": entries, "next": None, "cursor": "c1", "refused": []} | changes).encode()


def place(read, value: object) -> str:
    with pytest.raises(WrongShapeError) as caught:
        read(value if isinstance(value, bytes) else json.dumps(value).encode())
    return caught.value.where


def changed(value: object, path: str, to: object) -> object:
    """A copy of a JSON value with another value at a place such as `pages.0.name`; deleted for `...`."""
    copy = json.loads(json.dumps(value))
    *steps, last = [int(step) if step.isdigit() else step for step in path.split(".")]
    inner = copy
    for step in steps:
        inner = inner[step]
    if to is ...:
        del inner[last]
    else:
        inner[last] = to
    return copy


def test_a_submission_is_read_whole():
    read = read_page(page(summary())).submissions[0]
    assert (read.id, read.reference_id, read.form_version, read.status) == ("s-1", "REF-1", 3, Status.SUBMITTED)
    assert read.submitted_at == datetime(2026, 11, 20, 8, 41, 7, tzinfo=UTC)
    assert read.attachments[0].name == "Æbleø.png"
    assert read.attachments[0].file.size == 7000
    assert read_page(page(summary(pdf=None))).submissions[0].pdf is None


def test_keys_that_nobody_knows_are_ignored():
    body = page({**summary(), "colour": "red"}, more=[1])
    assert len(read_page(body).submissions) == 1


@pytest.mark.parametrize(
    ("path", "to"),
    [
        ("id", ...),
        ("id", 7),
        ("id", "../etc"),
        ("id", "a/b"),
        ("referenceId", None),
        ("formTitle", "  "),
        ("formTitle", "a\nb"),
        ("formTitle", "x" * 256),
        ("formVersion", "3"),
        ("formVersion", 3.0),
        ("formVersion", 0),
        ("formVersion", True),
        ("submittedAt", "2026-11-20T08:41:07"),
        ("submittedAt", "2026-11-20 08:41:07Z"),
        ("submittedAt", "2026-02-30T08:41:07Z"),
        ("submittedAt", 1795000000),
        ("status", "Rejected"),
        ("status", None),
        ("xml", None),
        ("xml.size", -1),
        ("xml.size", "12"),
        ("xml.sha256", "A" * 64),
        ("xml.sha256", "a" * 63),
        ("xml.mediaType", "text\r\nX: y/plain"),
        ("pdf", ...),
        ("pdf.mediaType", "pdf"),
        ("attachments", None),
        ("attachments.0.name", ""),
        ("attachments.0.name", "a\u2028b"),
        ("attachments.0.id", ".."),
    ],
)
def test_one_wrong_entry_is_named_and_does_not_hold_up_the_others(path, to):
    read = read_page(page(summary(1), changed(summary(2), path, to), summary(3)))
    assert [found.id for found in read.submissions] == ["s-1", "s-3"]
    assert len(read.unreadable) == 1
    assert "submissions[1]." + path.replace(".0", "[0]") in read.unreadable[0].reason.text()
    if not path.startswith("id"):
        assert read.unreadable[0].id == "s-2"


@pytest.mark.parametrize("entry", [None, 7, "s-1", [], {}])
def test_an_entry_that_is_no_submission_at_all_is_set_apart(entry):
    read = read_page(page(entry, summary()))
    assert len(read.submissions) == 1
    assert read.unreadable[0].id is None


def test_two_attachments_of_one_id_are_a_fault_of_that_submission():
    twice = [{"id": "a1", "name": "x", **described(b"")}] * 2
    assert len(read_page(page(summary(attachments=twice))).unreadable) == 1


@pytest.mark.parametrize(
    ("path", "to"),
    [
        ("submissions", None),
        ("submissions", {}),
        ("next", 7),
        ("next", ...),
        ("next", ""),
        ("cursor", []),
        ("refused", "800636"),
        ("refused", ...),
    ],
)
def test_a_page_of_the_wrong_shape_is_refused_by_its_place(path, to):
    assert place(read_page, changed(json.loads(page(summary())), path, to)).startswith(path)


@pytest.mark.parametrize(
    "body", [b"", b"<html>", b"\xff\xfe", b"[" * 100_000, b'{"forms": [NaN]}', b'"\\ud800"', b"null", b"[]"]
)
def test_what_is_no_json_object_is_refused_and_not_fatal(body):
    for read in (read_page, read_forms, read_form, read_submission, read_token):
        assert place(read, body) == "$"


def test_a_form_definition_keeps_its_order_groups_and_templates():
    form = read_form(json.dumps(FORM).encode())
    assert form.summary.updated_at.utcoffset() == timedelta(hours=1)
    group, field = form.pages[0].items
    assert isinstance(group, FormGroup)
    assert (group.name, group.repeats) == ("Files", True)
    assert group.items == (FormField("Title", "Title", default="Flag: {Event.Nation}"),)
    assert field == FormField("Nation", "Nation", "choice", True, True, (("NO", "Norway"),))
    assert form.pages[0].hidden


@pytest.mark.parametrize(
    ("path", "to", "named"),
    [
        ("pages", [], "pages"),
        ("pages.0.name", "", "pages[0].name"),
        ("pages.0.items.0.group", ..., "pages[0].items[0]"),
        ("pages.0.items.0.items", ..., "pages[0].items[0]"),
        ("pages.0.items.0.field", "x", "pages[0].items[0]"),
        ("pages.0.items.0.items.0.default", 7, "pages[0].items[0].items[0].default"),
        ("pages.0.items.1.choices.0.value", None, "pages[0].items[1].choices[0].value"),
        ("pages.0.items.1.required", "yes", "pages[0].items[1].required"),
        ("version", "3", "version"),
        ("updatedAt", "yesterday", "updatedAt"),
    ],
)
def test_a_form_definition_of_the_wrong_shape_is_refused_by_its_place(path, to, named):
    assert place(read_form, changed(FORM, path, to)) == named


def test_groups_nested_without_end_are_refused():
    item: dict[str, object] = {"field": "x"}
    for _ in range(150):
        item = {"group": "g", "items": [item]}
    assert place(read_form, FORM | {"pages": [{"name": "p", "items": [item]}]})


@pytest.mark.parametrize(
    ("token", "named"),
    [
        ({"token_type": "Bearer", "expires_in": 300}, "access_token"),
        ({"access_token": "a\r\nX: y", "token_type": "Bearer", "expires_in": 300}, "access_token"),
        ({"access_token": "a", "token_type": "mac", "expires_in": 300}, "token_type"),
        ({"access_token": "a", "token_type": "Bearer", "expires_in": "300"}, "expires_in"),
        ({"access_token": "a", "token_type": "Bearer", "expires_in": 0}, "expires_in"),
    ],
)
def test_what_is_no_token_is_refused(token, named):
    assert place(read_token, token) == named


def test_a_history_is_read_in_its_order():
    told = {"status": "Imported", "message": None, "cases": [{"caseNumber": "2026-1", "url": None}]}
    history = [{**told, "status": "Submitted", "cases": [], "at": "2026-11-20T08:41:07Z"}]
    history.append({**told, "at": "2026-11-20T09:41:07+01:00"})
    detail = read_submission(json.dumps({**summary(), "history": history}).encode())
    assert [entry.status for entry in detail.history] == [Status.SUBMITTED, Status.IMPORTED]
    assert detail.history[1].cases[0].case_number == "2026-1"
    assert place(read_submission, {**summary(), "history": []}) == "history"


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)


@given(st.sampled_from(["id", "formTitle", "submittedAt", "xml", "pdf", "attachments", "status"]), json_values)
def test_whatever_stands_in_an_entry_the_next_one_is_read(key, value):
    read = read_page(page(summary(1, **{key: value}), summary(2)))
    assert read.submissions[-1].id == "s-2"
    assert len(read.submissions) + len(read.unreadable) == 2
