"""Why a wish of a person cannot be granted, each with the facts that explain it.

Refusal
|-- Unknown              no partner, person, request, session or passkey of that id
|-- MoveNotAllowed       the life cycle does not know this move from here
|-- RegistrationTaken    another partner already stands for this company
|-- OwnCompany           the operator who decides belongs to the company
|-- AgreementOutdated    not the version that is in force
|-- CorrectionRefused    fields nobody asked for, or no field at all
|-- PersonRefused        somebody whom nobody can name, remove or make the contact now
|-- AskedTooOften        somebody who cannot be asked again now
|-- TierNotChanged       before the approval, after the farewell, or to the same
|-- NotErasable          the partnership or the application is not over
|-- NotActive            only an active partner asks for more, or changes what is known of it
|-- PasskeyRefused       what a browser sent proves nothing
|-- TooManyPasskeys      the person has as many as anybody may have
|-- SignInTooOld         what only somebody does who has just signed in
|-- DraftGone            was sent in, or its time is over
|-- RequestRefused       cannot be asked for, or was decided already
`-- LinkRefused          unknown, of someone else, expired, or used already
"""

from typing import Any
from uuid import UUID

from chassis.identity.single_use import LinkFault
from onboarding.domain.moves import MOVES, Move
from onboarding.domain.states import State


class Refusal(Exception):
    """A wish that is understood and refused; ``code`` is stable, ``message`` a sentence for people.

    ``fields`` are those of the wish that are wrong, ``facts`` what else explains it, by name.
    """

    code = "refused"
    message = ""

    def __init__(self, message: str = "", *fields: str, **facts: Any) -> None:
        self.message = message or self.message
        self.fields, self.facts = fields, facts
        super().__init__(self.message)


class Unknown(Refusal):
    """Nothing goes by that id, or it is somebody else's: nobody learns which."""


class PartnerUnknown(Unknown):
    code = "partner_unknown"
    message = "There is no such partner."


class NotAMember(Unknown):
    code = "member_unknown"
    message = "There is no such person at this partner."


class RequestUnknown(Unknown):
    code = "request_unknown"
    message = "There is no such request."


class SessionUnknown(Unknown):
    """Also one that is over."""

    code = "session_unknown"
    message = "There is no such session."


class PasskeyUnknown(Unknown):
    code = "passkey_unknown"
    message = "There is no such passkey."


class MoveNotAllowed(Refusal):
    """A move that the table of moves does not have for the present state."""

    code = "move_not_allowed"

    def __init__(self, move: Move, state: State) -> None:
        target = MOVES[move].target
        message = f"A partner that is {state} cannot become {target}."
        if state == target:
            message = f"The partner is {state} already."
        super().__init__(message, state=state, target_state=target, move=move)


class RegistrationTaken(Refusal):
    """Told to operators only: it names another partner."""

    code = "registration_taken"

    def __init__(self, conflicting_partner_id: UUID, legal_name: str) -> None:
        super().__init__(
            f"{legal_name} ({conflicting_partner_id}) already holds this country and registration number.",
            conflicting_partner_id=conflicting_partner_id,
        )


class OwnCompany(Refusal):
    """An operator does not decide about their own company."""

    code = "own_company"
    message = "Your own address is one of this company: somebody else has to decide."


class AgreementOutdated(Refusal):
    """The accepted version is not the one in force."""

    code = "agreement_outdated"

    def __init__(self, version: str, current_version: str) -> None:
        message = f"Version {version} is not in force, the agreement in force is {current_version}."
        super().__init__(message, current_version=current_version)


class CorrectionRefused(Refusal):
    """A correction that does not answer what was asked."""

    code = "correction_refused"


class NotErasable(Refusal):
    """Only who has left is erased."""

    code = "not_erasable"

    def __init__(self, state: State) -> None:
        super().__init__(f"Only a partner in a final state can be erased; this one is {state}.", state=state)


class NotActive(Refusal):
    """Only an active partner asks for more, or changes what is known of it."""

    code = "not_active"

    def __init__(self, state: State) -> None:
        super().__init__(f"Only an active partner can do this; this one is {state}.", state=state)


class TierNotChanged(Refusal):
    """A partner has a tier from its approval until it leaves, and it can be another one only."""

    code = "tier_not_changed"


class PasskeyRefused(Refusal):
    """The same words for all that is wrong: nobody learns which passkeys exist; ``why`` is for the log."""

    code = "passkey_refused"
    message = "This passkey cannot be used here. Try again, or sign in by a link in a mail."

    def __init__(self, why: str) -> None:
        super().__init__()
        self.why = why


class TooManyPasskeys(Refusal):
    """One has to be removed before another is added."""

    code = "too_many_passkeys"
    message = "You have as many passkeys as you may have."


class SignInTooOld(Refusal):
    """The session goes on, but began too long ago for this."""

    code = "sign_in_too_old"
    message = "Sign in again first: this needs a sign-in of the last 30 minutes."


class DraftGone(Refusal):
    """Nothing is kept under the draft's link any more."""

    code = "draft_gone"
    message = "This draft was sent in already, or its time is over."


class RequestRefused(Refusal):
    """Cannot be asked for, or was decided already."""

    def __init__(self, code: str, message: str, *fields: str) -> None:
        super().__init__(message, *fields)
        self.code = code


class PersonRefused(Refusal):
    """Something that cannot be done about a person."""

    MESSAGES: dict[str, str] = {  # noqa: RUF012 - a constant
        "takes_no_changes": "The partner's people can be changed from its approval until it leaves.",
        "too_many_people": "The partner has as many people as it may have.",
        "already_named": "Someone else has this address already.",
        "contact_stays": "The contact stays until another member has taken the role over.",
        "not_confirmed": "Only who has confirmed that they belong to the partner can be its contact.",
    }

    def __init__(self, code: str, *fields: str) -> None:
        super().__init__(self.MESSAGES[code], *fields)
        self.code = code


class AskedTooOften(Refusal):
    """The person answered already, was asked lately, or often enough."""

    code = "asked_too_often"
    message = "This person cannot be asked again now."


class LinkRefused(Refusal):
    """A link that opens nothing (any more)."""

    MESSAGES: dict[LinkFault, str] = {  # noqa: RUF012 - a constant
        "link_invalid": "This link is not valid.",
        "link_expired": "This link has expired.",
        "link_used": "This link has been used already.",
    }

    def __init__(self, fault: LinkFault) -> None:
        super().__init__(self.MESSAGES[fault])
        self.code = fault
