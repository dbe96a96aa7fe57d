# The pages for applicants and partners.
start-title = Become a partner
start-lead = Tell us about your company and what you want to build. You get your own cloud sandbox, analytics, CRM and IoT access, and learning paths for your team.
start-apply = Apply now
start-new-link = Send me a new link
start-status = Go to my status

station-verify = Apply and verify your email address
station-review = We review your application
station-agreement = You accept the agreement
station-access = We set up your access
station-active = You start building
station-done = done

apply-title = Apply as a partner
apply-lead = Six short steps, about five minutes. All fields are required unless marked optional.
apply-contact =
    .hint = You are the contact for your company, and we will write to you. Use a company email address: we will send a link to verify it.
apply-privacy = We use these details only to decide on the partnership and to set up access for the people you name.
apply-send = Submit application
apply-sent-before = You have already submitted this form with different details, and we have received that application. Please check your inbox. Submit the form again only if you want to apply with these details as well.
apply-send-again = Nothing has been submitted yet. Please check the form and submit it again.
apply-under-way = We are already processing your application. Please submit the form again; this will not create a second application.

step-company = Your company
step-register = Registration and website
step-wishes = Your plans
step-contact = You
step-people = Team members
step-check = Check your answers

form-step = Step { $place } of { $count }
form-back = Back
form-next = Continue
form-change = Change
form-nothing = Not provided
form-nobody = Nobody else
form-legal-name = Registered company name
form-registration-number = Registration number
    .hint = As shown in your country’s company register.
form-country = Country
    .hint = Where your company is registered.
form-website = Website
    .hint = For example www.example.com
form-partner-type = Type of company
form-competences = What are your areas of expertise?
form-products = Which products do you want to use?
form-several = Select all that apply, or none.
form-benefits = What do you hope to gain from the partnership?
    .hint = Describe your goals in a few sentences.
form-language = Language
    .hint = For the company and our emails to you.
form-mail-language = Language for emails
form-same-language = Same as the company
form-given-name = First name
form-family-name = Last name
form-email = Email address
form-members = Team members
    .hint = Colleagues who need access and learning paths too. We will email each of them for confirmation first. You can skip this step.
form-member = Person { $number }
form-add-member = Add a person
form-remove = Remove
form-optional = (optional)
form-choose = Please choose
form-field = Field
form-wrong-title = { $count ->
    [one] There is a problem with one answer
   *[other] There are problems with { $count } answers
}

# What stands under the number of each register that is known.
register-hint = { $about } For example, { $example }.
register-AT = The number in the Firmenbuch, digits and a letter.
register-AU = Nine digits; your 11-digit ABN is also accepted.
register-BE = The ten digits of the enterprise number.
register-BG = The nine digits of the commercial register.
register-BR = The 14 digits of your company number.
register-CH = The UID from the commercial register.
register-CY = HE and the digits of the Registrar of Companies.
register-CZ = The eight digits of your company number.
register-DE = Include the court, as each court has its own numbering.
register-DK = The eight digits of the CVR.
register-EE = The eight digits of the business register.
register-ES = One letter and the digits of your company’s NIF.
register-FI = Seven digits and a check digit.
register-FR = Nine digits; a SIRET is also accepted.
register-GB = As shown at Companies House: eight digits, or two letters and six digits.
register-GR = The 12 digits from the commercial register; a nine-digit ΑΦΜ is also accepted.
register-HR = The 11 digits of your company number.
register-HU = The ten digits from the commercial register; a tax number is also accepted.
register-IE = The digits from the Companies Registration Office.
register-IS = The ten digits of your company number.
register-IT = 11 digits, as in the Registro delle imprese; an REA number is also accepted.
register-JP = The 13 digits of your corporate number.
register-LI = FL and 11 digits.
register-LT = The nine digits of your company number.
register-LU = A letter and digits.
register-LV = The 11 digits of your company number.
register-MT = C and the digits from the Malta Business Registry.
register-NL = The eight digits from the Kamer van Koophandel.
register-NO = The nine digits from Brønnøysund.
register-PL = KRS and ten digits; a NIP or REGON is also accepted.
register-PT = The nine digits of your company number.
register-RO = The digits of your company number; a Registrul Comerțului number is also accepted.
register-SE = The ten digits from Bolagsverket.
register-SI = Seven digits, or ten with the unit.
register-SK = The eight digits of your company number.

wrong-missing = This field is required.
wrong-long = This is too long.
wrong-too-many = You can add at most { $most } people here.
wrong-choice = Please select an option from the list.
wrong-signs = This contains characters that are not allowed.
wrong-same-address = Someone else already has this email address.
wrong-no-letters = This must contain letters or digits.
wrong-registration = This number is not valid: the check digit does not match. Please compare it with the register.
wrong-international = We cannot send email to addresses with letters such as ö or é before the @. Please enter a different one.
wrong-ip-address = This is an IP address. Please enter a domain name.
wrong-email = Enter a valid email address.
wrong-website = Enter a valid website address that starts with https.
wrong-accept = Tick the box to accept the agreement.
wrong-other = Please check this.

type-reseller = Reseller
type-system-integrator = System integrator
type-software-vendor = Software vendor
type-machine-builder = Machine builder
type-consultancy = Consultancy
type-training-provider = Training provider
competence-cloud = Cloud
competence-data = Data
competence-crm = CRM
competence-iot = IoT
competence-security = Security
competence-ai = Artificial intelligence
competence-edge = Edge computing
competence-training = Training
product-cloud-sandbox = Cloud sandbox
product-analytics = Analytics
product-crm = CRM
product-iot = IoT

mail-title = Check your email
mail-lead = We have received your application. To continue, open the link in the email we sent you.
mail-lead-to = We have received your application. To continue, open the link in the email we are sending to
mail-wrong-address = Is the address wrong?
mail-right-address = Correct email address
    .hint = We will send a new link there, and the first one will stop working.
mail-another = You have since sent another application from this browser, and this page is now about that one. The address you just entered was not saved for either. If the first application has a wrong address, send it again.
mail-send-there = Send the link
mail-nothing = No email after a few minutes? Check your spam folder. If we have emailed this address recently, the next email may take longer.

too-often-minutes = { $minutes ->
    [one] Too many requests. Please try again in a minute. Nothing you entered is lost.
   *[other] Too many requests. Please try again in { $minutes } minutes. Nothing you entered is lost.
}
too-often-hours = Too many requests. Please try again in { $hours } hours. Nothing you entered is lost.

link-verify-title = Verify your email address
link-verify-text = Confirm that this address is yours, and we will review your application.
link-verify-button = Yes, this is my address
link-sign-in-title = Welcome back
link-sign-in-text = Continue to your partner page. This link works only once.
link-sign-in-button = Continue
link-not-you = If you did not request this, you can close this page.
link-expired = This link has expired
link-used = This link has already been used
link-invalid = This link does not work
link-refused = Links work only once and for a limited time. Request a new one with the email address from your application.
    .membership = Links work only once and for a limited time. If you have not responded yet, ask the person who added you to have the email sent again.

membership-title = Are you part of this company?
membership-named = { $contact } added you as a member of { $company }, one of our partners.
membership-data = The details we were given
membership-name = Name
membership-means = If this is correct, you will get
membership-cloud-sandbox = access to the company’s cloud sandbox; AWS will send you an invitation to set a password
membership-analytics = a seat in the company’s analytics
membership-crm = your own CRM user account
membership-learning = invitations to learning paths, which you can turn off at any time
membership-over = This company is not accepting new members at the moment. If this is not correct, you can still tell us, and we will delete your name and address.
membership-yes = Yes, this is correct
membership-no = No, this is not correct
    .hint = If this is not correct, we will delete your name and address, and will only contact you if someone adds you again. If you do nothing, nothing will be set up for you.
membership-confirmed = Thank you, you are now a member
    .next = We will email you when your access at { $company } is ready.
membership-declined = Thank you for letting us know
    .next = We have deleted your name and address, and nothing was set up for you.

new-link-title = Send me a new link
new-link-lead = Enter the email address from your application, and we will send you a sign-in link.
new-link-unsent = You are no longer signed in, so your changes were not saved. Sign in again, then resubmit them.
new-link-another = You have meanwhile signed in for another company in this browser, so what you just sent was not saved for either. To continue with the first one, request a new link.
new-link-cookies = Your browser did not keep the cookie that signs you in. Allow cookies for this site, then request a new link: each one works only once.
new-link-handed-over = You have handed over the contact role and have been signed out. The new contact will get an email with a link. You are still a member of the company and keep your access.
new-link-button = Send the link
new-link-sent = If we recognise this address, we have sent an email with a new link.
new-link-nothing = No email after a few minutes? Check your spam folder, or try another address you may have used.

status-title = Your partnership
status-next = What to do next
status-reason = Reason:
status-deadline = Please do this by { DATETIME($date, dateStyle: "long", timeStyle: "short") } UTC ({ $left }).
status-way = Your progress
status-ways-in = How to sign in
status-sign-in = Sign in
status-people-sign-in = See how each person signs in, and who has signed in
status-devices = Your devices: add, remove or collect keys
status-collect = Collect your gateway key
status-products = Your products
status-partnership = About your partnership
status-tier = Tier
status-agreement = Agreement
status-contact = Contact
status-questions = Questions? Contact
status-reply = You can reply to any of our emails.
status-people = Your team
person-contact = contact for the company
person-confirmed = member since { DATETIME($at, dateStyle: "long") }
person-asked = invited on { DATETIME($at, dateStyle: "long") }, no response yet
person-named = will be invited by email
person-ask-again = Resend invitation
person-change = Remove or hand over
person-remove = Remove this person
    .means = They lose access to every product through your company, including sign-ins, seats and user accounts, and we will email them to say so. Access through other companies is not affected. If you add them again, they will need to confirm again.
    .named = They have not responded yet. The link in our email will stop working.
    .button = Remove { $name }
person-contact-change = Hand over to this person
    .means = They become the contact for your company in your place: they sign in here, and we write to them. You will be signed out and remain a member.
    .button = Make { $name } the contact
people-manage = Add or remove people
people-back = Back to your team
people-add = Add a person
    .hint = We will email them to confirm that they are part of your company. They get access once they confirm.
    .button = Add and invite
people-too-many-people = You have reached the maximum number of people for a partner.
people-takes-no-changes = You can add and remove people only between approval and the end of the partnership.
people-contact-stays = You cannot remove the contact. Hand over the role to another person first.
people-not-confirmed = Only people who have confirmed that they are part of your company can become its contact.
people-not-a-member = This person is no longer a member of your company, so the role was not handed over.
people-declined = { $count ->
    [one] One person you added said that this is not correct. We have deleted their details.
   *[other] { $count } people you added said that this is not correct. We have deleted their details.
}
status-timeline = Activity
    .hint = Newest first, times in UTC.
status-times = { $times } times
status-sign-out = Sign out

# One sentence and at most one button for each state.
next-applied = Open the link in the email we sent you. You can also request a new one.
    .button = Send me a new link
next-email-verified = You do not need to do anything. We will email you when we have made a decision.
    .button = Refresh
next-in-review = You do not need to do anything. We will email you when we have made a decision.
    .button = Refresh
next-action-required = Please correct your application. Here is our message to you:
    .button = Correct your application
next-rejected = If your circumstances change, you can apply again.
    .button = Apply again
next-approved = Please read and accept the partner agreement. We will then set up your access.
    .button = Read and accept the agreement
next-agreement-accepted = You do not need to do anything. We will email you when your access is ready, usually within minutes.
    .button = Refresh
next-provisioning = You do not need to do anything. We will email you when everything is ready; you can already use what is ready now.
    .button = Refresh
next-active = You can start now. See below how to sign in to each product.
next-active-without = There is nothing to sign in to at the moment. We will email you when that changes.
next-suspended = Please contact us so we can find a solution. Until then, your team cannot sign in.
next-offboarding = You do not need to do anything. We will email you when everything has been removed.
    .button = Refresh
next-offboarded = If you want to come back, you can apply again.
    .button = Apply again
next-withdrawn = If you change your mind, you can apply again.
    .button = Apply again
next-expired = If you still want to become a partner, please apply again.
    .button = Apply again

state-applied = Please open the link in the email we sent you.
state-email-verified = Thank you, your email address is verified. We are reviewing your application.
state-in-review = We are reviewing your application.
state-action-required = Your application needs a correction.
state-rejected = We could not accept your application.
state-approved = Welcome! Your application has been approved.
state-agreement-accepted = Thank you. We are preparing your access.
state-provisioning = Your access is being set up.
state-active = You are our partner.
state-suspended = Your partnership is suspended. Your access is switched off, but nothing has been deleted.
state-offboarding = Your partnership is ending. Your access is being removed.
state-offboarded = Your partnership has ended. All access has been removed.
state-withdrawn = You have withdrawn your application.
state-expired = The deadline for this step has passed.

grant-planned = planned
grant-provisioning = being set up
grant-granted = ready
grant-failed = not working yet
grant-waived = waived
grant-frozen = switched off
grant-revoked = removed
grant-leaving = being removed
grant-until = Until { DATETIME($at, dateStyle: "long", timeStyle: "short") } UTC ({ $left }).
grant-expired = Expired on { DATETIME($at, dateStyle: "long", timeStyle: "short") } UTC.
grant-retry = We will retry automatically.
grant-retry-at = We will retry automatically at { DATETIME($at, timeStyle: "short") } UTC.
grant-stuck = Our team has been notified and is working on it.
grant-said = Message from the system:

day = { DATETIME($at, dateStyle: "long") }
time = { DATETIME($at, timeStyle: "short") }

begin-cloud_sandbox = Each person signs in at the address below with their user name, usually their email address. The first time, AWS emails them a one-time password.
begin-analytics = Select this workgroup and database in Amazon Athena. In QuickSight, each person has a seat and registers once with a personal link, which you can find below.
begin-crm = Each person has their own user account in this group, under their email address.
begin-iot = Collect the key for your first gateway, install it on the device, and connect to the address below.

identifier-sign_in_url = Sign in at
identifier-account_id = AWS account
identifier-role_arn = Role in the account
identifier-workgroup = Athena workgroup
identifier-database = Database
identifier-region = AWS region
identifier-group = CRM group
identifier-group_id = Group ID
identifier-user_count = Users
identifier-endpoint = Devices connect to
identifier-topic_root = Topic prefix
identifier-thing_name = First gateway
identifier-device_quota = Maximum number of devices
identifier-thing_group = Thing group
identifier-certificate_id = Certificate

cause-aws = AWS could not process our request.
cause-aws_unreachable = AWS is not responding.
cause-aws_throttling = AWS is limiting our requests.
cause-aws_too_many_requests = AWS is limiting our requests.
cause-account = Your AWS account could not be created yet.
cause-account_under_way = AWS is still creating your account.
cause-account_not_ready = Your AWS account is not ready yet.
cause-identity = Sign-in to AWS could not be set up.
cause-assignment = Sign-in to AWS could not be set up yet.
cause-crm = The CRM could not process our request.
cause-crm_unreachable = The CRM is not responding.
cause-crm_throttled = The CRM is limiting our requests.
cause-crm_ill = The CRM has reported an error.
cause-other = A step failed.

correction-title = Correct your application
correction-lead = Here is our message to you:
correction-send = Submit correction
back-to-status = Back to status

agreement-title = Partner agreement
agreement-version = Version { $version }
agreement-accept = I have read the agreement and accept it on behalf of my company.
agreement-button = Accept
agreement-was-accepted = Accepted by { $by } on { DATETIME($at, dateStyle: "long", timeStyle: "short") } UTC.
agreement-not-kept = The text of this version is no longer available here. Please contact us for a copy.
agreement-digest = SHA-256 of the accepted text:
agreement-read = Read the agreement you accepted
agreement-changed = The agreement has changed since you opened it. Please read the new version.

leaving-reason = Would you like to tell us why?
withdraw-title = Withdraw your application
withdraw-text = We will stop processing your application. You can apply again at any time.
withdraw-button = Withdraw
leave-title = End your partnership
leave-text = All access will be removed, including the cloud sandbox and everything in it. This cannot be undone.
leave-button = End the partnership and remove everything
leave-no-reason = The partner gave no reason.

requests-title = New request
requests-before = Your requests
request-wish = What would you like to request?
request-days-label = How much more time?
    .hint = Only if you are requesting more time.
request-so-many-days = { $days ->
    [one] 1 day
   *[other] { $days } days
}
request-reason = What do you need it for?
    .hint = A short explanation helps us decide quickly.
request-days = { $product }, { $days ->
    [one] 1 more day
   *[other] { $days } more days
}
request-button = Submit request
request-withdraw = Withdraw
request-asked = Requested on { DATETIME($at, dateStyle: "long", timeStyle: "short") } UTC.
request-decided = Decided on { DATETIME($at, dateStyle: "long", timeStyle: "short") } UTC:
wish-more-time = More time: { $name }
wish-product = Product: { $name }
wish-competence = Competence: { $name }
request-kind-more-time = More time
request-kind-product = Another product
request-kind-competence = Another competence
request-kind-company = Change to company details
request-is-asked = being checked
request-is-waiting = waiting for a decision
request-is-approved = approved, in progress
request-is-done = done
request-is-refused = not approved
request-is-withdrawn = withdrawn
request-refused-request-open = You have already requested this; see below.
request-refused-too-many-requests = You have reached today’s limit for requests. Please try again tomorrow.
request-refused-no-lease = This access has no end date to extend.
request-refused-product-there = You already have this product.
request-refused-competence-there = This competence is already in your profile.
profile-title = Edit company details
profile-reviewed = Name, registration number and type
    .hint = We review changes to these before they take effect. Until then, the current details apply.
profile-waiting = We are reviewing this change:
    .link = View its progress or withdraw it
profile-reason = Why are you making this change?
profile-button = Save
status-more-time = Request more time
status-spent = You have used { $percent }% of this month’s budget: { $spent } of { $budget } USD at our last notification.
status-spent-now = View current spend
status-more = Request more time, another product or another competence
status-profile = Company
agreement-download = Download
learning-title = Your team’s learning
learning-none = Nobody has been invited to a learning path yet.
learning-nobody = Former member
learning-sent = invited on { DATETIME($at, dateStyle: "long") }
learning-accepted = accepted on { DATETIME($at, dateStyle: "long") }
learning-expired = invitation expired on { DATETIME($at, dateStyle: "long") }
learning-started = started on { DATETIME($at, dateStyle: "long") }
learning-completed = completed on { DATETIME($at, dateStyle: "long") }
status-write-in = Email me in { $language }
status-learning = Learning
status-sharing = Who receives your data
status-export = Download all data (JSON)
sessions-title = Where you are signed in
sessions-lead = If you do not recognise a session, end it. On our other pages, this takes effect within ten minutes.
sessions-program = A program
sessions-since = since { DATETIME($at, dateStyle: "long", timeStyle: "short") } UTC
sessions-this = this browser
sessions-end = End
sessions-end-all = End all, including this one

passkeys-title = Passkeys
passkeys-lead = Passkeys let you sign in with your device’s fingerprint, face or PIN, without waiting for an email. Email links will continue to work.
passkeys-none = You have not added any passkeys yet.
passkeys-added = added on { DATETIME($at, dateStyle: "long", timeStyle: "short") } UTC
passkeys-used = last used on { DATETIME($at, dateStyle: "long", timeStyle: "short") } UTC
passkeys-unused = not used yet
passkeys-remove = Remove
passkeys-lost = Lost a device? Remove its passkey, then end any sessions you do not recognise:
passkeys-too-many = You have reached the maximum number of passkeys. Remove one to add another.
passkeys-sign-in-again = To add a passkey, sign in again first: you last signed in more than 30 minutes ago.
passkeys-add = Add a passkey
passkeys-name = Device name
    .hint = To help you recognise it later, for example “Work laptop”.
passkeys-name-wrong = The name is too long or contains characters that are not allowed.
passkeys-refused = This passkey cannot be used here. Try again, or request a sign-in link by email.
passkeys-trouble = Your browser did not provide a passkey. Try again, or use an email link.
passkeys-without = Passkeys require JavaScript and a modern browser. Email links work without them.
passkeys-sign-in = Sign in with a passkey
    .hint = If you have added a passkey on this device, you do not need an email.
    .button = Use a passkey

draft-save = Save for later
draft-title = Save and continue later
draft-lead = We will keep your answers for { $days ->
        [one] one day
       *[other] { $days } days
    } and email you a link to continue on any device. Your application is not submitted until you submit it; after that time, your answers are deleted.
draft-email = Send the link to
draft-send = Save and send the link
draft-back = Back to the form
draft-saved-title = Saved
draft-saved-to = We are sending an email with the link to
draft-saved-until = The link works for { $days ->
        [one] one day
       *[other] { $days } days
    }. Anyone with the link can see your answers, so please don’t forward it. No email after a few minutes? Check the address and your spam folder.
draft-saved-again = Your answers have been saved. The link in your email will continue to work.
draft-refused-title = Draft not found
draft-refused = This draft has already been submitted, or it has expired and been deleted.
draft-invalid = This link is incomplete. Please open it from the email again, or start a new application.
apply-draft-gone = The draft of this form has already been submitted, or it has expired. Nothing was submitted this time. Submit the form again only if you want to apply with these details as well.
