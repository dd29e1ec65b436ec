"""Content is readable with its key and at its place only."""

from uuid import uuid4

import pytest

from formcase.workflows.sealing import CantOpen, EncryptionKey, KeyRing, new_data_key, seal, unseal

OLD, NEW = "o" * 40, "n" * 40
CONTENT = {"plan": ["Anna Sørensen", "0101901234", "\0 and \ud800"]}


def test_what_was_sealed_is_read_back_exactly_and_tells_nothing_without_its_key():
    key = new_data_key()
    sealed = seal(key, CONTENT, "plan of 1")
    assert unseal(key, sealed, "plan of 1") == CONTENT
    assert b"0101901234" not in sealed
    assert seal(key, CONTENT, "plan of 1") != sealed, "the same content never looks the same"


@pytest.mark.parametrize("change", ["key", "place", "byte", "format", "short"])
def test_another_key_place_or_byte_opens_nothing(change):
    key = new_data_key()
    sealed = bytearray(seal(key, CONTENT, "plan of 1"))
    if change == "byte":
        sealed[-1] ^= 1
    if change == "format":
        sealed[0] = 9
    if change == "short":
        del sealed[8:]
    with pytest.raises(CantOpen):
        unseal(
            new_data_key() if change == "key" else key, bytes(sealed), "plan of 2" if change == "place" else "plan of 1"
        )


def test_a_data_key_is_unwrapped_by_the_key_that_wrapped_it_and_under_its_own_name():
    name, data_key = uuid4(), new_data_key()
    wrapped = EncryptionKey.from_secret(OLD).wrap(data_key, name)
    assert EncryptionKey.from_secret(OLD).unwrap(wrapped, name) == data_key
    for key, other in ((NEW, name), (OLD, uuid4())):
        with pytest.raises(CantOpen):
            EncryptionKey.from_secret(key).unwrap(wrapped, other)


def test_a_ring_knows_former_keys_by_ids_that_say_nothing_about_them():
    ring = KeyRing([NEW, OLD])
    assert ring.ids == (ring.current.id, EncryptionKey.from_secret(OLD).id)
    assert ring.get(EncryptionKey.from_secret(OLD).id) is not None
    assert ring.get("unknown") is None
    assert NEW not in repr(ring.current)
    with pytest.raises(ValueError, match="32"):
        KeyRing(["short"])
