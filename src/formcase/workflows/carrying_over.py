"""Carries a workflow over to another installation: everything that a person has set, and what it carries itself."""

import json
from collections.abc import Iterator, Mapping
from typing import Final

from django.db import transaction

from formcase.messages import message
from formcase.sources.interact.parameters import ParameterError
from formcase.workflows import managing, versions
from formcase.workflows.models import ServiceWorkflow
from formcase.workflows.parameters import WrongParameters, shown_values
from formcase.workflows.versions import KINDS, MAPPING, Kind

_WHAT: Final = "service workflow"


def exported(workflow: ServiceWorkflow) -> dict[str, object]:
    """A workflow as data for another installation. Certificates stay here; the thumbprint names the one to import. Of
    its own mapping and transform, the versions in force."""
    return {
        "formcase": _WHAT,
        "name": workflow.name,
        "type": workflow.type,
        "description": workflow.description,
        "parameters": shown_values(workflow),
        **{
            kind.name: {
                "version": version.number,
                "comment": version.comment,
                "content": json.loads(version.content) if kind is MAPPING else version.content,
            }
            for kind, version in versions.contents_in_force(workflow)
        },
    }


@transaction.atomic
def imported(data: Mapping[str, object], by: str = "") -> ServiceWorkflow:
    """Create a workflow, disabled, from what another installation exported; what it carries is published as version 1.
    Raises `WrongParameters`."""
    parameters = data.get("parameters")
    if data.get("formcase") != _WHAT or not isinstance(parameters, Mapping):
        raise WrongParameters(
            [ParameterError("file", "", message("It is no exported service workflow: “parameters” is missing."))]
        )
    typed = {str(name): str(value) for name, value in parameters.items()}
    workflow = managing.create(
        str(data.get("name", "")), str(data.get("type", "")), typed, str(data.get("description", "")), by
    )
    wrong = [error for kind in KINDS if kind.name in data for error in _carried(workflow, kind, data[kind.name], by)]
    if wrong:
        raise WrongParameters(wrong)
    return ServiceWorkflow.objects.get(pk=workflow.pk)


def _carried(workflow: ServiceWorkflow, kind: Kind, data: object, by: str) -> Iterator[ParameterError]:
    """Publish what was exported; what is wrong with it."""
    if not isinstance(data, Mapping) or "content" not in data:
        yield ParameterError(kind.name, "", message("An object with “content” is expected."))
        return
    content = data["content"]
    try:
        versions.save_draft(workflow, kind, content if isinstance(content, str) else json.dumps(content), by)
        versions.publish(workflow, kind, str(data.get("comment", "")).strip() or "-", by)
    except versions.Unusable as error:
        yield from (ParameterError(kind.name, "", problem) for problem in error.problems)
    except versions.NotPossible as error:
        yield ParameterError(kind.name, "", error.reason)
