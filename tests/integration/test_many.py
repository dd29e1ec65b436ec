"""Many submissions through real processes: none missing, none double, counted at the case system."""

import json
import time
import urllib.request
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest

from integration.conftest import Installation, wait_until
from integration.form_service_desk import Desk, FileAtHand

SAMPLES = Path(__file__).parents[2] / "src/formcase/formservice/samples"
FLAG = json.loads((SAMPLES / "flag-permit/answers.json").read_text(encoding="utf-8"))
UPDATE = {"Message": "One more singer.", "Cpr": "010190-1234"}
MIB = 1024 * 1024

pytestmark = pytest.mark.long


@pytest.fixture(scope="module")
def desk(installation: Installation) -> Iterator[Desk]:
    made = Desk(installation.environment())
    yield made
    made.close()


@pytest.fixture
def two_workers(installation: Installation) -> Iterator[list[psutil.Process]]:
    yield [psutil.Process(installation.start_worker().pid) for _ in range(2)]
    installation.end_workers()


def flag_answers(cpr: str) -> dict[str, Any]:
    answers = json.loads(json.dumps(FLAG))
    answers["Applicant"]["Person"]["Cpr"] = cpr
    return answers


def cpr_of(number: int) -> str:
    """Test numbers of a thousand different people."""
    return f"{number % 28 + 1:02}{number // 28 % 12 + 1:02}{40 + number // 336 % 50:02}-{1000 + number:04}"


def wait_for_all(desk: Desk, references: list[str], patience: float) -> None:
    wanted = set(references)

    def done() -> bool:
        statuses = desk.statuses()
        return all(statuses[reference] == "Imported" for reference in wanted)

    wait_until(done, patience, lambda: f"{Counter(desk.statuses()[reference] for reference in wanted)}")


def every_row(installation: Installation, path: str) -> list[Any]:
    """All rows of a listing, following its next links."""
    answer = installation.odata(path)
    rows = list(answer["value"])
    headers = {"Authorization": f"Bearer {installation.token()}", "Accept": "application/json"}
    while (link := answer.get("@odata.nextLink")) is not None:
        address = link if link.startswith("http") else f"http://127.0.0.1:{installation.port}/OData4/{link}"
        with urllib.request.urlopen(urllib.request.Request(address, headers=headers)) as response:
            answer = json.load(response)
        rows += answer["value"]
    return rows


def test_a_thousand_submissions_become_a_thousand_cases(installation, desk, two_workers):
    answers = [flag_answers(cpr_of(number)) for number in range(1000)]
    files = [FileAtHand("flag.txt", b"a flag", "text/plain", "Flag")]
    started = time.monotonic()
    references = desk.submit_many("800636", answers, files, 3)
    submitted = time.monotonic()
    wait_for_all(desk, references, 1200)
    ended = time.monotonic()
    sizes = [f"{worker.memory_info().rss / MIB:.0f} MiB" for worker in two_workers]
    print(
        f"\n1,000 submitted in {submitted - started:.0f} s, all Imported {ended - started:.0f} s after the first, "
        f"{1000 / (ended - started):.1f} a second; workers {', '.join(sizes)}"
    )

    rows = every_row(installation, "FileInfos?$filter=CustomLabel_Value eq 'INTERACT'&$expand=File")
    cases_of = Counter(row["Info_Value"] for row in rows)
    assert {reference: cases_of[reference] for reference in references} == dict.fromkeys(references, 1)
    numbers = {row["File"]["FileNo"] for row in rows if row["Info_Value"] in set(references)}
    assert len(numbers) == 1000
    ids = {row["File"]["ID"] for row in rows if row["Info_Value"] in set(references)}
    documents = Counter(row["FileKey_Value"] for row in every_row(installation, "Records?$select=ID,FileKey_Value"))
    assert {documents[key] for key in ids} == {3}  # the attachment, the PDF and the XML
    parties = Counter(row["FileKey_Value"] for row in every_row(installation, "FileContacts?$select=ID,FileKey_Value"))
    assert {parties[key] for key in ids} == {1}


def test_a_hundred_submissions_of_one_new_person_make_one_contact(installation, desk, two_workers):
    references = desk.submit_many("800636", [flag_answers("311299-4321")] * 100, (), 3)
    wait_for_all(desk, references, 300)
    contacts = every_row(installation, "Contacts?$filter=NameType_Value eq 'P' and NameCode eq '3112994321'")
    assert len(contacts) == 1
    for reference in references[::10]:
        (case,) = installation.cases_of(reference)
        parties = installation.case(case["FileNo"])["Parties"]
        assert [party["NameKey_Value"] for party in parties] == [contacts[0]["ID"]]


def test_fifty_updates_of_one_case_at_once_lose_nothing(installation, desk, two_workers):
    first = desk.submit("800636", flag_answers("010190-1234"), (), 3)
    wait_for_all(desk, [first], 60)
    number = installation.cases_of(first)[0]["FileNo"]
    answers = [{"Case": {"CaseNumber": number, **UPDATE}}] * 50
    references = desk.submit_many("800702", answers)
    wait_for_all(desk, references, 300)
    case = installation.case(number)
    rows = [row["Info_Value"] for row in case["Infos"] if row["CustomLabel_Value"] == "INTERACT"]
    assert sorted(rows) == sorted([first, *references])
    assert len(case["Parties"]) == 1
    documents = every_row(installation, f"Records?$filter=FileKey_Value eq '{case['ID']}'&$select=ID")
    assert len(documents) == 2 + 2 * 50
