# Words of the page on which a partner collects the key of a device.
collect-title = Collect your device key
collect-what = You get the private key and the certificate of your first gateway, with the address it connects to.
collect-once = This works once. Have a safe place ready: after you leave the next page, the key is not shown again.
collect-button = Show the key now
collect-gone-title = This key was collected
collect-gone = The key was already handed out and is not shown a second time. If the page broke off before you could save the key, ask us to release it once more.
collect-not-ready-title = Nothing to collect
collect-not-ready = There is no key to collect for this product at the moment.
collected-title = Your device key
collected-save = Save these texts now. This page is shown once.
collected-thing = Device
collected-endpoint = Connects to
collected-certificate = Certificate
collected-key = Private key
collected-warning = Whoever has the private key can act as your device. Keep it out of mails, tickets and source code.
