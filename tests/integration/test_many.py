"""Many submissions at once: every one filed, none twice, none lost, however they crowd. Prints its figures."""

import json
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import psutil
import pytest

from integration.conftest import Installation, wait_until
from integration.form_service_desk import Desk, FileAtHand

pytestmark = pytest.mark.long

SAMPLES = Path(__file__).parents[2] / "src/formcase/formservice/samples"
FLAG = json.loads((SAMPLES / "flag-permit/answers.json").read_text(encoding="utf-8"))
PROGRAMME = FileAtHand("programme.txt", b"Noon: the choir sings.\n" * 400, "text/plain", "Programme")
FLAG_PERMIT, MORE_INFORMATION = "800636", "800775"
WORKERS = 2
MIB = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Figures:
    """What filing many took."""

    submissions: int
    seconds: float
    most_memory: int

    def __str__(self) -> str:
        rate = self.submissions / self.seconds
        memory = self.most_memory / MIB
        return (
            f"{self.submissions} filed in {self.seconds:.1f} s, {rate:.1f} a second, {memory:.0f} MiB a worker at most"
        )


@pytest.fixture(scope="module")
def desk(installation: Installation) -> Iterator[Desk]:
    made = Desk(installation.environment())
    yield made
    made.close()


@pytest.fixture
def workers(installation: Installation) -> Iterator[Callable[[], list[psutil.Process]]]:
    """Starts two workers when asked to."""
    yield lambda: [psutil.Process(installation.start_worker().pid) for _ in range(WORKERS)]
    installation.end_workers()


def flag_answers(cpr: str) -> dict[str, object]:
    answers = json.loads(json.dumps(FLAG))
    answers["Applicant"]["Person"]["Cpr"] = cpr
    return answers


def person(number: int) -> str:
    """One of ten thousand CPR numbers."""
    return f"{1 + number % 28:02}{1 + number // 28 % 12:02}{50 + number // 336 % 30:02}-{1000 + number % 1000}"


def wait_for_all(desk: Desk, references: Sequence[str], workers: list[psutil.Process], patience: float) -> Figures:
    """Wait until Submitted dialogues shows every one of these as Imported."""
    wanted = set(references)
    began = time.monotonic()
    most = 0

    def open_ones() -> int:
        return sum(status != "Imported" for reference, status in desk.statuses().items() if reference in wanted)

    def done() -> bool:
        nonlocal most
        most = max(most, *(worker.memory_info().rss for worker in workers))
        return open_ones() == 0

    wait_until(done, patience, lambda: f"{open_ones()} of {len(wanted)} are not Imported")
    return Figures(len(wanted), time.monotonic() - began, most)


def test_a_thousand_submissions_become_a_thousand_cases(installation, desk, workers, figures):
    running = workers()
    began = time.monotonic()
    references = desk.submit_many(FLAG_PERMIT, [flag_answers(person(n)) for n in range(1000)], [PROGRAMME], 3)
    print(f"\nhanded in, while they were filed already: {time.monotonic() - began:.1f} s")
    came_to = wait_for_all(desk, references, running, 600)
    figures(submissions=1000, seconds=time.monotonic() - began, mebibytes=came_to.most_memory // MIB)

    rows = installation.reference_rows()
    assert Counter(row["Info_Value"] for row in rows if row["Info_Value"] in set(references)) == Counter(references)
    numbers = {row["File"]["FileNo"] for row in rows if row["Info_Value"] in set(references)}
    assert len(numbers) == 1000
    every_case = installation.every("Files?$expand=Parties($expand=Name),FileRecords")
    cases = [case for case in every_case if case["FileNo"] in numbers]
    assert len(cases) == 1000
    assert {len(case["FileRecords"]) for case in cases} == {3}  # the programme, the PDF and the XML
    assert Counter(party["Name"]["NameCode"] for case in cases for party in case["Parties"]) == Counter(
        person(n).replace("-", "") for n in range(1000)
    )
    assert came_to.most_memory < 200 * MIB


def test_a_hundred_that_name_one_new_contact_at_once_make_one_contact(installation, desk, workers):
    references = desk.submit_many(FLAG_PERMIT, [flag_answers("171285-1712")] * 100, (), 3)
    print("\none new contact:", wait_for_all(desk, references, workers(), 300))
    (contact,) = installation.every("Contacts?$filter=NameType_Value eq 'P' and NameCode eq '1712851712'")
    parties = installation.every(f"FileContacts?$filter=Name/ID eq '{contact['ID']}'&$expand=File($expand=Infos)")
    assert Counter(row["Info_Value"] for party in parties for row in party["File"]["Infos"]) == Counter(references)


def test_fifty_updates_of_one_case_at_once_all_stand_in_it(installation, desk, workers):
    running = workers()
    first = desk.submit(FLAG_PERMIT, flag_answers("181285-1812"), (), 3)
    wait_for_all(desk, [first], running, 60)
    (number,) = desk.seen(first).cases
    installation.end_workers()
    updates = desk.submit_many(
        MORE_INFORMATION, [{"Sag": {"Sagsnummer": number, "Besked": f"Besked nr. {n}"}} for n in range(50)]
    )
    print("\none case:", wait_for_all(desk, updates, workers(), 300))
    case = installation.case(number)
    assert Counter(row["Info_Value"] for row in case["Infos"]) == Counter([first, *updates])
    text, note = (case[group]["Text"].splitlines() for group in ("Text", "Note"))
    for n, reference in enumerate(updates):
        for lines, written in ((text, f"Besked nr. {n}"), (note, f"Eftersendt: Besked nr. {n}")):
            (heading,) = (place for place, line in enumerate(lines) if line.startswith(f"{reference}, "))
            assert lines[heading + 1] == written
    assert len(case["FileRecords"]) == 2 + 2 * len(updates)
    assert len(case["Parties"]) == 1
