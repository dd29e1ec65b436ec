"""Where Formcase connects to is decided by what a name stands for in the moment of the connection."""

import socket
from ipaddress import ip_network
from typing import Any

import pytest

from formcase.outcomes import Setup
from formcase.sources.interact.networks import AddressRefused
from formcase.sources.interact.resolver import GuardedResolver
from formcase.sources.interact.tests.conftest import Connect
from formcase.sources.interact.tests.service import FormServiceDouble

NAME = "forms.example.dk"


class Names:
    """A name server that gives these answers, one after the other, and the last one from then on."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, *answers: list[str]) -> None:
        self.answers = list(answers)
        self.asked = 0
        self._real = socket.getaddrinfo
        monkeypatch.setattr(socket, "getaddrinfo", self._look_up)

    def _look_up(self, host: Any, port: Any, *arguments: Any, **more: Any) -> Any:
        if host != NAME:
            return self._real(host, port, *arguments, **more)
        addresses = self.answers[min(self.asked, len(self.answers) - 1)]
        self.asked += 1
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port or 0)) for address in addresses]


@pytest.mark.parametrize(
    "addresses", [["169.254.169.254"], ["10.1.2.3"], ["192.168.0.1", "172.16.0.9"], ["100.100.100.200"], ["0.0.0.0"]]
)
async def test_a_name_that_stands_for_an_internal_address_is_refused(monkeypatch, connecting, addresses):
    Names(monkeypatch, addresses)
    with pytest.raises(Setup) as refused:
        await connecting(f"https://{NAME}/interact").forms()
    assert f"{NAME} stands for {', '.join(addresses)}" in refused.value.answer.text()
    assert "FORMCASE_INTERACT_NETWORKS" in refused.value.remedy.text()


async def test_a_name_server_that_changes_its_answer_leads_nowhere_else(monkeypatch):
    names = Names(monkeypatch, ["93.184.216.34"], ["127.0.0.1"], ["169.254.169.254"])
    resolver = GuardedResolver(())
    assert [found["host"] for found in await resolver.resolve(NAME, 443)] == ["93.184.216.34"]
    for _ in range(2):
        with pytest.raises(AddressRefused):
            await resolver.resolve(NAME, 443)
    assert names.asked == 3


async def test_a_connection_goes_to_the_address_that_was_looked_at(
    monkeypatch, service: FormServiceDouble, connecting: Connect
):
    """The name is looked up once for a connection: there is no second answer to be led astray by."""
    names = Names(monkeypatch, ["127.0.0.1"], ["169.254.169.254"])
    client = connecting(service.url.replace("localhost", NAME).replace("127.0.0.1", NAME))
    with pytest.raises(Setup, match="another host name"):  # it got as far as the service's certificate
        await client.forms()
    assert names.asked == 1


async def test_of_several_addresses_only_those_that_are_allowed_are_tried(monkeypatch):
    Names(monkeypatch, ["10.1.2.3", "10.9.9.9", "169.254.169.254"])
    resolver = GuardedResolver((ip_network("10.1.0.0/16"), ip_network("169.254.0.0/16")))
    assert [found["host"] for found in await resolver.resolve(NAME, 443)] == ["10.1.2.3"]
