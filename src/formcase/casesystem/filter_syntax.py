"""Reads `$filter` and `$orderby` into odata-query's syntax tree. What the tree means is in `filters.py`.

odata-query 0.10 takes `AllowImpersonation` for the word `all`, does not know `in ('a')` or `not(`, and stumbles over
long paths before `any`; its tokens are put right here. A whole path is handed to it as one identifier: `Name/Name1`.
"""

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext as _
from odata_query import ast
from odata_query.exceptions import FunctionCallException, ODataException
from odata_query.grammar import ODataLexer, ODataParser

from formcase.casesystem.errors import invalid

_MAX_LENGTH = 16_000


class _Lexer(ODataLexer):
    tokens = ODataLexer.tokens
    _: Any

    @_(r"(?:true|false)(?!\w)")  # type: ignore[untyped-decorator]
    def BOOLEAN(self, t: Any) -> Any:
        t.value = ast.Boolean(t.value)
        return t

    @_(r"null(?!\w)")  # type: ignore[untyped-decorator]
    def NULL(self, t: Any) -> Any:
        t.value = ast.Null()
        return t

    @_(r"not(?:\s+|(?=\())")  # type: ignore[untyped-decorator]
    def NOT(self, t: Any) -> Any:
        t.value = ast.Not()
        return t

    @_(r"any(?=\s*\()")  # type: ignore[untyped-decorator]
    def ANY(self, t: Any) -> Any:
        t.value = ast.Any()
        return t

    @_(r"all(?=\s*\()")  # type: ignore[untyped-decorator]
    def ALL(self, t: Any) -> Any:
        t.value = ast.All()
        return t


def parse_expression(text: str, option: str) -> ast._Node:
    """The tree of an expression. option names where it stands, for the message."""
    if len(text) > _MAX_LENGTH:
        raise invalid("InvalidQuery", _("{option} is too long.").format(option=option), option)
    try:
        tree = ODataParser().parse(_with_single_lists(_with_whole_paths(list(_Lexer().tokenize(text.strip())))))
    except FunctionCallException as error:
        raise invalid("InvalidQuery", str(error), option) from error
    except ODataException as error:
        raise invalid("InvalidQuery", _unreadable(text, option, error), option) from error
    if not isinstance(tree, ast._Node):
        raise invalid("InvalidQuery", _("{option} is empty.").format(option=option), option)
    return tree


def _unreadable(text: str, option: str, error: ODataException) -> str:
    token = getattr(error, "token", None)
    place = getattr(token, "index", None)
    rest = text.strip()[place:] if isinstance(place, int) else ""
    if rest:
        return _("{option} can't be read at “{rest}”.").format(option=option, rest=rest[:80])
    return _("{option} can't be read: {text}").format(option=option, text=text[:200])


def _with_whole_paths(tokens: list[Any]) -> Iterator[Any]:
    """Join `Name`, `/`, `Name1` to one identifier."""
    position = 0
    while position < len(tokens):
        token = tokens[position]
        while [one.type for one in tokens[position : position + 3]] == ["ODATA_IDENTIFIER", "/", "ODATA_IDENTIFIER"]:
            first, second = token.value.full_name(), tokens[position + 2].value.full_name()
            token.value = ast.Identifier(f"{first}/{second}")
            del tokens[position + 1 : position + 3]
        yield token
        position += 1


def _with_single_lists(tokens: Iterator[Any]) -> Iterator[Any]:
    """Put a comma behind the only item of `in ('a')`, as the grammar wants it."""
    state = ""
    for token in tokens:
        if token.type == "IN":
            state = "in"
        elif state == "in" and token.type == "(":
            state = "first"
        elif state == "first" and token.type not in ("WS", ",", ")"):
            state = "item"
        elif state == "item" and token.type == ")":
            yield _comma(token)
            state = ""
        elif token.type != "WS":
            state = ""
        yield token


def _comma(like: Any) -> Any:
    made = type(like)()
    made.type, made.value, made.lineno, made.index = ",", ",", like.lineno, like.index
    return made
