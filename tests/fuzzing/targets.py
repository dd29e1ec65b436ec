"""What is fuzzed: every reader of bytes that a stranger can send, called with any bytes at all.

A target takes bytes and may end in one way only: it returns. What its reader is meant to raise is caught here; anything
else that comes out of it (a crash, a hang, a wrong kind of error) is a finding.
"""

from collections.abc import Callable, Mapping
from contextlib import suppress
from functools import cache

from formcase.casesystem import batch_format, json_values, paths, query_options
from formcase.casesystem.edm import Model, Primitive
from formcase.casesystem.errors import Refusal
from formcase.casesystem.exchange import Request, target_of
from formcase.casesystem.filter_syntax import parse_expression
from formcase.casesystem.schema import build_model
from formcase.sources.interact import answers
from formcase.submission.problems import UnreadableXml
from formcase.submission.reading import read_submission
from formcase.submission.transform import Transform, UnusableStylesheet
from formcase.targets.workzone import batch
from formcase.targets.workzone.metadata import InvalidMetadata, read_metadata

Target = Callable[[bytes], None]


def xml(content: bytes) -> None:
    """The XML of a submission, the stylesheet of a workflow, and the model of a case system."""
    try:
        submission = read_submission(content)
    except UnreadableXml as error:
        f"{error.answer.text()}{error.answer.discreet()}".encode()
    else:
        repr(submission).encode()
    with suppress(UnusableStylesheet):
        Transform(content)
    with suppress(InvalidMetadata):
        read_metadata(content)


def odata(content: bytes) -> None:
    """An address of the case system with its query: path, keys, filter, order, options; and a body in JSON."""
    address, _newline, body = content.decode("utf-8", "replace").partition("\n")
    with suppress(Refusal):
        path, query = target_of(address, "/OData4/")
        steps = paths.read_path(path)
        entity_type = _model().of_set(steps[0].name if steps and steps[0].name in _model().sets else "Files")
        options = query_options.read_options(Request("GET", path, query).pairs(), entity_type, _model())
        for expression in (options.filter, *(term.expression for term in options.order_by)):
            if expression is not None:
                parse_expression(expression, "$filter")
    with suppress(Refusal):
        parse_expression(address, "$filter")
    with suppress(Refusal):
        entity_set, key = paths.entity_at(address, "/OData4/")
        assert paths.entity_at(f"{entity_set}({paths.quoted_key(key)})".replace("%", "%25"), "/OData4/")[1] == key
    with suppress(Refusal):
        values = json_values.read_object(body.encode())
        for value in values.values():
            for primitive in Primitive:
                with suppress(json_values.WrongTypeError):
                    json_values.write_json({"": json_values.stored(json_values.read_value(value, primitive))})


def batches(content: bytes) -> None:
    """A batch as the case system reads it, and an answer to one as Formcase does: the content type stands first."""
    first, _newline, body = content.partition(b"\n")
    content_type = first.decode("latin-1").strip()
    with suppress(Refusal):
        for part in batch_format.read_batch(content_type, body):
            for request in part.requests if isinstance(part, batch_format.ChangeSet) else (part,):
                assert not set(request.url) & {"\r", "\n", " "}
                assert all("\n" not in text and "\r" not in text for pair in request.headers.items() for text in pair)
                with suppress(Refusal):
                    target_of(request.url, "/OData4/")
    with suppress(batch.Unreadable):
        answered = batch.read(content_type, body)
        assert all(200 <= part.answer.status <= 599 for part in answered.parts)


def listings(content: bytes) -> None:
    """Every answer of a form service that is JSON."""
    for read in (answers.read_page, answers.read_submission, answers.read_forms, answers.read_form, answers.read_token):
        try:
            repr(read(content)).encode()
        except answers.WrongShapeError as error:
            str(error).encode()


TARGETS: Mapping[str, Target] = {"xml": xml, "odata": odata, "batch": batches, "json": listings}


@cache
def _model() -> Model:
    return build_model(())
