"""Files' bytes: uploading, taking up, who reaches them, downloading, clearing away."""

from datetime import timedelta
from urllib.parse import quote

import pytest
from django.core.files.storage import storages
from django.utils import timezone

from casesystem.office import Write, repeatability
from formcase.casesystem.maintenance import clear_away
from formcase.casesystem.models import Document

RECORD = {"Title": "x", "RecordType_Value": "DOK", "State_Value": "ARK"}


@pytest.mark.parametrize(
    "content_type", ["application/pdf", "application/json", "application/xml", "text/plain; charset=x"]
)
@pytest.mark.parametrize("content", [b"", b"{not json", bytes(range(256)) * 3000])
def test_any_bytes_of_any_type_come_back_as_they_were(soeren, content, content_type):
    key = soeren.upload(content, "a.bin", content_type)
    reply = soeren.get(f"Documents('{key}')/$value")
    assert (reply.status, reply.body, reply.headers["content-type"]) == (200, content, content_type)
    assert reply.headers["content-length"] == str(len(content))
    assert soeren.get(f"Documents('{key}')").json["Size"] == len(content)


def test_the_answer_to_an_upload(soeren):
    reply = soeren.send("POST", "Documents", b"x", {"Content-Type": "image/png", "Slug": quote("kort (æøå) 50%.PNG")})
    assert reply.status == 201
    made = reply.json
    assert (made["FileName"], made["Extension"], made["Size"]) == ("kort (æøå) 50%.PNG", "PNG", 1)
    assert reply.headers["location"] == f"http://testserver/OData4/Documents('{made['ID']}')"
    assert made["@odata.mediaReadLink"].endswith(f"Documents('{made['ID']}')/$value")
    shown = soeren.get(f"Documents('{made['ID']}')/$value").headers["content-disposition"]
    assert shown == "attachment; filename*=UTF-8''" + quote("kort (æøå) 50%.PNG", safe="")


@pytest.mark.parametrize(
    ("name", "status"),
    [("æ" * 96, 201), ("æ" * 97, 400), ("../../etc/passwd", 201), ("a\x00b", 400), ("a\nb", 400), ("😀" * 96, 201)],
)
def test_file_names_have_at_most_96_characters_and_are_never_paths(soeren, name, status):
    reply = soeren.send("POST", "Documents", b"x", {"Content-Type": "text/plain", "Slug": quote(name, safe="")})
    assert reply.status == status
    if status == 201:
        assert reply.json["FileName"] == name
    else:
        assert reply.error["target"] == "Slug"
        assert not Document.objects.exists()


def test_a_slug_that_is_not_utf_8_is_refused(soeren):
    reply = soeren.send("POST", "Documents", b"x", {"Content-Type": "text/plain", "Slug": "%E6"})
    assert (reply.status, reply.code) == (400, "InvalidHeader")


def test_what_no_record_took_up_is_in_no_list_and_only_its_uploaders(soeren, mette, anders, account):
    key = soeren.upload(b"x")
    for office in (soeren, account):
        assert office.entities("Documents") == []
        assert office.get("Documents/$count").body == b"0"
    assert soeren.get(f"Documents('{key}')").status == 200
    for office in (mette, anders, account):
        assert office.get(f"Documents('{key}')").status == 404
        assert office.get(f"Documents('{key}')/$value").status == 404
    reply = mette.post("Records", RECORD | {"Document@odata.bind": f"Documents('{key}')"})
    assert (reply.status, reply.code, reply.error["target"]) == (400, "InvalidBinding", "Document@odata.bind")
    assert soeren.get(f"Documents('{key}')/Record").status == 204


def test_a_record_takes_a_file_up_once(soeren, mette):
    key = soeren.upload(b"abc", "brev.txt")
    bound = {"Document@odata.bind": f"Documents('{key}')"}
    made = soeren.made("Records", RECORD | bound)
    assert (made["FileName"], made["Extension"], made["DocLength"], made["MimeType"]) == (
        "brev.txt",
        "txt",
        "3",
        "text/plain",
    )
    for office in (soeren, mette):
        reply = office.post("Records", RECORD | bound)
        assert (reply.status, reply.code, reply.error["target"]) == (409, "DocumentTaken", "Document@odata.bind")
    assert [one["ID"] for one in mette.entities("Documents")] == [key]
    assert mette.get(f"Documents('{key}')/Record").json["ID"] == made["ID"]
    assert mette.get(f"Records('{made['ID']}')", expand="Document").json["Document"]["FileName"] == "brev.txt"
    assert mette.get(f"Records('{made['ID']}')/Document/$value").body == b"abc"


def test_the_uploader_learns_that_a_file_is_taken_though_the_record_is_unseen(soeren, anders):
    key = soeren.upload(b"abc")
    made = soeren.made("Records", RECORD | {"Document@odata.bind": f"Documents('{key}')"})
    anders.patch(f"Records('{made['ID']}')", {"AccessCode": {"Code": "PERSONALE"}})
    assert soeren.get(f"Documents('{key}')").status == 404
    assert soeren.post("Records", RECORD | {"Document@odata.bind": f"Documents('{key}')"}).code == "DocumentTaken"


def test_a_refused_change_set_gives_the_file_back(soeren):
    key = soeren.upload(b"abc")
    take = Write("POST", "Records", RECORD | {"Document@odata.bind": f"Documents('{key}')"}, "1")
    (refused,) = soeren.change_set(take, Write("POST", "Files", {}, "2"))
    assert refused.status == 400
    (twice,) = soeren.change_set(
        take, Write("POST", "Records", RECORD | {"Document@odata.bind": f"Documents('{key}')"}, "2")
    )
    assert (twice.code, twice.content_id) == ("DocumentTaken", "2")
    (done,) = soeren.change_set(take)
    assert done.status == 201


def test_a_repeated_upload_is_one_document(soeren):
    headers = {"Content-Type": "text/plain", "Slug": "a.txt", **repeatability("a")}
    first, again = (soeren.send("POST", "Documents", b"x", headers) for _number in range(2))
    assert (first.status, first.json["ID"]) == (again.status, again.json["ID"])
    assert first.headers["repeatability-result"] == again.headers["repeatability-result"] == "accepted"
    assert Document.objects.count() == 1


def test_too_many_bytes_are_413_and_leave_nothing(soeren, settings):
    settings.CASESYSTEM_MAX_DOCUMENT_BYTES = 1000
    assert soeren.send("POST", "Documents", b"x" * 1000, {"Content-Type": "text/plain"}).status == 201
    reply = soeren.send("POST", "Documents", b"x" * 1001, {"Content-Type": "text/plain"})
    assert (reply.status, reply.code) == (413, "TooLarge")
    endless = {"Content-Type": "text/plain", "Transfer-Encoding": "chunked"}
    reply = soeren.send("POST", "Documents", b"x" * 1001, endless)
    assert (reply.status, reply.code) == (413, "TooLarge")
    assert Document.objects.count() == 1
    assert soeren.send("POST", "Documents", b"x" * 1000, endless).json["Size"] == 1000


def test_an_upload_in_chunks_is_not_remembered_because_its_end_cannot_be_told(soeren):
    headers = {"Content-Type": "text/plain", "Transfer-Encoding": "chunked", **repeatability("a")}
    first, again = (soeren.send("POST", "Documents", b"x", headers) for _number in range(2))
    assert (first.status, again.status) == (201, 201)
    assert first.json["ID"] != again.json["ID"]


def test_documents_are_neither_changed_nor_posted_as_json_into_records(soeren):
    key = soeren.upload(b"x")
    assert soeren.patch(f"Documents('{key}')", {"FileName": "b"}).status == 405
    (answer,) = soeren.change_set(Write("POST", "Documents", {"FileName": "b"}, "1"))
    assert answer.status == 405


def test_files_that_nobody_took_up_are_cleared_away_in_the_end(soeren):
    taken, recent, old = soeren.upload(b"1"), soeren.upload(b"2"), soeren.upload(b"3")
    soeren.made("Records", RECORD | {"Document@odata.bind": f"Documents('{taken}')"})
    Document.objects.filter(pk__in=[taken, old]).update(updated=timezone.now() - timedelta(days=31))
    name = Document.objects.get(pk=old).storage_name
    assert storages["default"].exists(name)
    assert clear_away().documents == 1
    assert set(Document.objects.values_list("pk", flat=True)) == {taken, recent}
    assert not storages["default"].exists(name)
