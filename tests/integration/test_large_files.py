"""Files of 2 GiB go in and out at both ends, through pages and the APIs, and no process holds one. Prints its figures.

LARGE_FILE_BYTES sets another size.
"""

import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest

from integration.conftest import Installation, end_installation, start_installation
from integration.form_service_desk import Desk
from integration.memory_watch import MIB, MemoryWatch
from integration.page_visitor import LargeFile, PageVisitor
from integration.people_of_the_story import case_system_password, form_service_login

pytestmark = pytest.mark.long

SIZE = int(os.environ.get("LARGE_FILE_BYTES") or 2 * 1024**3)
FLAT = 64 * MIB  # what a process may take more while a file of any size passes
PATIENCE = 900
FORM = {
    "id": "900200",
    "title": "Film of a building site",
    "version": 1,
    "language": "en",
    "pages": [
        {
            "name": "Film",
            "title": "The film",
            "items": [
                {"field": "Where", "title": "Where?", "required": True},
                {"field": "File", "title": "Film", "type": "file", "accept": ["mp4"], "required": True},
            ],
        },
        {
            "name": "WZ_ODATA",
            "hidden": True,
            "items": [
                {
                    "group": "Files",
                    "items": [
                        {"field": "Title", "default": "Film of {Film.Where}"},
                        {"field": "FileClass_Value", "default": "02.34"},
                    ],
                }
            ],
        },
    ],
}


@pytest.fixture(scope="module")
def installation() -> Iterator[Installation]:
    """One whose data is gone afterwards: pytest would keep what lies in its own folders."""
    folder = Path(tempfile.mkdtemp(prefix="formcase-large-"))
    try:
        made, process = start_installation(folder / "data")
        try:
            desk = Desk(made.environment())
            desk.publish(FORM)
            desk.close()
            yield made
        finally:
            made.end_workers()
            end_installation(process)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="module")
def watch(installation: Installation) -> MemoryWatch:
    """Watches the web server, the form service and a worker."""
    worker = installation.start_worker()
    served = [process for process in psutil.process_iter(["cmdline"]) if _serves(process, installation)]
    roots = {
        "web server": next(one for one in served if "formcase.site.web" in one.info["cmdline"]),
        "form service": next(one for one in served if "formcase.site.form_service" in one.info["cmdline"]),
        "worker": psutil.Process(worker.pid),
    }
    return MemoryWatch(roots)


def _serves(process: psutil.Process, installation: Installation) -> bool:
    try:
        return process.environ().get("FORMCASE_PORT") == str(installation.port) and any(
            part.startswith("formcase.site.") for part in process.info["cmdline"] or ()
        )
    except psutil.Error:
        return False


@contextmanager
def flat(watch: MemoryWatch, what: str, size: int) -> Iterator[None]:
    """The step is to take no more memory than a small file would."""
    began = time.monotonic()
    with watch.step():
        yield
    seconds = time.monotonic() - began
    told = ", ".join(f"{name} {grown / MIB:.0f}" for name, grown in watch.grown.items())
    print(f"{what}: {size / MIB:.0f} MiB in {seconds:.1f} s, {size / MIB / seconds:.0f} MiB/s; MiB more: {told}")
    if size == SIZE:
        assert {name: grown // MIB for name, grown in watch.grown.items() if grown > FLAT} == {}, what


def hand_in(visitor: PageVisitor, file: LargeFile) -> str:
    """Fill the form in at its pages; the reference ID."""
    start = visitor.get(f"/forms/{FORM['id']}/")
    page = visitor.post(start.address, {"csrfmiddlewaretoken": start.token()})
    values = {"csrfmiddlewaretoken": page.token(), "q-0-0": "Skovvej 4", "go": "next"}
    summary = visitor.post_file(page.address, values, "q-file-0", file)
    assert summary.address.endswith("/summary/"), summary.text
    seen = summary.text.partition('name="seen" value="')[2].partition('"')[0]
    receipt = visitor.post(summary.address, {"csrfmiddlewaretoken": summary.token(), "seen": seen})
    return receipt.text.partition('class="secret">')[2].partition("<")[0]


def signed_in_at_form_service(installation: Installation) -> PageVisitor:
    """The administrator of the form service."""
    visitor = PageVisitor(installation.port)
    page = visitor.get("/form-service/sign-in/")
    name, password = form_service_login(installation)
    visitor.post(page.address, {"csrfmiddlewaretoken": page.token(), "name": name, "password": password})
    return visitor


def logged_in_at_case_system(installation: Installation) -> PageVisitor:
    """A caseworker."""
    visitor = PageVisitor(installation.port)
    page = visitor.get("/case-system/login/")
    login = {"name": "SBH", "password": case_system_password(installation), "next": ""}
    visitor.post(page.address, {"csrfmiddlewaretoken": page.token(), **login})
    return visitor


def add_document(visitor: PageVisitor, case: str, file: LargeFile) -> str:
    """Add a document to a case at its page; its key."""
    form = visitor.get(f"/case-system/new-document/?case={case}")
    values = {
        "csrfmiddlewaretoken": form.token(),
        "Title": "Film",
        "RecordType_Value": "DOK",
        "State_Value": "ARK",
        "main": "",
    }
    page = visitor.post_file(form.address, values, "file", file)
    assert page.address.startswith("/case-system/documents/"), page.text
    return page.address.split("/")[3]


def round_trip(installation: Installation, watch: MemoryWatch, size: int) -> None:
    """One file the whole way, and every way out and in."""
    file = LargeFile(size)
    citizen = PageVisitor(installation.port)
    with flat(watch, "Form filled in", size):
        reference = hand_in(citizen, file)
    with flat(watch, "Filed: Interact API to OData", size):
        installation.wait_for(reference, "Imported", PATIENCE)
    whole = (size, file.sha256)
    (case,) = installation.cases_of(reference)
    (filed,) = [one for one in installation.documents(case["FileNo"]) if one["Document"]["FileName"] == file.name]

    administrator = signed_in_at_form_service(installation)
    with flat(watch, "Saved from Submitted dialogues", size):
        saved = administrator.download(f"/form-service/dialogues/{reference}/attachments/a1")
    assert saved == whole

    with flat(watch, "Downloaded by OData", size):
        headers = {"Authorization": f"Bearer {installation.token()}"}
        saved = PageVisitor(installation.port).download(
            f"/OData4/Documents('{filed['Document']['ID']}')/$value", headers
        )
    assert saved == whole

    caseworker = logged_in_at_case_system(installation)
    with flat(watch, "Document's page looked at", size):
        assert caseworker.get(f"/case-system/documents/{filed['ID']}/").status == 200
    with flat(watch, "Document added at the page", size):
        added = add_document(caseworker, case["ID"], file)
    with flat(watch, "Saved from the document's page", size):
        saved = caseworker.download(f"/case-system/documents/{added}/download")
    assert saved == whole


def test_no_process_holds_a_large_file_on_its_way(installation, watch):
    round_trip(installation, watch, 4 * MIB)  # what is loaded with the first file counts for none
    round_trip(installation, watch, SIZE)
    left = [path for path in (installation.data / "uploads").glob("*") if path.is_file()]
    assert left == []
