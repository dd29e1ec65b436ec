"""What the commands for a workflow's own mapping and for its transform have in common."""

import json as json_format
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

from formcase.cli import output
from formcase.cli.answers import ACTOR
from formcase.cli.failures import WRONG_USE, CommandFailed
from formcase.cli.options import Json
from formcase.cli.runtime import prepared

if TYPE_CHECKING:
    from formcase.workflows.models import CarriedVersion, ServiceWorkflow
    from formcase.workflows.versions import Kind

Version = Annotated[str | None, Parameter(name="--version", help="A number, draft or published.")]
Comment = Annotated[str, Parameter(help="What this version is for.")]
NewDraft = Annotated[Path, Parameter(help="A mapping as JSON, or an XSLT 1.0 stylesheet.")]
WhichOrFile = Annotated[str, Parameter(help="A number, draft, published, or a file.")]

LARGEST = 16 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class VersionCommands:
    """The commands for what a workflow carries in versions. kind: mapping or transform."""

    kind: str

    def show(self, name: str, *, which: Version = None, json: Json = False) -> None:
        """Print a version: the one in force unless said, or the draft where none is."""
        with prepared():
            workflow, kind = _chosen(name, self.kind)
            version = _version(workflow, kind, which)
            content = version.content
            document = {**_row(version, workflow), "content": _content(content, self.kind)}
        if json:
            output.print_json(document)
        else:
            output.say(content.rstrip("\n"))

    def set_(self, name: str, file: NewDraft, *, json: Json = False) -> None:
        """Check a file, and keep it as the draft."""
        with prepared():
            from formcase.workflows import versions

            workflow, kind = _chosen(name, self.kind)
            version = versions.save_draft(workflow, kind, read_text(file), ACTOR)
            text = f"Kept as the draft of the {self.kind}. Nothing uses it before it is published."
            _say(version, workflow, text, as_json=json)

    def publish(self, name: str, *, comment: Comment, json: Json = False) -> None:
        """Make the draft a version and put it in force; what waits is tried again with it at once."""
        with prepared():
            from formcase.workflows import versions

            workflow, kind = _chosen(name, self.kind)
            version = versions.publish(workflow, kind, comment, ACTOR)
            _say(version, workflow, f"Version {version.number} of the {self.kind} is in force.", as_json=json)

    def withdraw(self, name: str, *, json: Json = False) -> None:
        """Take what is in force out of force."""
        with prepared():
            from formcase.workflows import versions

            workflow, kind = _chosen(name, self.kind)
            versions.withdraw(workflow, kind, ACTOR)
        if json:
            output.print_json({"workflow": workflow.name, "inForce": None})
        else:
            output.say(f"No {self.kind} is in force.")

    def versions(self, name: str, *, json: Json = False) -> None:
        """List all versions, the draft first, then the newest."""
        with prepared():
            from formcase.workflows import versions

            workflow, kind = _chosen(name, self.kind)
            rows = [_row(version, workflow) for version in versions.versions(workflow, kind)]
        columns = {
            "version": "Version",
            "state": "State",
            "savedAt": "Saved",
            "savedBy": "By",
            "publishedAt": "Published",
            "publishedBy": "By",
            "comment": "Comment",
        }
        output.print_rows(columns, rows, as_json=json, name="versions")

    def compare(
        self, name: str, first: WhichOrFile = "published", second: WhichOrFile = "draft", *, json: Json = False
    ) -> None:
        """Say what the second differs in from the first: the draft from what is in force, unless said."""
        with prepared():
            from formcase.workflows import versions

            workflow, kind = _chosen(name, self.kind)
            contents = (_content_of(workflow, kind, each) for each in (first, second))
            lines = [line.text() for line in versions.compare(kind, *contents)]
        if json:
            output.print_json({"differences": lines})
            return
        for line in lines:
            output.say(line)
        if not lines:
            output.say("They say the same.")


def read_text(file: Path) -> str:
    """The text of a file, which is UTF-8."""
    try:
        with file.open("rb") as opened:
            content = opened.read(LARGEST)
    except OSError as error:
        raise CommandFailed(f"{file} can't be read: {error.strerror}.", WRONG_USE) from None
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise CommandFailed(f"{file} is not UTF-8; save it as such.", WRONG_USE) from None


def _chosen(name: str, kind_name: str) -> "tuple[ServiceWorkflow, Kind]":
    from formcase.workflows import managing, versions

    (kind,) = [each for each in versions.KINDS if each.name == kind_name]
    return managing.find(name), kind


def _version(workflow: "ServiceWorkflow", kind: "Kind", which: str | None) -> "CarriedVersion":
    from formcase.workflows import versions

    if which is not None:
        return versions.find(workflow, kind, which)
    found = versions.in_force(workflow, kind) or versions.draft(workflow, kind)
    return found or versions.find(workflow, kind, versions.PUBLISHED)


def _content_of(workflow: "ServiceWorkflow", kind: "Kind", which: str) -> str:
    from formcase.workflows import versions

    if Path(which).is_file():
        return kind.read(read_text(Path(which)))
    return versions.find(workflow, kind, which).content


def _content(content: str, kind_name: str) -> object:
    return json_format.loads(content) if kind_name == "mapping" else content


def _row(version: "CarriedVersion", workflow: "ServiceWorkflow") -> dict[str, output.Cell]:
    from formcase.workflows.models import MappingVersion

    in_force = workflow.mapping_id if isinstance(version, MappingVersion) else workflow.transform_id
    published = version.published_at
    return {
        "version": version.number,
        "state": "draft" if version.number is None else "in force" if version.pk == in_force else "published",
        "comment": version.comment,
        "savedAt": version.saved_at.astimezone().isoformat(timespec="seconds"),
        "savedBy": version.saved_by,
        "publishedAt": None if published is None else published.astimezone().isoformat(timespec="seconds"),
        "publishedBy": version.published_by,
    }


def _say(version: "CarriedVersion", workflow: "ServiceWorkflow", text: str, *, as_json: bool) -> None:
    if not as_json:
        output.say(text)
        return
    workflow.refresh_from_db()
    output.print_json(_row(version, workflow))
