"""What a workflow carries itself, in versions: its own mapping, and the transform of its XML. Drafts, publishing, what
is in force. What a version means for a submission is not known here.

A draft may be changed by anybody who may; a published version never is. What is in force is what filing uses from its
next try on, so publishing wakes up what waits.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from difflib import unified_diff
from hashlib import sha256
from typing import Final

from django.db import transaction
from django.db.models import F, Max
from django.utils import timezone

from formcase.audit.recording import record
from formcase.messages import Message, message, together
from formcase.planning.own_mapping.differences import differences
from formcase.planning.own_mapping.model import OwnMapping
from formcase.planning.own_mapping.problems import UnreadableMapping
from formcase.planning.own_mapping.reading import mapping_from_json
from formcase.planning.own_mapping.writing import mapping_to_json
from formcase.submission.isolation import check_stylesheet
from formcase.submission.transform import UnusableStylesheet
from formcase.workflows.managing import about, held, saved
from formcase.workflows.models import CarriedVersion, MappingVersion, ServiceWorkflow, TransformVersion

LARGEST: Final = 4 * 1024 * 1024  # characters
MOST_AUDITED: Final = 50  # lines of a change that the audit log keeps
LONGEST_AUDITED: Final = 500  # characters of each
_BYTE_ORDER_MARK: Final = "\ufeff"


class Unusable(Exception):
    """The content can't be used. problems: everything that is wrong with it."""

    def __init__(self, problems: tuple[Message, ...]) -> None:
        super().__init__(problems)
        self.problems = problems

    def message(self) -> Message:
        """All of it, a line for each."""
        return together(self.problems)

    def __str__(self) -> str:
        return self.message().text()


class NotPossible(Exception):
    """What was asked can't be done with the versions that there are. reason says why."""

    def __init__(self, reason: Message) -> None:
        super().__init__(reason.text())
        self.reason = reason


class DraftChanged(Exception):
    """The draft is not the one any more that a change was made of. now: the one that there is; None where there is none
    any more."""

    def __init__(self, now: CarriedVersion | None) -> None:
        super().__init__("the draft was changed meanwhile")
        self.now = now


class UnknownVersion(LookupError):
    """There is no such version. reason says which there are."""

    def __init__(self, reason: Message) -> None:
        super().__init__(reason.text())
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Kind:
    """One thing that a workflow carries. name: what it is called in the audit log and on the command line, and the
    attribute of the workflow that says what is in force; read: the content as it is kept, or `Unusable`; compare: what
    differs between two contents."""

    name: str
    model: type[MappingVersion] | type[TransformVersion]
    read: Callable[[str], str]
    compare: Callable[[str, str], tuple[Message, ...]]


def _mapping(content: str) -> str:
    try:
        return mapping_to_json(mapping_from_json(content))
    except UnreadableMapping as error:
        raise Unusable(tuple(problem.message() for problem in error.problems)) from error


def _transform(content: str) -> str:
    text = content.removeprefix(_BYTE_ORDER_MARK)
    if len(text) > LARGEST:
        raise Unusable((message("it is longer than {limit} characters.", limit=LARGEST),))
    try:
        check_stylesheet(text.encode())
    except UnusableStylesheet as error:
        raise Unusable((error.reason,)) from error
    except UnicodeEncodeError as error:
        raise Unusable((message("it has characters that XML does not know."),)) from error
    return text


def _compare_mappings(before: str, after: str) -> tuple[Message, ...]:
    found = differences(mapping_from_json(before), mapping_from_json(after))
    return tuple(difference.message() for difference in found)


def _compare_texts(before: str, after: str) -> tuple[Message, ...]:
    lines = list(unified_diff(before.splitlines(), after.splitlines(), n=1, lineterm=""))[2:]
    return tuple(Message("{line}", {"line": line}) for line in lines)


MAPPING: Final = Kind("mapping", MappingVersion, _mapping, _compare_mappings)
TRANSFORM: Final = Kind("transform", TransformVersion, _transform, _compare_texts)
KINDS: Final = (MAPPING, TRANSFORM)
DRAFT: Final = "draft"
PUBLISHED: Final = "published"


def versions(workflow: ServiceWorkflow, kind: Kind) -> list[CarriedVersion]:
    """All versions, the draft first, then the newest."""
    found = kind.model.objects.filter(workflow=workflow)
    return list(found.order_by(F("number").desc(nulls_first=True)))


def draft(workflow: ServiceWorkflow, kind: Kind) -> CarriedVersion | None:
    """The draft, where there is one."""
    return kind.model.objects.filter(workflow=workflow, number=None).first()


def in_force(workflow: ServiceWorkflow, kind: Kind) -> CarriedVersion | None:
    """The version that filing uses, where there is one."""
    fresh = ServiceWorkflow.objects.select_related(kind.name).get(pk=workflow.pk)
    return fresh.mapping if kind is MAPPING else fresh.transform


def find(workflow: ServiceWorkflow, kind: Kind, which: str) -> CarriedVersion:
    """A version by its number, or by the words `draft` and `published`. Raises `UnknownVersion`."""
    if which == DRAFT:
        found = draft(workflow, kind)
    elif which == PUBLISHED:
        found = in_force(workflow, kind)
    elif which.isdecimal() and len(which) < 10:
        found = kind.model.objects.filter(workflow=workflow, number=int(which)).first()
    else:
        found = None
    if found is None:
        there = ", ".join(str(version.number or DRAFT) for version in versions(workflow, kind)) or "-"
        raise UnknownVersion(
            message(
                "There is no version “{which}” of the {kind}. There are: {versions}.",
                which=which,
                kind=kind.name,
                versions=there,
            )
        )
    return found


def read_mapping(version: CarriedVersion) -> OwnMapping:
    """The mapping of a version. Raises `UnreadableMapping` where a newer Formcase has written it."""
    return mapping_from_json(version.content)


def stamp(version: CarriedVersion | None) -> str:
    """Says whether a draft is still what it was: the same for the same content, empty where there is no draft."""
    return stamp_of("" if version is None else version.content)


def stamp_of(content: str) -> str:
    """The stamp of a draft with this content."""
    return sha256(content.encode()).hexdigest() if content else ""


def save_draft(
    workflow: ServiceWorkflow, kind: Kind, content: str, by: str = "", *, over: str | None = None
) -> CarriedVersion:
    """Keep a draft, in place of the one that there is. over: the stamp of the draft that this one was made of, unless
    it does not matter. Raises `Unusable`, and `DraftChanged` where another one is there by now."""
    return _keep_draft(workflow, kind, kind.read(content), by, over)


@transaction.atomic
def discard_draft(workflow: ServiceWorkflow, kind: Kind, by: str = "", *, over: str | None = None) -> None:
    """Throw the draft away; nothing happens where there is none. over: the stamp of the draft that is meant, unless it
    does not matter. Raises `DraftChanged` where another one is there by now."""
    held(workflow)
    there = draft(workflow, kind)
    if over is not None and stamp(there) != over:
        raise DraftChanged(there)
    gone, _ = kind.model.objects.filter(workflow=workflow, number=None).delete()
    if gone:
        record(by, f"{kind.name} draft discarded", about(workflow))


@transaction.atomic
def publish(
    workflow: ServiceWorkflow, kind: Kind, comment: str, by: str = "", *, seen: str | None = None
) -> CarriedVersion:
    """Make the draft a version, and put it in force. What waits is tried again at once. seen: the stamp of the draft
    that is meant, unless it does not matter. Raises `NotPossible`, and `DraftChanged` where it is another one now."""
    locked = held(workflow)
    found = draft(workflow, kind)
    if seen is not None and stamp(found) != seen:
        raise DraftChanged(found)
    if found is None:
        raise NotPossible(message("There is no draft that could be published."))
    if not comment.strip():
        raise NotPossible(message("Say in a comment what this version is for."))
    if kind is MAPPING and not any(group.name == "Files" for group in read_mapping(found).groups):
        raise NotPossible(message("The mapping has no group Files, so no case would be made."))
    newest = kind.model.objects.filter(workflow=workflow).aggregate(newest=Max("number"))["newest"]
    found.number = (newest or 0) + 1
    found.comment = comment.strip()
    found.published_at, found.published_by = timezone.now(), by
    found.save()
    _put_in_force(locked, kind, found, by)
    return found


def restore(
    workflow: ServiceWorkflow, kind: Kind, version: CarriedVersion, by: str = "", *, over: str | None = None
) -> CarriedVersion:
    """Make a draft with the content of a version that there was. Raises `Unusable` where it can't be used any more, and
    as `save_draft`."""
    return save_draft(workflow, kind, version.content, by, over=over)


@transaction.atomic
def withdraw(workflow: ServiceWorkflow, kind: Kind, by: str = "") -> None:
    """Take what is in force out of force: the forms' own pages or XML count again. Raises `NotPossible`."""
    locked = held(workflow)
    if in_force(locked, kind) is None:
        raise NotPossible(message("No version is in force."))
    _put_in_force(locked, kind, None, by)


def compare(kind: Kind, before: str, after: str) -> tuple[Message, ...]:
    """What differs between two contents; empty where nothing does."""
    return kind.compare(before, after)


def contents_in_force(workflow: ServiceWorkflow) -> Sequence[tuple[Kind, CarriedVersion]]:
    """What is in force of everything that the workflow carries."""
    found = ((kind, in_force(workflow, kind)) for kind in KINDS)
    return [(kind, version) for kind, version in found if version is not None]


@transaction.atomic
def _keep_draft(workflow: ServiceWorkflow, kind: Kind, text: str, by: str, over: str | None) -> CarriedVersion:
    held(workflow)
    there = draft(workflow, kind)
    if over is not None and stamp(there) != over:
        raise DraftChanged(there)
    found = there or kind.model(workflow=workflow)
    if found.content != text or found.pk is None:
        before = found.content
        found.content, found.saved_at, found.saved_by = text, timezone.now(), by
        found.save()
        record(by, f"{kind.name} draft saved", about(workflow), after=_change(kind, before, text))
    return found


def _change(kind: Kind, before: str, after: str) -> dict[str, object]:
    """What has become of a draft, for the audit log."""
    if not before:
        return {"change": ["new"]}
    try:
        lines = [line.text()[:LONGEST_AUDITED] for line in kind.compare(before, after)]
    except UnreadableMapping:  # a newer Formcase has written the one before
        return {"change": ["new"]}
    return {"change": [*lines[:MOST_AUDITED], *(["…"] if len(lines) > MOST_AUDITED else [])]}


def _put_in_force(workflow: ServiceWorkflow, kind: Kind, version: CarriedVersion | None, by: str) -> None:
    """The workflow is locked."""
    before = in_force(workflow, kind)
    setattr(workflow, kind.name, version)
    saved(workflow, by)
    record(
        by,
        f"{kind.name} withdrawn" if version is None else f"{kind.name} published",
        about(workflow),
        before={"version": None if before is None else before.number},
        after=None if version is None else {"version": version.number, "comment": version.comment},
    )
