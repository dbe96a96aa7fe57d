"""Mail addresses that our mails reach."""

from flask import has_app_context

from chassis.http.current_service import current_service
from chassis.http.strict_fields import EmailAddress
from onboarding.bootstrap import OnboardingService


class ReachableAddress(EmailAddress):
    """An address with letters outside ASCII before the @ is taken only where mails go out by SMTPUTF8."""

    def may_be_international(self) -> bool:
        return has_app_context() and current_service(OnboardingService).settings.mail_smtputf8
