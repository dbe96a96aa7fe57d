"""``python -m tests.benchmarks.bare_onboarding PLAN PER_SECOND``: take the companies of a plan to the end.

The plan is JSON: applications, and how many mails follow. Prints, as JSON, the seconds that each company
waited for the first mail, then the second, then for everything.
"""

import json
import os
import sys
import time
from itertools import cycle, islice
from pathlib import Path

from tests.benchmarks.bare_onboarding.analytics import make_analytics
from tests.benchmarks.bare_onboarding.company import Company
from tests.benchmarks.bare_onboarding.crm import Crm
from tests.benchmarks.bare_onboarding.iot import make_gateway
from tests.benchmarks.bare_onboarding.mails import send_mail
from tests.benchmarks.bare_onboarding.sandbox import Shared, make_sandbox
from tests.benchmarks.steady_arrivals import at_steady_rate


def main(plan: Path, per_second: float) -> None:
    """What all share is made first, before anybody comes."""
    shared, crm = Shared.make(), Crm(os.environ["SCIM_URL"], os.environ["SCIM_TOKEN"])
    makers = {
        "cloud_sandbox": lambda company: make_sandbox(company, shared),
        "analytics": lambda company: make_analytics(company, shared.owner),
        "crm": crm.make_users,
        "iot": make_gateway,
    }

    def onboard(company: Company, due: float) -> tuple[float, float, float]:
        contact = company.people[0]["email"]
        send_mail(contact, "Please confirm your address")
        confirmed = time.monotonic()
        send_mail(contact, "You are a partner now")
        approved = time.monotonic()
        for product in company.products:
            makers[product](company)
        everything = time.monotonic()
        for person in islice(cycle(company.people), company.mails_at_end):
            send_mail(person["email"], "Your access is ready")
        return confirmed - due, approved - confirmed, everything - approved

    companies = [Company(**entry) for entry in json.loads(plan.read_text())]
    sys.stdout.write(json.dumps(at_steady_rate(companies, per_second, onboard)))


if __name__ == "__main__":
    main(Path(sys.argv[1]), float(sys.argv[2]))
