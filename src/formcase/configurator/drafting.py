"""Changing the draft of a workflow's own mapping from a page: nobody overwrites what somebody else has saved meanwhile,
and the last change can be undone."""

from dataclasses import dataclass
from typing import Final

from django.contrib import messages
from django.http import HttpRequest
from django.utils.translation import gettext

from formcase.configurator.carried import changes_since, read_seen, seen
from formcase.planning.own_mapping.model import OwnMapping
from formcase.planning.own_mapping.problems import UnreadableMapping
from formcase.planning.own_mapping.reading import mapping_from_json
from formcase.planning.own_mapping.writing import mapping_to_json
from formcase.workflows import versions
from formcase.workflows.models import CarriedVersion, ServiceWorkflow
from formcase.workflows.versions import MAPPING, DraftChanged

_UNDO: Final = "mapping-undo"  # in the session: the draft as it was before this user's last change


@dataclass(frozen=True, slots=True)
class Draft:
    """The draft as it is now, and as this person saw it. version: None where there is none any more."""

    workflow: ServiceWorkflow
    version: CarriedVersion | None
    mapping: OwnMapping
    before: str  # the content that the person saw

    @property
    def token(self) -> str:
        """What goes with the page, to know later what the person saw."""
        return seen(self.version)

    @property
    def is_as_seen(self) -> bool:
        """Whether nobody has changed it since the person saw it."""
        return versions.stamp(self.version) == versions.stamp_of(self.before)

    @property
    def as_seen(self) -> OwnMapping:
        """The mapping that the person saw."""
        return _read(self.before)

    @property
    def changed_by(self) -> str:
        """Who saved it last."""
        return "" if self.version is None else self.version.saved_by

    def changes(self) -> list[str]:
        """What others have changed since the person saw it."""
        return [] if self.is_as_seen else changes_since(MAPPING, self.before, self.version)


def draft_of(workflow: ServiceWorkflow, request: HttpRequest | None = None) -> Draft:
    """The draft; request: of a page that a person saw it on before, to be told what others have changed since. Raises
    `UnreadableMapping` where a newer Formcase has written it."""
    version = versions.draft(workflow, MAPPING)
    content = "" if version is None else version.content
    before = content if request is None or "seen" not in request.POST else read_seen(request.POST["seen"])
    return Draft(workflow, version, _read(content), before)


def save(request: HttpRequest, draft: Draft, mapping: OwnMapping) -> CarriedVersion:
    """Keep the draft with a change. Raises `DraftChanged` where somebody else was quicker."""
    content = "" if draft.version is None else draft.version.content
    saved = versions.save_draft(
        draft.workflow,
        MAPPING,
        mapping_to_json(mapping),
        request.user.get_username(),
        over=versions.stamp(draft.version),
    )
    if content:
        request.session[_UNDO] = {"workflow": draft.workflow.pk, "content": content, "stamp": versions.stamp(saved)}
    return saved


def can_undo(request: HttpRequest, draft: Draft) -> bool:
    """Whether the draft is as this user's last change has left it."""
    kept = request.session.get(_UNDO) or {}
    return kept.get("workflow") == draft.workflow.pk and kept.get("stamp") == versions.stamp(draft.version)


def undo(request: HttpRequest, draft: Draft) -> None:
    """Take this user's last change back. Raises `DraftChanged` where somebody else was quicker."""
    if not can_undo(request, draft):
        raise DraftChanged(draft.version)
    kept = request.session.pop(_UNDO)
    versions.save_draft(
        draft.workflow, MAPPING, kept["content"], request.user.get_username(), over=versions.stamp(draft.version)
    )


def tell_changed(request: HttpRequest, draft: Draft) -> None:
    """Say on the next page that nothing was done, as the draft is not what the person saw, and what has changed."""
    who = draft.changed_by or gettext("Somebody")
    text = gettext("Nothing was changed: {who} has changed the draft meanwhile. Look at it again.").format(who=who)
    messages.warning(request, " ".join([text, *draft.changes()[:10]]))


def _read(content: str) -> OwnMapping:
    return mapping_from_json(content) if content else OwnMapping()


__all__ = ["Draft", "UnreadableMapping", "can_undo", "draft_of", "save", "tell_changed", "undo"]
