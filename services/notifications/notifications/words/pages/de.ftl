# Seiten für Eingeladene.
invitation-title = Ihre Einladung
invitation-heading = Möchten Sie mit uns lernen?
invitation-lead = Diesen Lernpfad haben wir für Sie ausgesucht. Nehmen Sie an, und Ihr Platz ist Ihnen sicher.
invitation-hours = { $hours ->
        [one] Etwa eine Stunde, in Ihrem Tempo
       *[other] Etwa { $hours } Stunden, in Ihrem Tempo
    }
invitation-accept = Einladung annehmen
invitation-until = Die Einladung gilt bis { DATETIME($until, dateStyle: "long", timeStyle: "short") } Uhr (UTC).
accepted-heading = Schön, Sie sind dabei!
accepted-text = Sie haben die Einladung zu „{ $title }“ angenommen. Viel Freude beim Lernen!
path-start = Zum Lernpfad
used-heading = Sie haben schon angenommen
used-text = Ihr Platz in „{ $title }“ ist sicher; dieser Link hat seinen Dienst getan.
expired-heading = Diese Einladung ist abgelaufen
expired-text = Das kommt vor. Wenn Sie noch teilnehmen möchten, schicken wir Ihnen gern einen neuen Link.
expired-ask = Neuen Link schicken
expired-where = Er geht an die Adresse, an die auch die Einladung ging.
renewal-heading = Sehen Sie in Ihr Postfach
renewal-text = Wenn sich die Einladung noch einmal öffnen lässt, ist eine Mail mit einem neuen Link unterwegs an die Adresse, an die sie zuerst ging.
renewal-hint = Nach einigen Minuten noch nichts da? Sehen Sie im Spam-Ordner nach, und nehmen Sie den Link aus der neuesten Mail.
gone-heading = Diese Einladung ist geschlossen
gone-text = Der Lernpfad wird Ihnen nicht mehr angeboten. Falls das ein Irrtum ist, antworten Sie einfach auf die Einladungsmail.
unknown-heading = Diesen Link kennen wir nicht
unknown-text = Vielleicht wurde er unterwegs abgeschnitten. Bitte öffnen Sie ihn noch einmal aus der Mail, oder kopieren Sie die ganze Adresse.
mail-off-heading = Keine Lernangebote mehr?
mail-off-text = Wir schicken Ihnen dann keine Lernangebote mehr. Mails, die Ihre Zugänge brauchen, kommen weiterhin.
mail-off-button = Ja, keine Lernangebote mehr
mail-stopped-heading = Erledigt
mail-stopped-text = Wir schicken Ihnen keine Lernangebote mehr. Einladungen, die Sie schon haben, bleiben offen.
mail-stopped-mistake = Aus Versehen abbestellt?
mail-again-button = Lernangebote wieder schicken
mail-again-heading = Schön, dass Sie wieder dabei sind
mail-again-text = Wir schicken Ihnen wieder Lernangebote.
