# Die Worte der Seite, auf der ein Partner den Schlüssel eines Geräts abholt.
collect-title = Geräteschlüssel abholen
collect-what = Sie erhalten den privaten Schlüssel und das Zertifikat Ihres ersten Gateways, dazu die Adresse, mit der es sich verbindet.
collect-once = Das geht einmal. Halten Sie einen sicheren Ort bereit: Wenn Sie die nächste Seite verlassen, wird der Schlüssel nicht mehr angezeigt.
collect-button = Schlüssel jetzt anzeigen
collect-gone-title = Dieser Schlüssel wurde abgeholt
collect-gone = Der Schlüssel wurde schon ausgegeben und wird kein zweites Mal angezeigt. Falls die Seite abbrach, bevor Sie ihn speichern konnten, bitten Sie uns, ihn noch einmal freizugeben.
collect-not-ready-title = Nichts abzuholen
collect-not-ready = Für dieses Produkt gibt es zurzeit keinen Schlüssel abzuholen.
collected-title = Ihr Geräteschlüssel
collected-save = Speichern Sie diese Texte jetzt. Diese Seite wird nur einmal angezeigt.
collected-thing = Gerät
collected-endpoint = Verbindet sich mit
collected-certificate = Zertifikat
collected-key = Privater Schlüssel
collected-warning = Wer den privaten Schlüssel hat, kann als Ihr Gerät auftreten. Schreiben Sie ihn nicht in E-Mails, Tickets oder Quelltext.
