"""The checks look at both real ends, and run again as soon as a form's version, the case system's model or the
executing user's rights are others; and not otherwise."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from formcase import formservice
from integration.conftest import Installation

pytestmark = pytest.mark.long

FORM = Path(formservice.__file__).parent / "samples" / "flag-permit" / "form-3.json"
LOOK = """
from formcase.cli.runtime import prepared
with prepared():
    from asgiref.sync import async_to_sync
    from formcase.workflows import check_runs
    from formcase.workflows.models import CheckRun, ServiceWorkflow
    workflow = ServiceWorkflow.objects.get()
    before = CheckRun.objects.count()
    async_to_sync(check_runs.look)(workflow.pk)
    run = CheckRun.objects.order_by("-id").first()
    print(run.why if CheckRun.objects.count() > before else "not run", run.verdict)
"""


def test_they_run_again_when_something_at_either_end_has_changed_and_only_then(installation, tmp_path):
    assert look(installation) == ("first", "warning")  # the newest version of a sample form names a wrong case group
    assert look(installation) == ("not run", "warning")

    definition = tmp_path / "form.json"
    form = json.loads(FORM.read_text(encoding="utf-8")) | {"version": 5, "updatedAt": "2026-11-20T08:00:00Z"}
    definition.write_text(json.dumps(form), encoding="utf-8")
    assert installation.run("form", "publish", str(definition), "--comment", "again").returncode == 0
    assert look(installation)[0] == "forms"

    more = "  - name: STOREYS\n    text: Etager\n    kind: integer\n"
    change_set_up(installation, tmp_path, "(  - name: ROOMS\n)", f"{more}\\g<1>")
    assert look(installation)[0] == "case system", "a property that the installation has added"

    change_set_up(installation, tmp_path, "(- id: SBH\n.*\n  security code: )6", "\\g<1>1")
    assert look(installation) == ("case system", "no"), "the executing user's rights"
    health = json.dumps(installation.json("workflow", "list")["workflows"][0]["health"])
    assert "Check of rights: SBH" in health


def look(installation: Installation) -> tuple[str, str]:
    """Let the checks look whether there is a reason to run: which, or none, and what they say."""
    done = subprocess.run(
        [sys.executable, "-c", LOOK], env=installation.environment(), capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    why, _, verdict = done.stdout.strip().rpartition(" ")
    return why, verdict


def change_set_up(installation: Installation, folder: Path, pattern: str, by: str) -> None:
    """Take the case system's set-up out, change it, and put it in again."""
    exported = installation.run("case-system", "export").stdout
    file = folder / "set-up.yaml"
    file.write_text(re.sub(pattern, by, exported), encoding="utf-8")
    done = installation.run("case-system", "import", str(file))
    assert done.returncode == 0, done.stderr
