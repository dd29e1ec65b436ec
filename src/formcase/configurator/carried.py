"""What the pages of a workflow's own mapping and those of its transform have in common: words, addresses, which
version an address means, and how a draft is told from the one that somebody else has made of it meanwhile."""

from dataclasses import dataclass
from typing import Final

from django.core import signing
from django.http import Http404
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext, gettext_lazy

from formcase.appearance.navigation import Link
from formcase.configurator.translating import in_reader_language
from formcase.workflows import versions
from formcase.workflows.models import CarriedVersion, ServiceWorkflow
from formcase.workflows.versions import DRAFT, MAPPING, PUBLISHED, TRANSFORM, Kind, UnknownVersion

_SEEN: Final = "configurator.seen-draft"


@dataclass(frozen=True, slots=True)
class Words:
    """How one kind is called. page: the name of the page with its draft; file: how exported files end."""

    title: str | Promise
    page: str
    file: str
    media_type: str


WORDS: Final = {
    MAPPING.name: Words(gettext_lazy("Mapping"), "workflow_mapping", "json", "application/json"),
    TRANSFORM.name: Words(gettext_lazy("Transform"), "workflow_transform", "xsl", "application/xslt+xml"),
}


def title_of(kind: Kind, workflow: ServiceWorkflow, what: str = "") -> str:
    """`Mapping: Flags`, or `Mapping: Flags, Versions`."""
    title = gettext("{what}: {name}").format(what=WORDS[kind.name].title, name=workflow.name)
    return gettext("{whole}, {part}").format(whole=title, part=what) if what else title


def address(kind: Kind, workflow: ServiceWorkflow, part: str = "", number: int | None = None) -> str:
    """The address of the page with the draft, or of one beside it."""
    name = f"configurator:workflow_{kind.name}_{part}" if part else f"configurator:workflow_{kind.name}"
    return reverse(name, args=[workflow.pk] if number is None else [workflow.pk, number])


def between(kind: Kind, workflow: ServiceWorkflow) -> tuple[Link, ...]:
    """The way to a page beside the one with the draft."""
    return (
        Link(workflow.name, reverse("configurator:workflow_edit", args=[workflow.pk])),
        Link(WORDS[kind.name].title, address(kind, workflow)),
    )


def version_of(kind: Kind, workflow: ServiceWorkflow, which: str) -> CarriedVersion:
    """A version that an address names; not found where there is none."""
    try:
        return versions.find(workflow, kind, which)
    except UnknownVersion as error:
        raise Http404(str(error)) from error


def name_of(version: CarriedVersion) -> str:
    """`version 3`, or `the draft`."""
    if version.number is None:
        return gettext("the draft")
    return gettext("version {number}").format(number=version.number)


def choices_of(kind: Kind, workflow: ServiceWorkflow) -> list[tuple[str, str]]:
    """The versions to choose from, by what `versions.find` calls them, the draft first."""
    in_force = versions.in_force(workflow, kind)
    return [(key_of(version), _choice(version, in_force)) for version in versions.versions(workflow, kind)]


def key_of(version: CarriedVersion) -> str:
    """What `versions.find` calls a version."""
    return DRAFT if version.number is None else str(version.number)


def seen(version: CarriedVersion | None) -> str:
    """The draft that a person sees, to go with what is done to it, so that it is known what was changed."""
    return signing.dumps("" if version is None else version.content, salt=_SEEN, compress=True)


def read_seen(text: str) -> str:
    """The content of the draft that a person saw; empty where there was none."""
    try:
        return str(signing.loads(text, salt=_SEEN))
    except signing.BadSignature:
        return ""


def changes_since(kind: Kind, before: str, now: CarriedVersion | None) -> list[str]:
    """What somebody else has made of the draft meanwhile."""
    if now is None:
        return [gettext("There is no draft any more: it was published or discarded.")]
    if not before:
        return [gettext("There was none, and now there is one.")]
    return [in_reader_language(line) for line in versions.compare(kind, before, now.content)]


def _choice(version: CarriedVersion, in_force: CarriedVersion | None) -> str:
    if version.number is None:
        return gettext("Draft")
    if version == in_force:
        return gettext("Version {number}, in force").format(number=version.number)
    return gettext("Version {number}").format(number=version.number)


__all__ = [
    "DRAFT",
    "PUBLISHED",
    "WORDS",
    "Words",
    "address",
    "between",
    "changes_since",
    "choices_of",
    "key_of",
    "name_of",
    "read_seen",
    "seen",
    "title_of",
    "version_of",
]
