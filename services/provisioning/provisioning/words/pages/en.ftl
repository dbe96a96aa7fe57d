# Words of the page on which a partner collects the key of a device.
collect-title = Collect your device key
collect-what = You get the private key and the certificate of your first gateway, with the address it connects to.
collect-once = This works once. Have a safe place ready: after you leave the next page, the key is not shown again.
collect-button = Show the key now
collect-later = Later, back to the status
collect-status = Back to the status
collect-gone-title = This key was collected
collect-gone = The key was already handed out and is not shown a second time. If the page broke off before you could save the key, ask us to release it once more.
collect-not-ready-title = Nothing to collect
collect-not-ready = There is no key to collect for this product at the moment.
collected-title = Your device key
collected-save = Save both files now: this page is shown once.
collected-warning = Whoever has the private key can act as your device. Keep it out of mails, tickets and source code.
collected-certificate = Certificate
collected-key = Private key
collected-file = Save as { $name }
collected-next = How to go on
collected-how = Put both files on the gateway, with the root certificate “Amazon Root CA 1” from Amazon Trust Services. Let it connect by MQTT with TLS.
collected-endpoint = Host, port 8883
collected-thing = Client ID
collected-topics = Topics begin with

# Words of the page that shows how people sign in.
ways-in-title = How your people sign in
ways-in-lead = Each person signs in with a user name of their own. Please pass it on to them.
ways-in-user-name = User name
ways-in-none = No user at the moment
ways-in-unseen = It cannot be seen whether they signed in
ways-in-yes = Has signed in
ways-in-not-yet = Has not signed in yet
ways-in-register = Show a registration address
ways-in-address = Only this person may open this address; they choose a password there. It is shown once, and a new one ends it. Please pass it on safely.
ways-in-closed = Nobody signs in to this product at the moment.
ways-in-ill = This cannot be looked up at the moment. Please try again in a few minutes.
