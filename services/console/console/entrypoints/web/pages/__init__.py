"""The pages for the ops team: made on the server, usable without scripts and by keyboard."""

from console.entrypoints.web.pages import (
    account_list,
    audit_log,
    claim_list,
    consumer_list,
    dead_letter_list,
    device_list,
    dry_run,
    find_partners,
    finding_list,
    grant_list,
    home,
    imports,
    integrator_list,
    job_list,
    lane_list,
    mail_list,
    many_partners,
    numbers,
    one_partner,
    proposal_list,
    request_list,
    review_queue,
    sign_in,
    spend_list,
)

PAGES = tuple(
    page.pages
    for page in (
        *(sign_in, home, find_partners, one_partner),
        *(many_partners, review_queue, request_list, proposal_list, grant_list),
        *(device_list, claim_list, finding_list, account_list, mail_list),
        *(integrator_list, dead_letter_list, lane_list, consumer_list, job_list, audit_log),
        *(dry_run, numbers, spend_list, imports),
    )
)
