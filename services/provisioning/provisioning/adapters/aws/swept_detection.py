"""Checks for a sweep whether CloudTrail, Config and GuardDuty watch the accounts in use."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from chassis.failures import Failure, Kind, NeverPossible
from provisioning.adapters.aws.clients import AwsClients
from provisioning.adapters.aws.failures import aws_failures_sorted, sorted_failure
from provisioning.adapters.aws.member_accounts import MemberAccounts
from provisioning.domain.findings import Mark, Thing, ThingKind
from provisioning.handlers.account_ports import AccountInUse, AccountsInUse
from provisioning.handlers.ports import Page

_CALLS_MOST = 400
_ALL = "-"
_OFF, _UNKNOWN = "off", "unknown"


def _has_a_trail_that_logs(cloudtrail: Any) -> bool:
    """Trails of the organization or of all regions are listed in each region, and asked for by ARN."""
    trails = cloudtrail.describe_trails()["trailList"]
    return any(cloudtrail.get_trail_status(Name=one["TrailARN"])["IsLogging"] for one in trails)


def _has_a_recorder_that_records(config: Any) -> bool:
    recorders = config.describe_configuration_recorder_status()["ConfigurationRecordersStatus"]
    return any(one["recording"] for one in recorders)


def _has_a_detector_that_is_enabled(guardduty: Any) -> bool:
    detectors = guardduty.list_detectors()["DetectorIds"]
    return any(guardduty.get_detector(DetectorId=one)["Status"] == "ENABLED" for one in detectors)


_IS_ON: Mapping[str, Callable[[Any], bool]] = {
    "cloudtrail": _has_a_trail_that_logs,
    "config": _has_a_recorder_that_records,
    "guardduty": _has_a_detector_that_is_enabled,
}


@dataclass(frozen=True)
class _Gap:
    """A service that does not watch a region of an account; all its regions, if we cannot get in."""

    account_id: str
    region: str
    service: str
    standing: str
    why: str = ""

    @property
    def thing(self) -> Thing:
        where = "" if self.region == _ALL else f" in {self.region}"
        what = "detection" if self.service == _ALL else self.service
        return Thing(
            kind=ThingKind.DETECTION_GAP,
            product="cloud_sandbox",
            outside_id=f"{self.account_id}/{self.region}/{self.service}/{self.standing}",
            mark=Mark(),
            label=f"{self.account_id}: {what} {self.standing}{where}{self.why and f' ({self.why})'}",
        )


class SweptDetection:
    """Implements the port `Inventory`; each entry is a gap: detection that is off or cannot be checked.

    What was off and cannot be checked now still counts as off. Gaps belong to no grant and name no owner:
    `access.orphan_found` is about what was left behind.
    """

    kind = ThingKind.DETECTION_GAP

    def __init__(
        self, aws: AwsClients, regions: Sequence[str], demanded: Sequence[str], in_use: AccountsInUse
    ) -> None:
        self._members = MemberAccounts(aws)
        self._regions = regions
        self._demanded = demanded
        self._in_use = in_use

    def page(self, cursor: str | None) -> Page:
        """One account; a cursor is the account before."""
        account = self._in_use(after=cursor or "") if self._demanded else None
        if account is None:
            return Page(())
        gaps = self._gaps(account.account_id, self._places(account))
        return Page(tuple(gap.thing for gap in gaps), account.account_id)

    def part_at(self, _cursor: str | None) -> None:
        return None

    def find(self, outside_id: str) -> Thing | None:
        account_id, region, service, standing = outside_id.split("/")
        account = self._in_use(account_id=account_id) if self._demanded else None
        places = [] if account is None or region == _ALL else [(service, region)]
        if account is None or not set(places) <= set(self._places(account)):
            return None
        still = [one for one in self._gaps(account_id, places) if standing in (_OFF, one.standing)]
        return _Gap(account_id, region, service, standing, still[0].why).thing if still else None

    def remove(self, thing: Thing) -> None:
        message = f"Switch it on, and the next sweep sees it: {thing.label}."
        raise NeverPossible("detection_not_switched_here", message, kind=Kind.DRIFT)

    def _places(self, account: AccountInUse) -> list[tuple[str, str]]:
        regions = [one for one in self._regions if account.regions is None or one in account.regions]
        return [(service, region) for service in self._demanded for region in regions]

    def _gaps(self, account_id: str, places: Iterable[tuple[str, str]]) -> list[_Gap]:
        try:
            with aws_failures_sorted(), self._members.visit(account_id, _CALLS_MOST):
                return list(self._asked(account_id, places))
        except Failure as failure:
            return [_Gap(account_id, _ALL, _ALL, _UNKNOWN, failure.code)]

    def _asked(self, account_id: str, places: Iterable[tuple[str, str]]) -> Iterator[_Gap]:
        for service, region in places:
            try:
                if not _IS_ON[service](self._members.client(service, region)):
                    yield _Gap(account_id, region, service, _OFF)
            except (Failure, ClientError, BotoCoreError) as error:
                failure = error if isinstance(error, Failure) else sorted_failure(error)
                yield _Gap(account_id, region, service, _UNKNOWN, failure.code)
