"""What is still to fetch, and what became of everything that was found."""

from crawler.frontier.frontier import Claim, Frontier
from crawler.frontier.words import (
    TOO_DEEP,
    Added,
    Captured,
    End,
    Found,
    Role,
    Row,
    State,
    fingerprint,
    leads_deeper,
    spelling,
)

__all__ = [
    "TOO_DEEP", "Added", "Captured", "Claim", "End", "Found", "Frontier", "Role", "Row", "State", "fingerprint",
    "leads_deeper", "spelling",
]  # fmt: skip
