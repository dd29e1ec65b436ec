"""What a page of the case system is: its address, its view, who may see it, and its place in the menu. Nothing here
knows any page in particular: those are the files beside this one that `__init__` lists."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum

from django.http import HttpResponseBase
from django.utils.translation import gettext_lazy as _

from formcase.appearance.navigation import Text

View = Callable[..., HttpResponseBase]


class Section(Enum):
    """The groups of the menu, in their order."""

    WORK = ""
    ADMINISTRATION = _("Administration")


@dataclass(frozen=True, slots=True)
class Page:
    """One address. name: for `{% url "casesystem:<name>" %}` · route: as in Django's `path` · view: called with the
    request and the visitor · section: where it stands in the menu; None: it doesn't · parent: the name of the page
    above it · administration: for administrators only · free: also for whoever must choose a new password first ·
    takes_files: a file as large as any may come with its form · whole: false for what is no page of its own, such as a
    file's bytes."""

    name: str
    route: str
    view: View
    title: Text
    section: Section | None = None
    parent: str | None = None
    administration: bool = False
    free: bool = False
    takes_files: bool = False
    whole: bool = True
