"""Submissions of each kind at a real installation, and what must stand there of each in the end."""

import json
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from integration.conftest import Installation, wait_until
from integration.form_service_desk import Desk, FileAtHand

SAMPLES = Path(__file__).parents[2] / "src/formcase/formservice/samples"
FLAG_PERMIT, MORE_INFORMATION, BUILDING_PERMIT = "800636", "800775", "800711"
RIGHT_VERSION, WRONG_GROUP_VERSION = 3, 4
PROGRAMME = FileAtHand("programme.txt", b"Noon: the choir sings.\n" * 40, "text/plain", "Programme")


@dataclass(frozen=True, slots=True)
class Way:
    """One submission under way. cases: how many it is to make or update; files: documents on each; error: whether
    they are an error case; parties: on each case that it makes."""

    reference: str
    cases: int = 1
    files: int = 3
    error: bool = False
    updates: str | None = None


def answers(sample: str) -> Any:
    """A sample's answers."""
    return json.loads((SAMPLES / sample / "answers.json").read_text(encoding="utf-8"))


def person(number: int) -> str:
    """One of ten thousand CPR numbers."""
    return f"{1 + number % 28:02}{1 + number // 28 % 12:02}{50 + number // 336 % 30:02}-{1000 + number % 1000}"


def flag_answers(cpr: str) -> dict[str, object]:
    """The flag permit's answers, by this person."""
    made = answers("flag-permit")
    made["Applicant"]["Person"]["Cpr"] = cpr
    return made


def permits(desk: Desk, persons: Sequence[int]) -> list[Way]:
    """Each makes one case, with one attachment."""
    given = [flag_answers(person(number)) for number in persons]
    return [Way(reference) for reference in desk.submit_many(FLAG_PERMIT, given, [PROGRAMME], RIGHT_VERSION)]


def wrong_permits(desk: Desk, count: int) -> list[Way]:
    """Each becomes an error case, as there is no such case group; it names no contact."""
    references = desk.submit_many(FLAG_PERMIT, [answers("unknown-case-group")] * count, (), WRONG_GROUP_VERSION)
    return [Way(reference, files=2, error=True) for reference in references]


def building_permits(desk: Desk, count: int) -> list[Way]:
    """Each makes two cases, with one attachment on both."""
    given = []
    for number in range(count):
        made = answers("building-permit")
        made["Parties"]["Applicant"]["Cpr"] = person(5000 + number)
        given.append(made)
    drawing = FileAtHand("drawing.txt", b"four walls\n" * 40, "text/plain", "Drawings")
    references = desk.submit_many(BUILDING_PERMIT, given, [drawing])
    return [Way(reference, cases=2) for reference in references]


def updates(desk: Desk, numbers: Sequence[str]) -> list[Way]:
    """Each adds a text to the case of this number."""
    given = [{"Sag": {"Sagsnummer": number, "Besked": f"Mere om {number}"}} for number in numbers]
    references = desk.submit_many(MORE_INFORMATION, given)
    return [Way(reference, files=2, updates=number) for reference, number in zip(references, numbers, strict=True)]


def wait_for_imported(
    installation: Installation, desk: Desk, ways: Sequence[Way], patience: float, times: int = 1
) -> None:
    """Wait until Submitted dialogues shows all of these as Imported, so many times, and the journal says so, too."""
    wanted = {way.reference for way in ways}

    def open_ones() -> list[str]:
        seen = desk.all_seen()
        return [reference for reference in wanted if seen[reference].history.count("Imported") < times]

    def open_in_journal() -> list[str]:
        kept = journal(installation)
        return [reference for reference in wanted if kept[reference] != "Imported"]

    wait_until(lambda: not open_ones(), patience, lambda: f"{len(open_ones())} of {len(wanted)} are not Imported")
    wait_until(lambda: not open_in_journal(), 30, lambda: f"not so in the journal: {open_in_journal()}")


def journal(installation: Installation) -> dict[str, str]:
    """The status of every submission in the journal, by its reference ID."""
    rows = installation.json("submissions", "--limit", "50000")["submissions"]
    return {row["referenceId"]: row["status"] for row in rows}


@dataclass(frozen=True, slots=True)
class Found:
    """What the case system holds, by reference ID and by case number."""

    cases: Mapping[str, list[str]]
    every: Mapping[str, Any]


def found(installation: Installation) -> Found:
    """Look at everything that the case system holds."""
    cases = defaultdict(list)
    for row in installation.reference_rows():
        cases[row["Info_Value"]].append(row["File"]["FileNo"])
    every = installation.every("Files?$expand=Parties($expand=Name),FileRecords,Text,Infos")
    return Found(cases, {case["FileNo"]: case for case in every})


def assert_all_there_once(installation: Installation, desk: Desk, ways: Sequence[Way]) -> None:
    """Every case, document, party and contact once; Imported said once; the journal says the same."""
    there, seen = found(installation), desk.all_seen()
    kept = journal(installation)
    updated = Counter(way.updates for way in ways)
    for way in ways:
        numbers = there.cases[way.reference]
        assert len(numbers) == len(set(numbers)) == way.cases, (way, numbers)
        assert sorted(seen[way.reference].cases) == sorted(numbers), way
        assert seen[way.reference].history.count("Imported") == 1, (way, seen[way.reference].history)
        assert kept[way.reference] == "Imported", way
        for number in numbers:
            case = there.every[number]
            if way.updates is None:
                assert len(case["FileRecords"]) - 2 * updated[number] == way.files, (way, number)
                assert (case["FileClass_Value"] == "00.01") == way.error, (way, number)
            else:
                assert number == way.updates
                assert case["Text"]["Text"].count(f"{way.reference}, ") == 1, way
            parties = Counter((party["Name"]["ID"], party["CustomLabel_Value"]) for party in case["Parties"])
            assert set(parties.values()) <= {1}, (way, parties)
    assert_contacts_once(installation)


def assert_contacts_once(installation: Installation) -> None:
    """No contact twice."""
    contacts = installation.every("Contacts")
    persons = Counter((contact["NameType_Value"], contact["NameCode"]) for contact in contacts if contact["NameCode"])
    assert [person for person, times in persons.items() if times > 1] == []
