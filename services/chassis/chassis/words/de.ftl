# Die Worte der Seiten, die jeder Dienst hat: Fehler.
error-title = { $status ->
    [400] Das konnten wir nicht verstehen
    [401] Bitte melden Sie sich an
    [403] Nicht erlaubt
    [404] Nicht gefunden
    [405] Hier nicht möglich
    [409] Das passt nicht mehr
    [410] Nicht mehr gültig
    [413] Zu groß
    [422] Bitte prüfen Sie Ihre Eingaben
    [429] Zu oft
    [503] Gerade nicht erreichbar
   *[other] Etwas ist schiefgegangen
}
error-text = { $status ->
    [400] Die Anfrage hatte nicht die Form, die wir erwarten.
    [401] Öffnen Sie zum Anmelden den Link aus Ihrer neuesten E-Mail, oder fordern Sie einen neuen an.
    [403] Das dürfen Sie nicht. Wenn Sie von einer anderen Seite kamen, öffnen Sie diese Seite selbst und versuchen Sie es noch einmal.
    [404] Diese Seite gibt es nicht, oder sie gehört nicht Ihnen.
    [405] Diese Adresse nimmt solche Anfragen nicht an.
    [409] Inzwischen hat sich etwas geändert. Bitte laden Sie die Seite neu.
    [410] Das wurde schon benutzt, oder die Zeit dafür ist vorbei.
    [413] Was Sie gesendet haben, ist größer, als wir annehmen.
    [422] Mindestens ein Wert kann nicht angenommen werden.
    [429] Das wurde öfter verlangt, als erlaubt ist. Es wurde nichts geändert; bitte versuchen Sie es später noch einmal.
    [503] Bitte versuchen Sie es in einer Minute noch einmal. Es ging nichts verloren.
   *[other] Das ist unser Fehler, und er wurde notiert. Bitte versuchen Sie es später noch einmal.
}
error-reference = Wenn Sie uns schreiben, nennen Sie bitte diese Nummer: { $reference }
error-home = Zur Startseite
csv-cut = Hier stehen nur die ersten { $rows } Zeilen: Eine engere Suche zeigt die übrigen.
