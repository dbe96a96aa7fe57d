"""Tools for the contracts: read them, check them, compare them with the released ones, show them."""

from gangway.contracts.model import Contracts, Event, Release, Topic
from gangway.contracts.reading import ContractsInvalid, load_contracts

__all__ = ["Contracts", "ContractsInvalid", "Event", "Release", "Topic", "load_contracts"]
