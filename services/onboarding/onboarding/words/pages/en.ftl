# The pages for applicants and partners.
start-title = Become a partner
start-lead = Tell us who you are and what you want to build. You get your own cloud sandbox, analytics, CRM and IoT access, and learning paths for your people.
start-apply = Apply now
start-new-link = Send me a new link
start-status = To my status

station-verify = Apply and verify your mail address
station-review = We look at the application
station-agreement = You accept the agreement
station-access = We set up your access
station-active = You work in the cloud
station-done = done

apply-title = Apply as a partner
apply-lead = Six short steps, about five minutes. All fields are needed unless they say otherwise.
apply-contact =
    .hint = You speak for the company, and we write to you. Use an address of your company: it is checked with a link.
apply-privacy = We use what you enter to decide about the partnership and to set up access for the people you name, and for nothing else.
apply-send = Send the application
apply-sent-before = You have sent this form before, with other values, and that application has reached us: please look into your mailbox. Send the form once more only if you want to apply with these values too.
apply-send-again = Nothing was sent yet. Please check the form and send it once more.
apply-under-way = Your application is being taken in at this moment. Please send the form once more; it makes just one application.

step-company = Your company
step-register = Register and website
step-wishes = Your plans
step-contact = You
step-people = More people
step-check = Check your answers

form-step = Step { $place } of { $count }
form-back = Back
form-next = Continue
form-change = Change
form-nothing = Not given
form-nobody = Nobody else
form-legal-name = Registered name of the company
form-registration-number = Registration number
    .hint = As in the register of companies of your country.
form-country = Country
    .hint = Where the company is registered.
form-website = Website
    .hint = For example www.example.com
form-partner-type = Kind of company
form-competences = What are you good at?
form-products = What do you want to use?
form-several = Choose all that fit, or nothing.
form-benefits = What do you expect from the partnership?
    .hint = Your goals in a few sentences.
form-language = Language
    .hint = For the company and our mails to you.
form-mail-language = Language of our mails
form-same-language = Like the company
form-given-name = Given name
form-family-name = Family name
form-email = Mail address
form-members = More people
    .hint = For colleagues who shall have access and learning paths too. We ask each of them by mail first. You may go on without.
form-member = Person { $number }
form-add-member = Add a person
form-remove = Remove
form-optional = (optional)
form-choose = Please choose
form-field = Field
form-wrong-prefix = Error:
form-wrong-title = { $count ->
    [one] One thing needs your attention
   *[other] { $count } things need your attention
}

# What stands under the number of each register that is known.
register-hint = { $about } For example { $example }.
register-AT = The number in the Firmenbuch, digits and a letter.
register-AU = Nine digits; the eleven of your ABN will do too.
register-BE = The ten digits of the enterprise number.
register-BG = The nine digits of the commercial register.
register-BR = The fourteen digits of the company.
register-CH = The UID from the commercial register.
register-CY = HE and the digits of the Registrar of Companies.
register-CZ = The eight digits of the company.
register-DE = With the court, since each court counts by itself.
register-DK = The eight digits of the CVR.
register-EE = The eight digits of the business register.
register-ES = A letter and the digits of the company's NIF.
register-FI = Seven digits and a check digit.
register-FR = Nine digits; a SIRET will do too.
register-GB = As Companies House has it: eight digits, or two letters and six digits.
register-GR = The twelve digits of the commercial register; the nine of the ΑΦΜ will do too.
register-HR = The eleven digits of the company.
register-HU = The ten digits of the commercial register; a tax number will do too.
register-IE = The digits of the Companies Registration Office.
register-IS = The ten digits of the company.
register-IT = Eleven digits, as in the Registro delle imprese; a REA number will do too.
register-JP = The thirteen digits of the corporate number.
register-LI = FL and eleven digits.
register-LT = The nine digits of the company.
register-LU = A letter and digits.
register-LV = The eleven digits of the company.
register-MT = C and the digits of the Malta Business Registry.
register-NL = The eight digits of the Kamer van Koophandel.
register-NO = The nine digits of Brønnøysund.
register-PL = KRS and ten digits; a NIP or REGON will do too.
register-PT = The nine digits of the company.
register-RO = The digits of the company; a number of the Registrul Comerțului will do too.
register-SE = The ten digits of Bolagsverket.
register-SI = Seven digits, or ten with the unit.
register-SK = The eight digits of the company.

wrong-missing = This is missing.
wrong-long = This is too long.
wrong-too-many = At most { $most } people can be named here.
wrong-choice = Please choose from the list.
wrong-signs = This contains signs that cannot be printed.
wrong-same-address = Someone else has this mail address already.
wrong-no-letters = This needs letters or digits.
wrong-registration = This number has a typing error: its check digit is wrong. Please compare it with the register.
wrong-international = Our mails do not reach an address with letters such as ö or é before the @. Please give another one.
wrong-ip-address = This is an IP address. Please give the name of the website.
wrong-email = This is not a mail address.
wrong-website = This is not the address of a website that begins with https.
wrong-accept = Please tick the box if you accept the agreement.
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

mail-title = Check your mail
mail-lead = Your application is here. A mail with a link goes to the address you gave. Open it to go on.
mail-lead-to = Your application is here. Open the link in the mail that goes to
mail-wrong-address = Is the address wrong?
mail-right-address = The right mail address
    .hint = We send a new link there, and the first one stops working.
mail-send-there = Send the link there
mail-nothing = Nothing there after a few minutes? Look into the spam folder too. An address that had a mail from us lately waits longer for the next.

too-often-minutes = { $minutes ->
    [one] This was asked for too often. Please try again in a minute; nothing that you typed is lost.
   *[other] This was asked for too often. Please try again in { $minutes } minutes; nothing that you typed is lost.
}
too-often-hours = This was asked for too often. Please try again in { $hours } hours; nothing that you typed is lost.

link-verify-title = Verify your mail address
link-verify-text = One click and we know that this address is yours. Then we look at your application.
link-verify-button = Yes, this is my address
link-sign-in-title = Welcome back
link-sign-in-text = One click brings you to your partnership. The link works once.
link-sign-in-button = Go on
link-not-you = If you did not ask for this, just close the page.
link-expired = This link has expired
link-used = This link was used already
link-invalid = This link does not work
link-refused = Every link works once and for a limited time. Have a new one sent to the mail address of your application.
    .membership = Every link works once and for a limited time. If you have not answered yet, ask the person who named you to have the mail sent again.

membership-title = Do you belong to this company?
membership-named = { $contact } named you as one of the people of { $company }, which is a partner of ours.
membership-data = What we were told about you
membership-name = Name
membership-means = If this is right, we make for you
membership-cloud-sandbox = a sign-in to the company’s cloud sandbox; AWS sends you an invitation to choose a password
membership-analytics = a seat in the company’s analytics
membership-crm = a user of your own in the CRM
membership-learning = invitations to learning paths, which you may stop at any time
membership-over = The company takes no new people now. If this is not right, we delete your name and address all the same.
membership-yes = Yes, this is right
membership-no = No, this is not right
    .hint = If it is not right, we delete your name and address, and write to you only if somebody names you again. If you do nothing, nothing is made for you.
membership-confirmed = Thank you, you belong to it now
    .next = We write to you as soon as your access at { $company } is ready.
membership-declined = Thank you for telling us
    .next = We have deleted your name and address, and nothing was made for you.

new-link-title = Send me a new link
new-link-lead = Give the mail address of your application. We send you a link that brings you in.
new-link-unsent = You are not signed in any more, so what you sent was not taken. Come in again, then send it once more.
new-link-cookies = Your browser did not keep the cookie that signs you in. Allow cookies for this site, then ask for a new link: each works once.
new-link-handed-over = You have handed the role over and are signed out now. The new contact gets a mail with a link; you still belong to the company and keep your access.
new-link-button = Send the link
new-link-sent = If we know this address, a mail with a new link is on its way.
new-link-nothing = Nothing there after a few minutes? Look into the spam folder, or try another address that you may have used.

status-title = Your partnership
status-next = What to do next
status-reason = The reason:
status-deadline = Please act by { DATETIME($date, dateStyle: "long", timeStyle: "short") } UTC, that is { $left }.
status-way = Your way
status-ways-in = How to get in
status-sign-in = Sign in
status-people-sign-in = How each of your people signs in, and who has
status-devices = Your devices: add, remove, collect keys
status-collect = To the key of your gateway
status-products = Your products
status-partnership = About your partnership
status-tier = Tier
status-agreement = Agreement
status-contact = We write to
status-questions = Questions? Write to
status-reply = You can reply to any of our mails.
status-people = Your people
person-contact = speaks for the company
person-confirmed = belongs to it since { DATETIME($at, dateStyle: "long") }
person-asked = asked on { DATETIME($at, dateStyle: "long") }, no answer yet
person-named = will be asked by mail
person-ask-again = Ask again
person-change = Remove or hand over
person-remove = Remove this person
    .means = Their sign-ins, seats and user accounts for your company end in every product, and we write to them that they were removed. What they have through another company stays. You can add them again; they are asked again then.
    .named = They have not answered yet. The link in our mail opens nothing any more.
    .button = Remove { $name }
person-contact-change = Hand over to this person
    .means = They speak for the company instead of you: they sign in here, and we write to them. You are signed out and stay a member.
    .button = Make { $name } the contact
people-manage = Add or remove people
people-back = Back to your people
people-add = Add a person
    .hint = We ask them by mail whether they belong to your company. They get access as soon as they say yes.
    .button = Add and ask by mail
people-too-many-people = You have as many people as a partner may have.
people-takes-no-changes = People can be added and removed from the approval until the partnership ends.
people-contact-stays = Who speaks for the company cannot be removed. Hand the role over to another person first.
people-not-confirmed = Only who has confirmed to belong to your company can speak for it.
people-not-a-member = This person does not belong to your company any more, so nothing was handed over.
people-declined = { $count ->
    [one] One person whom you named said that this is not right. We have deleted what we knew about them.
   *[other] { $count } people whom you named said that this is not right. We have deleted what we knew about them.
}
status-timeline = What happened so far
    .hint = The newest first, times in UTC.
status-times = { $times } times
status-sign-out = Sign out

# One sentence and at most one button for each state.
next-applied = Open the link in the mail that we sent you. We can send you a new one.
    .button = Send me a new link
next-email-verified = There is nothing to do for you. As soon as we have decided, we write to you.
    .button = Load the newest state
next-in-review = There is nothing to do for you. As soon as we have decided, we write to you.
    .button = Load the newest state
next-action-required = Please correct your application. This is what we wrote to you:
    .button = Correct the application
next-rejected = If things have changed, you may apply again.
    .button = Apply again
next-approved = Please read the partner agreement and accept it. Then we set up your access.
    .button = Read and accept the agreement
next-agreement-accepted = There is nothing to do for you. We write to you when your access is ready, mostly within minutes.
    .button = Load the newest state
next-provisioning = There is nothing to do for you. We write to you when everything is ready; what is ready already can be used.
    .button = Load the newest state
next-active = Get in and begin. Below is how, for each product.
next-active-without = There is nothing to sign in to at the moment. As soon as there is, we write to you.
next-suspended = Please write to us, so that we find a way together. Your people cannot sign in until then.
next-offboarding = There is nothing to do for you. We write to you when everything is removed.
    .button = Load the newest state
next-offboarded = If you want to come back, you may apply again.
    .button = Apply again
next-withdrawn = If you change your mind, you may apply again.
    .button = Apply again
next-expired = If you still want to become a partner, please apply again.
    .button = Apply again

state-applied = Please open the link in the mail that we sent you.
state-email-verified = Thank you, your address is verified. We are looking at your application.
state-in-review = We are looking at your application.
state-action-required = Your application needs a correction.
state-rejected = We could not accept your application.
state-approved = Welcome! Your application is approved.
state-agreement-accepted = Thank you. We are preparing your access.
state-provisioning = Your access is being set up.
state-active = You are our partner.
state-suspended = Your partnership is suspended. Your access is switched off, nothing is deleted.
state-offboarding = The partnership ends. Your access is being removed.
state-offboarded = The partnership has ended. All access is removed.
state-withdrawn = You have withdrawn your application.
state-expired = The time for this step is over.

grant-planned = planned
grant-provisioning = being set up
grant-granted = ready
grant-failed = not working yet
grant-waived = goes on without it
grant-frozen = switched off
grant-revoked = removed
grant-leaving = being removed
grant-until = Until { DATETIME($at, dateStyle: "long", timeStyle: "short") } UTC, that is { $left }.
grant-expired = The time was over on { DATETIME($at, dateStyle: "long", timeStyle: "short") } UTC.
grant-retry = We try again by ourselves.
grant-retry-at = We try again by ourselves, next at { DATETIME($at, timeStyle: "short") } UTC.
grant-stuck = Our team has been told and takes care of it.
grant-said = The system said:

day = { DATETIME($at, dateStyle: "long") }
time = { DATETIME($at, timeStyle: "short") }

begin-cloud_sandbox = Everyone you named signs in at the address below with their user name, as a rule their mail address. At the first time AWS sends them a one-time password by mail.
begin-analytics = Choose this workgroup and this database in Amazon Athena; in QuickSight everyone you named has a seat and registers once, at an address of their own that you find below.
begin-crm = Everyone you named has a user of their own in this group, by their mail address.
begin-iot = Collect the key of your first gateway, put it on the device, and let it connect to the address below.

identifier-sign_in_url = Sign in at
identifier-account_id = AWS account
identifier-role_arn = Role in the account
identifier-workgroup = Athena workgroup
identifier-database = Database
identifier-region = AWS region
identifier-group = CRM group
identifier-group_id = Number of the group
identifier-user_count = Users
identifier-endpoint = Devices connect to
identifier-topic_root = Topics begin with
identifier-thing_name = First gateway
identifier-device_quota = Devices at most
identifier-thing_group = Group of devices
identifier-certificate_id = Certificate

cause-aws = AWS did not do what we asked for.
cause-aws_unreachable = AWS does not answer.
cause-aws_throttling = AWS asks us to slow down.
cause-aws_too_many_requests = AWS asks us to slow down.
cause-account = Your AWS account could not be made yet.
cause-account_under_way = AWS is still making your account.
cause-account_not_ready = Your AWS account is not ready yet.
cause-identity = The sign-in to AWS could not be set up.
cause-assignment = The sign-in to AWS could not be set up yet.
cause-crm = The CRM did not do what we asked for.
cause-crm_unreachable = The CRM does not answer.
cause-crm_throttled = The CRM asks us to slow down.
cause-crm_ill = The CRM has a fault.
cause-other = One step did not work.

correction-title = Correct your application
correction-lead = This is what we wrote to you:
correction-send = Send the correction
back-to-status = Back to the status

agreement-title = Partner agreement
agreement-version = Version { $version }
agreement-accept = I have read the agreement and accept it for my company.
agreement-button = Accept
agreement-was-accepted = Accepted by { $by } on { DATETIME($at, dateStyle: "long", timeStyle: "short") } UTC.
agreement-not-kept = The wording of this version is no longer kept here. Please ask us for it.
agreement-digest = SHA-256 of the accepted text:
agreement-read = Read the agreement that you accepted
agreement-changed = The agreement has changed in the meantime. Please read the new version.

leaving-reason = Would you tell us why?
withdraw-title = Withdraw the application
withdraw-text = We stop working on your application. You may apply again at any time.
withdraw-button = Withdraw
leave-title = End the partnership
leave-text = All access is removed, with the cloud sandbox and everything in it. This cannot be undone.
leave-button = End the partnership and remove everything
leave-no-reason = The partner gave no reason.

requests-title = Ask for something
requests-before = What you asked for
request-wish = What do you want?
request-days-label = How much longer?
    .hint = Only for more time.
request-so-many-days = { $days ->
    [one] 1 day
   *[other] { $days } days
}
request-reason = What do you need it for?
    .hint = A sentence helps us to decide quickly.
request-days = { $product }, { $days ->
    [one] 1 day longer
   *[other] { $days } days longer
}
request-button = Ask
request-withdraw = Take back
request-asked = Asked on { DATETIME($at, dateStyle: "long", timeStyle: "short") } UTC.
request-decided = Decided on { DATETIME($at, dateStyle: "long", timeStyle: "short") } UTC:
wish-more-time = More time: { $name }
wish-product = Product: { $name }
wish-competence = Competence: { $name }
request-kind-more-time = More time
request-kind-product = Another product
request-kind-competence = Another competence
request-kind-company = Other facts of the company
request-is-asked = being looked at
request-is-waiting = waits for our decision
request-is-approved = approved, on its way
request-is-done = done
request-is-refused = not approved
request-is-withdrawn = taken back
request-refused-request-open = You have asked for this already; it stands below.
request-refused-too-many-requests = You have asked for many things today. Please go on tomorrow.
request-refused-no-lease = This access has no end that could be moved.
request-refused-product-there = You have this product already.
request-refused-competence-there = We know of this competence already.
profile-title = Change the company’s facts
profile-reviewed = Name, number and kind
    .hint = We look at a change of these first. Until then all goes on under the old ones.
profile-waiting = We are looking at this change:
    .link = See how far it has come, or take it back
profile-reason = Why is it different?
profile-button = Save
status-more-time = Ask for more time
status-spent = { $percent } % of this month’s budget is reached: { $spent } of { $budget } USD when we last told you.
status-spent-now = What is spent now
status-more = Ask for more time, another product or another competence
status-profile = Company
agreement-download = Download it
learning-title = What your people learn
learning-none = Nobody was invited to a learning path yet.
learning-nobody = Somebody who is no longer there
learning-sent = invited on { DATETIME($at, dateStyle: "long") }
learning-accepted = accepted on { DATETIME($at, dateStyle: "long") }
learning-expired = did not answer by { DATETIME($at, dateStyle: "long") }
learning-started = begun on { DATETIME($at, dateStyle: "long") }
learning-completed = completed on { DATETIME($at, dateStyle: "long") }
status-write-in = Write to me in { $language }
status-learning = Learning
status-sharing = Who receives your data
status-export = Download all data (JSON)
sessions-title = Where you are signed in
sessions-lead = If you do not know one of these, end it. On other pages of ours it ends within ten minutes.
sessions-program = A program
sessions-since = since { DATETIME($at, dateStyle: "long", timeStyle: "short") } UTC
sessions-this = this browser
sessions-end = End
sessions-end-all = End all, also here

passkeys-title = Passkeys
passkeys-lead = With a passkey you sign in by fingerprint, face or PIN of your own device, without waiting for a mail. The mail link goes on working.
passkeys-none = You have no passkey yet.
passkeys-added = added on { DATETIME($at, dateStyle: "long", timeStyle: "short") } UTC
passkeys-used = last used on { DATETIME($at, dateStyle: "long", timeStyle: "short") } UTC
passkeys-unused = not used yet
passkeys-remove = Remove
passkeys-lost = A device was lost? Remove its passkey, then end the sessions that you do not know:
passkeys-too-many = You have as many passkeys as you may have. Remove one to add another.
passkeys-sign-in-again = To add a passkey, sign in again first: your last sign-in is more than 30 minutes ago.
passkeys-add = Add a passkey
passkeys-name = Name of the device
    .hint = So that you recognise it later, such as “Work laptop”.
passkeys-name-wrong = The name has too many characters, or some that are not allowed.
passkeys-refused = This passkey cannot be used here. Try again, or have a mail with a link sent to you.
passkeys-trouble = The browser did not give a passkey. Try again, or use a link in a mail.
passkeys-without = Passkeys need JavaScript and a browser of today. The link in a mail works without them.
passkeys-sign-in = Sign in by passkey
    .hint = If you added a passkey on this device, you need no mail.
    .button = Use a passkey

draft-save = Save for later
draft-title = Save and go on later
draft-lead = We keep what you have entered for { $days ->
        [one] one day
       *[other] { $days } days
    } and send you a link by which you go on, on any device. Nothing is sent in before you do so yourself; after that time it is erased.
draft-email = Send the link to
draft-send = Save and send the link
draft-back = Back to the form
draft-saved-title = Saved
draft-saved-to = A mail with the link is on its way to
draft-saved-until = The link works for { $days ->
        [one] one day
       *[other] { $days } days
    }. Whoever has it sees what you have entered: please don’t forward it. Nothing in a few minutes? Then check the address and the spam folder.
draft-saved-again = Your answers are saved in the draft. The link in your mail goes on working.
draft-refused-title = There is no draft here
draft-refused = This draft was sent in already, or its time is over and it was erased.
draft-invalid = This link is not complete. Please open it from the mail once more, or begin anew.
apply-draft-gone = The draft of this form was sent in already, or its time is over. Nothing was sent now. Send the form once more only if you want to apply with these values too.
