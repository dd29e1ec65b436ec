"""The whole main job, and what it survives, through real processes."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from faults.nurseries import Nursery
from faults.nursery import Doom
from integration.conftest import wait_until
from ports import free_port

SAMPLES = Path(__file__).parents[2] / "src/formcase/formservice/samples"
FLAG = json.loads((SAMPLES / "flag-permit/answers.json").read_text(encoding="utf-8"))
FLAG_FILES = (
    f"Flag={SAMPLES}/flag-permit/files/flag.png",
    f"Programme={SAMPLES}/flag-permit/files/programme.txt",
)


def flag_answers(cpr: str = "010190-1234", name: str = "Anna Maria Sørensen") -> dict[str, object]:
    """The flag permit's answers, by another person where asked."""
    answers = json.loads(json.dumps(FLAG))
    answers["Applicant"]["Person"] |= {"Cpr": cpr, "Name": name}
    return answers


@pytest.mark.long  # `.ci/run` files them too
def test_all_samples_are_imported_as_they_are_to_be(tmp_path):
    port = free_port(together=2)
    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "formcase",
            "demo",
            "--once",
            "--json",
            "--data",
            str(tmp_path / "d"),
            "--port",
            str(port),
        ],
        env={name: value for name, value in os.environ.items() if not name.startswith("FORMCASE_")},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    document = json.loads(done.stdout)
    assert done.returncode == 0, document
    assert document["passed"] is True
    assert len(document["submissions"]) >= 12
    by_form = {(row["formId"], row["errorCase"]): row for row in document["submissions"]}
    assert len(by_form["800711", False]["cases"]) == 2
    unknown = by_form["800636", True]
    for name in ("FileClass_Value", "99.99", "02.15"):
        assert name in unknown["reason"]
    flag = by_form["800636", False]
    assert by_form["800702", False]["cases"] == flag["cases"]


def test_a_building_permit_becomes_two_cases_with_everything_in_them(installation, worker):
    answers = json.loads((SAMPLES / "building-permit/answers.json").read_text(encoding="utf-8"))
    files = sorted((SAMPLES / "building-permit/files").iterdir())
    field = json.loads((SAMPLES / "building-permit/sample.json").read_text(encoding="utf-8"))["attachments"][0]["field"]
    reference = installation.submit("800711", answers, *(f"{field}={file}" for file in files))
    seen = installation.wait_for(reference, "Imported")
    assert len(seen["cases"]) == 2
    permit, crossover = (installation.case(number) for number in seen["cases"])
    if permit["FileClass_Value"] != "02.34":
        permit, crossover = crossover, permit
    assert permit["BUILDAREA"] == 62.5
    assert [(row["CustomLabel_Value"], row["DateStamp"]) for row in permit["Dates"]] == [("BYGSTART", "2027-03-01")]
    parties = {(row["NameType_Value"], row["CustomLabel_Value"]) for row in permit["Parties"]}
    assert parties == {("F", "Entreprenoer"), ("P", "Sagspart")}
    assert [row["NameType_Value"] for row in crossover["Parties"]] == ["P"]
    for case in (permit, crossover):
        assert [row["Info_Value"] for row in case["Infos"] if row["CustomLabel_Value"] == "INTERACT"] == [reference]
        assert len(case["FileRecords"]) == len(files) + 2  # the attachments, the PDF and the XML
        assert case["Officer_Value"] == "SBH"


def test_an_update_adds_to_the_case_and_doubles_nothing(installation, worker):
    first = installation.submit("800636", flag_answers(), *FLAG_FILES)
    number = installation.wait_for(first, "Imported")["cases"][0]
    before = installation.case(number)
    update = {"Case": {"CaseNumber": number, "Message": "The choir brings 40 singers.", "Cpr": "010190-1234"}}
    second = installation.submit("800702", update)
    assert installation.wait_for(second, "Imported")["cases"] == [number]
    after = installation.case(number)
    assert after["State_Value"] == "UB"
    assert len(after["Parties"]) == len(before["Parties"]) == 1
    assert {row["Info_Value"] for row in after["Infos"]} == {first, second}
    assert len(after["FileRecords"]) == len(before["FileRecords"]) + 2  # a new PDF and XML


def test_without_the_rights_it_is_temporary_blocked_and_heals_by_itself(installation, worker):
    # whoever may only read can't even have an error case made
    assert installation.run("workflow", "set", "Sample forms", "ExecutingUser=LBR").returncode == 0
    try:
        reference = installation.submit("800636", flag_answers("111111-1118", "Else Holm"), *FLAG_FILES)
        seen = installation.wait_for(reference, "Temporary blocked")
        assert "LBR" in seen["reason"]
        assert "Create on" in seen["reason"]
        assert installation.cases_of(reference) == []
        assert installation.run("check", "Sample forms").returncode == 1
    finally:
        assert installation.run("workflow", "set", "Sample forms", "ExecutingUser=SBH").returncode == 0
    installation.wait_for(reference, "Imported", patience=30)
    assert len(installation.cases_of(reference)) == 1


def test_corporate_access_is_taken_from_the_executing_user(installation, worker):
    assert installation.run("case-system", "corporate-access", "on").returncode == 0
    try:
        assert installation.run("workflow", "set", "Sample forms", "ExecutingUser=MKT").returncode == 0
        reference = installation.submit("800636", flag_answers("121212-1219", "Per Lund"), *FLAG_FILES)
        number = installation.wait_for(reference, "Imported")["cases"][0]
    finally:
        installation.run("case-system", "corporate-access", "off")
        installation.run("workflow", "set", "Sample forms", "ExecutingUser=SBH")
    case = installation.case(number)
    assert case["AccessCode"]["Expression"] == "BOR and ALLEEMNER"
    assert case["AccessCode"]["Code"] is None
    key = f"Files('{case['ID']}')"
    assert installation.odata(key, user="MKT")["FileNo"] == number
    assert installation.odata(key, user="SBH") == 404
    assert installation.odata(f"Files?$filter=FileNo eq '{number}'", user="SBH")["value"] == []


def test_workers_that_are_killed_in_the_middle_make_no_second_case(installation):
    """Some of the crash points; `make test-long` tries all of them."""
    installation.end_workers()
    points = (
        "after journal: intend",
        "amid case system: upload",
        "before case system: apply",
        "after case system: apply",
        "after journal: filed",
        "after form service: report Imported",
    )
    references = [
        installation.submit("800636", flag_answers(f"13039{n}-131{n}", "Ib Krogh"), *FLAG_FILES)
        for n in range(len(points))
    ]
    dooms = [Doom(point, reference) for point, reference in zip(points, references, strict=True)]
    with Nursery(installation, dooms, workers=2) as nursery:
        seen = {
            point: installation.wait_for(reference, "Imported")
            for point, reference in zip(points, references, strict=True)
        }
        assert nursery.unmet() == []
        assert nursery.deaths() == len(points)
    for point, reference in zip(points, references, strict=True):
        cases = installation.cases_of(reference)
        assert [case["FileNo"] for case in cases] == seen[point]["cases"], point
        assert len(cases) == 1, point
        whole = installation.case(cases[0]["FileNo"])
        assert len(whole["FileRecords"]) == 4, point  # two attachments, PDF and XML, each once
        assert len(whole["Parties"]) == 1, point
    events = [event["event"] for event in seen["after case system: apply"]["timeline"]]
    # it was looked for before anything was sent again
    assert "adopted" in events
    assert events.count("filed") == 0


def test_a_dry_run_shows_the_plan_and_writes_nothing(installation, tmp_path):
    sample = Path(__file__).parent.parent / "planning/samples/building-permit.xml"
    before = installation.odata("Files?$count=true&$top=0")["@odata.count"]
    done = installation.run("plan", str(sample))
    assert done.returncode == 0, done.stderr
    for part in ("Building permit, Skovvej 4", "62.5", "2027-03-01", "WZ_ODATA/Files[1]/BUILDAREA"):
        assert part in done.stdout
    assert installation.odata("Files?$count=true&$top=0")["@odata.count"] == before


def test_a_second_workflow_on_the_same_form_leaves_its_submissions_alone(installation, worker):
    first = installation.json("workflow", "show", "Sample forms")["parameters"]
    values = [f"{name}={first[name]}" for name in ("Url", "ClientId", "CertificateThumbprint", "ExecutingUser")]
    created = installation.run(
        "workflow", "create", "Second", "--set", *values, "FormIds=800636", "error_case_group=00.01"
    )
    assert created.returncode == 0, created.stderr
    assert installation.run("workflow", "enable", "Second").returncode == 1  # the check says so
    assert installation.run("workflow", "enable", "Second", "--anyway").returncode == 0
    reference = installation.submit("800636", flag_answers("140490-1411", "Bo Lind"), *FLAG_FILES)
    seen = installation.wait_for(reference, "Imported")
    assert seen["workflow"] == "Sample forms"
    wait_until(
        lambda: any("left alone" in row["text"] for row in installation.json("log", "--workflow", "Second")["log"]),
        20,
        lambda: "the second workflow does not say that it leaves the form alone",
    )
    assert len(installation.cases_of(reference)) == 1
    assert installation.run("workflow", "delete", "Second").returncode == 0


def test_the_database_may_go_away_and_come_back(installation, worker):
    # the embedded server is restarted under everybody's feet
    pid = int((installation.data / "postgres" / "postmaster.pid").read_text().splitlines()[0])
    os.kill(pid, signal.SIGINT)  # a fast shutdown: open connections are cut
    time.sleep(3)
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        done = installation.run("submissions", "--json")
        if done.returncode == 0:
            break
        time.sleep(1)
    reference = installation.submit("800636", flag_answers("150590-1512", "Eva Dam"), *FLAG_FILES)
    installation.wait_for(reference, "Imported")
    assert len(installation.cases_of(reference)) == 1
