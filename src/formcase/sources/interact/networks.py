"""Which addresses of the network a form service may have, so that a `Url` can't make Formcase knock at other doors.

What a name stands for is looked at by the `resolver`, whenever a connection is made.
"""

from collections.abc import Iterable, Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Final

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

NETWORKS_SETTING: Final = "FORMCASE_INTERACT_NETWORKS"
LOOPBACK: Final[tuple[Network, ...]] = (ip_network("127.0.0.0/8"), ip_network("::1/128"))
# Where clouds hand out credentials to whoever asks from inside, apart from link-local addresses.
_METADATA: Final[frozenset[Address]] = frozenset(
    map(ip_address, ("100.100.100.200", "168.63.129.16", "192.0.0.192", "fd00:ec2::254", "fd20:ce::254"))
)
_NAT64: Final = IPv6Network("64:ff9b::/96")
_MOST_BITS: Final = 0xFFFFFFFF


class AddressRefused(OSError):
    """No connection may be made to what this name stands for. addresses: all of it."""

    def __init__(self, host: str, addresses: Sequence[str]) -> None:
        super().__init__(f"{host} stands for {', '.join(addresses)}")
        self.host = host
        self.addresses = tuple(addresses)


def is_impossible(text: str) -> bool:
    """Whether no form service can have this address, whatever is allowed: link-local, where clouds keep their
    credentials, multicast, unspecified and reserved ones. False for what is no address but a name."""
    address = _address(text)
    return address is not None and _impossible(address)


def may_be_called(text: str, networks: Iterable[Network]) -> bool:
    """Whether a form service may have this address: a public one, or one of these networks. True for a name, which is
    looked at when a connection is made."""
    address = _address(text)
    if address is None:
        return True
    if _impossible(address):
        return False
    return address.is_global or any(address in network for network in networks)


def _address(text: str) -> Address | None:
    try:
        address = ip_address(text.partition("%")[0])
    except ValueError:
        return None
    return _inside(address) or address


def _inside(address: Address) -> IPv4Address | None:
    """The IPv4 address that an IPv6 address is a dress of: whoever connects to it ends there."""
    if isinstance(address, IPv4Address):
        return None
    if address in _NAT64:
        return IPv4Address(int(address) & _MOST_BITS)
    return address.ipv4_mapped or address.sixtofour


def _impossible(address: Address) -> bool:
    return (
        address.is_link_local
        or address.is_multicast
        or address.is_unspecified
        or (address.is_reserved and not address.is_loopback)
        or address in _METADATA
    )
