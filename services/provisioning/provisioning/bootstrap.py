"""Wires provisioning: settings and adapters behind the ports. Opens no connection.

What reaches outside is wired when a process first asks for it: boto3 and the SCIM models take two
seconds of CPU to import, and relay and consumer never go there.
"""

import os
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from functools import cached_property, partial
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine

from chassis.database.counted_acts import CountedActs
from chassis.database.outside_calls import OutsideCalls
from chassis.database.pool import make_engine
from chassis.database.session_locks import SessionLocks
from chassis.database.unit_of_work import EventSink, JobSink
from chassis.identity.keyed_digests import KeyedDigests
from chassis.reachable import reachable_url
from chassis.running.leaving import leaving
from chassis.service import Check, Service, database_of
from provisioning.adapters.outside_settings import OutsideSettings
from provisioning.adapters.product_kinds import OfferedProduct
from provisioning.adapters.standings import STANDINGS
from provisioning.adapters.unit_of_work import ProvisioningUnitOfWork
from provisioning.adapters.waiting import WAITING
from provisioning.domain.findings import AskedFor, ThingKind
from provisioning.handlers.account_ports import AccountInUse
from provisioning.handlers.advance_account import AccountOutside, AdvanceAccount
from provisioning.handlers.advance_grant import AdvanceGrant
from provisioning.handlers.findings import RemoveFromOutside
from provisioning.handlers.idle_accounts import LookAtIdleAccount
from provisioning.handlers.kept_results import DeleteResults
from provisioning.handlers.money_ports import AccountWatcher, Bills
from provisioning.handlers.ports import Door, Inventory, KeyVault, Policies, Step, Work
from provisioning.handlers.reading_bills import ReadBills
from provisioning.handlers.result_ports import ResultStore
from provisioning.handlers.spending import LookAtSpending
from provisioning.handlers.sweep_outside import SweepOutside
from provisioning.settings import ProvisioningSettings, read_settings

WORDS = Path(__file__).parent / "words"
_SPARE_LOCKS = 8


@dataclass(frozen=True, kw_only=True)
class ProvisioningService(Service):
    """Provisioning with its adapters; steps and key vault are made on demand."""

    settings: ProvisioningSettings
    work_factory: Callable[[Connection, EventSink, JobSink], ProvisioningUnitOfWork]
    make_steps: Callable[[OutsideSettings, Mapping[str, OfferedProduct]], Mapping[str, Step]]
    make_key_vault: Callable[[OutsideSettings], KeyVault]
    make_inventories: Callable[["ProvisioningService"], Mapping[ThingKind, Inventory]]
    make_doors: Callable[[OutsideSettings], Mapping[str, Door]]
    make_account_outside: Callable[[OutsideSettings], AccountOutside]
    make_money: Callable[[OutsideSettings], tuple[AccountWatcher, Bills]]
    make_result_store: Callable[[OutsideSettings], ResultStore]
    lock_engine: Engine

    def open_work(self) -> AbstractContextManager[ProvisioningUnitOfWork]:
        """One transaction; commits at the end, unless an exception leaves it."""
        return self.database.begin(self.work_factory)

    def outside_checks(self) -> Mapping[str, Check]:
        outside = self.settings.outside
        aws = outside.aws_endpoint_url or f"https://sts.{outside.aws_region}.amazonaws.com"
        return {"aws": reachable_url(aws), "directory": reachable_url(outside.crm_url)}

    @cached_property
    def steps(self) -> Mapping[str, Step]:
        """Every step by name. Raises LookupError when one that a product needs is not there."""
        steps = self.make_steps(self.settings.outside, self.settings.offered)
        needed = {name for product in self.settings.catalogue.products.values() for name in product.all_steps}
        if missing := sorted(needed - set(steps)):
            raise LookupError(f"steps without an adapter: {', '.join(missing)}")
        return steps

    @cached_property
    def key_vault(self) -> KeyVault:
        """Where the keys of devices are kept."""
        return self.make_key_vault(self.settings.outside)

    @cached_property
    def inventories(self) -> Mapping[ThingKind, Inventory]:
        """What a sweep lists, by kind."""
        return self.make_inventories(self)

    @cached_property
    def doors(self) -> Mapping[str, Door]:
        """Where people come in, by product."""
        return self.make_doors(self.settings.outside)

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
        return OutsideCalls(
            open_work=self.open_work,
            locks=self.locks,
            should_leave=leaving.is_set,
        )

    @cached_property
    def advance_grant(self) -> AdvanceGrant:
        return AdvanceGrant(outside=self.outside_calls, steps=self.steps, patience=self.settings.patience)

    @cached_property
    def advance_account(self) -> AdvanceAccount:
        return AdvanceAccount(
            outside=self.outside_calls,
            reach=self.make_account_outside(self.settings.outside),
            patience=self.settings.patience,
        )

    @cached_property
    def sweep_outside(self) -> SweepOutside:
        return SweepOutside(outside=self.outside_calls, inventories=self.inventories)

    @cached_property
    def _money(self) -> tuple[AccountWatcher, Bills]:
        return self.make_money(self.settings.outside)

    @cached_property
    def look_at_spending(self) -> LookAtSpending:
        return LookAtSpending(outside=self.outside_calls, watcher=self._money[0], prices=self.settings.prices)

    @cached_property
    def look_at_idle_account(self) -> LookAtIdleAccount:
        return LookAtIdleAccount(
            outside=self.outside_calls, watcher=self._money[0], prices=self.settings.prices
        )

    @cached_property
    def read_bills(self) -> ReadBills:
        return ReadBills(outside=self.outside_calls, bills=self._money[1])

    @cached_property
    def delete_results(self) -> DeleteResults:
        return DeleteResults(outside=self.outside_calls, store=self.make_result_store(self.settings.outside))

    @cached_property
    def remove_from_outside(self) -> RemoveFromOutside:
        return RemoveFromOutside(outside=self.outside_calls, inventories=self.inventories)


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
    return ProvisioningService(
        name="provisioning",
        settings=settings,
        database=database_of(settings),
        waiting=WAITING,
        standings=STANDINGS,
        work_factory=partial(
            ProvisioningUnitOfWork,
            policies=Policies(
                catalogue=settings.catalogue,
                rounds=settings.rounds,
                sweeps=settings.sweeps,
                pool=settings.pool,
                spending=settings.spending,
                results_location=settings.outside.analytics_results_location.rstrip("/"),
            ),
        ),
        make_steps=_make_steps if steps is None else lambda _settings, _offered: steps,
        make_key_vault=_make_key_vault if key_vault is None else lambda _: key_vault,
        make_inventories=_make_inventories if inventories is None else lambda _: inventories,
        make_doors=_make_doors if doors is None else lambda _: doors,
        make_account_outside=_make_account_outside if account_outside is None else lambda _: account_outside,
        make_money=_make_money if money is None else lambda _: money,
        make_result_store=_make_result_store,
        lock_engine=make_engine(
            settings.database_url,
            settings.database_timeouts,
            pool_size=settings.backbone.worker_threads + _SPARE_LOCKS,
            application_name="provisioning-locks",
        ),
    )


def _make_steps(settings: OutsideSettings, offered: Mapping[str, OfferedProduct]) -> Mapping[str, Step]:
    from provisioning.adapters.outside import steps  # noqa: PLC0415

    return steps(settings, offered=offered)


def _make_inventories(service: ProvisioningService) -> Mapping[ThingKind, Inventory]:
    from provisioning.adapters.inventories import inventories  # noqa: PLC0415
    from provisioning.adapters.outside import Outside  # noqa: PLC0415

    def ever_asked(product: str, **which: Any) -> Sequence[AskedFor]:
        with service.open_work() as work:
            return work.findings.ever_asked(product, **which)

    def in_use(**which: Any) -> AccountInUse | None:
        with service.open_work() as work:
            return work.accounts.in_use(**which)

    return inventories(Outside(service.settings.outside), service.settings.offered, ever_asked, in_use)


def _make_money(settings: OutsideSettings) -> tuple[AccountWatcher, Bills]:
    from provisioning.adapters.aws.clients import AwsClients  # noqa: PLC0415
    from provisioning.adapters.aws.cost_explorer import CostExplorer  # noqa: PLC0415
    from provisioning.adapters.aws.running_things import RunningThings  # noqa: PLC0415

    aws = AwsClients(settings)
    return RunningThings(aws, settings.sandbox_regions), CostExplorer(aws)


def _make_result_store(settings: OutsideSettings) -> ResultStore:
    from provisioning.adapters.aws.clients import AwsClients  # noqa: PLC0415
    from provisioning.adapters.aws.s3_results import S3Results  # noqa: PLC0415

    return S3Results(AwsClients(settings))


def _make_key_vault(settings: OutsideSettings) -> KeyVault:
    from provisioning.adapters.aws.clients import AwsClients  # noqa: PLC0415
    from provisioning.adapters.aws.iot_key_vault import IotKeyVault  # noqa: PLC0415

    return IotKeyVault(AwsClients(settings))


def _make_doors(settings: OutsideSettings) -> Mapping[str, Door]:
    from provisioning.adapters.doors import doors  # noqa: PLC0415

    return doors(settings)


def _make_account_outside(settings: OutsideSettings) -> AccountOutside:
    from provisioning.adapters.aws.account_outside import account_outside  # noqa: PLC0415
    from provisioning.adapters.aws.clients import AwsClients  # noqa: PLC0415

    return account_outside(AwsClients(settings), settings, should_leave=leaving.is_set)
