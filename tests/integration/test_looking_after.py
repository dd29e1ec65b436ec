"""What an operator does through real processes: see what got worse, find a person's submissions, mend many at once."""

import json

import pytest

from integration.conftest import Installation, wait_until
from integration.test_main_job import FLAG_FILES, flag_answers


def row(installation: Installation) -> dict[str, str | None]:
    return installation.json("workflow", "list")["workflows"][0]


def test_a_change_for_the_worse_is_found_by_itself_and_shows_until_it_is_mended(installation, worker):
    def health() -> str:
        return str(row(installation)["health"])

    wait_until(lambda: row(installation)["lastCheck"] is not None, 30, lambda: str(row(installation)))
    assert installation.run("workflow", "set", "Sample forms", "ExecutingUser=LBR").returncode == 0
    try:
        wait_until(lambda: health().startswith("check says no: Check of rights"), 30, health)
        found = {(line["check"], line["form"]): line for line in installation.json("check")["workflows"][0]["checks"]}
        rights = {detail["text"]: detail["verdict"] for detail in found["rights of a form", "800636"]["details"]}
        assert {verdict for text, verdict in rights.items() if "(Case Create)" in text} == {"no"}
        assert found["codes in a form", "800636"]["verdict"] == "warning"  # its newest version names a wrong group
        assert "99.99" in found["codes in a form", "800636"]["found"]
        logged = installation.json("log", "--text", "check worse", "--level", "error")["log"]
        assert "LBR lacks" in logged[0]["text"]
    finally:
        assert installation.run("workflow", "set", "Sample forms", "ExecutingUser=SBH").returncode == 0
    # the newest version of a sample form names a case group that is not there, which its submissions do not block
    wait_until(lambda: health().startswith("check warns: Check of codes in a form"), 30, health)


def test_the_log_is_found_by_person_case_and_words_and_leaves_as_a_file(installation, worker):
    reference = installation.submit("800636", flag_answers("010101-0108", "Ida Lund"), *FLAG_FILES)
    number = installation.wait_for(reference, "Imported")["cases"][0]
    for sought in (("--person", "0101010108"), ("--case", number), ("--text", f"importeret {number}")):
        lines = installation.json("log", *sought)["log"]
        assert {line["referenceId"] for line in lines} == {reference}, sought
    told = installation.run("log", "--csv", "--reference", reference).stdout.splitlines()
    assert told[0].endswith("at,level,workflow,formId,referenceId,event,text,attempt,seconds")
    assert len(told) == len(installation.json("log", "--reference", reference)["log"]) + 1
    everything = installation.run("log", "--level", "debug", "--json-lines").stdout
    assert "010101" not in everything
    assert len([json.loads(line) for line in everything.splitlines()]) > len(told)


@pytest.mark.long
def test_error_cases_of_one_cause_are_filed_again_together(installation, worker, tmp_path):
    answers = tmp_path / "answers.json"
    references = []
    for nation in ("SE", "NO"):
        answers.write_text(json.dumps({"Event": {"Nation": nation}}), encoding="utf-8")
        # its newest version names a case group that does not exist
        references.append(installation.json("submit", "800636", str(answers))["referenceId"])
    for reference in references:
        installation.wait_for(reference, "Imported")
    (group,) = installation.json("error-cases", "list")["errorCases"]
    assert (group["text"], group["count"], group["forms"]) == ("there is no case group 99.99.", 2, "800636")
    again = installation.json("error-cases", "again", str(group["cause"]))
    assert {(one["referenceId"], one["done"]) for one in again["submissions"]} == {(one, True) for one in references}

    def settled() -> bool:
        (now,) = installation.json("error-cases", "list")["errorCases"]
        return now["underway"] == 0

    # the cause is not mended, so each has its one error case still
    wait_until(settled, 30, lambda: str(installation.json("error-cases", "list")))
    for reference in references:
        assert len(installation.cases_of(reference)) == 1
    done = installation.run("submission", "handled", *references, "--case", "2026-00.01-00001")
    assert done.returncode == 0
    assert installation.json("error-cases", "list")["errorCases"] == []
    assert installation.run("submission", "retry", *references).returncode == 1
