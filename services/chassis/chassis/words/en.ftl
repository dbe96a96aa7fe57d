# Words of the pages that every service has: errors.
error-title = { $status ->
    [400] That could not be understood
    [401] Please sign in
    [403] Not allowed
    [404] Not found
    [405] Not possible here
    [409] That does not fit any more
    [410] No longer valid
    [413] Too large
    [422] Please check what you entered
    [429] Too often
    [503] Not available right now
   *[other] Something went wrong
}
error-text = { $status ->
    [400] The request did not have the form that we expect.
    [401] Open the link from your newest mail to sign in, or ask for a new link.
    [403] You may not do this. If you came from another page, open this page itself and try again.
    [404] There is no such page, or it is not yours.
    [405] This address does not take this kind of request.
    [409] Something changed in the meantime. Please load the page again.
    [410] This was used already or its time is over.
    [413] What you sent is larger than we accept.
    [422] At least one value cannot be accepted.
    [429] This was asked for more often than is allowed. Nothing was changed; please try again later.
    [503] Please try again in a minute. Nothing was lost.
   *[other] It is our fault, and it was noted. Please try again later.
}
error-reference = If you write to us, please name this reference: { $reference }
error-home = Go to the start page
csv-cut = Only the first { $rows } lines are here: narrow the search to get the others.
