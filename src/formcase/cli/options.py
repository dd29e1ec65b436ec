"""Options that many commands share, described once."""

from typing import Annotated

from cyclopts import Parameter, validators

Limit = Annotated[int, Parameter(validator=validators.Number(gte=1), help="How many, newest first.")]
Json = Annotated[bool, Parameter(name="--json", negative="", help="Print one JSON document.")]
