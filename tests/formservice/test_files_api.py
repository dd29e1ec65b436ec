"""A submission's files over the wire: whole, in parts, resumed, and large."""

import base64
import hashlib
import os
import time
from pathlib import Path

import psutil
import pytest

from formcase.formservice.models import StoredFile
from formcase.formservice.stored_files import remove_stored

CONTENT = bytes(range(256)) * 40
DIGEST = hashlib.sha256(CONTENT)


@pytest.fixture
def path(client, feed, fed_file) -> str:
    attachment = fed_file(CONTENT, "image/png; q=1", id="a1", name="flag.png")
    submission_id = feed(attachments=[attachment, fed_file(b"", "text/plain", id="a2", name="empty.txt")])
    return f"/submissions/{submission_id}/attachments/a1"


def test_a_file_comes_with_its_type_length_tag_and_digest(client, path):
    answer = client.get(path)
    assert (answer.status, answer.body) == (200, CONTENT)
    assert answer.headers["content-type"] == "image/png; q=1"
    assert answer.headers["content-length"] == str(len(CONTENT))
    assert answer.headers["etag"].startswith('"')
    assert answer.headers["repr-digest"] == f"sha-256=:{base64.b64encode(DIGEST.digest()).decode()}:"
    assert answer.headers["accept-ranges"] == "bytes"


def test_a_file_is_never_content_coded(client, path):
    answer = client.get(path, Accept_Encoding="gzip, br, deflate")
    assert "content-encoding" not in answer.headers
    assert "transfer-encoding" not in answer.headers
    assert answer.body == CONTENT


def test_xml_and_pdf_are_served_and_what_is_not_there_is_404(client, feed):
    with_pdf, without = feed(xml="<Submission>æ</Submission>".encode()), feed(pdf=None)
    xml = client.get(f"/submissions/{with_pdf}/xml")
    assert (xml.headers["content-type"], xml.body.decode()) == ("application/xml", "<Submission>æ</Submission>")
    pdf = client.get(f"/submissions/{with_pdf}/pdf")
    assert (pdf.headers["content-type"], pdf.body) == ("application/pdf", b"%PDF-1.7 test")
    assert client.get(f"/submissions/{without}/pdf").is_problem(404)
    assert client.get(f"/submissions/{without}/attachments/a1").is_problem(404)


def test_one_range_is_answered_with_the_whole_files_digest(client, path, subtests):
    for asked, first, last in [
        ("bytes=0-0", 0, 0),
        ("bytes=100-199", 100, 199),
        ("bytes=10200-", 10200, 10239),
        ("bytes=10200-99999", 10200, 10239),
        ("bytes=-40", 10200, 10239),
        ("bytes=-99999", 0, 10239),
        ("bytes=0-", 0, 10239),
        ("BYTES=5-6", 5, 6),
    ]:
        with subtests.test(asked=asked, first=first, last=last):
            answer = client.get(path, Range=asked)
            assert (answer.status, answer.body) == (206, CONTENT[first : last + 1])
            assert answer.headers["content-range"] == f"bytes {first}-{last}/{len(CONTENT)}"
            assert answer.headers["content-length"] == str(last - first + 1)
            assert answer.headers["repr-digest"] == f"sha-256=:{base64.b64encode(DIGEST.digest()).decode()}:"


def test_a_range_beyond_the_file_is_416_with_its_size(client, path, subtests):
    for asked in ["bytes=10240-", "bytes=99999-100000", "bytes=-0"]:
        with subtests.test(asked=asked):
            answer = client.get(path, Range=asked)
            assert answer.is_problem(416)
            assert answer.headers["content-range"] == f"bytes */{len(CONTENT)}"


def test_a_range_that_can_not_be_read_or_several_are_answered_with_the_whole_file(client, path, subtests):
    for asked in ["bytes=5-2", "bytes=a-b", "bytes=-", "lines=1-2", "bytes=0-1,4-5", "bytes"]:
        with subtests.test(asked=asked):
            answer = client.get(path, Range=asked)
            assert (answer.status, answer.body) == (200, CONTENT)


def test_an_empty_file_is_served_and_has_no_range(client, path):
    empty = path.replace("a1", "a2")
    whole = client.get(empty)
    assert (whole.status, whole.body, whole.headers["content-length"]) == (200, b"", "0")
    assert client.get(empty, Range="bytes=0-").is_problem(416)


def test_a_read_is_resumed_only_while_the_file_is_the_same(client, path):
    tag = client.get(path).headers["etag"]
    resumed = client.get(path, Range="bytes=5000-", If_Range=tag)
    assert (resumed.status, resumed.body) == (206, CONTENT[5000:])
    for other in ('"another"', f"W/{tag}", "Sat, 21 Nov 2026 08:00:00 GMT"):
        again = client.get(path, Range="bytes=5000-", If_Range=other)
        assert (again.status, again.body) == (200, CONTENT), other


def test_a_file_that_the_client_has_is_not_sent_again(client, path):
    tag = client.get(path).headers["etag"]
    for condition in (tag, f"W/{tag}", f'"other", {tag}', "*"):
        answer = client.get(path, If_None_Match=condition, Range="bytes=0-5")
        assert (answer.status, answer.body, answer.headers["etag"]) == (304, b"", tag), condition
    assert client.get(path, If_None_Match='"other"').status == 200


def test_head_tells_the_same_without_the_bytes(client, path):
    answer = client.call("HEAD", f"/api/v1{path}")
    assert (answer.status, answer.body) == (200, b"")
    assert answer.headers["content-length"] == str(len(CONTENT))
    assert answer.headers["etag"] == client.get(path).headers["etag"]


def test_a_large_file_is_streamed_with_flat_memory(service, client, feed, fed_file, tmp_path):
    size = 200 * 1024 * 1024
    large = tmp_path / "large.bin"
    with large.open("wb") as stream:
        stream.truncate(size)
    submission_id = feed(attachments=[fed_file(large, "application/octet-stream", id="a1", name="large.bin")])
    token, before, highest, counted = client.token, service.memory, 0, 0
    connection = service.connect(client)
    headers = {"Authorization": f"Bearer {token}"}
    connection.request("GET", f"/interact/api/v1/submissions/{submission_id}/attachments/a1", headers=headers)
    response = connection.getresponse()
    digest = hashlib.sha256()
    while chunk := response.read(4 * 1024 * 1024):
        counted += len(chunk)
        digest.update(chunk)
        highest = max(highest, service.memory)
    connection.close()
    assert counted == size
    told = response.getheader("Repr-Digest")
    assert told == f"sha-256=:{base64.b64encode(digest.digest()).decode()}:"
    assert highest - before < 24 * 1024 * 1024


def test_for_a_client_that_goes_away_in_the_middle_nothing_is_read_any_more(service, client, feed, fed_file, settings):
    size = 50 * 1024**3
    submission_id = feed(attachments=[fed_file(b"", "application/octet-stream", id="a1", name="large", size=size)])
    location = StoredFile.objects.get(submission__submission_id=submission_id, kind="attachment").location
    folder = Path(settings.STORAGES["default"]["OPTIONS"]["location"])
    os.truncate(folder / location, size)  # takes no space
    connection = service.connect(client)
    headers = {"Authorization": f"Bearer {client.token}"}
    connection.request("GET", f"/interact/api/v1/submissions/{submission_id}/attachments/a1", headers=headers)
    response = connection.getresponse()
    response.read(1000)
    process = psutil.Process(service.process.pid)
    assert any(location in file.path for file in process.open_files())
    response.close()
    connection.close()
    until = time.monotonic() + 10
    while any(location in file.path for file in process.open_files()):
        assert time.monotonic() < until, "the file is still read"
        time.sleep(0.1)
    remove_stored(location)
