# The page for engineers who integrate.
catalogue-title = Events and webhooks
catalogue-heading = Events of partners, sent to your system
catalogue-lead = Give us an address, and we send you each event that you may see: signed, retried for days, and again whenever you ask.
catalogue-token = Get a token from the operations team; it says which events and partners you may see.
catalogue-endpoint = Create an endpoint with your address, and keep the secret that is shown once.
catalogue-test = Send yourself a test event, and see what your system answered.
catalogue-api = Look at the API
