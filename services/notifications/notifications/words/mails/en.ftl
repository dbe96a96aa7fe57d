# Mails. One style: short, warm, one thing to do. `$until` is a moment in UTC.
brand = Gangway
greeting = Hello { $person },
greeting-neutral = Hello,
closing = Kind regards
    Your Gangway partner team
link-until = This personal link works once and expires on { DATETIME($until, dateStyle: "long", timeStyle: "short") } UTC. Please don’t forward it.
link-fallback = If the button doesn’t work, copy and paste this address into your browser:
footer-reason = You are receiving this email because { $company ->
        [none] of an application to the Gangway partner programme
       *[other] you are a member of { $company } in the Gangway partner programme
    }.
footer-applied = You are receiving this email because someone applied to the Gangway partner programme with this address.
footer-draft = You are receiving this email because someone saved an application to the Gangway partner programme and entered this address.
footer-named = You are receiving this email because a company in the Gangway partner programme provided this address.
footer-removed = This is our last email to you about { $company ->
        [none] this company
       *[other] { $company }
    }.
footer-integrator = You are receiving this email because you can sign in to Gangway’s portal for { $integrator ->
        [none] an integrator
       *[other] { $integrator }
    }.
footer-learning = Don’t want any more learning offers? Unsubscribe here:
footer-learning-action = Unsubscribe from learning offers

draft-saved-subject = Your saved application
draft-saved-preheader = Continue it on any device.
draft-saved-heading = Pick up where you left off
draft-saved-intro = You saved your application to our partner programme. Use this link to continue on any device, as often as you like.
draft-saved-button = Continue my application
draft-saved-until = This link works until { DATETIME($until, dateStyle: "long", timeStyle: "short") } UTC. After that, your answers will be deleted. Anyone with the link can see them, so please don’t forward it.
draft-saved-ignore = Wasn’t you? You can ignore this email. Nothing has been submitted, and this address will be deleted with the draft.

verify-email-subject = Please confirm your email address
verify-email-preheader = Confirm your address and we will review your application.
verify-email-heading = Please confirm your email address
verify-email-intro = Thank you for your interest in becoming a partner. Please confirm that this address is yours, and we will review your application.
verify-email-button = Confirm my address
verify-email-ignore = Didn’t apply? You can ignore this email. If you don’t confirm this address, the application will be deleted.

confirm-membership-subject = { $company ->
        [none] Please confirm your company membership
       *[other] Are you part of { $company }?
    }
confirm-membership-preheader = Please let us know. Nothing will be set up for you until you respond.
confirm-membership-heading = Is this correct?
confirm-membership-intro = { $company ->
        [none] A company in our partner programme
       *[other] { $company }, a company in our partner programme,
    } added you as a member. On this page, you can see who added you and what you will get, and confirm whether this is correct.
confirm-membership-reminder-subject = Reminder: { confirm-membership-subject }
confirm-membership-reminder-preheader = You have not responded yet. Nothing will be set up for you until you do.
confirm-membership-reminder-heading = We have not heard from you yet
confirm-membership-reminder-intro = { confirm-membership-intro } Our first link expires soon, so here is a new one. We won’t remind you again.
confirm-membership-button = Review and respond
confirm-membership-ignore = If this is not correct, tell us there, and we will delete your name and address. If you do nothing, nothing will be set up for you.

member-removed-subject = You are no longer a member of { $company }
member-removed-preheader = Your access through this company is ending.
member-removed-heading = Your access has ended
member-removed-intro = You have been removed from { $company } in our partner programme. Everything you had through this company is ending: sign-ins, seats, user accounts and open invitations to learning paths.
member-removed-next = Access through other companies is not affected. If you think this is a mistake, please ask your contact at { $company }.

contact-changed-subject = The contact for { $company } has changed
contact-changed-preheader = The contact role has been handed over.
contact-changed-heading = The contact has changed
contact-changed-intro = You are now the contact for { $company } in our partner programme: you manage its people and products, and you receive our emails.
contact-changed-button = Open the partner page
contact-changed-former = Someone else is now the contact for { $company } in our partner programme. You are still a member and keep your access, but you can no longer sign in to the partner page.
contact-changed-former-wrong = Weren’t expecting this? Please reply to this email right away.

passkey-added-subject = A passkey was added to your partner page
passkey-added-preheader = You can now use it to sign in.
passkey-added-heading = A passkey was added
passkey-added-intro = A passkey for signing in to your partner page was added on { DATETIME($at, dateStyle: "long", timeStyle: "short") } UTC.
passkey-added-wrong = Wasn’t you? Open your partner page, remove the passkey, end all sessions, and reply to this email.
passkey-added-button = Open my partner page

passkey-removed-subject = A passkey was removed from your partner page
passkey-removed-preheader = It can no longer be used to sign in.
passkey-removed-heading = A passkey was removed
passkey-removed-intro = A passkey was removed from your partner page on { DATETIME($at, dateStyle: "long", timeStyle: "short") } UTC. Email links will continue to work.
passkey-removed-wrong = Wasn’t you? Open your partner page, end all sessions, and reply to this email.
passkey-removed-button = Open my partner page

sign-in-link-subject = Your new sign-in link
sign-in-link-preheader = Here is the link you requested.
sign-in-link-heading = Here is your link
sign-in-link-intro = You requested a new link to your partner page.
sign-in-link-several-subject = Your new sign-in links
sign-in-link-several-preheader = Here are the links you requested.
sign-in-link-several-heading = Here are your links
sign-in-link-several-intro = You requested new links to your partner pages. There is one for each company.
sign-in-link-open = { $company ->
        [none] Open the partner page
       *[other] Open the page for { $company }
    }
sign-in-link-over = { $company ->
        [none] Open the closed partner page
       *[other] Open the closed page for { $company }
    }
sign-in-link-button = Open my partner page
sign-in-link-ignore = Didn’t request this? You can ignore this email. Nobody else has the link.

correction-needed-subject = We need one more detail from you
correction-needed-preheader = Your application is waiting for a small correction.
correction-needed-heading = Your application needs a correction
correction-needed-intro = Thank you for your application. Before we can continue our review, we need you to correct something. It should only take a few minutes:
correction-needed-fields = Please check:
correction-needed-button = Correct my application
correction-needed-next = We will continue our review as soon as we have your correction.

deadline-near-subject = { $waits_for ->
        [verification] Reminder: please confirm your email address
        [agreement] Reminder: please accept the partner agreement
       *[correction] Reminder: please correct your application
    }
deadline-near-preheader = Please do this by { DATETIME($until, dateStyle: "long", timeStyle: "short") } UTC.
deadline-near-heading = { $waits_for ->
        [verification] Please confirm your email address
        [agreement] One last step
       *[correction] Your application is waiting for you
    }
deadline-near-intro = { $waits_for ->
        [verification] Someone applied to our partner programme with this address, but it has not been confirmed yet. We can only review the application once it has.
        [agreement] We have approved the application from { $company }. The last step is to read and accept the partner agreement. We will then set up your access.
       *[correction] We asked you to correct something in your application and have not heard back from you. You can find the details on your partner page.
    }
deadline-near-next = Please do this by { DATETIME($until, dateStyle: "long", timeStyle: "short") } UTC. After that, we will close the application.
deadline-near-button = { $waits_for ->
        [verification] Confirm my address
        [agreement] Read and accept the agreement
       *[correction] Correct my application
    }
deadline-near-done = { $waits_for ->
        [verification] Didn’t apply? You can ignore this email. If nobody confirms this address, the application will be deleted.
       *[other] Already done, or no longer want to become a partner? You don’t need to do anything. We won’t remind you again.
    }

welcome-subject = Welcome aboard: your application has been approved
welcome-preheader = One last step: read and accept the partner agreement.
welcome-heading = Welcome to the partner programme!
welcome-intro = Good news: we have approved the application from { $company }. We look forward to working with you.
welcome-next = One last step: please read and accept the partner agreement. We will then set up your access, which usually takes only a few minutes.
welcome-button = Read and accept the agreement

rejected-subject = About your application
rejected-preheader = Unfortunately, we cannot accept your application this time.
rejected-heading = Thank you for your application
rejected-intro = Thank you for your interest and for taking the time to apply. We reviewed your application carefully. Unfortunately, we cannot accept it this time.
rejected-reason = Reason:
rejected-next = If your circumstances change, you are welcome to apply again. If you think we made a mistake, just reply to this email.
rejected-button = Apply again

application-withdrawn-subject = You have withdrawn your application
application-withdrawn-preheader = We have stopped processing it.
application-withdrawn-heading = Your application has been withdrawn
application-withdrawn-intro = You have withdrawn your application to our partner programme, and we have stopped processing it. If this was a mistake, or if you change your mind, you can apply again at any time. Wasn’t you? Please reply to this email.
application-withdrawn-button = Apply again

application-expired-subject = Your application has been closed
application-expired-preheader = The deadline for the next step has passed.
application-expired-heading = The deadline has passed
application-expired-intro = You did not complete the next step before the deadline, so we have closed your application. If you still want to become a partner, you can apply again at any time.
application-expired-button = Apply again

access-ready-subject = Your access is ready
access-ready-preheader = See what you can use now.
access-ready-heading = You’re all set
access-ready-intro = Your company is now an active partner. You can now use:
access-ready-colleague-intro = Your access at { $company } is ready. You can now use:
access-ready-none-subject = { $company } is now an active partner
access-ready-none-preheader = You don’t need to do anything.
access-ready-none-heading = Your company is now an active partner
access-ready-none = Your company is now an active partner. There is nothing to set up at the moment. We will let you know when that changes.
access-ready-waiting = Your company is now an active partner.
access-ready-sign-in = Sign in at { $url }
access-ready-first-cloud_sandbox = Your user name is usually your email address. The first time you sign in, AWS emails you a one-time password.
access-ready-first-analytics = To use QuickSight, you need to register once. Your contact will give you a personal link.
access-ready-later = We are still setting these up. You don’t need to do anything:
access-ready-next = You can find the details of each product, and how to sign in, on your partner page.
access-ready-colleague = Your contact at { $company } can find the details of each product on the partner page.
access-ready-learning = To help you get started, we would like to invite you to learn at your own pace:
access-ready-button = Open my partner page

access-added-subject = More of your access is ready
access-added-preheader = See what you can use now.
access-added-heading = More of your access is ready
access-added-intro = We have finished setting up:
access-added-next = You can find the details of each product, and how to sign in, on your partner page.
access-added-button = Open my partner page

access-refused-subject = About your access
access-refused-preheader = Unfortunately, we cannot give you this access.
access-refused-heading = Our decision about your access
access-refused-intro = This access needs our approval. We have reviewed your case. Unfortunately, we cannot give you this access at the moment:
access-refused-reason = Reason:
access-refused-next = Your other access stays the same. Any questions? Just reply to this email.
access-refused-button = Open my partner page

tier-changed-subject = Your tier in the partner programme has changed
tier-changed-preheader = Your products will be updated automatically.
tier-changed-heading = Your tier has changed
tier-changed-intro = We have changed the tier of { $company }. Your new tier is:
tier-changed-reason = Our message:
tier-changed-next = Your products will be updated automatically, and we will email you when something new is ready. You can follow the progress on your partner page.
tier-changed-button = Open my partner page
tier-registered = Registered
tier-select = Select
tier-premier = Premier

suspended-subject = Your access is paused
suspended-preheader = Nothing has been deleted. Here is the reason.
suspended-heading = Your access is paused
suspended-intro = We have paused access for { $company }. Nothing has been deleted. Once this is resolved, you can pick up where you left off.
suspended-reason = Reason:
suspended-next = Any questions? Just reply to this email, and we will find a solution together.

resumed-subject = Your access is back
resumed-preheader = Everything is where you left it.
resumed-heading = Welcome back!
resumed-intro = Access for { $company } has been restored. Everything is where you left it.
resumed-next = Thank you for your patience.
resumed-button = Open my partner page

lease-expiring-subject = { $product }: your access ends on { DATETIME($until, dateStyle: "long") }
lease-expiring-preheader = If you need more time, let us know soon.
lease-expiring-heading = Your access ends soon
lease-expiring-intro = Your access to “{ $product }” ends on { DATETIME($until, dateStyle: "long", timeStyle: "short") } UTC. Please save what you want to keep.
lease-expiring-next = Need more time? Request it on your partner page.
lease-expiring-button = Open my partner page

lease-expired-subject = { $product }: your access has ended
lease-expired-preheader = Nothing has been deleted yet.
lease-expired-heading = Your access has ended
lease-expired-intro = Your access to “{ $product }” has ended, and we are switching it off. Nothing will be deleted until { DATETIME($until, dateStyle: "long", timeStyle: "short") } UTC.
lease-expired-next = Still need it? Reply to this email before that date, and we will see what we can do.
lease-expired-button = Open my partner page

lease-renewed-subject = { $product }: extended until { DATETIME($until, dateStyle: "long") }
lease-renewed-preheader = Nothing will be deleted before that date.
lease-renewed-heading = Your access has been extended
lease-renewed-intro = You now have access to “{ $product }” until { DATETIME($until, dateStyle: "long", timeStyle: "short") } UTC.
lease-renewed-next = If it was switched off only because it had expired, it will be back automatically within a few minutes.
lease-renewed-button = Open my partner page

request-approved-subject = Your request has been approved
request-approved-preheader = We are working on your request.
request-approved-heading = Your request has been approved
request-approved-intro = Good news: we have approved your request.
request-approved-reason = Our message:
request-approved-next = You can follow the progress on your partner page.
request-approved-button = Open my partner page

request-refused-subject = About your request
request-refused-preheader = Unfortunately, we cannot approve it this time.
request-refused-heading = About your request
request-refused-intro = We have reviewed your request. Unfortunately, we cannot approve it this time.
request-refused-reason = Reason:
request-refused-next = Any questions? Just reply to this email.
request-refused-button = Open my partner page

request-more_time = More time for a product
request-product = Another product
request-competence = Another competence
request-company = Change to company details
competence-cloud = Cloud
competence-data = Data
competence-crm = CRM
competence-iot = IoT
competence-security = Security
competence-ai = Artificial intelligence
competence-edge = Edge
competence-training = Training
budget-warned-subject = { $product }: { $percent } percent of this month’s budget has been spent
budget-warned-preheader = Please check what is running.
budget-warned-heading = You are close to this month’s budget
budget-warned-intro = In “{ $product }”, { NUMBER($spent_usd, minimumFractionDigits: 2, maximumFractionDigits: 2) } of { NUMBER($budget_usd, minimumFractionDigits: 2, maximumFractionDigits: 2) } USD has been spent this month. This is an estimate based on what is running, as bills arrive later. When the budget has been spent, we will switch off the access.
budget-warned-next = Please stop anything you don’t need. Need a larger budget? Just reply to this email.
budget-warned-button = Open my partner page

budget-exceeded-subject = { $product }: this month’s budget has been spent
budget-exceeded-preheader = We are switching off the access. Nothing will be deleted.
budget-exceeded-heading = This month’s budget has been spent
budget-exceeded-intro = In “{ $product }”, { NUMBER($spent_usd, minimumFractionDigits: 2, maximumFractionDigits: 2) } of { NUMBER($budget_usd, minimumFractionDigits: 2, maximumFractionDigits: 2) } USD has been spent this month. To avoid further costs, we are switching off the access. Nothing will be deleted.
budget-exceeded-next = Still need it this month? Reply to this email, and we will see what we can do.
budget-exceeded-button = Open my partner page

offboarding-started-subject = We are ending our partnership
offboarding-started-preheader = Your access is being removed. Here is the reason.
offboarding-started-heading = Our partnership is ending
offboarding-started-intro = We are ending our partnership with { $company }. All access is being removed, including everything in it.
offboarding-started-reason = Reason:
offboarding-started-next = We will email you again when everything has been removed. Any questions? Just reply to this email.

goodbye-subject = Goodbye, and thank you
goodbye-preheader = All your access has been removed.
goodbye-heading = Thank you for working with us
goodbye-intro = Our partnership with { $company } has ended, and we have removed everything we set up for you: accounts, access and keys.
goodbye-colleague = Our partnership with { $company } has ended, and so has everything you had through this company: sign-ins, seats, user accounts and open invitations to learning paths.
goodbye-colleague-next = Access through other companies is not affected. We enjoyed working with you.
goodbye-next = We enjoyed working with you and would be happy to welcome you back at any time.

invitation-subject = { $count ->
        [one] Your invitation: { $title }
       *[other] Your invitations: { $title } and more
    }
invitation-preheader = Learning paths for your new access, at your own pace.
invitation-heading = Would you like to learn with us?
invitation-intro = { $count ->
        [one] This learning path complements what your company now uses, and we would like to invite you to join:
       *[other] These learning paths complement what your company now uses, and we would like to invite you to join:
    }

offer-hours = { $hours ->
        [one] About one hour, at your own pace.
       *[other] About { $hours } hours, at your own pace.
    }
offer-button = Invitation to “{ $title }”
offer-until = This personal link expires on { DATETIME($until, dateStyle: "long", timeStyle: "short") } UTC.

portal-sign-in-subject = Your link to the event portal
portal-sign-in-preheader = Here is the link you requested.
portal-sign-in-heading = Here is your link
portal-sign-in-intro = You requested a link to the event portal{ $integrator ->
        [none] {""}
       *[other] {" "}of { $integrator }
    }.
portal-sign-in-button = Open the portal
portal-sign-in-ignore = Didn’t request this? You can ignore this email. Nobody else has the link.

endpoint-failing-subject = Your endpoint at { $host } is failing
endpoint-failing-preheader = If this continues, it will be disabled. Here is what to do.
endpoint-failing-heading = Your endpoint is failing
endpoint-failing-intro = Since { DATETIME($since, dateStyle: "long", timeStyle: "short") } UTC, all deliveries to your endpoint at { $host } have failed. If this continues, we will disable it on { DATETIME($end, dateStyle: "long", timeStyle: "short") } UTC.
endpoint-failing-next = Check its responses in the portal, fix the problem, and send a test event. The first successful delivery clears this warning. No events are lost: pending events are sent as soon as your endpoint accepts them.
endpoint-failing-button = View responses

endpoint-disabled-subject = Your endpoint at { $host } has been disabled
endpoint-disabled-preheader = Its events are on hold. Here is what to do.
endpoint-disabled-heading = Your endpoint has been disabled
endpoint-disabled-intro = { $reason ->
        [gone] Your endpoint at { $host } responded with 410 (Gone), so we no longer send events to it.
       *[other] All deliveries to your endpoint at { $host } have failed for days, so we no longer send events to it.
    }
endpoint-disabled-next = We keep its events for up to 30 days. When it can accept events again, enable it in the portal, and we will send the pending events. If you no longer need it, delete it there.
endpoint-disabled-button = View endpoint

product-cloud_sandbox = Cloud sandbox
product-cloud_sandbox-about = your own cloud account for safe experiments
product-analytics = Analytics
product-analytics-about = query and visualise your data
product-crm = CRM
product-crm-about = customers, contacts and opportunities in one place
product-iot = IoT
product-iot-about = connect your first gateway

field-legal_name = Registered company name
field-registration_number = Registration number
field-country = Country
field-website = Website
field-contact = Contact person
field-partner_type = Type of company
field-competences = Competences
field-products_wanted = Products requested
field-expected_benefits = Expected benefits
field-language = Language
field-members = Members
