"""Submitting: what is stored, what is refused, and that nothing is left where it fails."""

import gzip
import hashlib
import io
import re
from pathlib import Path

import pytest
from lxml import etree

from formcase.formservice import documents, setup
from formcase.formservice.answers import AnswersRefused
from formcase.formservice.dialogues import counts, dialogue, submitted_dialogues
from formcase.formservice.feed_for_tests import FedFile, ListingRefused, store_submission
from formcase.formservice.forms import FormUnknown
from formcase.formservice.identifiers import ALPHABET, IdentifierRefused
from formcase.formservice.models import IssuedIdentifiers, StoredFile, Submission
from formcase.formservice.stored_files import guessed_media_type, open_stored
from formcase.formservice.submitting import AttachmentToSubmit, Submitter, submit

pytestmark = pytest.mark.django_db

ANSWERS = {"Applicant": {"Name": "Anna Maria Sørensen", "Cpr": "010190-1234"}}


@pytest.fixture(autouse=True)
def _published(form, settings, tmp_path):
    setup.publish_form(form())
    own = {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": tmp_path / "files"}}
    settings.STORAGES = {**settings.STORAGES, "forms": own}
    settings.FORMSERVICE_STORAGE = "forms"


def content(reference_id: str, kind: str, number: int = 0) -> bytes:
    files = StoredFile.objects.filter(submission__reference_id=reference_id, kind=kind).order_by("number")
    with open_stored(files[number].location) as stream:
        return stream.read()


def kept_files(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


def test_a_submission_has_its_xml_its_pdf_and_its_attachments(tmp_path):
    path = tmp_path / "x"
    path.write_bytes(b"from a path")
    files = [
        AttachmentToSubmit("../../etc/passwd", path),
        AttachmentToSubmit("b.txt", io.BytesIO(b"from a stream")),
        AttachmentToSubmit("c.bin", b"", media_type="image/x-mine"),
    ]
    submitter = Submitter("MitID", "0101901234", "Anna")
    submitted = submit("800636", ANSWERS, files, submitter=submitter)
    told = dialogue(submitted.reference_id)
    assert (told.id, told.form_title, told.status, told.message) == (submitted.id, "Flag permit", "Submitted", None)
    assert [(file.kind, file.id, file.name, file.media_type, file.size) for file in told.files] == [
        ("xml", "", "", "application/xml", told.files[0].size),
        ("pdf", "", "", "application/pdf", told.files[1].size),
        ("attachment", "a1", "../../etc/passwd", "application/octet-stream", 11),
        ("attachment", "a2", "b.txt", "text/plain", 13),
        ("attachment", "a3", "c.bin", "image/x-mine", 0),
    ]
    xml = etree.fromstring(content(submitted.reference_id, "xml"))
    assert (xml.get("id"), xml.get("referenceId"), xml.get("language")) == (
        submitted.id,
        submitted.reference_id,
        "en",
    )
    texts = {field.get("name"): field.text for field in xml.iter("{*}Field")}
    assert texts["Title"] == "Permit for Anna Maria Sørensen"
    assert texts["Cpr"] == "0101901234"
    names = [attachment.get("sha256") for attachment in xml.iter("{*}Attachment")]
    assert names == [hashlib.sha256(data).hexdigest() for data in (b"from a path", b"from a stream", b"")]
    assert content(submitted.reference_id, "pdf").startswith(b"%PDF")
    assert content(submitted.reference_id, "attachment", 1) == b"from a stream"


def test_file_names_never_become_paths(tmp_path):
    submit("800636", ANSWERS, [AttachmentToSubmit("../../escape.txt", b"x"), AttachmentToSubmit("/abs", b"y")])
    paths = [str(path.relative_to(tmp_path)) for path in kept_files(tmp_path)]
    assert len(paths) == 4
    assert all(re.fullmatch(r"files/submissions/[0-9a-f]{2}/[0-9a-f]{32}", path) for path in paths)


def test_a_submission_that_is_refused_leaves_nothing(tmp_path):
    with pytest.raises(AnswersRefused):
        submit("800636", {"Applicant": {}}, [AttachmentToSubmit("a", b"x")])
    assert kept_files(tmp_path) == []
    assert Submission.objects.count() == 0


def test_a_submission_that_fails_half_way_leaves_nothing(tmp_path, monkeypatch):
    class Broken(io.BytesIO):
        def read(self, *_size):
            raise OSError("the disk is gone")

    with pytest.raises(OSError, match="the disk is gone"):
        submit("800636", ANSWERS, [AttachmentToSubmit("a", b"x"), AttachmentToSubmit("b", Broken())])
    assert kept_files(tmp_path) == []

    def broken(*_arguments):
        raise RuntimeError("no receipt")

    monkeypatch.setattr(documents.receipt, "render", broken)
    with pytest.raises(RuntimeError, match="no receipt"):
        submit("800636", ANSWERS, [AttachmentToSubmit("a", b"x")], reference_id="MINE-1")
    assert kept_files(tmp_path) == []
    assert not IssuedIdentifiers.objects.exists()


def test_ids_are_readable_and_never_given_twice():
    submitted = [submit("800636", ANSWERS) for _number in range(3)]
    assert all(re.fullmatch(rf"[{ALPHABET}]{{3}}-[{ALPHABET}]{{3}}", one.reference_id) for one in submitted)
    assert all(re.fullmatch(r"s-1\d{6}", one.id) for one in submitted)
    assert len({one.id for one in submitted} | {one.reference_id for one in submitted}) == 6
    Submission.objects.all().delete()
    with pytest.raises(IdentifierRefused, match="never given twice"):
        submit("800636", ANSWERS, reference_id=submitted[0].reference_id)
    with pytest.raises(IdentifierRefused, match="never given twice"):
        submit("800636", ANSWERS, submission_id=submitted[0].id)
    with pytest.raises(IdentifierRefused, match="64 characters"):
        submit("800636", ANSWERS, reference_id="has blanks")


def test_ids_that_are_asked_for_are_given_and_passed_over_later():
    number = int(submit("800636", ANSWERS).id.removeprefix("s-"))
    asked = submit("800636", ANSWERS, submission_id=f"s-{number + 1}", reference_id="8KS-SQ5")
    assert (asked.id, asked.reference_id) == (f"s-{number + 1}", "8KS-SQ5")
    assert submit("800636", ANSWERS).id == f"s-{number + 2}"


def test_reference_ids_grow_when_the_short_ones_are_used_up(monkeypatch):
    monkeypatch.setattr("formcase.formservice.identifiers._drawn", lambda length: "A" * length)
    grown = [submit("800636", ANSWERS).reference_id for _number in range(3)]
    assert grown == ["AAA-AAA", "AAA-AAAA", "AAAA-AAAA"]


def test_the_newest_version_is_submitted_unless_another_is_asked_for(form):
    setup.publish_form(form(version=2, title="New"))
    assert dialogue(submit("800636", ANSWERS).id).form_version == 2
    assert dialogue(submit("800636", ANSWERS, version=1).id).form_version == 1
    with pytest.raises(FormUnknown, match="It has: 1, 2"):
        submit("800636", ANSWERS, version=3)
    with pytest.raises(FormUnknown, match="There is no form 1"):
        submit("1", ANSWERS)


def test_language_and_media_type_are_checked():
    with pytest.raises(AnswersRefused, match="language tag"):
        submit("800636", ANSWERS, language="da_DK")
    with pytest.raises(AnswersRefused, match=r"attachment 1: .*image/png"):
        submit("800636", ANSWERS, [AttachmentToSubmit("a", b"", media_type="picture")])


def test_the_media_type_is_guessed_by_the_name_alone():
    expected = {
        "flag.PNG": "image/png",
        "programme.txt": "text/plain",
        "plan (æøå) v2.csv": "text/csv",
        "brev.docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        "data:image/png,x": "application/octet-stream",
        "http://x/a.pdf": "application/pdf",
        "archive.tar.gz": "application/gzip",
        "noending": "application/octet-stream",
        "": "application/octet-stream",
    }
    assert {name: guessed_media_type(name) for name in expected} == expected


def test_the_receipt_reads_in_the_language_of_the_form():
    import pypdf

    submitted = submit("800636", ANSWERS, [AttachmentToSubmit("plan.pdf", b"x")])
    pages = pypdf.PdfReader(io.BytesIO(content(submitted.reference_id, "pdf"))).pages
    text = "".join(page.extract_text() for page in pages)
    for shown in (submitted.reference_id, "Full name", "Anna Maria Sørensen", "010190-1234", "plan.pdf"):
        assert shown in text
    assert "02.15" not in text


def test_a_form_published_again_is_the_same_and_changed_needs_a_new_version(form):
    setup.publish_form(form())
    with pytest.raises(setup.DefinitionRefused, match="new version"):
        setup.publish_form(form(title="Changed"))


def test_dialogues_are_listed_newest_first_and_filtered(form):
    setup.publish_form(form("800702"))
    first, second = submit("800636", ANSWERS), submit("800702", ANSWERS)
    assert [one.id for one in submitted_dialogues()] == [second.id, first.id]
    assert [one.id for one in submitted_dialogues(form_ids=["800636"])] == [first.id]
    assert [one.id for one in submitted_dialogues(statuses=["Imported"])] == []
    assert [one.id for one in submitted_dialogues(limit=1)] == [second.id]
    assert counts() == {"Submitted": 2, "Delivered": 0, "TemporaryBlocked": 0, "Imported": 0}
    assert dialogue("nowhere") is None


def test_a_test_feed_is_listed_as_its_xml_says_and_stored_as_it_is():
    attributes = b'id="x-1" referenceId="R-1" formId="9" formTitle="T" formVersion="4"'
    xml = b"<Submission " + attributes + b' submittedAt="2026-11-22T12:00:00Z">broken later'
    with pytest.raises(ListingRefused):
        store_submission(xml)
    whole = xml.replace(b"broken later", b"<Nonsense/></Submission>")
    assert store_submission(whole).reference_id == "R-1"
    assert content("R-1", "xml") == whole
    wrong = FedFile(gzip.compress(b"x"), "application/xml", sha256="0" * 64)
    with pytest.raises(ListingRefused, match="Give the listing"):
        store_submission(FedFile(io.BytesIO(whole), "application/xml"))
    with pytest.raises(ListingRefused):
        store_submission(wrong)
