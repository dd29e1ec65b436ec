"""A page beside the draft of what a workflow carries, the same for its own mapping and its transform: one view, that is
told which of the two is meant, and a page of each kind."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils.functional import Promise

from formcase.accounts.roles import Role
from formcase.configurator.carried import WORDS, address, between, title_of
from formcase.configurator.page import Page
from formcase.configurator.pages.workflows import parts
from formcase.configurator.showing import show
from formcase.workflows.models import ServiceWorkflow
from formcase.workflows.versions import KINDS, Kind

_ADDRESSED = ("versions", "compare", "publish", "withdraw", "discard", "import", "export")


@dataclass(frozen=True, slots=True)
class CarriedPage:
    """One of the pages that each kind has. view: takes the request, the workflow's key and `kind`; role: who may see
    it."""

    name: str
    route: str
    view: Callable[..., HttpResponseBase]
    title: str | Promise
    role: Role = Role.VIEWER
    whole: bool = True


def of_each_kind(*each: CarriedPage) -> tuple[Page, ...]:
    """These pages for the mapping and for the transform."""
    return tuple(_pages(each))


def context_of(kind: Kind, workflow: ServiceWorkflow) -> dict[str, object]:
    """What every such page needs."""
    words = WORDS[kind.name]
    addresses = {part: address(kind, workflow, part) for part in _ADDRESSED}
    return {
        "workflow": workflow,
        "kind": kind.name,
        "words": words,
        "addresses": addresses | {"main": address(kind, workflow)},
        "parts": parts(workflow, words.page),
        "version_page": f"configurator:workflow_{kind.name}_version",
        "restore_page": f"configurator:workflow_{kind.name}_restore",
    }


def show_beside(
    request: HttpRequest, template: str, context: dict[str, object], about: tuple[Kind, ServiceWorkflow], what: str
) -> HttpResponse:
    """Show such a page; what: its title beside the kind's and the workflow's."""
    return show(request, template, context, title=title_of(*about, what), between=between(*about))


def _pages(each: tuple[CarriedPage, ...]) -> Iterator[Page]:
    for kind in KINDS:
        for one in each:
            yield Page(
                f"workflow_{kind.name}_{one.name}",
                f"workflows/<int:key>/{kind.name}/{one.route}",
                partial(one.view, kind=kind),
                one.title,
                role=one.role,
                parent="workflows",
                whole=one.whole,
            )
