"""What a `$filter` means in SQL: typed, null-safe, and seeing only what the actor sees.

A single navigation in a path is a scalar subquery over the rows that are seen, so an unseen target reads as null; `any`
and `all` speak about seen rows only.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation

from django.utils.translation import gettext as _
from odata_query import ast
from psycopg import sql

from formcase.casesystem.edm import EntityType, Navigation, Primitive, Property
from formcase.casesystem.errors import Refusal, invalid, not_implemented
from formcase.casesystem.filter_syntax import parse_expression
from formcase.casesystem.sql_rows import Row, joined

_MAX_DEPTH = 100
_COMPARATORS: Mapping[type, str] = {ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">="}
_NUMBERS = (Primitive.INT64, Primitive.DECIMAL)


@dataclass(frozen=True, slots=True)
class Typed:
    """A value in SQL with its type; type None is the literal null. literal: the value where it is one."""

    sql: sql.Composable
    type: Primitive | None
    literal: object = None


def filter_condition(text: str, row: Row) -> sql.Composable:
    """The condition of a `$filter` on this row."""
    value = _Translator(row, "$filter", {}).translate(parse_expression(text, "$filter"))
    if value.type is not Primitive.BOOLEAN:
        raise invalid("InvalidQuery", _("$filter is not a condition."), "$filter")
    return value.sql


def order_term(text: str, row: Row) -> sql.Composable:
    """The value of one `$orderby` term on this row."""
    expression = parse_expression(text, "$orderby")
    value = _Translator(row, "$orderby", {}).translate(expression)
    # All rows have the same constant, and PostgreSQL takes one for the number of a column.
    return sql.SQL("null::text") if isinstance(expression, ast._Literal) else value.sql


class _Translator:
    """Walks the tree. row: what plain names are about; variables: the lambda variables that are known."""

    def __init__(self, row: Row, option: str, variables: Mapping[str, Row], depth: int = 0) -> None:
        self._row = row
        self._option = option
        self._variables = variables
        self._depth = depth

    def translate(self, node: ast._Node) -> Typed:
        """One node and what is below it."""
        self._depth += 1
        if self._depth > _MAX_DEPTH:
            raise self._wrong(_("{option} is nested too deeply.").format(option=self._option))
        try:
            return self._translate(node)
        finally:
            self._depth -= 1

    def _translate(self, node: ast._Node) -> Typed:
        match node:
            case ast.BoolOp():
                return self._both(node)
            case ast.UnaryOp(op=ast.Not()):
                operand = self._condition(node.operand)
                return _boolean(sql.SQL("({operand}) is not true").format(operand=operand))
            case ast.Compare(comparator=ast.In()):
                return self._one_of(node)
            case ast.Compare():
                return self._comparison(node)
            case ast.CollectionLambda():
                return self._some_or_all(node)
            case ast.Call():
                return self._call(node)
            case ast.Identifier():
                return self._path(_segments(node))
            case ast._Literal():
                return self._literal(node)
            case _:
                raise not_implemented(_("this kind of expression in {option}").format(option=self._option))

    def _condition(self, node: ast._Node) -> sql.Composable:
        value = self.translate(node)
        if value.type is not Primitive.BOOLEAN:
            raise self._wrong(_("A condition is expected where {option} has a value.").format(option=self._option))
        return value.sql

    def _both(self, node: ast.BoolOp) -> Typed:
        word = " and " if isinstance(node.op, ast.And) else " or "
        # A long chain leans to the left: walked in a loop, it may be as long as it likes.
        chain: list[ast._Node] = []
        left: ast._Node = node
        while isinstance(left, ast.BoolOp) and type(left.op) is type(node.op):
            chain.append(left.right)
            left = left.left
        conditions = [self._condition(part) for part in (left, *reversed(chain))]
        return _boolean(sql.SQL("({all})").format(all=sql.SQL(word).join(conditions)))

    def _comparison(self, node: ast.Compare) -> Typed:
        left, right = self.translate(node.left), self.translate(node.right)
        left, right = self._alike(left, right), self._alike(right, left)
        operator = _COMPARATORS.get(type(node.comparator))
        if operator is not None:
            return self._order(left, operator, right)
        equal = isinstance(node.comparator, ast.Eq)
        if right.type is None or left.type is None:
            known = left if right.type is None else right
            return _boolean(sql.SQL("({value} is null)" if equal else "({value} is not null)").format(value=known.sql))
        literal = left.literal is not None or right.literal is not None
        # With a literal, `=` is as good as null-safe and lets an index be used.
        template = ("{l} = {r}" if literal else "{l} is not distinct from {r}") if equal else "{l} is distinct from {r}"
        return _boolean(sql.SQL(f"({template})").format(l=left.sql, r=right.sql))

    def _order(self, left: Typed, operator: str, right: Typed) -> Typed:
        if Primitive.BOOLEAN in (left.type, right.type):
            raise self._wrong(_("Truth values have no order in {option}.").format(option=self._option))
        if left.type is None or right.type is None:
            return _boolean(sql.SQL("false"))
        return _boolean(sql.SQL(f"({{l}} {operator} {{r}})").format(l=left.sql, r=right.sql))

    def _one_of(self, node: ast.Compare) -> Typed:
        left = self.translate(node.left)
        if not isinstance(node.right, ast.List):
            raise self._wrong(_("A list in brackets must follow “in”."))
        items = [self._alike(self.translate(item), left) for item in node.right.val]
        for item in items:
            self._alike(left, item)
        return _boolean(
            sql.SQL("({left} in ({items}))").format(
                left=left.sql, items=sql.SQL(", ").join([item.sql for item in items])
            )
        )

    def _some_or_all(self, node: ast.CollectionLambda) -> Typed:
        segments = _segments(node.owner)
        here, inner = self._owner(segments[:-1])
        navigation = self._navigation(here, segments[-1])
        if not navigation.collection:
            raise self._wrong(_("{name} is no collection.").format(name=segments[-1]))
        there = here.scope.row(navigation.target)
        condition = joined(here, navigation, there)
        if node.lambda_ is not None:
            variable = node.lambda_.identifier.name
            translator = _Translator(self._row, self._option, {**self._variables, variable: there}, self._depth)
            inside = translator._condition(node.lambda_.expression)
            every = isinstance(node.operator, ast.All)
            template = "{condition} and ({inside}) is not true" if every else "{condition} and {inside}"
            condition = sql.SQL(template).format(condition=condition, inside=inside)
        found = there.exists(condition)
        if isinstance(node.operator, ast.All):
            found = sql.SQL("(not {found})").format(found=found)
        return _boolean(_wrapped(inner, found))

    def _owner(self, segments: list[str]) -> tuple[Row, list[tuple[Row, sql.Composable]]]:
        """The row that single navigations lead to, and the subqueries that lead there."""
        row, rest = self._start(segments)
        steps: list[tuple[Row, sql.Composable]] = []
        for name in rest:
            navigation = self._navigation(row, name)
            if navigation.collection or navigation.contained:
                raise self._wrong(_("{name} can't be followed here.").format(name=name))
            there = row.scope.row(navigation.target)
            steps.append((there, joined(row, navigation, there)))
            row = there
        return row, steps

    def _start(self, segments: list[str]) -> tuple[Row, list[str]]:
        if segments and segments[0] in self._variables:
            return self._variables[segments[0]], segments[1:]
        return self._row, segments

    def _path(self, segments: list[str]) -> Typed:
        row, rest = self._start(segments)
        if not rest:
            raise self._wrong(_("{name} alone is no value.").format(name="/".join(segments)))
        return self._follow(row, rest)

    def _follow(self, row: Row, names: list[str]) -> Typed:
        """A value at the end of a path."""
        name, *rest = names
        prop = row.type.properties.get(name)
        if prop is not None:
            return self._of_property(row, prop, rest)
        navigation = self._navigation(row, name)
        if navigation.collection:
            raise self._wrong(_("{name} is a collection: use any or all.").format(name=name))
        if not rest:
            raise self._wrong(_("{name} alone is no value.").format(name=name))
        if navigation.contained:
            group = row.scope.reference.model.types[navigation.target]
            return self._in_group(row, group, name, rest)
        there = row.scope.row(navigation.target)
        value = self._follow(there, rest)
        return Typed(there.scalar(value.sql, joined(row, navigation, there)), value.type)

    def _of_property(self, row: Row, prop: Property, rest: list[str]) -> Typed:
        if prop.texts:
            raise not_implemented(_("conditions on {name}").format(name=prop.name))
        if prop.primitive is not None:
            if rest:
                raise self._wrong(_("{name} has no parts.").format(name=prop.name))
            return Typed(row.value(prop.name, prop.primitive), prop.primitive)
        parts = row.scope.reference.model.complex_types[str(prop.complex)].properties
        if len(rest) != 1 or rest[0] not in parts:
            raise self._wrong(_("Of {name}, use one of: {parts}.").format(name=prop.name, parts=", ".join(parts)))
        return Typed(row.value(f"{prop.name}/{rest[0]}"), Primitive.STRING)

    def _in_group(self, row: Row, group: EntityType, name: str, rest: list[str]) -> Typed:
        prop = group.properties.get(rest[0])
        if prop is None or prop.primitive is None or len(rest) > 1:
            raise self._wrong(_("Of {name}, use one of: {parts}.").format(name=name, parts=", ".join(group.properties)))
        return Typed(row.value(f"{name}/{prop.name}", prop.primitive), prop.primitive)

    def _navigation(self, row: Row, name: str) -> Navigation:
        navigation = row.type.navigation.get(name)
        if navigation is None:
            message = _("There is no property {name} on {type}.").format(name=name, type=row.type.name)
            raise invalid("UnknownProperty", message, self._option)
        return navigation

    def _literal(self, node: ast._Literal) -> Typed:
        try:
            return _literal(node)
        except (ValueError, InvalidOperation, OverflowError) as error:
            raise self._wrong(_("“{value}” is no value.").format(value=getattr(node, "val", ""))) from error

    def _alike(self, value: Typed, other: Typed) -> Typed:
        """The value, brought to the other's type where OData does so; else they can't be compared."""
        if None in (value.type, other.type) or value.type == other.type:
            return value
        if value.type in _NUMBERS and other.type in _NUMBERS:
            return value
        message = _("{option} compares {left} with {right}.").format(
            option=self._option, left=value.type, right=other.type
        )
        raise invalid("WrongType", message, self._option)

    def _call(self, node: ast.Call) -> Typed:
        name = node.func.name
        known = _FUNCTIONS.get(name)
        if known is None or node.func.namespace:
            raise not_implemented(_("the function {name}").format(name=name))
        wanted, result, template = known
        arguments = [self.translate(argument) for argument in node.args]
        template = template[len(arguments)] if isinstance(template, Mapping) else template
        for argument, kinds in zip(arguments, wanted, strict=False):
            if argument.type is not None and argument.type not in kinds:
                message = _("{name} does not take {type}.").format(name=name, type=argument.type)
                raise invalid("WrongType", message, self._option)
        parts = {letter: argument.sql for letter, argument in zip("abc", arguments, strict=False)}
        return Typed(sql.SQL(template).format(**parts), result)

    def _wrong(self, message: str) -> Refusal:
        return invalid("InvalidQuery", message, self._option)


def _boolean(condition: sql.Composable) -> Typed:
    return Typed(condition, Primitive.BOOLEAN)


def _wrapped(steps: list[tuple[Row, sql.Composable]], condition: sql.Composable) -> sql.Composable:
    """A condition about a row at the end of single navigations, as one about where they began."""
    for row, join in reversed(steps):
        condition = row.exists(sql.SQL("{join} and {condition}").format(join=join, condition=condition))
    return condition


def _segments(node: ast._Node) -> list[str]:
    if not isinstance(node, ast.Identifier):
        raise not_implemented(_("this path"))
    return ".".join((*node.namespace, node.name)).split("/")


def _literal(node: ast._Literal) -> Typed:
    match node:
        case ast.Null():
            return Typed(sql.SQL("null"), None)
        case ast.String():
            return Typed(sql.Literal(node.val), Primitive.STRING, node.val)
        case ast.Boolean():
            return Typed(sql.Literal(node.py_val), Primitive.BOOLEAN, node.py_val)
        case ast.Integer():
            return Typed(sql.Literal(int(node.val)), Primitive.INT64, int(node.val))
        case ast.Float():
            return Typed(sql.Literal(Decimal(node.val)), Primitive.DECIMAL, Decimal(node.val))
        case ast.Date():
            day = date.fromisoformat(node.val)
            return Typed(sql.SQL("{day}::date").format(day=sql.Literal(day.isoformat())), Primitive.DATE, day)
        case ast.DateTime():
            moment: datetime = node.py_val
            text = moment.isoformat() + ("" if moment.tzinfo else "+00:00")
            value = sql.SQL("{moment}::timestamptz").format(moment=sql.Literal(text))
            return Typed(value, Primitive.DATE_TIME_OFFSET, moment)
        case _:
            raise not_implemented(_("this kind of value"))


_TEXT = (Primitive.STRING,)
_DAYS = (Primitive.DATE, Primitive.DATE_TIME_OFFSET)
_Templates = str | Mapping[int, str]
_FUNCTIONS: Mapping[str, tuple[tuple[tuple[Primitive, ...], ...], Primitive, _Templates]] = {
    "contains": ((_TEXT, _TEXT), Primitive.BOOLEAN, "(strpos({a}, {b}) > 0)"),
    "startswith": ((_TEXT, _TEXT), Primitive.BOOLEAN, "starts_with({a}, {b})"),
    "endswith": ((_TEXT, _TEXT), Primitive.BOOLEAN, "(right({a}, length({b})) = {b})"),
    "tolower": ((_TEXT,), Primitive.STRING, "lower({a})"),
    "toupper": ((_TEXT,), Primitive.STRING, "upper({a})"),
    "trim": ((_TEXT,), Primitive.STRING, "btrim({a})"),
    "length": ((_TEXT,), Primitive.INT64, "length({a})::bigint"),
    "concat": ((_TEXT, _TEXT), Primitive.STRING, "({a} || {b})"),
    "indexof": ((_TEXT, _TEXT), Primitive.INT64, "(strpos({a}, {b}) - 1)::bigint"),
    "substring": (
        (_TEXT, (Primitive.INT64,), (Primitive.INT64,)),
        Primitive.STRING,
        {2: "substr({a}, ({b} + 1)::int)", 3: "substr({a}, ({b} + 1)::int, ({c})::int)"},
    ),
    "year": ((_DAYS,), Primitive.INT64, "extract(year from {a})::bigint"),
    "month": ((_DAYS,), Primitive.INT64, "extract(month from {a})::bigint"),
    "day": ((_DAYS,), Primitive.INT64, "extract(day from {a})::bigint"),
    "hour": (((Primitive.DATE_TIME_OFFSET,),), Primitive.INT64, "extract(hour from {a})::bigint"),
    "minute": (((Primitive.DATE_TIME_OFFSET,),), Primitive.INT64, "extract(minute from {a})::bigint"),
    "second": (((Primitive.DATE_TIME_OFFSET,),), Primitive.INT64, "floor(extract(second from {a}))::bigint"),
    "date": (((Primitive.DATE_TIME_OFFSET,),), Primitive.DATE, "({a} at time zone 'UTC')::date"),
    "now": ((), Primitive.DATE_TIME_OFFSET, "now()"),
    "round": ((_NUMBERS,), Primitive.DECIMAL, "round(({a})::numeric)"),
    "floor": ((_NUMBERS,), Primitive.DECIMAL, "floor(({a})::numeric)"),
    "ceiling": ((_NUMBERS,), Primitive.DECIMAL, "ceil(({a})::numeric)"),
}
