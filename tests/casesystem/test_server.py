"""The case system in a real server process: large files with little memory, and what several clients do at once."""

import hashlib
import http.client
import json
import os
import socket
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor

import psutil
import pytest
from django.db import connection

from casesystem.office import ACCOUNT, CASE, SECRET, Write, basic, decode_batch, encode_batch, repeatability
from formcase.casesystem.models import Contact, File, RememberedRequest
from formcase.casesystem.setup import ensure_account, ensure_sample_data
from ports import free_port

MIB = 1024 * 1024
SIZE = 200 * MIB
BLOCK = bytes(range(256)) * 4096


class Server:
    """A granian process with the application."""

    def __init__(self, folder):
        self.port = free_port()
        database = connection.settings_dict
        address = "postgresql://{USER}:{PASSWORD}@{HOST}:{PORT}/{NAME}".format(**database).replace(":@", "@")
        if str(database["HOST"]).startswith("/"):
            address = "postgresql://{USER}:{PASSWORD}@/{NAME}?host={HOST}".format(**database).replace(":@", "@")
        environment = os.environ | {
            "FORMCASE_DATABASE_URL": address,
            "FORMCASE_DATA": str(folder),
            "DJANGO_SETTINGS_MODULE": "formcase.site.settings",
        }
        options = ["--interface", "wsgi", "--host", "127.0.0.1", "--port", str(self.port), "--workers", "1"]
        self.process = subprocess.Popen(
            [sys.executable, "-m", "granian", *options, "--blocking-threads", "8", "formcase.site.wsgi:application"],
            env=environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )

    def wait(self):
        until = time.monotonic() + 60
        while time.monotonic() < until:
            try:
                self.request("GET", "Me")
                return
            except OSError:
                assert self.process.poll() is None
                time.sleep(0.1)
        raise AssertionError("the server does not start")

    def request(self, method, path, body=None, headers=None, *, chunked=False, sink=None):
        """One request; status, headers and body. sink takes the body piece by piece instead."""
        client = http.client.HTTPConnection("127.0.0.1", self.port, timeout=120)
        login = {"Authorization": basic(ACCOUNT, SECRET), "OnBehalfOf": "User=SBH", "Content-Type": "application/json"}
        client.request(method, f"/OData4/{path}", body, login | (headers or {}), encode_chunked=chunked)
        reply = client.getresponse()
        found = {name.lower(): value for name, value in reply.getheaders()}
        if sink is None:
            return reply.status, found, reply.read()
        while chunk := reply.read(MIB):
            sink(chunk)
        return reply.status, found, b""

    def memory(self):
        """The resident bytes of the process and its workers, at their highest."""
        found = [self.process.pid, *(child.pid for child in psutil.Process(self.process.pid).children(recursive=True))]
        highest = 0
        for pid in found:
            with open(f"/proc/{pid}/status") as status:
                line = next((one for one in status if one.startswith("VmHWM")), "VmHWM: 0 kB")
            highest = max(highest, int(line.split()[1]) * 1024)
        return highest

    def change_set(self, writes):
        kind = {"Content-Type": "multipart/mixed; boundary=batch"}
        status, headers, body = self.request("POST", "$batch", encode_batch([writes]), kind)
        assert status == 200, body
        return decode_batch(headers["content-type"], body)[0]

    def stop(self):
        self.process.terminate()
        self.process.wait(20)


@pytest.fixture(scope="module")
def running(django_db_setup, tmp_path_factory):
    server = Server(tmp_path_factory.mktemp("case-system"))
    yield server
    server.stop()


@pytest.fixture
def server(real_password_hashes, transactional_db, running):
    ensure_sample_data()
    ensure_account(ACCOUNT, SECRET)
    running.wait()
    return running


def blocks():
    for _number in range(SIZE // len(BLOCK)):
        yield BLOCK


@pytest.mark.parametrize("chunked", [False, True])
def test_200_mib_go_in_and_out_without_being_held(server, chunked):
    server.request("POST", "Documents", b"warm", {"Content-Type": "text/plain"})
    before = server.memory()
    headers = {"Content-Type": "application/pdf", "Slug": "large.pdf"}
    headers |= {"Transfer-Encoding": "chunked"} if chunked else {"Content-Length": str(SIZE)}
    status, _headers, body = server.request("POST", "Documents", blocks(), headers, chunked=chunked)
    assert status == 201, body
    made = json.loads(body)
    assert made["Size"] == SIZE
    digest = hashlib.sha256()
    status, found, _body = server.request("GET", f"Documents('{made['ID']}')/$value", sink=digest.update)
    expected = hashlib.sha256()
    for block in blocks():
        expected.update(block)
    assert (status, found["content-length"]) == (200, str(SIZE))
    assert digest.hexdigest() == expected.hexdigest()
    assert server.memory() - before < 30 * MIB


def test_an_upload_that_breaks_off_leaves_no_document_to_be_bound(server):
    with socket.create_connection(("127.0.0.1", server.port)) as client:
        head = f"POST /OData4/Documents HTTP/1.1\r\nHost: localhost\r\nAuthorization: {basic(ACCOUNT, SECRET)}\r\n"
        head += "OnBehalfOf: User=SBH\r\nContent-Type: text/plain\r\nContent-Length: 1000\r\n\r\nabc"
        client.sendall(head.encode())
        time.sleep(0.3)
    until = time.monotonic() + 10
    while time.monotonic() < until:
        from formcase.casesystem.models import Document

        if not Document.objects.exists():
            return
        time.sleep(0.1)
    raise AssertionError("the broken upload stays")


def test_the_same_change_set_sent_by_many_at_once_is_done_once(server):
    headers = [repeatability() for _number in range(3)]
    writes = [
        Write("POST", "Files", CASE, "1", headers[0]),
        Write("POST", "Contacts", {"NameType_Value": "P", "Name1": "A", "NameCode": "1"}, "2", headers[1]),
        Write("POST", "FileInfos", {"File@odata.bind": "$1", "Info_Value": "x"}, "3", headers[2]),
    ]
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _number: server.change_set(writes), range(8)))
    assert {tuple((one.status, one.body) for one in answer) for answer in answers} == {
        tuple((one.status, one.body) for one in answers[0])
    }
    assert [one.status for one in answers[0]] == [201, 201, 201]
    assert File.objects.count() == Contact.objects.count() == 1


def test_a_refused_change_set_sent_by_many_at_once_is_refused_alike(server):
    headers = [repeatability() for _number in range(2)]
    writes = [
        Write("POST", "Files", CASE, "1", headers[0]),
        Write("POST", "FileInfos", {"File@odata.bind": "$1", "CustomLabel_Value": "NIX"}, "2", headers[1]),
    ]
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _number: server.change_set(writes), range(8)))
    assert {(answer.status, answer.content_id, answer.headers["repeatability-result"]) for answer in answers} == {
        (400, "2", "accepted")
    }
    assert not File.objects.exists()
    assert RememberedRequest.objects.count() == 2


def test_change_sets_that_cross_each_other_all_end_well(server):
    def filing(number):
        groups = ["02.15", "05.02"] if number % 2 else ["05.02", "02.15"]
        codes = ["1", "2"] if number % 2 else ["2", "1"]
        contacts = [
            Write(
                "POST",
                "Contacts",
                {"NameType_Value": "P", "Name1": "A", "NameCode": f"{number // 2}-{code}"},
                f"c{code}",
            )
            for code in codes
        ]
        return contacts + [Write("POST", "Files", CASE | {"FileClass_Value": group}, group) for group in groups]

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda number: server.change_set(filing(number)), range(24)))
    done = [answer for answer in answers if isinstance(answer, list)]
    refused = [answer.code for answer in answers if not isinstance(answer, list)]
    assert (len(done), set(refused)) == (12, {"KeyExists"})
    numbers = list(File.objects.values_list("number", flat=True))
    assert len(numbers) == len(set(numbers)) == 24


def test_a_case_cannot_be_closed_under_a_document_on_its_way(server):
    _status, _headers, body = server.request("POST", "Files", json.dumps(CASE).encode())
    key = json.loads(body)["ID"]
    record = {"Title": "x", "RecordType_Value": "DOK", "State_Value": "ARK", "File@odata.bind": f"Files('{key}')"}

    def act(number):
        if number == 10:
            return server.request("PATCH", f"Files('{key}')", b'{"Closed": "2026-11-01"}')[0]
        return server.request("POST", "Records", json.dumps(record).encode())[0]

    with ThreadPoolExecutor(8) as pool:
        statuses = list(pool.map(act, range(30)))
    file = File.objects.get(pk=key)
    assert statuses[10] == 204
    assert set(statuses) <= {201, 204, 409}
    assert file.last_record == file.records.count() == statuses.count(201)
    assert sorted(file.records.values_list("number", flat=True)) == list(range(1, file.last_record + 1))


def test_keys_with_signs_of_all_kinds_arrive_as_they_are(server):
    status, _headers, _body = server.request("GET", "CustomDomains('NVNTILST%3AD%C3%98D')")
    assert status == 200
    status, _headers, body = server.request("GET", "CustomLabels?$filter=Value%20eq%20'Se%20ogs%C3%A5'")
    assert (status, len(json.loads(body)["value"])) == (200, 1)
    assert server.request("GET", "Files('a%2Fb')")[0] == 404
