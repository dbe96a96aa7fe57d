"""Wires provisioning: settings and adapters behind the ports. Opens no connection.

What reaches outside is wired when a process first asks for it: boto3 and the SCIM models take two
seconds of CPU to import, and relay and consumer never go there.
"""

import os
from collections.abc import Mapping, Sequence
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import Engine

from chassis.database.counted_acts import CountedActs
from chassis.database.outside_calls import OutsideCalls
from chassis.database.pool import make_engine
from chassis.database.session_locks import SessionLocks
from chassis.identity.keyed_digests import KeyedDigests
from chassis.reachable import reachable_url
from chassis.running.leaving import leaving
from chassis.service import Check, ServiceOf, database_of
from provisioning.adapters.standings import STANDINGS
from provisioning.adapters.unit_of_work import ProvisioningUnitOfWork
from provisioning.adapters.waiting import WAITING
from provisioning.domain.findings import AskedFor, ThingKind
from provisioning.handlers.account_ports import AccountInUse
from provisioning.handlers.advance_account import AccountOutside, AdvanceAccount
from provisioning.handlers.advance_grant import AdvanceGrant
from provisioning.handlers.findings import CallsOfRemoval
from provisioning.handlers.idle_accounts import LooksAtIdleAccount
from provisioning.handlers.kept_results import DeletionsOfResults
from provisioning.handlers.money_ports import AccountWatcher, Bills
from provisioning.handlers.ports import Door, Inventory, KeyVault, Policies, Step, Work
from provisioning.handlers.reading_bills import ReadingsOfBills
from provisioning.handlers.result_ports import ResultStore
from provisioning.handlers.spending import LooksAtSpending
from provisioning.handlers.sweep_outside import PagesOfSweep
from provisioning.settings import ProvisioningSettings, read_settings

if TYPE_CHECKING:
    from provisioning.adapters.outside import Outside

WORDS = Path(__file__).parent / "words"
_SPARE_LOCKS = 8


class ProvisioningService(ServiceOf[ProvisioningUnitOfWork]):
    """Provisioning with its adapters; steps and key vault are made on demand."""

    settings: ProvisioningSettings
    lock_engine: Engine

    def outside_checks(self) -> Mapping[str, Check]:
        outside = self.settings.outside
        aws = outside.aws_endpoint_url or f"https://sts.{outside.aws_region}.amazonaws.com"
        return {"aws": reachable_url(aws), "directory": reachable_url(outside.crm_url)}

    @cached_property
    def outside(self) -> "Outside":
        """The vendor's systems, as steps and jobs share them."""
        from provisioning.adapters.outside import Outside  # noqa: PLC0415

        return Outside(self.settings.outside)

    @cached_property
    def steps(self) -> Mapping[str, Step]:
        """Every step by name. Raises LookupError when one that a product needs is not there."""
        return self.outside.steps(self.settings.offered)

    @cached_property
    def key_vault(self) -> KeyVault:
        """Where the keys of devices are kept."""
        from provisioning.adapters.aws.key_secrets import KeySecrets  # noqa: PLC0415

        return KeySecrets(self.outside.aws)

    @cached_property
    def inventories(self) -> Mapping[ThingKind, Inventory]:
        """What a sweep lists, by kind."""
        return wired_inventories(self)

    @cached_property
    def doors(self) -> Mapping[str, Door]:
        """Where people come in, by product."""
        return self.outside.doors()

    @cached_property
    def account_outside(self) -> AccountOutside:
        """What is called for accounts that no grant has."""
        return self.outside.accounts(leaving.is_set)

    @cached_property
    def money(self) -> tuple[AccountWatcher, Bills]:
        """What looks at what accounts cost, and what reads AWS's bills."""
        from provisioning.adapters.aws.cost_explorer import CostExplorer  # noqa: PLC0415
        from provisioning.adapters.aws.running_things import RunningThings  # noqa: PLC0415

        aws = self.outside.aws
        return RunningThings(aws, self.settings.outside.sandbox_regions), CostExplorer(aws)

    @cached_property
    def result_store(self) -> ResultStore:
        """Where people's results stand."""
        from provisioning.adapters.aws.s3_results import S3Results  # noqa: PLC0415

        return S3Results(self.outside.aws)

    @cached_property
    def counted_acts(self) -> CountedActs:
        return CountedActs(self.database.engine)

    @cached_property
    def digests(self) -> KeyedDigests:
        """By what every process is told, and nobody who reads the tables alone."""
        return KeyedDigests(self.settings.database_url.encode())

    @cached_property
    def locks(self) -> SessionLocks:
        return SessionLocks(self.lock_engine)

    @cached_property
    def outside_calls(self) -> OutsideCalls[Work]:
        return OutsideCalls(open_work=self.open_work, locks=self.locks, should_leave=leaving.is_set)

    # The jobs: each may be repeated, doubled, late or early, and blocks while outside.

    @cached_property
    def advance_grant(self) -> AdvanceGrant:
        return AdvanceGrant(outside=self.outside_calls, steps=self.steps, patience=self.settings.patience)

    def advance_account(self, account_key: UUID) -> None:
        job = AdvanceAccount(
            outside=self.outside_calls, reach=self.account_outside, patience=self.settings.patience
        )
        job(account_key)

    def sweep_outside(self) -> None:
        self.outside_calls.make(PagesOfSweep(self.inventories))

    def remove_from_outside(self, finding_id: UUID) -> None:
        self.outside_calls.make(CallsOfRemoval(finding_id, self.inventories))

    def look_at_spending(self, grant_id: UUID) -> None:
        self.outside_calls.make(LooksAtSpending(self.money[0], self.settings.prices, grant_id))

    def look_at_idle_account(self, account_key: UUID) -> None:
        self.outside_calls.make(LooksAtIdleAccount(self.money[0], self.settings.prices, account_key))

    def read_bills(self) -> None:
        self.outside_calls.make(ReadingsOfBills(self.money[1]))

    def delete_results(self, grant_id: UUID) -> None:
        self.outside_calls.make(DeletionsOfResults(self.result_store, grant_id))


def build_service(
    environ: Mapping[str, str] = os.environ,
    steps: Mapping[str, Step] | None = None,
    key_vault: KeyVault | None = None,
    inventories: Mapping[ThingKind, Inventory] | None = None,
    doors: Mapping[str, Door] | None = None,
    *,
    account_outside: AccountOutside | None = None,
    money: tuple[AccountWatcher, Bills] | None = None,
) -> ProvisioningService:
    """Raises `SettingsRefused`. A test gives what reaches outside of its own."""
    settings = read_settings(environ)
    service = ProvisioningService(
        name="provisioning",
        settings=settings,
        database=database_of(settings),
        waiting=WAITING,
        standings=STANDINGS,
        work_factory=partial(ProvisioningUnitOfWork, policies=_policies(settings)),
        lock_engine=make_engine(
            settings.database_url,
            settings.database_timeouts,
            pool_size=settings.backbone.worker_threads + _SPARE_LOCKS,
            application_name="provisioning-locks",
        ),
    )
    given = {
        "steps": steps,
        "key_vault": key_vault,
        "inventories": inventories,
        "doors": doors,
        "account_outside": account_outside,
        "money": money,
    }
    # In the place of what would be wired when it is first asked for.
    vars(service).update({name: one for name, one in given.items() if one is not None})
    return service


def _policies(settings: ProvisioningSettings) -> Policies:
    return Policies(
        catalogue=settings.catalogue,
        rounds=settings.rounds,
        sweeps=settings.sweeps,
        pool=settings.pool,
        spending=settings.spending,
        results_location=settings.outside.analytics_results_location.rstrip("/"),
    )


def wired_inventories(service: ProvisioningService) -> Mapping[ThingKind, Inventory]:
    """What a sweep of this service lists, by kind; each question to the database is a transaction."""
    from provisioning.adapters.inventories import inventories  # noqa: PLC0415

    def ever_asked(product: str, **which: Any) -> Sequence[AskedFor]:
        with service.open_work() as work:
            return work.findings.ever_asked(product, **which)

    def in_use(**which: Any) -> AccountInUse | None:
        with service.open_work() as work:
            return work.accounts.in_use(**which)

    return inventories(service.outside, service.settings.offered, ever_asked, in_use)
