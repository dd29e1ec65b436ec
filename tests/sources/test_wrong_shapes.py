"""Every value of each answer of a form service, missing or of every wrong kind: refused by its place, or read right."""

import json

import pytest

from formcase.sources.interact import answers
from formcase.sources.interact.tests.service import summary
from formcase.sources.interact.tests.test_answers import FORM
from formcase.sources.port import SubmissionDetail, SubmissionPage
from formcase.submission.form import FormDefinition, FormSummary
from wrong_shapes import bent, ill_typed

CASES = [{"caseNumber": "1", "url": None}]
ENTRY = {"status": "Delivered", "message": "x", "cases": CASES, "at": "2026-11-20T08:41:07Z"}
SUMMARY = {key: value for key, value in FORM.items() if key != "pages"}


@pytest.mark.parametrize(
    ("read", "answer", "made"),
    [
        (answers.read_token, {"access_token": "t", "token_type": "Bearer", "expires_in": 60}, tuple[str, int]),
        (answers.read_forms, {"forms": [SUMMARY]}, tuple[FormSummary, ...]),
        (answers.read_form, FORM, FormDefinition),
        (
            answers.read_page,
            {"submissions": [summary()], "next": None, "cursor": "c", "refused": ["9"]},
            SubmissionPage,
        ),
        (answers.read_submission, {**summary(), "history": [ENTRY]}, SubmissionDetail),
    ],
)
def test_whatever_stands_in_an_answer_it_is_read_right_or_refused_by_its_place(read, answer, made):
    assert not list(ill_typed(read(json.dumps(answer).encode()), made))
    for what, wrong in bent(answer):
        try:
            found = read(json.dumps(wrong).encode())
        except answers.WrongShapeError as error:
            told = error
        else:
            assert not list(ill_typed(found, made)), what
            continue
        assert told.where, what
        assert len(str(told)) < 500, what
