"""A form without the mapping page, filed by a mapping that the workflow carries: as an administrator does it."""

import json
from pathlib import Path

SAMPLES = Path(__file__).parents[2] / "src/formcase/formservice/samples/flag-permit"
WORKFLOW = "Sample forms"
FILES = [
    {"property": "Title", "template": "Flag of {Event.Nation}"},
    {"property": "FileClass_Value", "constant": "02.15"},
]
PERSON = [
    {"property": "NameType_Value", "constant": "P"},
    {"property": "NameCode", "field": "Applicant.Person.Cpr"},
    {"property": "Name1", "field": "Applicant.Person.Name"},
]


def mapping(**states: str) -> dict[str, object]:
    state = {"property": "State_Value", "field": "Event.Nation", "convert": states, "otherwise": "MO"}
    groups = [{"group": "Files", "items": [*FILES, state]}, {"group": "Contacts", "items": PERSON}]
    return {"formcase": "mapping", "version": 1, "forms": ["900001"], "groups": groups}


def written(folder: Path, name: str, content: object) -> str:
    path = folder / name
    path.write_text(json.dumps(content), encoding="utf-8")
    return str(path)


def test_a_form_without_the_page_is_tried_published_filed_and_looked_at(installation, worker, tmp_path):
    form = json.loads((SAMPLES / "form-3.json").read_text(encoding="utf-8"))
    pages = [page for page in form["pages"] if page["name"] != "WZ_ODATA"]
    form = written(tmp_path, "form.json", {**form, "id": "900001", "pages": pages})
    assert installation.run("form", "publish", form).returncode == 0
    file = written(tmp_path, "mapping.json", mapping(SE="UB"))
    assert installation.json("workflow", "mapping", "set", WORKFLOW, file)["state"] == "draft"
    assert installation.run("workflow", "mapping", "publish", WORKFLOW, "--comment", "Flags").returncode == 0

    answers = json.loads((SAMPLES / "answers.json").read_text(encoding="utf-8"))
    attach = (f"Flag={SAMPLES}/files/flag.png", f"Programme={SAMPLES}/files/programme.txt")
    reference = installation.submit("900001", answers, *attach)
    seen = installation.wait_for(reference, "Imported")
    assert (seen["errorCase"], seen["mappingVersion"], seen["transformVersion"]) == (False, 1, None)
    assert any("mapped by version 1" in event["text"] for event in seen["timeline"])
    case = installation.case(seen["cases"][0])
    assert (case["Title"], case["State_Value"]) == ("Flag of Norway", "MO")
    assert [party["Name"]["Name1"] for party in case["Parties"]] == ["Anna Maria Sørensen"]

    changed = written(tmp_path, "changed.json", mapping(SE="UB", NO="UB"))
    plan = installation.json("plan", reference, "--mapping", changed, "--compare")
    assert plan["errors"] == []
    assert [line.partition(": ")[2] for line in plan["differences"]] == ["State_Value: “MO” → “UB”"]
    assert installation.run("plan", reference, "--mapping", "none").returncode == 1
    differences = installation.json("workflow", "mapping", "compare", WORKFLOW, "1", changed)["differences"]
    assert len(differences) == 1
    exported = json.loads(installation.run("workflow", "export", WORKFLOW).stdout)
    assert exported["mapping"]["comment"] == "Flags"


def test_what_can_not_be_used_is_refused_with_all_that_is_wrong(installation, tmp_path):
    wrong = written(tmp_path, "wrong.json", {**mapping(), "version": 2, "form": []})
    done = installation.run("workflow", "mapping", "set", WORKFLOW, wrong)
    assert done.returncode == 2
    assert "version: 1 is expected" in done.stderr
    assert "“form” is not known here" in done.stderr
    sheet = tmp_path / "sheet.xsl"
    sheet.write_text("<a/>")
    done = installation.run("workflow", "transform", "set", WORKFLOW, str(sheet))
    assert (done.returncode, "no XSLT 1.0 stylesheet" in done.stderr) == (2, True)
    assert installation.run("workflow", "transform", "publish", WORKFLOW, "--comment", "x").returncode == 1
    assert installation.run("workflow", "mapping", "show", WORKFLOW, "--version", "99").returncode == 2
