"""The pages for the ops team: made on the server, usable without scripts and by keyboard."""

from console.entrypoints.web.pages import (
    account_list,
    audit_log,
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
    lane_list,
    mail_list,
    many_partners,
    numbers,
    one_partner,
    request_list,
    review_queue,
    sign_in,
)

PAGES = (
    *(
        sign_in.pages,
        home.pages,
        find_partners.pages,
        one_partner.pages,
        many_partners.pages,
        review_queue.pages,
    ),
    *(
        request_list.pages,
        grant_list.pages,
        device_list.pages,
        finding_list.pages,
        account_list.pages,
        mail_list.pages,
        integrator_list.pages,
    ),
    *(
        dead_letter_list.pages,
        lane_list.pages,
        consumer_list.pages,
        audit_log.pages,
        dry_run.pages,
        numbers.pages,
        imports.pages,
    ),
)
