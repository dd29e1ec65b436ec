"""What the service does with one request: finds the place that its path names, and reads or writes there.

Who acts and which transaction is open is settled before; batches are in `batch.py`, uploads in `documents.py`.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from http import HTTPStatus
from typing import Any
from urllib.parse import quote, urlencode

from django.utils.translation import gettext as _
from psycopg import sql

from formcase.casesystem import writing
from formcase.casesystem.csdl import metadata_document
from formcase.casesystem.edm import Navigation
from formcase.casesystem.errors import method_not_allowed, not_found, not_implemented
from formcase.casesystem.exchange import VERSION, Answer, Request, empty_answer, json_answer
from formcase.casesystem.paths import Segment, quoted_key, read_path
from formcase.casesystem.query_options import MAX_PAGE_SIZE, PAGE_SIZE, Expand, Options, read_options
from formcase.casesystem.reading import (
    along,
    as_json,
    count,
    etag,
    path_value,
    read_one,
    read_page,
    unfiltered,
)
from formcase.casesystem.reference import Reference
from formcase.casesystem.rights import Actor
from formcase.casesystem.sql_rows import Row, Scope, of_type
from formcase.casesystem.work import Work, reachable

_TRUE = sql.SQL("true")
_NO_OPTIONS = Options()


@dataclass(frozen=True, slots=True)
class Session:
    """Who acts, on which state of the reference data, and where the service is: root with host, root_path without."""

    actor: Actor
    reference: Reference
    root: str
    root_path: str

    def work(self) -> Work:
        """A new unit of work."""
        return Work(self.actor, self.reference, self.root, self.root_path)


@dataclass(frozen=True, slots=True)
class Place:
    """What a path leads to: rows under a condition. key: of the last entity, where the path says it · rest: the steps
    behind it (`$count`, a property, a group) · path: the steps up to here, encoded · followed: the last step was a
    navigation without a key."""

    row: Row
    condition: sql.Composable
    single: bool
    key: str | None = None
    rest: tuple[Segment, ...] = ()
    path: str = ""
    followed: bool = False


def read(session: Session, request: Request) -> Answer:
    """GET of whatever is not bytes."""
    steps = read_path(request.path)
    if not steps:
        return _service_document(session)
    if len(steps) == 1 and steps[0] == Segment("$metadata"):
        content = metadata_document(session.reference.model)
        return Answer(HTTPStatus.OK, {**VERSION, "Content-Type": "application/xml"}, content)
    if steps[0] == Segment("Me"):
        return _me(session, request, steps[1:])
    place = find(session, steps)
    match place.rest:
        case ():
            return _one(session, request, place) if place.single else _many(session, request, place)
        case (Segment("$count", None),) if not place.single:
            return _number(session, request, place)
        case (Segment("$ref", None),):
            raise not_implemented("$ref")
        case (Segment(name, None), *more) if place.single:
            return _part(session, request, place, name, tuple(more))
        case _:
            raise not_found()


def write(work: Work, request: Request) -> Answer:
    """POST, PATCH or DELETE within a unit of work."""
    session = Session(work.actor, work.reference, work.root, work.root_path)
    steps = read_path(request.path)
    if not steps:
        raise method_not_allowed(request.method, "GET")
    place = find(session, steps)
    match request.method:
        case "POST":
            return _create(work, request, place)
        case "PATCH":
            return _update(work, request, place)
        case "DELETE":
            return _delete(work, request, place)
        case _:
            raise method_not_allowed(request.method, "GET, POST, PATCH, DELETE")


def find(session: Session, steps: tuple[Segment, ...]) -> Place:
    """The place that a path leads to. Raises 404 where there is none, or what is passed on the way is unseen."""
    first, *others = steps
    if first.name not in session.reference.model.sets:
        raise not_found(_("There is no set {name}.").format(name=first.name))
    scope = Scope(session.actor, session.reference)
    row = scope.row(session.reference.model.sets[first.name])
    place = Place(row, _keyed(row, first.key), first.key is not None, first.key, path=_step(first))
    for index, step in enumerate(others):
        following = _follow(session, place, step)
        if following is None:
            return replace(place, rest=tuple(others[index:]))
        place = following
    return place


def file_of(session: Session, steps: tuple[Segment, ...]) -> str:
    """The key of the Document whose bytes a path such as `Documents('…')/$value` names. Raises 404."""
    place = find(session, steps)
    if not place.single or place.rest != (Segment("$value"),) or not place.row.type.stream:
        raise not_found()
    found = read_one(place.row, _reached(place), replace(_NO_OPTIONS, select=frozenset({"ID"})), session.root)
    if found is None:
        raise not_found()
    return str(found.raw["ID"])


def entity_answer(
    session: Session, entity_set: str, key: str, request: Request, *, status: HTTPStatus, version: int = 1
) -> Answer:
    """The answer that shows one entity which the actor just made or changed."""
    reference = f"{entity_set}({quoted_key(key)})"
    scope = Scope(session.actor, session.reference)
    row = scope.row(session.reference.model.sets[entity_set])
    address = f"{session.root}{entity_set}({_encoded_key(key)})"
    created = {"Location": address} if status is HTTPStatus.CREATED else {}
    if request.prefers("return") == "minimal":
        applied = {"OData-EntityId": address, "Preference-Applied": "return=minimal", "ETag": etag(version)}
        return empty_answer(created | applied, reference)
    options = unfiltered(read_options(request.pairs(), row.type, session.reference.model))
    found = read_one(row, _keyed(row, key), options, session.root)
    if found is None:
        return empty_answer({**created, "OData-EntityId": address}, reference)
    context = {"@odata.context": f"{session.root}$metadata#{entity_set}{_selection(options)}/$entity"}
    answer = json_answer(context | found.entity, status, created | _etag_header(found.entity))
    return replace(answer, reference=reference)


def _service_document(session: Session) -> Answer:
    sets = [{"name": name, "kind": "EntitySet", "url": name} for name in session.reference.model.sets]
    singletons = [{"name": name, "kind": "Singleton", "url": name} for name in session.reference.model.singletons]
    return json_answer({"@odata.context": f"{session.root}$metadata", "value": sets + singletons})


def _me(session: Session, request: Request, rest: tuple[Segment, ...]) -> Answer:
    actor = session.actor
    shown = {
        "ID": actor.key,
        "SecCode": str(actor.security_code),
        "Ou_Value": actor.unit,
        "DefaultGroupCode": actor.group_code,
        "AccessCodes": sorted(actor.codes),
    }
    match rest:
        case ():
            entity_type = session.reference.model.types[session.reference.model.singletons["Me"]]
            options = read_options(request.pairs(), entity_type, session.reference.model)
            chosen = {name: value for name, value in shown.items() if options.select is None or name in options.select}
            return json_answer({"@odata.context": f"{session.root}$metadata#Me{_selection(options)}"} | chosen)
        case (Segment(name, None),) if name in shown:
            return _value_answer(session, f"Me/{name}", shown[name])
        case _:
            raise not_found()


def _follow(session: Session, place: Place, step: Segment) -> Place | None:
    """One step further; None where the step is no navigation between entities."""
    path = f"{place.path}/{_step(step)}"
    cast = session.reference.model.types.get(step.name)
    if cast is not None and cast.base == place.row.type.name:
        row = replace(place.row, type=cast)
        condition = sql.SQL(" and ").join([place.condition, _keyed(row, step.key)])
        single = place.single or step.key is not None
        return Place(row, condition, single, step.key or place.key, path=path, followed=place.followed)
    navigation = place.row.type.navigation.get(step.name)
    if navigation is None or navigation.contained:
        return None
    if not place.single or (step.key is not None and not navigation.collection):
        raise not_found()
    _demand_there(place)
    there = place.row.scope.row(navigation.target)
    beyond = along(place.row, navigation, there, place.condition)
    single = not navigation.collection or step.key is not None
    condition = sql.SQL(" and ").join([beyond, _keyed(there, step.key)])
    return Place(there, condition, single, step.key, path=path, followed=step.key is None)


def _demand_there(place: Place) -> None:
    if read_one(place.row, _reached(place), replace(_NO_OPTIONS, select=frozenset({"ID"})), "") is None:
        raise not_found()


def _keyed(row: Row, key: str | None) -> sql.Composable:
    if key is None:
        return _TRUE
    if "\x00" in key:
        raise not_found()
    return sql.SQL("{id} = {key} and {typed}").format(id=row.value("ID"), key=sql.Literal(key), typed=of_type(row))


def _reached(place: Place) -> sql.Composable:
    return sql.SQL("{condition} and {reachable}").format(condition=place.condition, reachable=reachable(place.row))


def _step(step: Segment) -> str:
    return step.name if step.key is None else f"{step.name}({_encoded_key(step.key)})"


def _encoded_key(key: str) -> str:
    return quote(quoted_key(key), safe="'")


def _one(session: Session, request: Request, place: Place) -> Answer:
    options = read_options(request.pairs(), place.row.type, session.reference.model)
    found = read_one(place.row, _reached(place), unfiltered(options), session.root)
    if found is None:
        if place.followed:
            return empty_answer()
        raise not_found()
    context = f"{session.root}$metadata#{place.row.entity_set}{_selection(options)}/$entity"
    return json_answer({"@odata.context": context} | found.entity, headers=_etag_header(found.entity))


def _many(session: Session, request: Request, place: Place) -> Answer:
    options = read_options(request.pairs(), place.row.type, session.reference.model)
    preferred = request.prefers("maxpagesize")
    headers: dict[str, str] = {}
    size = PAGE_SIZE
    if preferred is not None and preferred.isascii() and preferred.isdigit() and int(preferred) > 0:
        size = min(int(preferred), MAX_PAGE_SIZE)
        headers["Preference-Applied"] = f"odata.maxpagesize={size}"
    page = read_page(place.row, place.condition, options, session.root, size)
    content: dict[str, Any] = {"@odata.context": f"{session.root}$metadata#{place.row.entity_set}{_selection(options)}"}
    if page.count is not None:
        content["@odata.count"] = page.count
    content["value"] = page.entities
    if page.next is not None:
        again = {name: value for name, value in options.raw.items() if name != "$skiptoken"}
        query = urlencode({**again, "$skiptoken": page.next.encode()}, quote_via=quote, safe="$',/()")
        content["@odata.nextLink"] = f"{session.root}{place.path}?{query}"
    return json_answer(content, headers=headers)


def _number(session: Session, request: Request, place: Place) -> Answer:
    options = read_options(request.pairs(), place.row.type, session.reference.model)
    number = count(place.row, place.condition, options)
    return Answer(HTTPStatus.OK, {**VERSION, "Content-Type": "text/plain"}, str(number).encode())


def _part(session: Session, request: Request, place: Place, name: str, rest: tuple[Segment, ...]) -> Answer:
    """A contained group or a property of one entity."""
    navigation = place.row.type.navigation.get(name)
    if navigation is not None and navigation.contained:
        return _group(session, request, place, navigation, rest)
    prop = place.row.type.properties.get(name)
    if prop is None:
        raise not_found()
    found = read_one(place.row, _reached(place), replace(_NO_OPTIONS, select=frozenset({name})), session.root)
    if found is None:
        raise not_found()
    value = found.entity[name]
    if rest and rest[0].name in ("Code", "Expression") and prop.complex is not None:
        value, rest = (value or {}).get(rest[0].name), rest[1:]
    return _shown_value(session, f"{place.path}/{name}", value, rest)


def _group(
    session: Session, request: Request, place: Place, navigation: Navigation, rest: tuple[Segment, ...]
) -> Answer:
    group = session.reference.model.types[navigation.target]
    options = read_options(request.pairs(), group, session.reference.model)
    expanded = _with_group(navigation)
    found = read_one(place.row, _reached(place), expanded, session.root)
    if found is None:
        raise not_found()
    shown = found.entity[navigation.name]
    if rest:
        if rest[0].name not in group.properties:
            raise not_found()
        prop = group.properties[rest[0].name]
        value = as_json(path_value(place.row, found.raw, f"{navigation.name}/{prop.name}"), prop.primitive)
        return _shown_value(session, f"{place.path}/{navigation.name}/{prop.name}", value, rest[1:])
    chosen = {name: value for name, value in shown.items() if options.select is None or name in options.select}
    context = f"{session.root}$metadata#{place.path}/{navigation.name}"
    return json_answer({"@odata.context": context} | chosen, headers=_etag_header(found.entity))


def _with_group(navigation: Navigation) -> Options:
    return replace(_NO_OPTIONS, select=frozenset({"ID"}), expand=(Expand(navigation, _NO_OPTIONS),))


def _shown_value(session: Session, path: str, value: Any, rest: tuple[Segment, ...]) -> Answer:
    if rest == (Segment("$value"),):
        if value is None:
            return empty_answer()
        text = value if isinstance(value, str) else str(value).lower() if isinstance(value, bool) else str(value)
        return Answer(HTTPStatus.OK, {**VERSION, "Content-Type": "text/plain;charset=utf-8"}, text.encode())
    if rest:
        raise not_found()
    return empty_answer() if value is None else _value_answer(session, path, value)


def _value_answer(session: Session, path: str, value: Any) -> Answer:
    context = {"@odata.context": f"{session.root}$metadata#{path}"}
    return json_answer(context | (value if isinstance(value, dict) else {"value": value}))


def _create(work: Work, request: Request, place: Place) -> Answer:
    if place.rest or place.row.type.stream or (place.single and not place.followed):
        raise method_not_allowed("POST", "GET, PATCH, DELETE")
    if place.single:
        raise method_not_allowed("POST", "GET")
    session = Session(work.actor, work.reference, work.root, work.root_path)
    owned_by = _owner(session, request) if place.followed else None
    key = writing.create(work, place.row.entity_set, request.json(), owned_by=owned_by)
    return entity_answer(session, place.row.entity_set, key, request, status=HTTPStatus.CREATED)


def _owner(session: Session, request: Request) -> tuple[Navigation, str]:
    """The collection, and the key of its entity, in a path such as `Files('…')/Parties`."""
    *head, last = read_path(request.path)
    owner = find(session, tuple(head))
    found = read_one(owner.row, _reached(owner), replace(_NO_OPTIONS, select=frozenset({"ID"})), "")
    navigation = owner.row.type.navigation[last.name]
    if found is None:
        raise not_found()
    if list(navigation.constraint) != ["ID"]:
        raise method_not_allowed("POST", "GET")
    return navigation, str(found.raw["ID"])


def _update(work: Work, request: Request, place: Place) -> Answer:
    session = Session(work.actor, work.reference, work.root, work.root_path)
    if not place.single or (place.followed and not place.rest):
        raise method_not_allowed("PATCH", "GET, POST")
    entity_set, key = place.row.entity_set, _key_of(place)
    if_match = request.headers.get("if-match")
    match place.rest:
        case ():
            writing.update(work, entity_set, key, request.json(), if_match)
        case (Segment(name, None),) if _is_group(place, name):
            navigation = place.row.type.navigation[name]
            writing.update_group(work, (entity_set, key), navigation, request.json(), if_match)
        case _:
            raise method_not_allowed("PATCH", "GET")
    if request.prefers("return") == "representation" and not place.rest:
        answer = entity_answer(session, entity_set, key, request, status=HTTPStatus.OK)
        return replace(answer, reference=request.path)
    changed = work.hold(entity_set, key)
    headers = {"ETag": etag(changed.version)} if changed is not None else {}
    return empty_answer(headers, request.path)


def _is_group(place: Place, name: str) -> bool:
    navigation = place.row.type.navigation.get(name)
    return navigation is not None and navigation.contained


def _delete(work: Work, request: Request, place: Place) -> Answer:
    if not place.single or place.rest or place.followed:
        raise method_not_allowed("DELETE", "GET")
    writing.delete(work, place.row.entity_set, _key_of(place), request.headers.get("if-match"))
    return empty_answer()


def _key_of(place: Place) -> str:
    """The key at the end of a path; where it was not the first step, it must be there."""
    if place.key is None:
        raise method_not_allowed(_("Writing"), "GET")
    if "/" in place.path:
        _demand_there(place)
    return place.key


def _selection(options: Options) -> str:
    parts: Iterator[str] = iter(sorted(options.select)) if options.select is not None else iter(())
    text = ",".join(parts)
    return f"({text})" if text else ""


def _etag_header(entity: dict[str, Any]) -> dict[str, str]:
    return {"ETag": entity["@odata.etag"]} if "@odata.etag" in entity else {}
