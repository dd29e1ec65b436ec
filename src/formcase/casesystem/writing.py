"""Makes, changes and deletes entities within a unit of work. What each set demands of that is in `rules.py`."""

from collections.abc import Callable, Mapping
from typing import Any

from django.db import IntegrityError
from django.db.models.deletion import ProtectedError
from django.utils.translation import gettext as _

from formcase.casesystem import models
from formcase.casesystem.drafts import Draft
from formcase.casesystem.edm import Navigation
from formcase.casesystem.errors import Refusal, conflict, method_not_allowed, not_found
from formcase.casesystem.history import CHANGED, CREATED, DELETED, changes_between, mark_gone
from formcase.casesystem.paths import quoted_key
from formcase.casesystem.rights import Action
from formcase.casesystem.rules import RULES
from formcase.casesystem.stores import STORES
from formcase.casesystem.work import Work, check_etag, current_value, doubled

Reader = Callable[[Callable[[str], Any]], Draft]


def create(
    work: Work,
    entity_set: str,
    body: Mapping[str, Any],
    *,
    owned_by: tuple[Navigation, str] | None = None,
    prefix: str = "",
) -> str:
    """Make an entity and what is nested in it; its key. owned_by: the collection it is made in, and whose."""
    store, rule = STORES[entity_set], RULES.get(entity_set)
    if rule is None or store.model is None or store.right is None:
        raise _read_only(entity_set)
    work.actor.demand_right(rule.create_with, store.right)
    entity_type = work.reference.model.of_set(entity_set)
    draft = work.reader.read(entity_set, entity_type, body, creating=True, prefix=prefix)
    if owned_by is not None:
        _bind_owner(draft, *owned_by)
    work.check_links(draft, {})
    instance = store.model()
    rule.create(work, instance, draft)
    draft.problems.refuse_if_any()
    work.fill(instance, draft)
    _insert(work, instance)
    work.keep(entity_set, instance)
    work.note(entity_set, instance, CREATED)
    rule.finish(work, instance, draft)
    _create_nested(work, draft, instance.key)
    return instance.key


def update(work: Work, entity_set: str, key: str, body: Mapping[str, Any], if_match: str | None) -> None:
    """Change single values of an entity."""
    entity_type = work.reference.model.of_set(entity_set)

    def read(current: Callable[[str], Any]) -> Draft:
        return work.reader.read(entity_set, entity_type, body, creating=False, current=current)

    _change(work, entity_set, key, if_match, read)


def update_group(
    work: Work, place: tuple[str, str], navigation: Navigation, body: Mapping[str, Any], if_match: str | None
) -> None:
    """Change a contained group of the entity at a place (set and key), with which it shares the ETag."""
    entity_set, key = place
    entity_type = work.reference.model.of_set(entity_set)

    def read(current: Callable[[str], Any]) -> Draft:
        return work.reader.read_group(entity_set, entity_type, navigation, body)

    _change(work, entity_set, key, if_match, read)


def delete(work: Work, entity_set: str, key: str, if_match: str | None) -> None:
    """Delete an entity with its rows. What others need stays: 409."""
    store, rule = STORES[entity_set], RULES.get(entity_set)
    if rule is None or store.right is None:
        raise _read_only(entity_set)
    instance = work.hold(entity_set, key)
    if instance is None:
        raise not_found()
    work.actor.demand_right(rule.delete_with, store.right)
    rule.demand_write(work, instance)
    check_etag(instance, if_match)
    rule.delete(work, instance)
    mark_gone(entity_set, instance)
    work.note(entity_set, instance, DELETED)
    try:
        instance.delete()
    except ProtectedError:
        message = _("{set}({key}) is in use.").format(set=entity_set, key=quoted_key(key))
        raise conflict("InUse", message) from None
    work.forget(entity_set, key)


def _change(work: Work, entity_set: str, key: str, if_match: str | None, read: Reader) -> None:
    store, rule = STORES[entity_set], RULES.get(entity_set)
    if rule is None or store.right is None or not rule.updatable:
        raise _read_only(entity_set)
    instance = work.hold(entity_set, key)
    if instance is None:
        raise not_found()
    work.actor.demand_right(Action.UPDATE, store.right)
    rule.demand_write(work, instance)
    check_etag(instance, if_match)
    draft = read(lambda path: current_value(store, instance, path))
    work.check_links(draft, {path: current_value(store, instance, path) for path in draft.values})
    rule.update(work, instance, draft)
    draft.problems.refuse_if_any()
    changes = changes_between({path: current_value(store, instance, path) for path in draft.values}, draft.values)
    work.fill(instance, draft)
    instance.version += 1
    try:
        instance.save(force_update=True)
    except IntegrityError as error:
        raise doubled(error) from error
    if changes:
        work.note(entity_set, instance, CHANGED, changes)
    rule.finish(work, instance, draft)


def _insert(work: Work, instance: models.Entity) -> None:
    if isinstance(instance, models.Guarded | models.Address):
        instance.create_user = instance.update_user = work.actor.key
        instance.created = instance.updated = work.now
    try:
        instance.save(force_insert=True)
    except IntegrityError as error:
        raise doubled(error) from error


def _create_nested(work: Work, draft: Draft, key: str) -> None:
    for name, bodies in draft.nested.items():
        navigation = draft.type.navigation[name]
        entity_set = work.reference.model.set_of(navigation.target)
        for index, body in enumerate(bodies):
            create(work, entity_set, body, owned_by=(navigation, key), prefix=f"{draft.prefix}{name}/{index}/")


def _bind_owner(draft: Draft, navigation: Navigation, key: str) -> None:
    for there in navigation.constraint.values():
        draft.put(there, key, there)


def _read_only(entity_set: str) -> Refusal:
    return method_not_allowed(_("Writing to {set}").format(set=entity_set), "GET")
