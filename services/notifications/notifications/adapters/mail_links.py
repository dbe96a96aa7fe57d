"""The addresses in mails; the only place where links are signed."""

from dataclasses import dataclass

from chassis import clock
from chassis.identity.links import LinkSigner, LinkUse
from notifications.domain.invitations import Invitation
from notifications.domain.letters import Letter
from notifications.domain.messages import Kind

PARTNER_PAGE = LinkUse("onboarding", "links")
MEMBERSHIP_PAGE = LinkUse("onboarding", "memberships")
INVITATION = LinkUse("notifications", "invitations", old_purposes=frozenset({"invitation"}))
LEARNING_MAIL = LinkUse("notifications", "learning-mail", old_purposes=frozenset({"learning_mail_off"}))


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
        if intent is None or intent.expires_at <= clock.now():
            return None
        page = MEMBERSHIP_PAGE if letter.message.kind is Kind.CONFIRM_MEMBERSHIP else PARTNER_PAGE
        return f"{self.onboarding_url}/{page.page}/{self.signer.sign(page, intent.id)}"

    def invitation(self, invitation: Invitation) -> str:
        return f"{self.own_url}/invitations/{self.signer.sign(INVITATION, invitation.link_id)}"

    def unsubscribe(self, invitation: Invitation) -> str:
        """Works for as long as the invitation is known; burns nothing."""
        return f"{self.own_url}/learning-mail/{self.signer.sign(LEARNING_MAIL, invitation.link_id)}"
