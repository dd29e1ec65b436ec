"""Access codes: what an expression like `A and (B or C)` demands, and whether somebody's codes meet it.

`and` binds before `or`; there is no `not`. An expression is brought into alternatives (sets of codes of which one must
be held in full), so that the database can decide with an array comparison. Knows no database itself.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

MAX_ALTERNATIVES = 256
MAX_CODE_LENGTH = 67
MAX_EXPRESSION_LENGTH = 4000
_TOKEN = re.compile(r"\s*(?:(?P<bracket>[()])|(?P<word>[^\s()]+))")
_MAX_DEPTH = 50

Alternatives = frozenset[frozenset[str]]


class BadExpressionError(ValueError):
    """The expression can't be read. The message says where."""


@dataclass(frozen=True, slots=True)
class Permission:
    """A read or a write code. Where expression is given it decides, else the code; neither: free for all."""

    code: str | None = None
    expression: str | None = None

    @property
    def demand(self) -> str | None:
        """The expression that decides; None where there is no restriction."""
        return self.expression or self.code

    def alternatives(self) -> Alternatives | None:
        """Sets of codes of which one must be held in full; None where there is no restriction."""
        if self.expression:
            return parse(self.expression)
        return frozenset({frozenset({self.code})}) if self.code else None

    def codes(self) -> frozenset[str]:
        """Every code that is named."""
        if self.expression:
            return codes_of(self.expression)
        return frozenset({self.code}) if self.code else frozenset()

    def met_by(self, held: frozenset[str]) -> bool:
        """Whether these codes are enough."""
        alternatives = self.alternatives()
        return alternatives is None or any(one <= held for one in alternatives)


FREE = Permission()


def parse(expression: str) -> Alternatives:
    """The alternatives of an expression. Raises BadExpressionError."""
    tokens = list(_tokens(expression))
    result, rest = _any_of(tokens, 0, 0)
    if rest != len(tokens):
        raise BadExpressionError(f"unexpected “{tokens[rest]}”")
    return result


def codes_of(expression: str) -> frozenset[str]:
    """Every code that an expression names, also where another alternative makes it needless."""
    return frozenset(word for word in _tokens(expression) if word not in "()" and word.lower() not in ("and", "or"))


def _tokens(expression: str) -> Iterator[str]:
    position = 0
    text = expression.rstrip()
    while position < len(text):
        match = _TOKEN.match(text, position)
        if match is None:
            raise BadExpressionError(f"unexpected “{text[position:]}”")
        yield match["bracket"] or match["word"]
        position = match.end()


def _any_of(tokens: list[str], position: int, depth: int) -> tuple[Alternatives, int]:
    result, position = _all_of(tokens, position, depth)
    while position < len(tokens) and tokens[position].lower() == "or":
        more, position = _all_of(tokens, position + 1, depth)
        result = _smallest(result | more)
    return result, position


def _all_of(tokens: list[str], position: int, depth: int) -> tuple[Alternatives, int]:
    result, position = _one(tokens, position, depth)
    while position < len(tokens) and tokens[position].lower() == "and":
        more, position = _one(tokens, position + 1, depth)
        result = _smallest(left | right for left in result for right in more)
    return result, position


def _one(tokens: list[str], position: int, depth: int) -> tuple[Alternatives, int]:
    if position >= len(tokens):
        raise BadExpressionError("it ends where a code is expected")
    word = tokens[position]
    if word == "(":
        if depth >= _MAX_DEPTH:
            raise BadExpressionError("too many brackets inside each other")
        result, position = _any_of(tokens, position + 1, depth + 1)
        if position >= len(tokens) or tokens[position] != ")":
            raise BadExpressionError("a closing bracket is missing")
        return result, position + 1
    if word == ")" or word.lower() in ("and", "or"):
        raise BadExpressionError(f"a code is expected, not “{word}”")
    return frozenset({frozenset({word})}), position + 1


def _smallest(alternatives: Iterable[frozenset[str]]) -> Alternatives:
    """Leave out what another alternative already allows: `A` makes `A and B` needless."""
    kept: list[frozenset[str]] = []
    for one in sorted(set(alternatives), key=len):
        if not any(other <= one for other in kept):
            kept.append(one)
        if len(kept) > MAX_ALTERNATIVES:
            raise BadExpressionError(f"more than {MAX_ALTERNATIVES} alternatives")
    return frozenset(kept)
