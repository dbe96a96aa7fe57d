# Pages for invited people.
invitation-title = Your invitation
invitation-heading = Would you like to learn with us?
invitation-lead = This learning path was selected for you. Accept the invitation to secure your place.
invitation-hours = { $hours ->
        [one] About one hour, at your own pace
       *[other] About { $hours } hours, at your own pace
    }
invitation-accept = Accept the invitation
invitation-until = This invitation expires on { DATETIME($until, dateStyle: "long", timeStyle: "short") } UTC.
accepted-heading = You’re in!
accepted-text = You have accepted the invitation to “{ $title }”. Enjoy learning!
path-start = Go to the learning path
used-heading = You have already accepted
used-text = Your place in “{ $title }” is secured. This link can only be used once.
expired-heading = This invitation has expired
expired-text = If you would still like to take part, we can email you a new link.
expired-ask = Email me a new link
expired-where = We will send it to the address the invitation was sent to.
renewal-heading = Check your email
renewal-text = If the invitation is still available, we have sent a new link to the address the invitation was sent to.
renewal-hint = No email after a few minutes? Check your spam folder, and use the link in the latest email.
gone-heading = This invitation is no longer available
gone-text = This learning path is no longer available to you. If you think this is a mistake, just reply to the invitation email.
unknown-heading = This link does not work
unknown-text = It may be incomplete. Please open it from the email again, or copy the whole address.
mail-off-heading = Unsubscribe from learning offers?
mail-off-text = We will stop emailing you learning offers. You will still get emails about your access.
mail-off-button = Unsubscribe
mail-stopped-heading = You have unsubscribed
mail-stopped-text = We will no longer email you learning offers. You can still use the invitations you have.
mail-stopped-mistake = Unsubscribed by mistake?
mail-again-button = Resubscribe
mail-again-heading = Welcome back
mail-again-text = We will email you learning offers again.
