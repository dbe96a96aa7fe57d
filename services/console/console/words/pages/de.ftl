# Die Wörter der Konsole.
console-brand = Gangway-Konsole
console-footer = Gangway-Konsole – für alle, die das Partnerprogramm betreiben
error-text = { $status ->
    [401] Bitte melden Sie sich erneut an.
    [403] Ihre Rolle erlaubt das nicht, oder es kam von einer anderen Website.
    [404] Diese Seite gibt es nicht.
   *[other] Die Dienste konnten das nicht ausführen. Soweit bekannt, ging nichts verloren.
}
error-mark = Fehler

sign-in-title = Anmelden
sign-in-text = Die Konsole zeigt, was auf das Ops-Team wartet. Sie handelt mit Ihren eigenen Rechten und mit keinen anderen.
sign-in-button = Mit dem Arbeitskonto anmelden
sign-in-over = Ihre Sitzung ist beendet. Melden Sie sich erneut an, um dort weiterzumachen, wo Sie waren.
sign-in-failed = Die Anmeldung ist fehlgeschlagen
sign-in-again = Erneut versuchen
sign-out = Abmelden

nav-label = Konsole
nav-home = Was wartet
nav-partners = Partner
nav-reviews = Prüfungen
nav-grants = Zugänge
nav-mails = Mails
nav-dead-letters = Dead Letters
nav-lanes = Lanes
nav-holes = Lücken
nav-audit = Protokoll

home-title = Was auf uns wartet
home-events = Ereignisse zwischen den Diensten
waiting-reviews = Anträge zu prüfen
waiting-failed-grants = Fehlgeschlagene Zugänge
waiting-stuck-steps = Steckengebliebene Schritte anderer Zugänge
waiting-failed-messages = Fehlgeschlagene Mails
waiting-dead-letters = Dead Letters
waiting-parked-lanes = Geparkte Lanes
waiting-holes = Lücken
waiting-oldest = älteste: { $age }
waiting-nothing = nichts wartet
waiting-unknown = { $service } antwortet nicht
waiting-no-answer = keine Antwort
unanswered = Es wird nicht alles gezeigt.
none = keine

age-days = { $count ->
    [one] { $count } Tag
   *[other] { $count } Tage
}
age-hours = { $count ->
    [one] { $count } Stunde
   *[other] { $count } Stunden
}
age-minutes = { $count ->
    [one] { $count } Minute
   *[other] { $count } Minuten
}
age-now = eben erst

find-label = Suche
find-hint = Firma, Registernummer, Kontakt oder irgendeine ID
find-button = Suchen
filter-button = Anzeigen
every-state = alle Zustände
every-service = alle Dienste
export-csv = Als CSV exportieren
paging = Seiten
paging-first = Erste Seite
paging-next = Nächste Seite
paging-next-of = Nächste Seite von { $service }

column-accepted = Angenommen
column-acts = Aktionen
column-attempts = Versuche
column-cause = Ursache
column-code = Code
column-company = Firma
column-country = Land
column-deadline = Frist
column-did = Aktion
column-event = Ereignis
column-events = Wartende Ereignisse
column-expires = Läuft ab
column-findings = Warum ein Mensch entscheiden muss
column-id = ID
column-kind = Art
column-member = Person
column-next-try = Nächster Versuch
column-outcome = Ergebnis
column-partner = Partner
column-path = Lernpfad
column-planned = Geplant
column-product = Produkt
column-progress = Fortschritt
column-sent = Gesendet
column-service = Dienst
column-since = Seit
column-state = Zustand
column-step = Schritt
column-target = Woran
column-tier = Stufe
column-topic = Topic
column-type = Art
column-waiting = Wartet
column-when = Wann (UTC)
column-who = Wer
column-why = Warum

partners-title = Partner
partners-none = Kein Partner passt.
partner-for = seit { $age }
partner-deadline = Frist { $at } UTC
partner-acts = Aktionen
partner-profile = Antrag
partner-decision = Entscheidung
partner-correction = Zu korrigieren
partner-agreement = Vertrag
partner-agreement-accepted = Version { $version } ({ $language }), angenommen
partner-people = Personen
partner-contact = Kontakt
partner-declined = { $count ->
    [one] { $count } genannte Person hat abgelehnt.
   *[other] { $count } genannte Personen haben abgelehnt.
}
partner-findings = Befunde
partner-grants = Produkte
partner-mails = Mails
partner-invitations = Einladungen
partner-timeline = Verlauf
partner-state = Zustand
partner-since = Seit (UTC)
partner-tier = Stufe
partner-products = Produkte
person-hidden = verborgen

fact-registration = Register
fact-website = Website
fact-type = Art
fact-competences = Kompetenzen
fact-wishes = Gewünschte Produkte
fact-benefits = Erwartet
fact-language = Sprache
fact-applied = Beworben (UTC)

grant-required = erforderlich
grant-waived-because = Verzichtet:
grant-waived = verzichtet
grant-steps = { $count ->
    [one] { $count } Schritt
   *[other] { $count } Schritte
}
grant-partner = Partner
grant-state = Zustand
grant-cause = Ursache
step-frozen = eingefroren
step-stuck = steckt fest
cause-waits = Es wartet auf Sie.
cause-next-try = Nächster Versuch { $at } UTC.
grants-title = Zugänge
grants-stuck = nur mit steckengebliebenem Schritt
grants-none = Kein Zugang passt.

mails-title = Fehlgeschlagene Mails
mails-none = Keine Mail ist fehlgeschlagen.

reviews-title = Anträge zu prüfen
reviews-none = Niemand wartet auf eine Entscheidung.
reviews-begin = Mit dem am längsten wartenden beginnen
review-open = Prüfen
review-title = { $name } prüfen
review-whole = ganze Seite
review-next = Zum nächsten springen
review-application = Dieser Antrag
review-similar = Ist vielleicht dieselbe Firma
review-similar-former = War schon einmal hier
review-more-similar = Weitere ähnliche
review-no-similar = Kein anderer Partner ähnelt dieser Firma.

letters-title = Dead Letters
letters-text = Ereignisse, die ein Dienst so, wie sie kamen, nicht verarbeiten konnte. Die Ursache steht dabei; ist sie behoben, wiederholen Sie die Verarbeitung.
letters-none = Kein Dead Letter passt.
letters-back = Alle Dead Letters dieses Dienstes
letter-title = Dead Letter
letter-event-id = ID des Ereignisses
letter-number = Nummer
letter-place = Platz im Topic
letter-replays = Wiederholungen
letter-settled = Erledigt
letter-headers = Header
letter-value = Wert
letter-service = Dienst
letter-topic = Topic
letter-subject = Partner
letter-status = Zustand
letter-cause = Ursache
letter-waiting = wartet
letter-replayed = wiederholt
letter-discarded = verworfen

lanes-title = Geparkte Lanes
lanes-text = Ein Ereignis konnte noch nicht verarbeitet werden, und die desselben Partners dahinter warten. Eine Lane wird von selbst erneut versucht.
lanes-none = Keine Lane ist geparkt.
holes-title = Lücken
holes-text = Nummern, die ein Dienst übersprungen hat und die seither nicht kamen. Lassen Sie den Absender sie zuerst erneut senden.
holes-none = Es gibt keine Lücken.
hole-numbers = Fehlende Nummern

audit-title = Wer hat was getan
audit-text = Jede Aktion mit ihrem Grund und jeder Blick auf verborgene Daten, in allen Diensten.
audit-from = Von (UTC)
audit-to = Vor (UTC)
audit-trace = Trace
audit-none = Keine Aktion passt.

act-effects = Was geschehen wird
act-reason = Grund
act-message = Nachricht
act-cancel = Abbrechen
act-missing-reason = Sagen Sie, warum: Der Grund wird bei der Aktion aufbewahrt.
act-missing-tier = Wählen Sie eine Stufe.
act-missing-fields = Wählen Sie mindestens ein Feld.
act-choose-tier = Stufe
act-choose-fields = Zu korrigieren
act-other-than = Das ist eine andere Firma, obwohl sie dieselbe Registernummer hat wie
act-meanwhile = Das geht nicht mehr: Der Partner ist jetzt „{ $state }“.
act-meanwhile-decided = Jemand war schneller: Der Partner ist jetzt „{ $state }“. { $by } hat am { $at } UTC entschieden:
act-came-to = Es wurde versucht und schlug erneut fehl: { $outcome }
act-approve = Genehmigen
    .effects = Die Firma wird Partner. Der Kontakt erhält eine Mail mit dem Vertrag; ist er angenommen, werden die Produkte dieser Stufe eingerichtet. Genannte Personen werden um Bestätigung gebeten.
    .reader = Der Partner kann ihn lesen.
    .done = Genehmigt.
act-ask = Korrektur erbitten
    .effects = Der Antrag geht per Mail zurück, mit Ihrer Nachricht und einem Formular für diese Felder. Korrigiert kommt er wieder in die Warteschlange; ohne Antwort endet er mit der Frist.
    .reader = Der Antragsteller liest sie.
    .done = Der Antragsteller wurde gefragt.
act-reject = Ablehnen
    .effects = Der Antrag endet, und der Antragsteller erhält eine Mail mit dem Grund. Das ist endgültig; die Firma darf sich erneut bewerben.
    .reader = Der Antragsteller liest ihn.
    .done = Abgelehnt.
act-suspend = Sperren
    .effects = Jeder Zugang in AWS, CRM, Analytics und IoT wird für alle dieses Partners abgeschaltet. Nichts wird gelöscht. Der Kontakt erhält eine Mail mit dem Grund.
    .reader = Der Partner liest ihn.
    .done = Gesperrt. Die Zugänge werden abgeschaltet.
act-resume = Entsperren
    .effects = Jeder Zugang wird wieder eingeschaltet, wie er war. Der Kontakt erhält eine Mail.
    .reader = Der Partner kann ihn lesen.
    .done = Entsperrt. Die Zugänge werden eingeschaltet.
act-offboard = Partnerschaft beenden
    .effects = Jeder Zugang wird entzogen, und alles, was für diesen Partner außen eingerichtet wurde, wird rückgängig gemacht: Konten, Plätze, Geräte und ihre Daten. Das ist endgültig.
    .reader = Der Partner liest ihn.
    .done = Das Ende der Partnerschaft hat begonnen.
act-publish-state = Momentaufnahme senden
    .effects = Die gegenwärtige Momentaufnahme dieses Partners wird noch einmal an partner.state.v1 gesendet. Wer sie liest, hält sie für die neueste. Sonst ändert sich nichts.
    .reader = Nur das Ops-Team liest ihn.
    .done = Die Momentaufnahme wird gesendet.
act-see-people = Personen zeigen
    .effects = Namen und Mailadressen der Personen dieses Partners werden Ihnen einmal gezeigt. Der Blick wird mit Ihrem Namen und dem Grund protokolliert.
    .reader = Nur das Ops-Team liest ihn. Nennen Sie niemanden.
    .done = Die Personen werden dieses eine Mal gezeigt. Der Blick wurde protokolliert.
act-retry-grant = Erneut versuchen
    .effects = Der fehlgeschlagene Schritt wird jetzt noch einmal versucht, von dort, wo er stand, mit all seinen Versuchen.
    .reader = Nur das Ops-Team liest ihn.
    .done = Es wird jetzt versucht.
act-waive-grant = Verzichten
    .effects = Der Partner macht ohne dieses Produkt weiter, endgültig. Was davon schon da ist, wird rückgängig gemacht. Eine Aktivierung, die darauf wartete, geht weiter.
    .reader = Der Partner kann ihn lesen.
    .done = Verzichtet.
act-release-credentials = Schlüssel ersetzen
    .effects = Schlüssel und Zertifikat des Geräts werden ersetzt, und der Partner darf den neuen Schlüssel einmal abholen. Geräte mit dem alten Zertifikat werden getrennt.
    .reader = Nur das Ops-Team liest ihn.
    .done = Ein neuer Schlüssel wird erzeugt.
act-retry-mail = Erneut senden
    .effects = Die Mail wird mit all ihren Versuchen erneut an dieselbe Person gesendet. Tun Sie das, wenn Adresse oder Mailserver wieder stimmen.
    .reader = Nur das Ops-Team liest ihn.
    .done = Die Mail ist wieder unterwegs.
act-replay-letter = Wiederholen
    .effects = Der Dienst verarbeitet das Ereignis jetzt noch einmal. Er sieht auf den gegenwärtigen Zustand, ein spätes Ereignis schadet also nicht. Schlägt es erneut fehl, bleibt der Dead Letter.
    .reader = Nur das Ops-Team liest ihn.
    .done = Wiederholt.
act-discard-letter = Verwerfen
    .effects = Das Ereignis wird endgültig aufgegeben: Seine Wirkung tritt nie ein. Der Dead Letter bleibt lesbar, bis er aufgeräumt wird.
    .reader = Nur das Ops-Team liest ihn.
    .done = Verworfen.
act-see-letter = Bytes zeigen
    .effects = Header und Bytes des Ereignisses werden Ihnen einmal gezeigt; sie können von Personen handeln. Der Blick wird protokolliert.
    .reader = Nur das Ops-Team liest ihn. Nennen Sie niemanden.
    .done = Die Bytes werden dieses eine Mal gezeigt. Der Blick wurde protokolliert.
act-release-lane = Jetzt versuchen
    .effects = Der Dienst versucht das erste Ereignis dieser Lane jetzt, wie lang die Pause auch wäre.
    .reader = Nur das Ops-Team liest ihn.
    .done = Die Lane wird jetzt versucht.
act-set-aside = Erstes Ereignis beiseitelegen
    .effects = Das Ereignis, das die Lane aufhält, wird ein Dead Letter, und die dahinter gehen weiter. Was es sagte, fehlt, bis es wiederholt wird.
    .reader = Nur das Ops-Team liest ihn.
    .done = Das Ereignis ist jetzt ein Dead Letter.
act-close-hole = Lücke schließen
    .effects = Die fehlenden Ereignisse werden aufgegeben: Kämen sie doch noch, gelten sie als gesehen. Lassen Sie den Absender sie zuerst erneut senden.
    .reader = Nur das Ops-Team liest ihn.
    .done = Die Lücke ist geschlossen.

state-applied = beworben
state-email-verified = Mail bestätigt
state-in-review = in Prüfung
state-action-required = Korrektur erbeten
state-approved = genehmigt
state-agreement-accepted = Vertrag angenommen
state-provisioning = Produkte entstehen
state-active = aktiv
state-suspended = gesperrt
state-offboarding = verlässt uns
state-offboarded = hat uns verlassen
state-rejected = abgelehnt
state-withdrawn = zurückgezogen
state-expired = abgelaufen
tier-registered = Registered
tier-select = Select
tier-premier = Premier
type-reseller = Wiederverkäufer
type-system-integrator = Systemintegrator
type-software-vendor = Softwareanbieter
type-machine-builder = Maschinenbauer
type-consultancy = Beratung
type-training-provider = Schulungsanbieter
product-cloud-sandbox = Cloud-Sandbox
product-analytics = Analytics
product-crm = CRM
product-iot = IoT
grant-planned = geplant
grant-provisioning = entsteht
grant-granted = erteilt
grant-failed = fehlgeschlagen
grant-frozen = abgeschaltet
grant-revoking = wird rückgängig gemacht
grant-revoked = rückgängig gemacht
grant-cancelled = abgesagt
message-planned = geplant
message-sending = wird gesendet
message-sent = gesendet
message-failed = fehlgeschlagen
message-cancelled = abgesagt
invitation-planned = geplant
invitation-sent = gesendet
invitation-accepted = angenommen
invitation-expired = abgelaufen
invitation-cancelled = abgesagt
mail-verify-email = Adresse bestätigen
mail-confirm-membership = Mitgliedschaft bestätigen
mail-sign-in-link = Anmeldelink
mail-correction-needed = Korrektur nötig
mail-welcome = Willkommen
mail-rejected = Ablehnung
mail-access-ready = Zugang bereit
mail-suspended = Sperrung
mail-resumed = Entsperrung
mail-goodbye = Abschied
mail-invitation = Einladung zum Lernen
field-legal-name = Firmenname
field-registration-number = Registernummer
field-country = Land
field-website = Website
field-partner-type = Art des Partners
field-competences = Kompetenzen
field-products-wanted = gewünschte Produkte
field-expected-benefits = Erwartungen
field-language = Sprache
field-members = Personen
trait-registration-number = gleiche Registernummer
trait-mail-domain = gleiche Maildomain
trait-website = gleiche Website
trait-contact = gleicher Kontakt
trait-member = gleiche Person
trait-legal-name = gleicher Name
role-viewer = Betrachter
role-reviewer = Prüfer
role-operator = Operator
role-admin = Admin
standing-confirmed = bestätigt
