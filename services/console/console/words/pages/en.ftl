# The words of the console.
console-brand = Gangway console
console-footer = Gangway console – for the people who run the partner programme
error-text = { $status ->
    [401] Please sign in again.
    [403] Your role does not allow this, or it came from another site.
    [404] There is no such page.
   *[other] The services could not do this. Nothing is known to be lost.
}
error-mark = Error

sign-in-title = Sign in
sign-in-text = The console shows what waits for the ops team. It acts with your own rights and no others.
sign-in-button = Sign in with your work account
sign-in-over = Your session has ended. Sign in again to go on where you were.
sign-in-failed = The sign-in failed
sign-in-again = Try again
sign-out = Sign out

nav-label = Console
nav-home = What waits
nav-partners = Partners
nav-reviews = Reviews
nav-grants = Grants
nav-mails = Mails
nav-dead-letters = Dead letters
nav-lanes = Lanes
nav-holes = Holes
nav-audit = Audit

home-title = What waits for us
home-events = Events between the services
waiting-reviews = Applications to review
waiting-failed-grants = Failed grants
waiting-stuck-steps = Stuck steps of other grants
waiting-failed-messages = Failed mails
waiting-dead-letters = Dead letters
waiting-parked-lanes = Parked lanes
waiting-holes = Holes
waiting-oldest = oldest { $age }
waiting-nothing = nothing waits
waiting-unknown = { $service } does not answer
waiting-no-answer = no answer
unanswered = Not everything is shown.
none = none

age-days = { $count ->
    [one] { $count } day
   *[other] { $count } days
}
age-hours = { $count ->
    [one] { $count } hour
   *[other] { $count } hours
}
age-minutes = { $count ->
    [one] { $count } minute
   *[other] { $count } minutes
}
age-now = a moment

find-label = Search
find-hint = Company, registration number, contact, or any id
find-button = Search
filter-button = Show
every-state = all states
every-service = all services
export-csv = Export as CSV
paging = Pages
paging-first = First page
paging-next = Next page
paging-next-of = Next page of { $service }

column-accepted = Accepted
column-acts = Actions
column-attempts = Attempts
column-cause = Cause
column-code = Code
column-company = Company
column-country = Country
column-deadline = Deadline
column-did = Action
column-event = Event
column-events = Waiting events
column-expires = Expires
column-findings = Why a person has to decide
column-id = Id
column-kind = Kind
column-member = Person
column-next-try = Next try
column-outcome = Outcome
column-partner = Partner
column-path = Learning path
column-planned = Planned
column-product = Product
column-progress = Progress
column-sent = Sent
column-service = Service
column-since = Since
column-state = State
column-step = Step
column-target = On what
column-tier = Tier
column-topic = Topic
column-type = Kind
column-waiting = Waiting
column-when = When (UTC)
column-who = Who
column-why = Why

partners-title = Partners
partners-none = No partner fits.
partner-for = for { $age }
partner-deadline = deadline { $at } UTC
partner-acts = Actions
partner-profile = Application
partner-decision = Decision
partner-correction = To be corrected
partner-agreement = Agreement
partner-agreement-accepted = Version { $version } ({ $language }), accepted
partner-people = People
partner-contact = Contact
partner-declined = { $count ->
    [one] { $count } named person declined.
   *[other] { $count } named people declined.
}
partner-findings = Findings
partner-grants = Products
partner-mails = Mails
partner-invitations = Invitations
partner-timeline = Timeline
partner-state = State
partner-since = Since (UTC)
partner-tier = Tier
partner-products = Products
person-hidden = hidden

fact-registration = Registration
fact-website = Website
fact-type = Kind
fact-competences = Competences
fact-wishes = Products wanted
fact-benefits = Expects
fact-language = Language
fact-applied = Applied (UTC)

grant-required = required
grant-waived-because = Waived:
grant-waived = waived
grant-steps = { $count ->
    [one] { $count } step
   *[other] { $count } steps
}
grant-partner = Partner
grant-state = State
grant-cause = Cause
step-frozen = frozen
step-stuck = stuck
cause-waits = It waits for you.
cause-next-try = Next try { $at } UTC.
grants-title = Grants
grants-stuck = only with a stuck step
grants-none = No grant fits.

mails-title = Failed mails
mails-none = No mail has failed.

reviews-title = Applications to review
reviews-none = Nobody waits for a decision.
reviews-begin = Begin with the one that waits longest
review-open = Review
review-title = Review { $name }
review-whole = whole page
review-next = Skip to the next one
review-application = This application
review-similar = May be the same company
review-similar-former = Was here before
review-more-similar = Others that look alike
review-no-similar = No other partner looks like this company.

letters-title = Dead letters
letters-text = Events that a service could not handle as they came. Its cause says why; once that is mended, replay it.
letters-none = No dead letter fits.
letters-back = All dead letters of this service
letter-title = Dead letter
letter-event-id = Event id
letter-number = Number
letter-place = Place in the topic
letter-replays = Replays
letter-settled = Settled
letter-headers = Headers
letter-value = Value
letter-service = Service
letter-topic = Topic
letter-subject = Partner
letter-status = State
letter-cause = Cause
letter-waiting = waiting
letter-replayed = replayed
letter-discarded = discarded

lanes-title = Parked lanes
lanes-text = An event could not be handled yet, and those of the same partner behind it wait. A lane is tried again by itself.
lanes-none = No lane is parked.
holes-title = Holes
holes-text = Numbers that a service jumped over and that have not come since. Have their sender send them again first.
holes-none = There are no holes.
hole-numbers = Missing numbers

audit-title = Who did what
audit-text = Every action of an operator with its reason, and every look at hidden data, in all services.
audit-from = From (UTC)
audit-to = Before (UTC)
audit-trace = trace
audit-none = No action fits.

act-effects = What will happen
act-reason = Reason
act-message = Message
act-cancel = Cancel
act-missing-reason = Say why: it is kept beside the action.
act-missing-tier = Choose a tier.
act-missing-fields = Choose at least one field.
act-choose-tier = Tier
act-choose-fields = To be corrected
act-other-than = This is another company, although it has the same registration number as
act-meanwhile = This is no longer possible: the partner is “{ $state }” now.
act-meanwhile-decided = Somebody was quicker: the partner is “{ $state }” now. { $by } decided on { $at } UTC:
act-came-to = It was tried and failed again: { $outcome }
act-approve = Approve
    .effects = The company becomes a partner. The contact gets a mail with the agreement; once it is accepted, products of this tier are made. Named people are asked to confirm.
    .reader = The partner may read it.
    .done = Approved.
act-ask = Ask for correction
    .effects = The application goes back to the applicant by mail, with your message and a form for these fields. Corrected, it comes back to the queue; without an answer it ends at the deadline.
    .reader = The applicant reads it.
    .done = The applicant was asked.
act-reject = Reject
    .effects = The application ends, and the applicant gets a mail with the reason. This is final; the company may apply again.
    .reader = The applicant reads it.
    .done = Rejected.
act-suspend = Suspend
    .effects = All access is switched off in AWS, CRM, analytics and IoT, for everybody of this partner. Nothing is destroyed. The contact gets a mail with the reason.
    .reader = The partner reads it.
    .done = Suspended. Access is being switched off.
act-resume = Resume
    .effects = All access is switched on again as it was. The contact gets a mail.
    .reader = The partner may read it.
    .done = Resumed. Access is being switched on.
act-offboard = End the partnership
    .effects = All access is taken away and everything made for this partner outside is undone: accounts, seats, devices, data in them. This is final.
    .reader = The partner reads it.
    .done = Offboarding has begun.
act-publish-state = Publish snapshot
    .effects = The present snapshot of this partner is sent once more to partner.state.v1. Its readers take it for the newest. Nothing else changes.
    .reader = Only operators read it.
    .done = The snapshot will be sent.
act-see-people = Show people
    .effects = Names and mail addresses of this partner's people are shown to you once. The look is kept in the operators' log, with your name and the reason.
    .reader = Only operators read it. Name nobody.
    .done = People are shown this once. The look was noted.
act-retry-grant = Try again
    .effects = The step that failed is tried once more now, from where it stood, with all its attempts.
    .reader = Only operators read it.
    .done = It is tried now.
act-waive-grant = Waive
    .effects = The partner goes on without this product, for good. What was made of it is undone. An activation that waited for it goes on.
    .reader = The partner may read it.
    .done = Waived.
act-release-credentials = Replace the key
    .effects = Key and certificate of the device are replaced, and the partner may collect the new key once. Devices with the old certificate are cut off.
    .reader = Only operators read it.
    .done = A new key is being made.
act-retry-mail = Send again
    .effects = The mail is tried again with all its attempts, to the same person. Do it once the address or the mail server is right again.
    .reader = Only operators read it.
    .done = The mail is on its way again.
act-replay-letter = Replay
    .effects = The service handles the event once more, now. It looks at the present state, so a late event does no harm. If it fails again, the dead letter stays.
    .reader = Only operators read it.
    .done = Replayed.
act-discard-letter = Discard
    .effects = The event is given up for good: its effect never happens. The dead letter stays readable until it is cleaned up.
    .reader = Only operators read it.
    .done = Discarded.
act-see-letter = Show bytes
    .effects = Headers and bytes of the event are shown to you once; they may tell about people. The look is kept in the operators' log.
    .reader = Only operators read it. Name nobody.
    .done = The bytes are shown this once. The look was noted.
act-release-lane = Try now
    .effects = The service tries the first event of this lane now, whatever its backoff.
    .reader = Only operators read it.
    .done = The lane is tried now.
act-set-aside = Set first event aside
    .effects = The event that blocks the lane becomes a dead letter, and those behind it go on. What it said is missing until it is replayed.
    .reader = Only operators read it.
    .done = The event is a dead letter now.
act-close-hole = Close hole
    .effects = The missing events are given up: should they come after all, they count as seen. Have their sender send them again first.
    .reader = Only operators read it.
    .done = The hole is closed.

state-applied = applied
state-email-verified = mail confirmed
state-in-review = in review
state-action-required = correction asked
state-approved = approved
state-agreement-accepted = agreement accepted
state-provisioning = products being made
state-active = active
state-suspended = suspended
state-offboarding = leaving
state-offboarded = left
state-rejected = rejected
state-withdrawn = withdrawn
state-expired = expired
tier-registered = Registered
tier-select = Select
tier-premier = Premier
type-reseller = reseller
type-system-integrator = system integrator
type-software-vendor = software vendor
type-machine-builder = machine builder
type-consultancy = consultancy
type-training-provider = training provider
product-cloud-sandbox = Cloud sandbox
product-analytics = Analytics
product-crm = CRM
product-iot = IoT
grant-planned = planned
grant-provisioning = being made
grant-granted = granted
grant-failed = failed
grant-frozen = switched off
grant-revoking = being undone
grant-revoked = undone
grant-cancelled = cancelled
message-planned = planned
message-sending = being sent
message-sent = sent
message-failed = failed
message-cancelled = cancelled
invitation-planned = planned
invitation-sent = sent
invitation-accepted = accepted
invitation-expired = expired
invitation-cancelled = cancelled
mail-verify-email = Confirm the address
mail-confirm-membership = Confirm the membership
mail-sign-in-link = Sign-in link
mail-correction-needed = Correction needed
mail-welcome = Welcome
mail-rejected = Rejection
mail-access-ready = Access is ready
mail-suspended = Suspension
mail-resumed = Resumption
mail-goodbye = Goodbye
mail-invitation = Learning invitation
field-legal-name = legal name
field-registration-number = registration number
field-country = country
field-website = website
field-partner-type = kind of partner
field-competences = competences
field-products-wanted = products wanted
field-expected-benefits = expected benefits
field-language = language
field-members = people
trait-registration-number = same registration number
trait-mail-domain = same mail domain
trait-website = same website
trait-contact = same contact
trait-member = same person
trait-legal-name = same name
role-viewer = viewer
role-reviewer = reviewer
role-operator = operator
role-admin = admin
standing-confirmed = confirmed
