"""`$batch`: change sets all or nothing, references by Content-ID, single requests, what is malformed."""

import pytest

from casesystem.office import CASE, Reply, Write, encode_batch

PARTY = {"CustomLabel_Value": "Sagspart"}
RECORD = {"Title": "x", "RecordType_Value": "DOK", "State_Value": "ARK"}


def filing(reference, document):
    """What filing a submission sends: contact, address, case, party, documents, reference row."""
    return [
        Write("POST", "Contacts", {"NameType_Value": "P", "NameCode": "0101901234", "Name1": "Anna"}, "c"),
        Write("POST", "Addresses", {"Name@odata.bind": "$c", "Address1": "Kystvejen 9", "Postcode_Value": "8000"}, "a"),
        Write("POST", "Files", CASE | {"Text": {"Text": "t"}}, "f"),
        Write(
            "POST",
            "FileContacts",
            PARTY | {"File@odata.bind": "$f", "Name@odata.bind": "$c", "NameAddress@odata.bind": "$a"},
            "p",
        ),
        Write(
            "POST",
            "Records",
            RECORD | {"File@odata.bind": "$f", "Document@odata.bind": f"Documents('{document}')"},
            "r",
        ),
        Write("POST", "Records", RECORD | {"File@odata.bind": "$f", "MainRecord@odata.bind": "$r"}, "x"),
        Write("PATCH", "$f/Note", {"Text": "n"}, "n"),
        Write("PATCH", "$f", {"Title": "B"}, "t"),
        Write(
            "POST", "FileDates", {"File@odata.bind": "$t", "CustomLabel_Value": "FRIST", "DateStamp": "2027-01-01"}, "d"
        ),
        Write(
            "POST",
            "FileInfos",
            {"File@odata.bind": "$f", "CustomLabel_Value": "INTERACT", "Info_Value": reference},
            "i",
        ),
    ]


def test_a_submission_is_filed_in_one_change_set(soeren):
    document = soeren.upload(b"content")
    answers = soeren.change_set(*filing("8KS-SQ5", document))
    assert [answer.status for answer in answers] == [201, 201, 201, 201, 201, 201, 204, 204, 201, 201]
    assert [answer.content_id for answer in answers] == ["c", "a", "f", "p", "r", "x", "n", "t", "d", "i"]
    (file,) = soeren.entities("Files", expand="Parties,FileRecords,Text,Note,Infos,Dates")
    assert (file["Title"], file["Text"]["Text"], file["Note"]["Text"]) == ("B", "t", "n")
    assert [len(file[name]) for name in ("Parties", "FileRecords", "Infos", "Dates")] == [1, 2, 1, 1]
    assert [one["RecordNo"] for one in file["FileRecords"]] == ["1", "2"]
    assert (
        soeren.get(f"Files('{file['ID']}')/FileRecords", filter="Document/Size eq 7").json["value"][0]["RecordNo"]
        == "1"
    )


def test_a_refused_change_set_leaves_nothing_and_says_which_request(soeren):
    document = soeren.upload(b"content")
    writes = filing("8KS-SQ5", document)
    writes[8].body["CustomLabel_Value"] = "NIX"
    (answer,) = soeren.batch(writes)
    assert isinstance(answer, Reply)
    assert (answer.status, answer.content_id, answer.error["target"]) == (400, "d", "CustomLabel_Value")
    for path in ["Contacts", "Addresses", "Files", "FileContacts", "Records", "FileInfos", "FileDates", "Documents"]:
        assert soeren.get(f"{path}/$count").body == b"0"
    assert soeren.get(f"Documents('{document}')").status == 200
    assert [answer.status for answer in soeren.change_set(*filing("8KS-SQ5", document))][:3] == [201, 201, 201]


def test_a_reference_to_a_patch_stands_for_its_url(soeren):
    file = soeren.case()
    answers = soeren.change_set(
        Write("PATCH", f"Files('{file['ID']}')", {"Title": "B"}, "1", {"If-Match": file["@odata.etag"]}),
        Write("PATCH", "$1/Text", {"Text": "t"}, "2"),
        Write("POST", "FileInfos", {"File@odata.bind": "$1", "Info_Value": "x"}, "3"),
        Write("POST", "$1/Dates", {"DateStamp": "2027-01-01"}, "4"),
        Write("PATCH", f"http://testserver/OData4/Files('{file['ID']}')/Note", {"Text": "n"}, "5"),
        Write("PATCH", f"/OData4/Files('{file['ID']}')", {"ROOMS": 2}, "6"),
    )
    assert [answer.status for answer in answers] == [204, 204, 201, 201, 204, 204]


@pytest.mark.parametrize("url", ["$9", "$9/Text", "$2/Text"])
def test_a_reference_to_nothing_or_to_what_comes_later_is_refused(soeren, url):
    (answer,) = soeren.change_set(Write("PATCH", url, {"Text": "t"}, "1"), Write("POST", "Files", CASE, "2"))
    assert (answer.status, answer.code, answer.content_id) == (400, "InvalidReference", "1")
    (answer,) = soeren.change_set(Write("POST", "FileInfos", {"File@odata.bind": "$9"}, "1"))
    assert (answer.status, answer.error["target"]) == (400, "File@odata.bind")


def test_single_requests_and_change_sets_stand_beside_each_other_and_in_order(soeren):
    place = f"Files('{soeren.case()['ID']}')"
    answers = soeren.batch(
        Write("GET", f"{place}?$select=Title"),
        [Write("PATCH", place, {"Title": "B"}, "1")],
        Write("GET", f"{place}/Title/$value", content_id="7"),
        Write("POST", "Files", CASE, "8"),
        Write("GET", "Files?$filter=Title%20eq%20'A%20flag'&$count=true"),
    )
    assert answers[0].json["Title"] == "A flag"
    assert [answer.status for answer in answers[1]] == [204]
    assert (answers[2].body, answers[2].content_id) == (b"B", "7")
    assert (answers[3].status, answers[3].content_id) == (201, "8")
    assert answers[4].json["@odata.count"] == 1


def test_after_a_refusal_the_rest_is_left_undone_unless_the_client_goes_on(soeren):
    parts = (Write("GET", "Files('1')"), Write("POST", "Files", CASE))
    assert [answer.status for answer in soeren.batch(*parts)] == [404]
    answers = soeren.batch(*parts, headers={"Prefer": "odata.continue-on-error"})
    assert [answer.status for answer in answers] == [404, 201]
    answers = soeren.batch([Write("POST", "Files", {}, "1")], [Write("POST", "Files", CASE, "2")])
    assert [answer.status for answer in answers] == [400]


def test_two_change_sets_of_one_batch_stand_alone(soeren):
    first, second = soeren.batch(
        [Write("POST", "Files", CASE, "1")],
        [Write("POST", "Files", {"Title": "x"}, "2")],
        headers={"Prefer": "odata.continue-on-error"},
    )
    assert (first[0].status, second.status, second.content_id) == (201, 400, "2")
    assert soeren.get("Files/$count").body == b"1"


def test_a_contact_that_exists_meanwhile_refuses_the_whole_change_set(soeren):
    soeren.contact(NameCode="0101901234")
    (answer,) = soeren.change_set(*filing("R", soeren.upload(b"x")))
    assert (answer.status, answer.code, answer.content_id) == (409, "KeyExists", "c")
    assert soeren.get("Files/$count").body == b"0"


def test_a_change_set_respects_an_etag_of_before_it(soeren):
    file = soeren.case()
    place = f"Files('{file['ID']}')"
    soeren.patch(place, {"Title": "B"})
    (answer,) = soeren.change_set(
        Write("POST", "Files", CASE, "1"), Write("PATCH", place, {"Title": "C"}, "2", {"If-Match": file["@odata.etag"]})
    )
    assert (answer.status, answer.content_id) == (412, "2")
    assert soeren.get("Files/$count").body == b"1"


GOOD = encode_batch([[Write("POST", "Files", CASE, "1")]])


@pytest.mark.parametrize(
    ("body", "named"),
    [
        (b"", "boundary"),
        (b"nonsense", "boundary"),
        (GOOD.replace(b"--batch--", b""), "closing boundary --batch--"),
        (GOOD.replace(b"--changeset--", b""), "closing boundary --changeset--"),
        (GOOD.replace(b"boundary=changeset", b""), "names no boundary"),
        (GOOD.replace(b"application/http", b"text/plain"), "part 1, request 1"),
        (GOOD.replace(b"multipart/mixed", b"text/plain"), "part 1"),
        (GOOD.replace(b"POST Files HTTP/1.1", b"POST Files now please"), "no request line"),
        (GOOD.replace(b"POST Files HTTP/1.1", b"GET Files HTTP/1.1"), "holds no GET"),
        (GOOD.replace(b"Content-Length: ", b"Content-Length: 9"), "Content-Length"),
        (GOOD.replace(b"Content-ID: 1", b"Content-ID 1"), "is no header"),
        (encode_batch([[Write("POST", "Files", CASE, "1"), Write("POST", "Files", CASE, "1")]]), "Content-ID 1"),
    ],
)
def test_a_malformed_batch_is_refused_and_says_what_is_wrong(soeren, body, named):
    reply = soeren.raw_batch(body)
    assert (reply.status, reply.code) == (400, "MalformedBatch"), reply.body
    assert named in reply.error["message"]
    assert soeren.get("Files/$count").body == b"0"


def test_a_batch_of_another_kind_is_415(soeren):
    reply = soeren.send("POST", "$batch", b"{}", {"Content-Type": "application/json"})
    assert (reply.status, reply.code) == (415, "UnsupportedMediaType")
    assert soeren.get("$batch").status == 404


def test_line_ends_and_preambles_may_be_as_mail_has_them(soeren):
    plain = b"ignore me\n" + GOOD.replace(b"\r\n", b"\n") + b"\nand me"
    reply = soeren.raw_batch(plain)
    assert (reply.status, b"201 Created" in reply.body) == (200, True)


def test_a_request_outside_of_the_service_is_refused(soeren):
    (answer,) = soeren.batch(Write("GET", "/other/Files"))
    assert (answer.status, answer.code) == (400, "InvalidAddress")
