# Die Worte der Seite, auf der ein Partner den Schlüssel eines Geräts abholt.
collect-title = Geräteschlüssel abholen
collect-what = Sie erhalten den privaten Schlüssel und das Zertifikat Ihres ersten Gateways, dazu die Adresse, mit der es sich verbindet.
collect-once = Das geht einmal. Halten Sie einen sicheren Ort bereit: Wenn Sie die nächste Seite verlassen, wird der Schlüssel nicht mehr angezeigt.
collect-button = Schlüssel jetzt anzeigen
collect-later = Später, zurück zum Stand
collect-status = Zurück zum Stand
collect-gone-title = Dieser Schlüssel wurde abgeholt
collect-gone = Der Schlüssel wurde schon ausgegeben und wird kein zweites Mal angezeigt. Falls die Seite abbrach, bevor Sie ihn speichern konnten, bitten Sie uns, ihn noch einmal freizugeben.
collect-not-ready-title = Nichts abzuholen
collect-not-ready = Für dieses Produkt gibt es zurzeit keinen Schlüssel abzuholen.
collected-title = Ihr Geräteschlüssel
collected-save = Speichern Sie jetzt beide Dateien: Diese Seite wird nur einmal angezeigt.
collected-warning = Wer den privaten Schlüssel hat, kann als Ihr Gerät auftreten. Schreiben Sie ihn nicht in E-Mails, Tickets oder Quelltext.
collected-certificate = Zertifikat
collected-key = Privater Schlüssel
collected-file = Als { $name } speichern
collected-next = So geht es weiter
collected-how = Legen Sie beide Dateien auf das Gateway, dazu das Stammzertifikat „Amazon Root CA 1“ von Amazon Trust Services. Es verbindet sich per MQTT mit TLS.
collected-endpoint = Host, Port 8883
collected-thing = Client-ID
collected-topics = Topics beginnen mit

# Die Worte der Seite, die zeigt, wie sich Menschen anmelden.
ways-in-title = So melden sich Ihre Leute an
ways-in-lead = Alle melden sich mit einem eigenen Benutzernamen an. Bitte geben Sie ihn weiter.
ways-in-user-name = Benutzername
ways-in-none = Zurzeit kein Benutzer
ways-in-unseen = Ob die Person sich angemeldet hat, ist nicht zu sehen
ways-in-yes = Hat sich angemeldet
ways-in-not-yet = Hat sich noch nicht angemeldet
ways-in-register = Adresse zum Registrieren anzeigen
ways-in-address = Nur diese Person darf die Adresse öffnen und wählt dort ein Passwort. Sie wird einmal angezeigt; eine neue macht sie ungültig. Bitte geben Sie sie auf sicherem Weg weiter.
ways-in-closed = Bei diesem Produkt meldet sich zurzeit niemand an.
ways-in-ill = Das lässt sich gerade nicht nachsehen. Bitte versuchen Sie es in einigen Minuten noch einmal.
