"""The addresses in mails; the only place where links are signed."""

from chassis import clock
from chassis.frozen import Frozen
from chassis.identity.links import LinkSigner, LinkUse
from notifications.domain.invitations import Invitation
from notifications.domain.messages import Kind, LinkIntent

PARTNER_PAGE = LinkUse("onboarding", "links")
MEMBERSHIP_PAGE = LinkUse("onboarding", "memberships")
DRAFT_PAGE = LinkUse("onboarding", "drafts")
INVITATION = LinkUse("notifications", "invitations", old_purposes=frozenset({"invitation"}))
PORTAL = LinkUse("integrations", "links")
LEARNING_MAIL = LinkUse("notifications", "learning-mail", old_purposes=frozenset({"learning_mail_off"}))
_PAGES = {Kind.CONFIRM_MEMBERSHIP: MEMBERSHIP_PAGE, Kind.DRAFT_SAVED: DRAFT_PAGE}


class MailLinks(Frozen):
    """The addresses that a mail may contain. Rendering a letter again gives the same ones."""

    signer: LinkSigner
    onboarding_url: str
    own_url: str
    portal_url: str

    @property
    def new_link(self) -> str:
        return f"{self.onboarding_url}/new-link"

    @property
    def apply(self) -> str:
        return f"{self.onboarding_url}/apply"

    @property
    def portal_sign_in(self) -> str:
        return f"{self.portal_url}/sign-in"

    def endpoint(self, endpoint_id: str) -> str:
        """The portal's page of an endpoint, which asks the reader to sign in if necessary."""
        return f"{self.portal_url}/endpoints/{endpoint_id}"

    def action(self, kind: Kind, link: LinkIntent) -> str | None:
        """A personal link in a mail of this kind; None if it has expired."""
        if link.expires_at <= clock.now():
            return None
        if kind is Kind.PORTAL_SIGN_IN:
            return f"{self.portal_url}/{PORTAL.page}/{self.signer.sign(PORTAL, link.id)}"
        page = _PAGES.get(kind, PARTNER_PAGE)
        return f"{self.onboarding_url}/{page.page}/{self.signer.sign(page, link.id)}"

    def invitation(self, invitation: Invitation) -> str:
        return f"{self.own_url}/invitations/{self.signer.sign(INVITATION, invitation.link_id)}"

    def unsubscribe(self, invitation: Invitation) -> str:
        """Works as long as the invitation is known, any number of times."""
        return f"{self.own_url}/learning-mail/{self.signer.sign(LEARNING_MAIL, invitation.link_id)}"
