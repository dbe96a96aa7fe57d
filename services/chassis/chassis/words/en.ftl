# Words of the pages that every service has: errors.
error-title = { $status ->
    [400] Bad request
    [401] Please sign in
    [403] Access denied
    [404] Page not found
    [405] Not possible here
    [409] This has changed
    [410] No longer valid
    [413] Too large
    [422] Please check your answers
    [429] Too many requests
    [503] Temporarily unavailable
   *[other] Something went wrong
}
error-text = { $status ->
    [400] We could not understand this request.
    [401] Open the link in your latest email to sign in, or request a new link.
    [403] You do not have permission to do this. If you followed a link from another site, open this page directly and try again.
    [404] This page does not exist, or you do not have access to it.
    [405] This address does not support this type of request.
    [409] Something has changed since you opened this page. Please reload it.
    [410] This has already been used or has expired.
    [413] Your request is larger than we can accept.
    [422] At least one value is not valid.
    [429] You have made too many requests. Nothing has been changed. Please try again later.
    [503] Please try again in a minute. Nothing has been lost.
   *[other] Something went wrong on our side, and it has been logged. Please try again later.
}
error-reference = If you contact us, please quote this reference: { $reference }
error-home = Go to the start page
csv-cut = Only the first { $rows } rows are included. Narrow your search to export the rest.
