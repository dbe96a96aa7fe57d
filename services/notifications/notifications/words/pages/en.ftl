# Pages for invited people.
invitation-title = Your invitation
invitation-heading = Would you like to learn with us?
invitation-lead = This learning path was chosen for you. Accept, and your place is yours.
invitation-hours = { $hours ->
        [one] About one hour, at your own pace
       *[other] About { $hours } hours, at your own pace
    }
invitation-accept = Accept the invitation
invitation-until = The invitation is open until { DATETIME($until, dateStyle: "long", timeStyle: "short") } UTC.
accepted-heading = Great, you’re in!
accepted-text = You have accepted the invitation to “{ $title }”. Enjoy learning!
path-start = Go to the learning path
used-heading = You have accepted already
used-text = Your place in “{ $title }” is safe; this link has done its work.
expired-heading = This invitation has run out
expired-text = That happens. If you would still like to take part, we gladly mail you a new link.
expired-ask = Mail me a new link
expired-where = It goes to the address that the invitation went to.
renewal-heading = Look into your mailbox
renewal-text = If the invitation can be opened again, a mail with a new link is on its way to the address that it was first sent to.
renewal-hint = Nothing there after a few minutes? Look into the spam folder, and use the link of the newest mail.
gone-heading = This invitation is closed
gone-text = The learning path is not offered to you any more. If you think that this is wrong, just reply to the invitation mail.
unknown-heading = We don’t know this link
unknown-text = It may have been cut off on its way. Please open it from the mail once more, or copy the whole address.
mail-off-heading = No more learning offers?
mail-off-text = We then stop mailing you learning offers. Mails that your access needs still come.
mail-off-button = Yes, stop learning offers
mail-stopped-heading = Done
mail-stopped-text = We don’t mail you learning offers any more. Invitations that you have stay open.
mail-stopped-mistake = Stopped by mistake?
mail-again-button = Send me learning offers again
mail-again-heading = Welcome back
mail-again-text = We mail you learning offers again.
