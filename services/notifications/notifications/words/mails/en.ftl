# Mails. One style: short, warm, one thing to do. `$until` is a moment in UTC.
brand = Gangway
greeting = Hello { $person },
greeting-neutral = Hello,
closing = Kind regards
    Your Gangway partner team
link-until = This personal link works once, until { DATETIME($until, dateStyle: "long", timeStyle: "short") } UTC. Please don’t forward it.
link-fallback = If the button doesn’t work, copy this address into your browser:
footer-reason = You receive this mail because { $company ->
        [none] of an application for the Gangway partner programme
       *[other] you belong to { $company } in the Gangway partner programme
    }.
footer-applied = You receive this mail because someone applied for the Gangway partner programme with this address.
footer-draft = You receive this mail because someone put an application for the Gangway partner programme by and gave this address.
footer-named = You receive this mail because a company in the Gangway partner programme gave this address.
footer-removed = This is our last mail to you about { $company ->
        [none] this company
       *[other] { $company }
    }.
footer-integrator = You receive this mail because you sign in to Gangway’s portal for { $integrator ->
        [none] an integrator
       *[other] { $integrator }
    }.
footer-learning = No more learning offers? Unsubscribe here:
footer-learning-action = Unsubscribe from learning offers

draft-saved-subject = Your saved application
draft-saved-preheader = Go on with it on any device.
draft-saved-heading = Go on where you stopped
draft-saved-intro = You have put an application for our partner programme by. With this link you go on with it, on any device, as often as you like.
draft-saved-button = Go on with the application
draft-saved-until = The link works until { DATETIME($until, dateStyle: "long", timeStyle: "short") } UTC; then what you have entered is erased. Whoever has the link sees it: please don’t forward it.
draft-saved-ignore = That was not you? Then simply ignore this mail. Nothing was sent in, and this address is forgotten together with the draft.

verify-email-subject = Please confirm your mail address
verify-email-preheader = One click, and we look at your application right away.
verify-email-heading = Nearly there: is this your address?
verify-email-intro = Thank you for wanting to become our partner. Please confirm that this address is yours. As soon as you have, we look at your application.
verify-email-button = Confirm my address
verify-email-ignore = You didn’t apply? Then simply ignore this mail. Without your confirmation nothing happens, and the application is deleted.

confirm-membership-subject = { $company ->
        [none] A company says that you belong to it: is this right?
       *[other] Do you belong to { $company }?
    }
confirm-membership-preheader = Please tell us whether this is right. Until you do, nothing is set up for you.
confirm-membership-heading = Is this right?
confirm-membership-intro = { $company ->
        [none] A company in our partner programme
       *[other] { $company }, a company in our partner programme,
    } named you as one of its people. On this page you see who it was and what you would get, and you say whether it is right.
confirm-membership-reminder-subject = Reminder: { confirm-membership-subject }
confirm-membership-reminder-preheader = You have not answered yet. Until you do, nothing is set up for you.
confirm-membership-reminder-heading = We have not heard from you yet
confirm-membership-reminder-intro = { confirm-membership-intro } We asked you before; the first link ends soon, so here is a new one. We will not ask again on our own.
confirm-membership-button = Look at it and answer
confirm-membership-ignore = If it is not right, say so there, and we delete your name and address. If you do nothing, nothing is set up for you.

member-removed-subject = You no longer belong to { $company }
member-removed-preheader = Your access through this company ends.
member-removed-heading = Your access has ended
member-removed-intro = You were removed from the people of { $company } in our partner programme. What you had through this company ends: sign-ins, seats, user accounts and open invitations to learning paths.
member-removed-next = What you have through another company stays. If this is a mistake, please ask your contact at { $company }.

contact-changed-subject = Who speaks for { $company } has changed
contact-changed-preheader = The role of the contact was handed over.
contact-changed-heading = The contact has changed
contact-changed-intro = You speak for { $company } in our partner programme from now on: you look after its people and products, and we write to you.
contact-changed-button = Open the partner page
contact-changed-former = Another person speaks for { $company } in our partner programme from now on. You stay a member and keep your access, but no longer sign in to the partner page.
contact-changed-former-wrong = Nobody agreed this with you? Then please reply to this mail at once.

passkey-added-subject = A passkey was added to your partner page
passkey-added-preheader = From now on you can sign in with it.
passkey-added-heading = A passkey was added
passkey-added-intro = On { DATETIME($at, dateStyle: "long", timeStyle: "short") } UTC a passkey was added with which you can sign in to your partner page.
passkey-added-wrong = That was not you? Then open your partner page, remove the passkey, end all sessions, and reply to this mail.
passkey-added-button = Open my partner page

passkey-removed-subject = A passkey was removed from your partner page
passkey-removed-preheader = Nobody can sign in with it any more.
passkey-removed-heading = A passkey was removed
passkey-removed-intro = On { DATETIME($at, dateStyle: "long", timeStyle: "short") } UTC a passkey was removed from your partner page. The link by mail goes on working.
passkey-removed-wrong = That was not you? Then open your partner page, end all sessions, and reply to this mail.
passkey-removed-button = Open my partner page

sign-in-link-subject = Your new sign-in link
sign-in-link-preheader = Here is the link that you asked for.
sign-in-link-heading = Here is your link
sign-in-link-intro = You asked for a new link to your partner page. Here it is.
sign-in-link-several-subject = Your new sign-in links
sign-in-link-several-preheader = Here are the links that you asked for.
sign-in-link-several-heading = Here are your links
sign-in-link-several-intro = You asked for new links to your partner pages. Here is one for each company.
sign-in-link-open = { $company ->
        [none] Open the partner page
       *[other] Open the page of { $company }
    }
sign-in-link-over = { $company ->
        [none] Open the closed partner page
       *[other] Open the closed page of { $company }
    }
sign-in-link-button = Open my partner page
sign-in-link-ignore = You didn’t ask for it? Then ignore this mail; nobody but you has the link.

correction-needed-subject = We need one more detail from you
correction-needed-preheader = Your application is waiting for a small correction.
correction-needed-heading = Nearly complete: please have another look
correction-needed-intro = We have looked at your application with interest. One thing keeps us from going on, and you can put it right in a few minutes:
correction-needed-fields = Please check:
correction-needed-button = Correct my application
correction-needed-next = As soon as your correction is in, we go on from where we stopped.

deadline-near-subject = { $waits_for ->
        [verification] Reminder: please confirm your mail address
        [agreement] Reminder: please accept the partner agreement
       *[correction] Reminder: please correct your application
    }
deadline-near-preheader = Please do it by { DATETIME($until, dateStyle: "long", timeStyle: "short") } UTC.
deadline-near-heading = { $waits_for ->
        [verification] Is this your address?
        [agreement] One last step is left
       *[correction] Your application is waiting for you
    }
deadline-near-intro = { $waits_for ->
        [verification] Someone applied for our partner programme with this address, and it is not confirmed yet. We only look at the application once it is.
        [agreement] We have approved the application of { $company }. All that is left is for you to read and accept the partner agreement; then we set up your access.
       *[correction] We asked you to correct something in your application, and have not heard from you since. Your page says what it is.
    }
deadline-near-next = Please do it by { DATETIME($until, dateStyle: "long", timeStyle: "short") } UTC. After that we close the application.
deadline-near-button = { $waits_for ->
        [verification] Confirm my address
        [agreement] Read and accept the agreement
       *[correction] Correct my application
    }
deadline-near-done = { $waits_for ->
        [verification] You didn’t apply? Then simply ignore this mail: nothing happens, and the application is deleted.
       *[other] You have done it already, or no longer want to become our partner? Then there is nothing you need to do. We will not remind you again.
    }

welcome-subject = Welcome aboard: your application is approved
welcome-preheader = One last step: read and accept the partner agreement.
welcome-heading = Welcome to the partner programme!
welcome-intro = Good news: we have approved the application of { $company }. We look forward to working with you.
welcome-next = One last step: please read the partner agreement and accept it. Right after that we set up your access, which usually takes only a few minutes.
welcome-button = Read and accept the agreement

rejected-subject = About your application
rejected-preheader = Unfortunately we cannot say yes this time.
rejected-heading = Thank you for your application
rejected-intro = Thank you for your interest and for the work that you put into your application. We have looked at it carefully, and unfortunately we cannot say yes this time.
rejected-reason = The reason:
rejected-next = This need not be the last word. When things have changed, you are welcome to apply again. If you think that we got something wrong, just reply to this mail.
rejected-button = Apply again

application-withdrawn-subject = You have withdrawn your application
application-withdrawn-preheader = We are no longer working on it.
application-withdrawn-heading = Your application is withdrawn
application-withdrawn-intro = You have withdrawn your application for our partner programme, and we are no longer working on it. If that was a mistake, or you change your mind, you may apply again at any time. That was not you? Then please reply to this mail.
application-withdrawn-button = Apply again

application-expired-subject = Your application is closed
application-expired-preheader = The deadline for the next step has passed.
application-expired-heading = The deadline has passed
application-expired-intro = We were waiting for you to take the next step, and the deadline for it has passed, so we have closed your application. If you still want to become our partner, you may apply again at any time.
application-expired-button = Apply again

access-ready-subject = Your access is ready
access-ready-preheader = See what you can use from today.
access-ready-heading = All set: you can start
access-ready-intro = Your company is now an active partner. This is what you can use from now on:
access-ready-colleague-intro = Your access at { $company } is ready. This is what you can use from now on:
access-ready-none-subject = { $company } is an active partner now
access-ready-none-preheader = There is nothing that you need to do.
access-ready-none-heading = Your company is an active partner
access-ready-none = Your company is now an active partner. There is nothing to set up for you at the moment; when that changes, we will let you know.
access-ready-waiting = Your company is now an active partner.
access-ready-sign-in = Sign in at { $url }
access-ready-first-cloud_sandbox = Your user name is as a rule your mail address; the first time, AWS sends you a one-time password by mail.
access-ready-first-analytics = For QuickSight you register once: your contact person gives you an address of your own for it.
access-ready-later = We are still working on this; you need not do anything:
access-ready-next = On your partner page you find the details of every product and how to sign in.
access-ready-colleague = Your contact person at { $company } can see the details of every product on the partner page.
access-ready-learning = To make a good start we would like to invite you to learn, at your own pace:
access-ready-button = Open my partner page

access-added-subject = More of your access is ready
access-added-preheader = See what you can use from today.
access-added-heading = There is more that you can use
access-added-intro = What we were still setting up for you is ready now:
access-added-next = On your partner page you find the details of every product and how to sign in.
access-added-button = Open my partner page

access-refused-subject = About your access
access-refused-preheader = Unfortunately we cannot give you this one.
access-refused-heading = We have decided about an access
access-refused-intro = Before we set this up, we look at each case. We have done so, and unfortunately we cannot give you this access now:
access-refused-reason = The reason:
access-refused-next = Nothing else of your access changes. Any questions? Just reply to this mail.
access-refused-button = Open my partner page

tier-changed-subject = Your tier in the partner programme has changed
tier-changed-preheader = What goes with it follows by itself.
tier-changed-heading = You have another tier
tier-changed-intro = We have changed the tier of { $company }. From now on it is:
tier-changed-reason = We wrote to it:
tier-changed-next = What goes with the tier is adapted by itself; when something new is ready, we write to you. On your partner page you see how far it is.
tier-changed-button = Open my partner page
tier-registered = Registered
tier-select = Select
tier-premier = Premier

suspended-subject = Your access is paused
suspended-preheader = Nothing is deleted. Here is the reason.
suspended-heading = Your access is paused
suspended-intro = We have paused the access of { $company }. Nothing is deleted: as soon as the matter is settled, you go on where you stopped.
suspended-reason = The reason:
suspended-next = Any questions? Just reply to this mail, and we look for a way together.

resumed-subject = Your access is back
resumed-preheader = Everything is where you left it.
resumed-heading = Welcome back!
resumed-intro = The access of { $company } is switched on again. You find everything where you left it.
resumed-next = Thank you for your patience.
resumed-button = Open my partner page

lease-expiring-subject = { $product }: your access ends on { DATETIME($until, dateStyle: "long") }
lease-expiring-preheader = If you need it longer, tell us in time.
lease-expiring-heading = Your access ends soon
lease-expiring-intro = Your access to “{ $product }” ends on { DATETIME($until, dateStyle: "long", timeStyle: "short") } UTC. Please save what you want to keep.
lease-expiring-next = You need it longer? Ask for more time on your partner page.
lease-expiring-button = Open my partner page

lease-expired-subject = { $product }: your access has ended
lease-expired-preheader = Nothing is deleted yet.
lease-expired-heading = The time of your access is over
lease-expired-intro = The agreed time of “{ $product }” is over, and we have begun to switch it off. Nothing is deleted until { DATETIME($until, dateStyle: "long", timeStyle: "short") } UTC.
lease-expired-next = You still need it? Reply to this mail before that day, and we look at it together.
lease-expired-button = Open my partner page

lease-renewed-subject = { $product }: more time, until { DATETIME($until, dateStyle: "long") }
lease-renewed-preheader = Nothing is deleted before that day.
lease-renewed-heading = You have more time
lease-renewed-intro = Your access to “{ $product }” now lasts until { DATETIME($until, dateStyle: "long", timeStyle: "short") } UTC.
lease-renewed-next = If only the end of its time had switched it off, it comes back by itself within a few minutes.
lease-renewed-button = Open my partner page

request-approved-subject = Your request is approved
request-approved-preheader = What you asked for is on its way.
request-approved-heading = Your request is approved
request-approved-intro = Good news: we have approved what you asked for.
request-approved-reason = We wrote to it:
request-approved-next = On your partner page you see how far it is.
request-approved-button = Open my partner page

request-refused-subject = About your request
request-refused-preheader = Unfortunately we cannot say yes this time.
request-refused-heading = About your request
request-refused-intro = We have looked at what you asked for, and unfortunately we cannot say yes this time.
request-refused-reason = The reason:
request-refused-next = Any questions? Just reply to this mail.
request-refused-button = Open my partner page

request-more_time = More time for an access
request-product = Another product
request-competence = Another competence
request-company = Other facts of your company
competence-cloud = Cloud
competence-data = Data
competence-crm = CRM
competence-iot = IoT
competence-security = Security
competence-ai = Artificial intelligence
competence-edge = Edge
competence-training = Training
budget-warned-subject = { $product }: { $percent } percent of this month’s budget is spent
budget-warned-preheader = Please have a look at what is running.
budget-warned-heading = The budget of this month runs low
budget-warned-intro = In “{ $product }”, { NUMBER($spent_usd, minimumFractionDigits: 2, maximumFractionDigits: 2) } of { NUMBER($budget_usd, minimumFractionDigits: 2, maximumFractionDigits: 2) } USD are spent this month. We estimate this from what is running, since bills come later. When the budget is spent, we switch the access off.
budget-warned-next = Please stop what you don’t need. You need more? Just reply to this mail.
budget-warned-button = Open my partner page

budget-exceeded-subject = { $product }: this month’s budget is spent
budget-exceeded-preheader = We are switching the access off. Nothing is deleted.
budget-exceeded-heading = The budget of this month is spent
budget-exceeded-intro = In “{ $product }”, { NUMBER($spent_usd, minimumFractionDigits: 2, maximumFractionDigits: 2) } of { NUMBER($budget_usd, minimumFractionDigits: 2, maximumFractionDigits: 2) } USD are spent this month. So that it does not get more, we are switching the access off. Nothing is deleted.
budget-exceeded-next = You need it this month? Reply to this mail, and we look at it together.
budget-exceeded-button = Open my partner page

offboarding-started-subject = We are ending the partnership
offboarding-started-preheader = Your access is being removed. Here is the reason.
offboarding-started-heading = The partnership ends
offboarding-started-intro = We are ending the partnership with { $company }. All access is being removed, with everything in it.
offboarding-started-reason = The reason:
offboarding-started-next = Once everything is removed, we write to you again. Any questions? Just reply to this mail.

goodbye-subject = Goodbye, and thank you
goodbye-preheader = Your access has been taken down completely.
goodbye-heading = Thank you for the time together
goodbye-intro = The partnership with { $company } has ended, and we have taken down everything that we had set up for you: accounts, access and keys.
goodbye-colleague = The partnership with { $company } has ended. What you had through this company has ended with it: sign-ins, seats, user accounts and open invitations to learning paths.
goodbye-colleague-next = What you have through another company stays. We enjoyed working with you.
goodbye-next = We enjoyed working with you. Should our ways cross again, you are welcome at any time.

invitation-subject = { $count ->
        [one] Your invitation: { $title }
       *[other] Your invitations: { $title } and more
    }
invitation-preheader = Learning that goes with your new access, at your own pace.
invitation-heading = Would you like to learn with us?
invitation-intro = { $count ->
        [one] This learning path goes well with what your company now uses, and we would like to invite you personally:
       *[other] These learning paths go well with what your company now uses, and we would like to invite you personally:
    }

offer-hours = { $hours ->
        [one] About one hour, at your own pace.
       *[other] About { $hours } hours, at your own pace.
    }
offer-button = Invitation to “{ $title }”
offer-until = This personal link is open until { DATETIME($until, dateStyle: "long", timeStyle: "short") } UTC.

portal-sign-in-subject = Your link to the event portal
portal-sign-in-preheader = Here is the link that you asked for.
portal-sign-in-heading = Here is your link
portal-sign-in-intro = You asked for a link to the event portal{ $integrator ->
        [none] {""}
       *[other] {" "}of { $integrator }
    }. Here it is.
portal-sign-in-button = Open the portal
portal-sign-in-ignore = You didn’t ask for it? Then ignore this mail; nobody but you has the link.

endpoint-failing-subject = Your endpoint at { $host } takes no events
endpoint-failing-preheader = It is disabled if that goes on. Here is what to do.
endpoint-failing-heading = Your endpoint takes no events
endpoint-failing-intro = Since { DATETIME($since, dateStyle: "long", timeStyle: "short") } UTC your endpoint at { $host } has taken nothing that we sent. If that goes on, we disable it on { DATETIME($end, dateStyle: "long", timeStyle: "short") } UTC.
endpoint-failing-next = See in the portal what it answered, put it right, and send a test event. With the first delivery that it takes, all is well again. No event is lost: what waits is sent as soon as it takes events.
endpoint-failing-button = See what it answered

endpoint-disabled-subject = Your endpoint at { $host } is disabled
endpoint-disabled-preheader = Its events wait. Here is what to do.
endpoint-disabled-heading = Your endpoint is disabled
endpoint-disabled-intro = { $reason ->
        [gone] Your endpoint at { $host } answered 410 (gone), so we send nothing there any more.
       *[other] Your endpoint at { $host } has taken nothing for days, so we send nothing there any more.
    }
endpoint-disabled-next = Its events wait for it, for 30 days at most. When it takes events again, enable it in the portal: what waited is then sent. If you need it no longer, delete it there.
endpoint-disabled-button = Look at the endpoint

product-cloud_sandbox = Cloud sandbox
product-cloud_sandbox-about = your own cloud account to try things out safely
product-analytics = Analytics
product-analytics-about = query and show your data
product-crm = CRM
product-crm-about = customers, contacts and opportunities in one place
product-iot = IoT
product-iot-about = connect your first gateway

field-legal_name = Legal name of the company
field-registration_number = Registration number
field-country = Country
field-website = Website
field-contact = Contact person
field-partner_type = Type of partner
field-competences = Competences
field-products_wanted = Products wanted
field-expected_benefits = Expected benefits
field-language = Language
field-members = Members
