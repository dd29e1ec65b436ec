"""How big a submission may be. The numbers are the contract's; each is the most that is still taken."""

from typing import Final

BYTES: Final = 16 * 1024 * 1024
DEPTH: Final = 64
NODES: Final = 100_000
ATTACHMENTS: Final = 1_000
VALUE_BYTES: Final = 1024 * 1024
