"""Tools for the contracts: read them, check them, compare them with the released ones, show them."""

from contract_tools.model import Contracts, Event, Release, Topic
from contract_tools.reading import ContractsInvalid, load_contracts

__all__ = ["Contracts", "ContractsInvalid", "Event", "Release", "Topic", "load_contracts"]
