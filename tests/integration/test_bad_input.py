"""Bad input, end to end: each is told for what it is, by its name, and stands in nobody else's way."""

import json
import ssl
import threading
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from email.message import Message
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import quote

import psutil
import pytest

from integration.conftest import Installation, wait_until
from integration.form_service_desk import Desk, FileAtHand, Seen

SAMPLES = Path(__file__).parents[2] / "src/formcase/formservice/samples"
FLAG = json.loads((SAMPLES / "flag-permit/answers.json").read_text(encoding="utf-8"))
FLAG_PERMIT = "800636"
MIB = 1024 * 1024
PATIENCE = 60.0

HOSTILE = "'\"><img src=x onerror=alert(1)>{{7*7}}${7*7}' or 1 eq 1 or Title eq '"
FORMULA = '=cmd|"/C calc"!A1'
LONG = "ø" * 10_000
# a picture to those who look at its beginning, a page to those who sniff for one, an archive to those who read its end
POLYGLOT = b"GIF89a/*<script>alert(1)</script>*/=1;" + b"PK\x05\x06" + bytes(18)

# a billion "ha", and a file of the machine's
LEVELS = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 10))
BOMB = f"""<?xml version="1.0"?>
<!DOCTYPE Submission [<!ENTITY a0 "ha">{LEVELS}<!ENTITY passwords SYSTEM "file:///etc/passwd">]>
<Submission xmlns="urn:formcase:submission:1">&a9;&passwords;</Submission>
""".encode()


@pytest.fixture(scope="module")
def desk(installation: Installation) -> Iterator[Desk]:
    made = Desk(installation.environment())
    yield made
    made.close()


@pytest.fixture(scope="module", autouse=True)
def worker(installation: Installation, desk: Desk) -> Iterator[psutil.Process]:
    """One worker for all of these, warm, which gives up on what can't be read after seconds, not minutes."""
    process = psutil.Process(installation.start_worker(FORMCASE_UNREADABLE_WAITS="1,1").pid)
    wait_for(desk, desk.submit(FLAG_PERMIT, flag_answers("010190-1234"), (), 3), "Imported")
    yield process
    installation.end_workers()


def flag_answers(cpr: str) -> dict[str, object]:
    answers = json.loads(json.dumps(FLAG))
    answers["Applicant"]["Person"]["Cpr"] = cpr
    return answers


def wait_for(desk: Desk, reference: str, status: str, patience: float = PATIENCE) -> Seen:
    """What Submitted dialogues shows once it shows this status."""
    wait_until(
        lambda: desk.seen(reference).status == status,
        patience,
        lambda: f"{reference} is not {status}: {desk.seen(reference)}",
    )
    return desk.seen(reference)


def test_an_entity_bomb_is_refused_at_its_document_type_and_never_expanded(installation, desk, worker):
    before = worker.memory_info().rss
    seen = wait_for(desk, desk.feed(BOMB, "BAD-DTD"), "TemporaryBlocked")
    assert "document type declaration (DTD); none is allowed" in seen.message
    assert seen.history == ("Submitted", "Delivered", "TemporaryBlocked")
    assert worker.memory_info().rss - before < 20 * MIB
    assert installation.cases_of("BAD-DTD") == []


def test_xml_of_17_mib_is_refused_with_what_is_allowed(installation, desk, worker):
    filling = b"<Page name='A'>" + b" " * (17 * MIB) + b"</Page>"
    xml = b'<Submission xmlns="urn:formcase:submission:1">' + filling + b"</Submission>"
    seen = wait_for(desk, desk.feed(xml, "BAD-LONG"), "TemporaryBlocked")
    assert f"{len(xml)} bytes" in seen.message
    assert "at most 16 MiB are allowed" in seen.message
    assert installation.cases_of("BAD-LONG") == []


def test_a_file_that_was_changed_behind_the_form_service_is_refused_by_its_digest(installation, desk):
    programme = FileAtHand("programme.txt", b"Noon: the choir sings.\n", "text/plain", "Programme")
    told = {"xml": "the XML of", "pdf": "the PDF of", "attachment": "the attachment"}
    damaged = {
        kind: desk.submit_and_damage(kind, FLAG_PERMIT, flag_answers("020290-1234"), [programme]) for kind in told
    }
    for kind, reference in damaged.items():
        seen = wait_for(desk, reference, "TemporaryBlocked")
        assert told[kind] in seen.message
        assert "its SHA-256 digest is" in seen.message
        assert "must hand out the file that it announced" in seen.message
        assert installation.cases_of(reference) == []


def test_an_attachment_named_as_a_way_out_is_filed_and_its_name_stays_a_name(installation, desk):
    name = "../../etc/passwd"
    content = b"root:x:0:0:no such thing\n"
    files_before = sorted(installation.data.parent.glob("*"))
    reference = desk.submit(
        FLAG_PERMIT, flag_answers("030390-1234"), [FileAtHand(name, content, "text/plain", "Programme")], 3
    )
    (number,) = wait_for(desk, reference, "Imported").cases
    documents = {record["Title"]: record for record in installation.documents(number)}
    assert name in documents
    assert installation.content(documents[name]) == content
    assert sorted(installation.data.parent.glob("*")) == files_before
    assert list(installation.data.rglob("*passwd*")) == []
    assert b"no such thing" not in Path("/etc/passwd").read_bytes()


def test_an_empty_attachment_is_a_document_and_one_of_200_mib_passes_in_flat_memory(
    installation, desk, worker, tmp_path
):
    large = tmp_path / "large.bin"
    with large.open("wb") as file:
        file.truncate(200 * MIB)
    processes = {"worker": worker, **servers(installation)}
    files = [
        FileAtHand("empty.txt", b"", "text/plain", "Programme"),
        FileAtHand("large.bin", large, "application/octet-stream", "Programme"),
    ]
    with most_memory(processes) as grown:
        reference = desk.submit(FLAG_PERMIT, flag_answers("040490-1234"), files, 3)
        (number,) = wait_for(desk, reference, "Imported", 120).cases
    print("memory grew by (MiB):", {name: round(size / MIB, 1) for name, size in grown.items()})
    sizes = {record["Title"]: len(installation.content(record)) for record in installation.documents(number)}
    assert (sizes["empty.txt"], sizes["large.bin"]) == (0, 200 * MIB)
    assert max(grown.values()) < 40 * MIB


def test_a_redirecting_address_is_refused_and_not_followed(installation, desk):
    with redirecting_service(installation) as service:
        installation.create_workflow("Redirecting", Url=service.url)
        lines = installation.check("Redirecting")
        assert lines["reach"]["verdict"] == "no"
        assert f"redirects to another one ({service.elsewhere}" in lines["reach"]["found"]
        assert "Url" in lines["reach"]["remedy"]
        assert installation.run("workflow", "enable", "Redirecting", "--anyway").returncode == 0
        wait_until(
            lambda: "redirect" in health_of(installation, "Redirecting"),
            30,
            lambda: health_of(installation, "Redirecting"),
        )
        assert installation.run("workflow", "delete", "Redirecting").returncode == 0
    assert service.asked
    assert not [path for path in service.asked if path.startswith("/elsewhere")]


def test_an_expired_certificate_is_told_with_its_day(installation, desk, tmp_path):
    file = tmp_path / "expired.pem"
    file.write_bytes(desk.issue_certificate("too-late", days=-3))
    imported = installation.run("certificate", "import", str(file))
    assert imported.returncode == 0
    assert "expired" in imported.stderr
    thumbprint = imported.stdout.split("CertificateThumbprint: ")[1].strip()
    installation.create_workflow("Too late", ClientId="too-late", CertificateThumbprint=thumbprint)
    lines = installation.check("Too late")
    assert lines["certificate"]["verdict"] == "no"
    assert "It has expired" in lines["certificate"]["found"]
    assert "valid until 20" in lines["certificate"]["found"]
    assert "Order a new one" in lines["certificate"]["remedy"]
    # the form service says so too
    assert lines["reach"]["verdict"] == "no"
    assert "expired" in lines["reach"]["found"]


def test_a_wrong_thumbprint_is_told(installation):
    refused = installation.run("workflow", "set", "Sample forms", "CertificateThumbprint=3f1c zz")
    assert refused.returncode == 2
    assert "CertificateThumbprint: “z” at place 5 is no hexadecimal digit (0–9, A–F)" in refused.stderr
    installation.create_workflow("Unknown certificate", CertificateThumbprint="ab" * 20)
    lines = installation.check("Unknown certificate")
    assert lines["certificate"]["verdict"] == "no"
    assert "It is not stored. There is: " in lines["certificate"]["found"]
    assert "(formcase-demo)" in lines["certificate"]["found"]
    assert "formcase certificate import" in lines["certificate"]["remedy"]


def test_impossible_parameters_are_refused_together_and_change_nothing(installation):
    before = installation.json("workflow", "show", "Sample forms")["parameters"]
    refused = installation.run("workflow", "set", "Sample forms", "FormIds=800636,,8 0", "WatchInterval=0")
    assert refused.returncode == 2
    form_ids, interval = refused.stderr.splitlines()
    assert form_ids.startswith("FormIds: No form IDs (with their places): “” (2), “8 0” (3).")
    assert "as in 800636,800702" in form_ids
    assert interval == "WatchInterval: It must be more than 0 seconds; 60 to 300 suits most."
    assert installation.json("workflow", "show", "Sample forms")["parameters"] == before


def test_one_submission_that_never_validates_stands_in_the_way_of_no_other(installation, desk):
    never = desk.feed(b'<Submission xmlns="urn:formcase:submission:1" id="x"/>', "BAD-NEVER")
    people = [flag_answers(f"0505{80 + n % 19}-{1000 + n}") for n in range(100)]
    others = desk.submit_many(FLAG_PERMIT, people[:50], (), 3)
    seen = wait_for(desk, never, "TemporaryBlocked")
    others += desk.submit_many(FLAG_PERMIT, people[50:], (), 3)  # these come when it is blocked

    def imported() -> int:
        statuses = desk.statuses()
        return sum(statuses[reference] == "Imported" for reference in others)

    wait_until(lambda: imported() == len(others), 120, lambda: f"{imported()} of {len(others)} are Imported")
    references = [row["Info_Value"] for row in installation.reference_rows()]
    assert all(references.count(reference) == 1 for reference in others)
    assert "the attribute referenceId is missing" in seen.message
    assert "expected is Submitter, Page" in seen.message
    assert installation.cases_of(never) == []
    shown = installation.submission(never)
    assert shown["attempts"] == 3
    assert shown["status"] == "Temporary blocked"


def test_a_reference_id_that_was_given_twice_is_filed_once(installation, desk):
    reference = desk.submit(FLAG_PERMIT, flag_answers("060690-1234"), (), 3)
    first = wait_for(desk, reference, "Imported")
    owner = installation.submission(reference)["id"]
    desk.forget(reference)
    desk.submit(FLAG_PERMIT, flag_answers("070790-1234"), (), 3, reference)
    seen = wait_for(desk, reference, "TemporaryBlocked")
    assert reference in seen.message
    assert f"submission {owner}" in seen.message
    assert [case["FileNo"] for case in installation.cases_of(reference)] == list(first.cases)


def test_scripts_formulas_filters_and_ten_thousand_letters_are_filed_as_the_text_that_they_are(installation, desk):
    person = flag_answers("080890-1234")
    person["Event"] |= {"Place": HOSTILE, "Reason": FORMULA, "Occasion": LONG}
    person["Applicant"]["Person"] |= {"Name": HOSTILE, "Address": FORMULA}
    names = (f"{HOSTILE}.gif".replace("/", ""), "a\u202efdp.exe.gif", f"{'n' * 240}.gif")
    files = [FileAtHand(name, POLYGLOT, "image/gif", "Programme") for name in names]
    reference = desk.submit(FLAG_PERMIT, person, files, 3)
    (number,) = wait_for(desk, reference, "Imported").cases
    assert len(installation.cases_of(reference)) == 1
    case = installation.case(number)
    (party,) = case["Parties"]
    assert party["Name"]["Name1"] == HOSTILE
    (contact,) = installation.odata("Contacts?$filter=NameCode eq '0808901234'&$expand=Addresses")["value"]
    assert [address["Address1"] for address in contact["Addresses"]] == [FORMULA]
    assert case["Text"]["Text"] == LONG
    documents = {record["Title"]: record for record in installation.documents(number)}
    for name in names:
        assert installation.content(documents[name]) == POLYGLOT
        headers = headers_of(installation, documents[name]["Document"]["ID"])
        assert headers["Content-Disposition"].startswith("attachment; filename*=UTF-8''")
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert not set(headers["Content-Disposition"]) & set("\r\n<>\u202e")


def headers_of(installation: Installation, document: str) -> Message:
    address = f"http://127.0.0.1:{installation.port}/OData4/Documents('{quote(document)}')/$value"
    request = urllib.request.Request(address, headers={"Authorization": f"Bearer {installation.token()}"})
    with urllib.request.urlopen(request) as answer:
        return answer.headers


def test_a_contact_is_found_again_though_its_name_is_a_filter(installation, desk):
    """The second submission of the same person makes no second contact: what was asked was a text, not a filter."""
    person = flag_answers("090990-1234")
    person["Applicant"]["Person"]["Name"] = "x' or Name1 ne '"
    for _ in range(2):
        wait_for(desk, desk.submit(FLAG_PERMIT, person, (), 3), "Imported")
    contacts = installation.odata("Contacts?$filter=NameCode eq '0909901234'")["value"]
    assert [contact["Name1"] for contact in contacts] == ["x' or Name1 ne '"]


@pytest.mark.parametrize(
    "name",
    ["x" * 10_000, "two\r\nSet-Cookie: a=b", "nul\x00", "half\ud800"],
    ids=["10,000 letters", "two lines", "NUL", "half a character"],
)
def test_a_file_name_that_can_be_none_is_refused_at_the_desk(desk, name):
    before = desk.statuses()
    with pytest.raises(Exception) as refused:
        desk.submit(FLAG_PERMIT, flag_answers("010190-1234"), [FileAtHand(name, b"x", "text/plain", "Programme")], 3)
    assert "name is one line of at most 255 characters" in str(refused.value).replace("\n", "")
    assert desk.statuses() == before


def health_of(installation: Installation, workflow: str) -> str:
    return str(installation.json("workflow", "show", workflow)["health"])


def servers(installation: Installation) -> dict[str, psutil.Process]:
    """The form service's process and the case system's, which both serve the files."""
    found = {}
    for process in psutil.process_iter(["cmdline"]):
        command = " ".join(process.info["cmdline"] or ())
        for module in ("formcase.site.form_service", "formcase.site.web"):
            # of the web server's two processes the second one answers
            if module in command and process.environ().get("FORMCASE_DATA") == str(installation.data):
                found[module.rpartition(".")[2]] = process
    return found


@contextmanager
def most_memory(processes: dict[str, psutil.Process]) -> Iterator[dict[str, int]]:
    """By how many bytes each process's memory has grown at most while the block runs."""
    before = {name: process.memory_info().rss for name, process in processes.items()}
    grown = dict.fromkeys(processes, 0)
    over = threading.Event()

    def look() -> None:
        while not over.wait(0.1):
            for name, process in processes.items():
                grown[name] = max(grown[name], process.memory_info().rss - before[name])

    looking = threading.Thread(target=look)
    looking.start()
    try:
        yield grown
    finally:
        over.set()
        looking.join()


class RedirectingService(ThreadingHTTPServer):
    """Answers 302 to everything, over TLS that demands a client certificate as the form service's does."""

    def __init__(self, authority: Path) -> None:
        self.asked: list[str] = []
        super().__init__(("127.0.0.1", 0), _Redirect)
        self.url = f"https://localhost:{self.server_port}/interact"
        self.elsewhere = f"https://localhost:{self.server_port}/elsewhere"
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(authority / "server.pem", authority / "server.key")
        context.load_verify_locations(authority / "authority.pem")
        context.verify_mode = ssl.CERT_REQUIRED
        self.socket = context.wrap_socket(self.socket, server_side=True)

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that goes away is no news here."""


class _Redirect(BaseHTTPRequestHandler):
    server: RedirectingService

    def _redirect(self) -> None:
        self.server.asked.append(self.path)
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.send_response(302)
        self.send_header("Location", self.server.elsewhere + self.path)
        self.send_header("Content-Length", "0")
        self.end_headers()

    do_GET = do_POST = do_PUT = _redirect

    def log_message(self, *arguments: object) -> None:
        """Tests print no access log."""


@contextmanager
def redirecting_service(installation: Installation) -> Iterator[RedirectingService]:
    with RedirectingService(installation.data / "authority") as service:
        serving = threading.Thread(target=service.serve_forever)
        serving.start()
        try:
            yield service
        finally:
            service.shutdown()
            serving.join()
