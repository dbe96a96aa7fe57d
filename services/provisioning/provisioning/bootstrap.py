"""Wires provisioning: settings and adapters behind the ports. Opens no connection."""

import os
from collections.abc import Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property

from sqlalchemy import Engine

from chassis.database import Database, make_engine
from chassis.outbox import Outbox
from chassis.service import Service
from provisioning.adapters import outside
from provisioning.adapters.aws.clients import AwsClients
from provisioning.adapters.grant_lock import AdvisoryGrantLock
from provisioning.adapters.unit_of_work import ProvisioningUnitOfWork
from provisioning.domain.products import PRODUCTS
from provisioning.handlers.advance_grant import AdvanceGrant
from provisioning.handlers.ports import KeyVault, Step
from provisioning.settings import ProvisioningSettings, read_settings

_LOCKS_MOST = 32


@dataclass(frozen=True, kw_only=True)
class ProvisioningService(Service):
    """Provisioning with its adapters; a test replaces ``steps`` and ``key_vault``."""

    settings: ProvisioningSettings
    steps: Mapping[str, Step]
    key_vault: KeyVault
    lock_engine: Engine

    def open_work(self) -> AbstractContextManager[ProvisioningUnitOfWork]:
        return self.database.begin(ProvisioningUnitOfWork)

    @staticmethod
    def now() -> datetime:
        return datetime.now(UTC)

    @cached_property
    def advance_grant(self) -> AdvanceGrant:
        return AdvanceGrant(
            open_work=self.open_work,
            lock=AdvisoryGrantLock(self.lock_engine),
            steps=self.steps,
            patience=self.settings.patience,
            now=self.now,
        )


def build_service(
    environ: Mapping[str, str] = os.environ,
    steps: Mapping[str, Step] | None = None,
    key_vault: KeyVault | None = None,
) -> ProvisioningService:
    """Raises `SettingsRefused`, and LookupError when a step of a product is not there."""
    settings = read_settings(environ)
    aws = AwsClients(settings.outside)
    return ProvisioningService(
        name="provisioning",
        settings=settings,
        database=Database(
            settings.database_url,
            events=Outbox(type_prefix=settings.event_type_prefix, source=settings.event_source),
            application_name="provisioning",
        ),
        work_factory=ProvisioningUnitOfWork,
        steps=_complete(steps or outside.steps(settings.outside, aws)),
        key_vault=key_vault or outside.key_vault(settings.outside, aws),
        lock_engine=make_engine(
            settings.database_url, pool_size=_LOCKS_MOST, application_name="provisioning-locks"
        ),
    )


def _complete(steps: Mapping[str, Step]) -> Mapping[str, Step]:
    needed = {name for product in PRODUCTS.values() for name in product.steps}
    if missing := sorted(needed - set(steps)):
        raise LookupError(f"steps without an adapter: {', '.join(missing)}")
    return steps
