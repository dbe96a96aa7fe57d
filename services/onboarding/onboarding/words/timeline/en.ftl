# What happened, one sentence per event; names are the event's, with - for the dot.
partner-applied = Application received. Products requested: { $products_wanted }.
partner-email_verification_requested = An email with a link to verify the address is on its way.
partner-sign_in_requested = A new link was requested and is on its way by email.
partner-email_verified = The email address is verified.
partner-review_started = The application is being reviewed.
partner-screened_again = The corrected application was screened again. Findings: { $findings }
partner-action_required = Something needs to be corrected ({ $fields }): { $message }
partner-correction_submitted = The correction came in. Changed: { $changed_fields }.
partner-approved = The application is approved, tier { $tier }.
partner-rejected = The application is rejected: { $reason }
partner-tier_changed = The tier is { $tier } now; it was { $former_tier }. { $reason }
partner-agreement_accepted = The partner agreement { $agreement_version } is accepted.
partner-provisioning_started = The access is being set up.
partner-activated = The partnership is active.
partner-suspended = The partnership is suspended: { $reason }
partner-resumed = The partnership has been resumed: { $reason }
partner-offboarding_started = The partnership is ending; all access is being removed: { $reason }
partner-offboarded = All access has been removed. The partnership has ended.
partner-withdrawn = The application is withdrawn.
partner-deadline_near = { $waits_for ->
    [verification] A reminder to verify the email address went out; the deadline is { $deadline_at }.
    [correction] A reminder of the correction went out; the deadline is { $deadline_at }.
   *[agreement] A reminder of the partner agreement went out; the deadline is { $deadline_at }.
}
partner-expired = The application has expired.
partner-member_confirmation_requested = A person named by the contact has been asked by email to confirm.
partner-member_added = A person named by the contact confirmed that they belong to the company.
partner-member_declined = A person named by the contact declined; their data has been deleted.
partner-member_removed = A person no longer belongs to the company.
partner-passkey_added = The contact added a passkey.
partner-passkey_removed = The contact removed a passkey.
partner-contact_changed = The company has a new contact.
partner-members_declined = { $declined_count } people named by the contact have declined. Please review.
partner-registration_shared = Another company than { $other_partner_id }, though the registration number reads the same, says { $decided_by }: { $reason }
partner-requested = { $kind ->
    [more_time] { $product }: more time was requested, until { $ends_at }.
    [product] { $product } was requested.
    [competence] A further competence was added for review: { $competence }.
   *[company] Changes to the company details were submitted for review.
}
partner-request_decided = { $outcome ->
    [approved] Approved
   *[refused] Not approved
}: { $kind ->
    [more_time] more time for { $product }.
    [product] { $product }.
    [competence] the competence { $competence }.
   *[company] the changes to the company details.
} { $reason }
partner-profile_changed = The company details have changed: { $changed_fields }.
partner-language_chosen = A person chose another language for emails: { $language }.
partner-exported = All data was downloaded.
partner-deadline_passed = This is taking longer than it should (state: { $state }).
access-planned = Access planned: { $grants }.
access-approval_requested = { $product }: waiting for the vendor’s approval.
access-approved = { $product }: approved by the vendor.
access-provisioning_started = { $product }: being set up.
access-granted = { $product }: ready.
access-failed = { $product }: { $will_retry ->
    [yes] did not work yet and will be retried
   *[no] did not work
}. { $message }
access-stuck = { $product }: { $wanted ->
    [on] could not be switched on again
    [frozen] could not be switched off completely
   *[off] could not be removed completely
}. The vendor is looking into it.
access-drift_detected = { $product }: { $is_left ->
    [yes] was changed outside Gangway and is left as it is for now.
   *[no] was changed outside Gangway and is being put right.
}
access-expiring = { $product }: ends on { $ends_at }, unless more time is given.
access-expired = { $product }: expired. It is being switched off, and kept until { $removal_at }.
access-renewed = { $product }: extended until { $ends_at }.
access-budget_warned = { $product }: { $percent } percent of this month’s budget is spent.
access-budget_exceeded = { $product }: this month’s budget is spent. { $action ->
    [end] The access ends.
   *[other] It is being switched off, and nothing is deleted.
}
access-waived = { $product }: waived by the vendor.
access-frozen = { $product }: switched off, not deleted.
access-unfrozen = { $product }: switched on again.
access-revoked = { $product }: removed.
access-cleared = All access is removed.
access-member_added = A person who joined now has access: { $products }.
access-member_removed = Access of a person who left has been removed: { $products }.
access-request_answered = { $answer ->
    [carried_out] The request has been carried out.
    [impossible] The request cannot be carried out: { $message }
   *[left_to_operator] The request is waiting for an operator.
}
access-device_added = { $product }: a device was added and may connect.
access-device_removed = { $product }: a device was removed.
access-device_stuck = { $product }: { $wanted ->
    [on] a device could not be set up
    [frozen] a device could not be switched off completely
   *[off] a device could not be removed completely
}. The vendor is looking into it.
access-device_claim_made = { $product }: until { $expires_at } { $places ->
    [one] one device may join by a claim.
   *[other] { $places } devices may join by a claim.
}
access-device_claim_revoked = { $product }: a claim for devices was revoked.
access-key_replacement_started = { $product }: { $why ->
    [rotation] another key is being made for a device; the one in use stays good until it is ended.
    [revocation] the keys of a device were revoked, and another one is being made.
   *[release] another key is being made for a device, to be collected once more.
}
learning-invitation_sent = An invitation to the learning path { $path_title } was sent.
learning-invitation_accepted = An invitation to the learning path { $path_title } was accepted.
learning-invitation_expired = An invitation to the learning path { $path_title } has expired.
learning-path_started = The learning path { $path_title } was begun.
learning-path_completed = The learning path { $path_title } was completed.
integrator-consent_given = { $sees_personal ->
    [yes] { $integrator_name } receives your data from now on, including personal data.
   *[other] { $integrator_name } receives your data from now on, without personal data.
}
integrator-consent_withdrawn = { $integrator_name } no longer receives your data.
message-sent = An email was sent: { $kind }.
message-failed = An email could not be sent: { $kind }.

moment = { DATETIME($at, dateStyle: "long", timeStyle: "short") } UTC
word-cloud_sandbox = Cloud sandbox
word-analytics = Analytics
word-crm = CRM
word-iot = IoT
word-cloud = cloud
word-data = data
word-security = security
word-ai = artificial intelligence
word-edge = edge computing
word-training = training
word-request_approved = about a request that is approved
word-request_refused = about a request
word-registered = Registered
word-select = Select
word-premier = Premier
word-legal_name = legal name
word-registration_number = registration number
word-country = country
word-website = website
word-partner_type = kind of company
word-competences = competences
word-products_wanted = products wanted
word-expected_benefits = expected benefits
word-language = language
word-members = members
word-in_review = in review
word-agreement_accepted = agreement accepted
word-provisioning = being set up
word-offboarding = being ended
word-verify_email = to verify the address
word-member_removed = to tell somebody that they were removed
word-passkey_added = to tell that a passkey was added
word-passkey_removed = to tell that a passkey was removed
word-contact_changed = to tell that the contact has changed
word-draft_saved = to bring the link to a draft
word-confirm_membership = to ask a named person
word-sign_in_link = with a new link
word-correction_needed = about the correction
word-welcome = to welcome you
word-rejected = about the decision
word-access_ready = access is ready
word-access_added = more access is ready
word-access_refused = about a decision on access
word-tier_changed = about the tier
word-suspended = about the suspension
word-resumed = the partnership goes on
word-lease_expiring = about access that ends soon
word-lease_expired = about access that has ended
word-lease_renewed = more time for access
word-budget_warned = about a budget that runs low
word-budget_exceeded = about a budget that is spent
word-deadline_near = to remind of a deadline
word-application_withdrawn = to confirm the withdrawal
word-application_expired = the application is closed
word-offboarding_started = about the end of the partnership
word-goodbye = to say goodbye
word-invitation = invitation to a learning path
