"""The model read from its CSDL, and documents that are none."""

import contextlib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from formcase.planning.metadata import Metadata
from formcase.targets.workzone import metadata as csdl
from formcase.targets.workzone.metadata import InvalidMetadata, read_metadata

DOCUMENT = (Path(__file__).parent / "model.xml").read_bytes()


@pytest.fixture(scope="module")
def model() -> Metadata:
    return read_metadata(DOCUMENT)


def test_a_set_has_the_properties_of_its_type(model: Metadata) -> None:
    case = model.of_set("Files")
    assert case.name == "WorkZone.File"
    assert case.key == ("ID",)
    assert case.properties["AccessCode"].type == "WorkZone.Permission.Read"
    assert case.properties["Tags"].type == "Collection(Edm.String)"


def test_a_type_definition_counts_as_what_it_stands_for(model: Metadata) -> None:
    assert model.of_set("Files").properties["BUILDAREA"].type == "Edm.Decimal"


def test_a_length_is_a_number_or_none(model: Metadata) -> None:
    assert model.types["WorkZone.Permission.Read"].properties["Code"].max_length == 67
    assert model.of_set("Files").properties["State_Summary"].max_length is None
    assert model.of_set("Files").properties["Title"].max_length is None


def test_inherited_names_are_there(model: Metadata) -> None:
    agenda = model.types["WorkZone.FileAgenda"]
    assert {"ID", "Title", "Meeting"} <= agenda.properties.keys()
    assert agenda.key == ("ID",)
    assert agenda.navigation["State"].entity_set == "CustomDomains"
    assert agenda.navigation["Parent"].entity_set == "Files"
    assert agenda.navigation["Chair"].entity_set == "CustomDomains"
    assert "Meeting" not in model.of_set("Files").properties


def test_a_navigation_says_where_its_entities_live(model: Metadata) -> None:
    case = model.of_set("Files")
    state = case.navigation["State"]
    assert (state.target, state.entity_set) == ("WorkZone.CustomDomainSAGTILST", "CustomDomains")
    assert state.constraint == {"State_Value": "Value"}
    assert case.navigation["Infos"].collection
    assert case.navigation["Infos"].entity_set == "FileInfos"
    assert case.navigation["Parent"].entity_set == "Files"


def test_a_binding_inside_a_complex_or_contained_type_is_found(model: Metadata) -> None:
    permission = model.types["WorkZone.Permission.Read"]
    assert permission.navigation["AccessCodeDomain"].entity_set == "AccessCodeDomains"
    assert model.types["WorkZone.Group_File_Text"].navigation["Kind"].entity_set == "CustomDomains"


def test_contained_entities_live_nowhere_of_their_own(model: Metadata) -> None:
    text = model.of_set("Files").navigation["Text"]
    assert text.contains_target
    assert text.entity_set is None


def test_without_a_binding_the_only_possible_set_is_taken_and_of_several_none(model: Metadata) -> None:
    assert model.of_set("Files").navigation["FileClass"].entity_set == "FileClasses"
    assert model.of_set("FileInfos").navigation["File"].entity_set is None


@pytest.mark.parametrize(
    ("document", "reason"),
    [
        (b"", "well-formed"),
        (b"<html><body>Please log in</body></html>", "CSDL"),
        (b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "b">]><x>&a;</x>', "document type"),
        (DOCUMENT.replace(b"DataServices", b"Services"), "no schema"),
        (DOCUMENT.replace(b'EntityType="WorkZone.FileClass"', b'EntityType="WorkZone.Gone"'), "WorkZone.Gone"),
        (DOCUMENT.replace(b'BaseType="WorkZone.CustomDomain"', b'BaseType="WorkZone.Gone"'), "WorkZone.Gone"),
        (
            DOCUMENT.replace(
                b'<EntityType Name="CustomDomain">',
                b'<EntityType Name="CustomDomain" BaseType="WorkZone.CustomDomainSAGTILST">',
            ),
            "inherits from itself",
        ),
        (DOCUMENT.replace(b' Type="Edm.Date"', b""), "without Type"),
    ],
)
def test_what_is_no_model_is_refused_with_its_reason(document: bytes, reason: str) -> None:
    with pytest.raises(InvalidMetadata, match=reason):
        read_metadata(document)


def test_an_entity_bomb_is_refused_at_once() -> None:
    entities = b"".join(b'<!ENTITY e%d "%s">' % (n + 1, b"&e%d;" % n * 10) for n in range(20))
    bomb = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY e0 "boom">' + entities + b"]><x>&e20;</x>"
    with pytest.raises(InvalidMetadata):
        read_metadata(bomb)


def test_a_document_without_end_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(csdl, "LARGEST", 1000)
    with pytest.raises(InvalidMetadata, match="too large"):
        read_metadata(DOCUMENT)


@given(st.integers(0, len(DOCUMENT) - 1), st.binary(min_size=1, max_size=30))
def test_a_damaged_document_is_read_or_refused_and_nothing_else(place: int, rubbish: bytes) -> None:
    with contextlib.suppress(InvalidMetadata):
        read_metadata(DOCUMENT[:place] + rubbish + DOCUMENT[place + len(rubbish) :])
