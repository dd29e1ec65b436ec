"""What the XML and the listing both say, they say alike."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta, timezone

import pytest

from formcase.submission.agreement import disagreements
from formcase.submission.model import Attachment, FileDescription, Submission

AT = datetime(2026, 11, 20, 8, 41, 7, tzinfo=UTC)
FLAG = Attachment("a1", "flag.png", FileDescription("image/png", 147, "a" * 64), "Flag")
PLAN = Attachment("a2", "plan.csv", FileDescription("text/csv", 87, "b" * 64))
SUBMISSION = Submission("s-1", "8KS-SQ5", "800636", "Flag permit", 3, AT, (), (FLAG, PLAN))


@dataclass(frozen=True)
class Listed:
    id: str = "s-1"
    reference_id: str = "8KS-SQ5"
    form_id: str = "800636"
    form_title: str = "Flag permit"
    form_version: int = 3
    submitted_at: datetime = AT
    attachments: tuple[Attachment, ...] = (FLAG, PLAN)


def test_the_same_said_twice_agrees():
    assert disagreements(SUBMISSION, Listed()) == ()


def test_the_same_moment_in_another_zone_and_what_only_one_side_states_agree():
    attachments = (PLAN, replace(FLAG, field=None))
    local = AT.astimezone(timezone(timedelta(hours=1)))
    assert disagreements(SUBMISSION, Listed(submitted_at=local, attachments=attachments)) == ()


@pytest.mark.parametrize(
    ("listed", "named"),
    [
        (Listed(id="s-2"), "id s-1"),
        (Listed(reference_id="X"), "referenceId 8KS-SQ5"),
        (Listed(form_id="1"), "formId 800636"),
        (Listed(form_title="x"), "formTitle Flag permit"),
        (Listed(form_version=4), "formVersion 3"),
        (Listed(submitted_at=AT + timedelta(seconds=1)), "submittedAt 2026"),
        (Listed(attachments=(FLAG,)), "attachment a2 stands in the XML and not"),
        (Listed(attachments=(FLAG, PLAN, replace(PLAN, id="a3"))), "attachment a3 stands in the listing and not"),
        (Listed(attachments=(FLAG, PLAN, PLAN)), "attachment a2 twice"),
        (Listed(attachments=(replace(FLAG, name="x.png"), PLAN)), "attachment a1 the XML says name flag.png"),
        (Listed(attachments=(FLAG, replace(PLAN, file=replace(PLAN.file, size=1)))), "a2 the XML says size 87"),
        (Listed(attachments=(FLAG, replace(PLAN, file=replace(PLAN.file, sha256="c" * 64)))), "sha256"),
        (Listed(attachments=(FLAG, replace(PLAN, file=replace(PLAN.file, media_type="a/b")))), "mediaType text/csv"),
    ],
)
def test_every_disagreement_is_named(listed, named):
    found = disagreements(SUBMISSION, listed)
    assert len(found) == 1
    assert named in found[0].text()


def test_what_a_person_called_a_file_is_not_told_to_everybody():
    (found,) = disagreements(SUBMISSION, Listed(attachments=(replace(FLAG, name="x.png"), PLAN)))
    assert "flag.png" not in found.discreet()
