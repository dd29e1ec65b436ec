"""A form as it was designed: what its hidden mapping page says before anybody has filled it in."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class FormSummary:
    """A form that the form service releases to us."""

    id: str
    title: str
    version: int
    updated_at: datetime


@dataclass(frozen=True, slots=True)
class FormField:
    """A field of the design; `default` on a hidden page is a template, `{Page.Group.Field}` standing for an answer."""

    name: str
    title: str | None = None
    type: str = "text"
    required: bool = False
    multiple: bool = False
    choices: tuple[tuple[str, str], ...] = ()
    default: str | None = None


@dataclass(frozen=True, slots=True)
class FormGroup:
    """A group of the design."""

    name: str
    items: tuple["FormGroup | FormField", ...] = ()
    title: str | None = None
    repeats: bool = False


@dataclass(frozen=True, slots=True)
class FormPage:
    """A page of the design. made: by a workflow's own mapping; the form itself has none like it."""

    name: str
    items: tuple[FormGroup | FormField, ...] = ()
    title: str | None = None
    hidden: bool = False
    made: bool = False


@dataclass(frozen=True, slots=True)
class FormDefinition:
    """One version of a form."""

    summary: FormSummary
    pages: tuple[FormPage, ...]
