"""The pages for the ops team: made on the server, usable without scripts and by keyboard."""

from console.entrypoints.web.pages import (
    account_list,
    audit_log,
    dead_letter_list,
    find_partners,
    finding_list,
    grant_list,
    home,
    integrator_list,
    lane_list,
    mail_list,
    one_partner,
    review_queue,
    sign_in,
)

PAGES = (
    *(sign_in.pages, home.pages, find_partners.pages, one_partner.pages, review_queue.pages),
    *(grant_list.pages, finding_list.pages, account_list.pages, mail_list.pages, integrator_list.pages),
    *(dead_letter_list.pages, lane_list.pages, audit_log.pages),
)
