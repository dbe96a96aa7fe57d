"""What a receiver is tried with, one case after the other."""

from consumer_kit.cases.agreeing import AGREEING
from consumer_kit.cases.case import Case
from consumer_kit.cases.first import FIRST
from consumer_kit.cases.forged import FORGED
from consumer_kit.cases.genuine import GENUINE
from consumer_kit.cases.interrupted import INTERRUPTED
from consumer_kit.cases.repeated import REPEATED

CASES: tuple[Case, ...] = (*FIRST, *GENUINE, *REPEATED, *FORGED, *INTERRUPTED, *AGREEING)

__all__ = ["CASES", "Case"]
