"""The addresses in mails; the only place where links are signed."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

from chassis.identity.links import Link, LinkSigner
from notifications.domain.letters import Letter

INVITATION = "invitation"
LEARNING_MAIL_OFF = "learning_mail_off"
UNSUBSCRIBE_LIFETIME = timedelta(days=730)


@dataclass(frozen=True, kw_only=True)
class SignedMailLinks:
    """The `MailLinks` of production. The same letter gives the same addresses, each time it is rendered."""

    signer: LinkSigner
    onboarding_url: str
    own_url: str

    @property
    def new_link(self) -> str:
        return f"{self.onboarding_url}/new-link"

    @property
    def apply(self) -> str:
        return f"{self.onboarding_url}/apply"

    def action(self, letter: Letter) -> str | None:
        intent = letter.message.link
        if intent is None or intent.expires_at <= datetime.now(UTC):
            return None
        link = self._link(letter, intent.id, intent.purpose, "onboarding", intent.expires_at)
        return f"{self.onboarding_url}/links/{self.signer.sign(link)}"

    def invitation(self, letter: Letter) -> str:
        return f"{self.own_url}/invitations/{self.signer.sign(self._invitation(letter))}"

    def unsubscribe(self, letter: Letter) -> str:
        """Works much longer than the invitation; burns nothing."""
        link = self._invitation(letter)
        until = link.expires_at + UNSUBSCRIBE_LIFETIME
        token = self.signer.sign(replace(link, purpose=LEARNING_MAIL_OFF, expires_at=until))
        return f"{self.own_url}/learning-mail/{token}"

    def _invitation(self, letter: Letter) -> Link:
        if letter.invitation is None:
            raise ValueError("the letter has no invitation")
        invitation = letter.invitation
        return self._link(letter, invitation.link_id, INVITATION, "notifications", invitation.expires_at)

    def _link(self, letter: Letter, link_id: UUID, purpose: str, audience: str, expires_at: datetime) -> Link:
        return Link(
            id=link_id,
            purpose=purpose,
            subject=str(letter.message.partner_id),
            audience=audience,
            expires_at=expires_at,
        )
