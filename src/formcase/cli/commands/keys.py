"""`formcase keys …`: the keys that seal what people wrote in forms, and changing them."""

from datetime import datetime
from typing import TYPE_CHECKING

from formcase.cli import output
from formcase.cli.answers import person_here
from formcase.cli.failures import ANSWER_IS_NO, WRONG_USE, CommandFailed
from formcase.cli.options import Json
from formcase.cli.runtime import prepared

if TYPE_CHECKING:
    from formcase.workflows.rotating import KeyUse


def list_(*, json: Json = False) -> int:
    """List the content keys by their ids, never the keys. Exit code 1 where one that is needed is not here."""
    with prepared():
        from formcase.workflows import rotating

        uses = rotating.uses()
    columns = {
        "id": "Key",
        "here": "Here",
        "current": "Current",
        "dataKeys": "Data keys",
        "first": "First",
        "last": "Last",
    }
    output.print_rows(columns, [_row(use) for use in uses], as_json=json, name="keys")
    return 0 if all(use.here for use in uses) else ANSWER_IS_NO


def rotate(*, json: Json = False) -> None:
    """Make a new content key and wrap all data keys with it. Workers and web servers may run meanwhile.

    Where the keys are settings, nothing is made: set the new key, the old one among the former ones, and rotate then.
    """
    with prepared():
        from formcase.site import content_keys
        from formcase.workflows import rotating

        by = person_here()
        rotating.rotate(by)  # says what is missing before anything is made
        if not content_keys.are_set():
            content_keys.add_key()
        done = rotating.rotate(by)
        kept = [use.id for use in rotating.uses() if use.here and not use.current]
    if json:
        output.print_json({"key": done.key, "wrapped": done.wrapped, "former": kept})
        return
    output.say(f"{done.wrapped} data keys are wrapped with the key {done.key} now.")
    if kept:
        output.say(f"Still here for the sake of backups: {', '.join(kept)}. Drop them with: formcase keys drop KEY")


def drop(key: str, *, json: Json = False) -> None:
    """Take a former key away. What was backed up while it was in use can't be read any more after that."""
    with prepared():
        from formcase.audit.recording import Object, record
        from formcase.site import content_keys
        from formcase.workflows import rotating
        from formcase.workflows.sealing import EncryptionKey

        found = next((use for use in rotating.uses() if use.id == key), None)
        if found is None or not found.here:
            raise CommandFailed(f"There is no key {key} here. See: formcase keys list", WRONG_USE)
        if found.current or found.data_keys:
            raise CommandFailed(f"The key {key} is in use. Change it first: formcase keys rotate")
        if content_keys.are_set():
            raise CommandFailed("The keys are settings: take it away from FORMCASE_FORMER_CONTENT_KEYS.", WRONG_USE)
        text = next(text for text in content_keys.content_keys() if EncryptionKey.from_secret(text).id == key)
        content_keys.drop_key(text)
        record(person_here(), "content key dropped", Object("content key", key))
    if json:
        output.print_json({"dropped": key})
    else:
        output.say(f"The key {key} is gone from the data folder of this machine.")


def _row(use: "KeyUse") -> dict[str, output.Cell]:
    return {
        "id": use.id,
        "here": use.here,
        "current": use.current,
        "dataKeys": use.data_keys,
        "first": _moment(use.first),
        "last": _moment(use.last),
    }


def _moment(at: datetime | None) -> str | None:
    return None if at is None else at.astimezone().isoformat(timespec="seconds")
