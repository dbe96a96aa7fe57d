"""Passkeys and their challenges in PostgreSQL."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, insert, select, update
from sqlalchemy.dialects import postgresql

from chassis.database.repository import Repository
from onboarding.adapters.tables import passkey_challenges, passkeys
from onboarding.domain.passkeys import Challenge, Passkey
from onboarding.handlers.ports import Passkeys


class SqlPasskeys(Repository, Passkeys):
    """The passkeys as one transaction sees them."""

    def add(self, passkey: Passkey) -> bool:
        statement = postgresql.insert(passkeys).values(vars(passkey)).on_conflict_do_nothing()
        added = self._connection.execute(statement.returning(passkeys.c.id))
        return added.one_or_none() is not None

    def find(self, credential_id: bytes) -> Passkey | None:
        query = select(passkeys).where(passkeys.c.credential_id == credential_id)
        return self._read_one(query, Passkey)

    def of_member(self, member_id: UUID) -> Sequence[Passkey]:
        newest = (passkeys.c.added_at.desc(), passkeys.c.id)
        query = select(passkeys).where(passkeys.c.member_id == member_id).order_by(*newest)
        return self._read_all(query, Passkey)

    def save_use(self, passkey: Passkey) -> None:
        used = {"sign_count": passkey.sign_count, "used_at": passkey.used_at}
        self._connection.execute(update(passkeys).where(passkeys.c.id == passkey.id).values(used))

    def remove(self, member_id: UUID, passkey_id: UUID) -> bool:
        is_it = (passkeys.c.member_id == member_id) & (passkeys.c.id == passkey_id)
        return self._connection.execute(delete(passkeys).where(is_it)).rowcount == 1

    def forget_person(self, member_id: UUID) -> None:
        self._connection.execute(delete(passkeys).where(passkeys.c.member_id == member_id))

    def add_challenge(self, challenge: Challenge) -> None:
        self._connection.execute(insert(passkey_challenges).values(vars(challenge)))

    def take_challenge(self, value: bytes, at: datetime) -> Challenge | None:
        it = passkey_challenges.c.value == value
        challenge = self._read_one(
            delete(passkey_challenges).where(it).returning(passkey_challenges), Challenge
        )
        return challenge if challenge and challenge.expires_at > at else None

    def forget_challenges(self, before: datetime) -> int:
        old = delete(passkey_challenges).where(passkey_challenges.c.expires_at < before)
        return self._connection.execute(old).rowcount
