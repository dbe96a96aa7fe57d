# Die Seiten für Bewerber und Partner.
start-title = Partner werden
start-lead = Sagen Sie uns, wer Sie sind und was Sie vorhaben. Sie bekommen eine eigene Cloud-Sandbox, Analysewerkzeuge, CRM- und IoT-Zugang und Lernpfade für Ihr Team.
start-apply = Jetzt bewerben
start-new-link = Neuen Link schicken
start-status = Zu meinem Stand

station-verify = Bewerben und Mailadresse bestätigen
station-review = Wir sehen uns die Bewerbung an
station-agreement = Sie nehmen die Vereinbarung an
station-access = Wir richten Ihre Zugänge ein
station-active = Sie arbeiten in der Cloud
station-done = erledigt

apply-title = Als Partner bewerben
apply-lead = Sechs kurze Schritte, etwa fünf Minuten. Alle Angaben werden gebraucht, wenn nichts anderes dabeisteht.
apply-contact =
    .hint = Sie sprechen für das Unternehmen, und wir schreiben an Sie. Nehmen Sie eine Adresse Ihres Unternehmens: Wir prüfen sie mit einem Link.
apply-privacy = Wir nutzen Ihre Angaben, um über die Partnerschaft zu entscheiden und den genannten Personen Zugänge einzurichten, und für nichts sonst.
apply-send = Bewerbung absenden
apply-sent-before = Sie haben dieses Formular schon einmal mit anderen Angaben abgeschickt, und jene Bewerbung ist angekommen: Bitte sehen Sie in Ihr Postfach. Schicken Sie das Formular nur dann noch einmal ab, wenn Sie sich auch mit diesen Angaben bewerben möchten.
apply-send-again = Es wurde noch nichts abgeschickt. Bitte prüfen Sie das Formular und schicken Sie es noch einmal ab.
apply-under-way = Ihre Bewerbung kommt gerade an. Bitte schicken Sie das Formular noch einmal ab; es bleibt bei einer Bewerbung.

step-company = Ihr Unternehmen
step-register = Register und Website
step-wishes = Ihre Pläne
step-contact = Sie
step-people = Weitere Personen
step-check = Prüfen Sie Ihre Angaben

form-step = Schritt { $place } von { $count }
form-back = Zurück
form-next = Weiter
form-change = Ändern
form-nothing = Keine Angabe
form-nobody = Niemand sonst
form-legal-name = Eingetragener Name des Unternehmens
form-registration-number = Registernummer
    .hint = Wie im Unternehmensregister Ihres Landes.
form-country = Land
    .hint = Wo das Unternehmen eingetragen ist.
form-website = Website
    .hint = Zum Beispiel www.example.com
form-partner-type = Art des Unternehmens
form-competences = Worin sind Sie gut?
form-products = Was möchten Sie nutzen?
form-several = Wählen Sie alles, was passt, oder nichts.
form-benefits = Was erwarten Sie von der Partnerschaft?
    .hint = Ihre Ziele in wenigen Sätzen.
form-language = Sprache
    .hint = Für das Unternehmen und unsere Mails an Sie.
form-mail-language = Sprache unserer Mails
form-same-language = Wie das Unternehmen
form-given-name = Vorname
form-family-name = Nachname
form-email = Mailadresse
form-members = Weitere Personen
    .hint = Für Kolleginnen und Kollegen, die auch Zugänge und Lernpfade bekommen sollen. Wir fragen jede Person zuerst per Mail. Es geht auch ohne.
form-member = Person { $number }
form-add-member = Person hinzufügen
form-remove = Entfernen
form-optional = (freiwillig)
form-choose = Bitte wählen
form-field = Feld
form-wrong-title = { $count ->
    [one] Eine Angabe braucht Ihre Aufmerksamkeit
   *[other] { $count } Angaben brauchen Ihre Aufmerksamkeit
}

# What stands under the number of each register that is known.
register-hint = { $about } Zum Beispiel { $example }.
register-AT = Die Nummer im Firmenbuch, Ziffern und ein Buchstabe.
register-AU = Neun Ziffern; die elf der ABN gehen auch.
register-BE = Die zehn Ziffern der Unternehmensnummer.
register-BG = Die neun Ziffern des Handelsregisters.
register-BR = Die vierzehn Ziffern des Unternehmens.
register-CH = Die UID aus dem Handelsregister.
register-CY = HE und die Ziffern des Handelsregisters.
register-CZ = Die acht Ziffern des Unternehmens.
register-DE = Mit dem Gericht, denn jedes Gericht zählt für sich.
register-DK = Die acht Ziffern des CVR.
register-EE = Die acht Ziffern des Handelsregisters.
register-ES = Ein Buchstabe und die Ziffern der NIF des Unternehmens.
register-FI = Sieben Ziffern und eine Prüfziffer.
register-FR = Neun Ziffern; eine SIRET geht auch.
register-GB = Wie bei Companies House: acht Ziffern, oder zwei Buchstaben und sechs Ziffern.
register-GR = Die zwölf Ziffern des Handelsregisters; die neun der ΑΦΜ gehen auch.
register-HR = Die elf Ziffern des Unternehmens.
register-HU = Die zehn Ziffern des Handelsregisters; eine Steuernummer geht auch.
register-IE = Die Ziffern des Companies Registration Office.
register-IS = Die zehn Ziffern des Unternehmens.
register-IT = Elf Ziffern, wie im Registro delle imprese; eine REA-Nummer geht auch.
register-JP = Die dreizehn Ziffern der Unternehmensnummer.
register-LI = FL und elf Ziffern.
register-LT = Die neun Ziffern des Unternehmens.
register-LU = Ein Buchstabe und Ziffern.
register-LV = Die elf Ziffern des Unternehmens.
register-MT = C und die Ziffern des Malta Business Registry.
register-NL = Die acht Ziffern der Kamer van Koophandel.
register-NO = Die neun Ziffern aus Brønnøysund.
register-PL = KRS und zehn Ziffern; NIP oder REGON gehen auch.
register-PT = Die neun Ziffern des Unternehmens.
register-RO = Die Ziffern des Unternehmens; eine Nummer des Registrul Comerțului geht auch.
register-SE = Die zehn Ziffern von Bolagsverket.
register-SI = Sieben Ziffern, oder zehn mit der Einheit.
register-SK = Die acht Ziffern des Unternehmens.

wrong-missing = Diese Angabe fehlt.
wrong-long = Das ist zu lang.
wrong-too-many = Hier können höchstens { $most } Personen stehen.
wrong-choice = Bitte wählen Sie aus der Liste.
wrong-signs = Das enthält Zeichen, die sich nicht drucken lassen.
wrong-same-address = Diese Mailadresse gehört schon zu einer anderen Person.
wrong-no-letters = Hier gehören Buchstaben oder Ziffern hin.
wrong-registration = In dieser Nummer ist ein Schreibfehler: ihre Prüfziffer stimmt nicht. Bitte vergleichen Sie sie mit dem Register.
wrong-international = Unsere Mails erreichen keine Adresse mit Zeichen wie ö oder é vor dem @. Bitte geben Sie eine andere an.
wrong-ip-address = Das ist eine IP-Adresse. Bitte geben Sie den Namen der Website an.
wrong-email = Das ist keine Mailadresse.
wrong-website = Das ist keine Adresse einer Website, die mit https beginnt.
wrong-accept = Bitte setzen Sie das Häkchen, wenn Sie die Vereinbarung annehmen.
wrong-other = Bitte prüfen Sie diese Angabe.

type-reseller = Wiederverkäufer
type-system-integrator = Systemintegrator
type-software-vendor = Softwarehersteller
type-machine-builder = Maschinenbauer
type-consultancy = Beratung
type-training-provider = Schulungsanbieter
competence-cloud = Cloud
competence-data = Daten
competence-crm = CRM
competence-iot = IoT
competence-security = Sicherheit
competence-ai = Künstliche Intelligenz
competence-edge = Edge-Computing
competence-training = Schulung
product-cloud-sandbox = Cloud-Sandbox
product-analytics = Analytics
product-crm = CRM
product-iot = IoT

mail-title = Sehen Sie in Ihr Postfach
mail-lead = Ihre Bewerbung ist da. An die genannte Adresse geht eine Mail mit einem Link. Öffnen Sie ihn, dann geht es weiter.
mail-lead-to = Ihre Bewerbung ist da. Öffnen Sie den Link in der Mail, die dorthin geht:
mail-wrong-address = Stimmt die Adresse nicht?
mail-right-address = Die richtige Mailadresse
    .hint = Wir schicken einen neuen Link dorthin, der erste gilt dann nicht mehr.
mail-another = Sie haben inzwischen aus diesem Browser eine weitere Bewerbung geschickt; diese Seite gehört jetzt zu ihr. Die eben eingegebene Adresse wurde für keine der beiden übernommen. Stimmt die Adresse der ersten nicht, schicken Sie sie noch einmal.
mail-send-there = Link dorthin schicken
mail-nothing = Nach einigen Minuten noch nichts da? Sehen Sie auch in den Spam-Ordner. Eine Adresse, die vor Kurzem eine Mail von uns bekam, wartet länger auf die nächste.

too-often-minutes = { $minutes ->
    [one] Darum wurde zu oft gebeten. Bitte versuchen Sie es in einer Minute noch einmal; was Sie eingegeben haben, bleibt stehen.
   *[other] Darum wurde zu oft gebeten. Bitte versuchen Sie es in { $minutes } Minuten noch einmal; was Sie eingegeben haben, bleibt stehen.
}
too-often-hours = Darum wurde zu oft gebeten. Bitte versuchen Sie es in { $hours } Stunden noch einmal; was Sie eingegeben haben, bleibt stehen.

link-verify-title = Mailadresse bestätigen
link-verify-text = Ein Klick, und wir wissen, dass diese Adresse Ihnen gehört. Dann sehen wir uns Ihre Bewerbung an.
link-verify-button = Ja, das ist meine Adresse
link-sign-in-title = Willkommen zurück
link-sign-in-text = Ein Klick bringt Sie zu Ihrer Partnerschaft. Der Link gilt einmal.
link-sign-in-button = Weiter
link-not-you = Wenn Sie das nicht angefordert haben, schließen Sie einfach die Seite.
link-expired = Dieser Link ist abgelaufen
link-used = Dieser Link wurde schon benutzt
link-invalid = Dieser Link funktioniert nicht
link-refused = Jeder Link gilt einmal und nur für begrenzte Zeit. Lassen Sie sich einen neuen an die Mailadresse Ihrer Bewerbung schicken.
    .membership = Jeder Link gilt einmal und nur für begrenzte Zeit. Wenn Sie noch nicht geantwortet haben, bitten Sie die Person, die Sie genannt hat, die Mail noch einmal schicken zu lassen.

membership-title = Gehören Sie zu diesem Unternehmen?
membership-named = { $contact } hat Sie als eine der Personen von { $company } genannt; dieses Unternehmen ist unser Partner.
membership-data = Was uns über Sie gesagt wurde
membership-name = Name
membership-means = Wenn das stimmt, richten wir für Sie ein
membership-cloud-sandbox = eine Anmeldung an der Cloud-Sandbox des Unternehmens; AWS schickt Ihnen eine Einladung, ein Passwort zu wählen
membership-analytics = einen Platz in der Analytik des Unternehmens
membership-crm = einen eigenen Benutzer im CRM
membership-learning = Einladungen zu Lernpfaden, die Sie jederzeit abbestellen können
membership-over = Dieses Unternehmen nimmt jetzt niemanden mehr auf. Stimmt die Angabe nicht, löschen wir Namen und Adresse trotzdem.
membership-yes = Ja, das stimmt
membership-no = Nein, das stimmt nicht
    .hint = Wenn es nicht stimmt, löschen wir Ihren Namen und Ihre Adresse und schreiben Ihnen nur, falls jemand Sie noch einmal nennt. Wenn Sie nichts tun, wird nichts für Sie eingerichtet.
membership-confirmed = Danke, Sie gehören jetzt dazu
    .next = Wir schreiben Ihnen, sobald Ihre Zugänge bei { $company } bereit sind.
membership-declined = Danke für den Hinweis
    .next = Wir haben Ihren Namen und Ihre Adresse gelöscht, und für Sie wurde nichts eingerichtet.

new-link-title = Neuen Link schicken
new-link-lead = Nennen Sie die Mailadresse Ihrer Bewerbung. Wir schicken Ihnen einen Link, der Sie hereinbringt.
new-link-unsent = Sie sind nicht mehr angemeldet, daher wurde nichts von dem übernommen, was Sie geschickt haben. Kommen Sie neu herein, und schicken Sie es noch einmal.
new-link-another = In diesem Browser haben Sie sich inzwischen für ein anderes Unternehmen angemeldet. Was Sie eben geschickt haben, wurde deshalb für keines der beiden übernommen. Um mit dem ersten weiterzumachen, bitten Sie um einen neuen Link.
new-link-cookies = Ihr Browser hat das Cookie nicht behalten, mit dem Sie angemeldet sind. Erlauben Sie Cookies für diese Seite, und bitten Sie um einen neuen Link: Jeder geht nur einmal.
new-link-handed-over = Sie haben die Aufgabe übergeben und sind jetzt abgemeldet. Der neue Kontakt bekommt eine Mail mit einem Link; Sie gehören weiterhin zum Unternehmen und behalten Ihre Zugänge.
new-link-button = Link schicken
new-link-sent = Wenn wir diese Adresse kennen, ist eine Mail mit einem neuen Link unterwegs.
new-link-nothing = Nach einigen Minuten noch nichts da? Sehen Sie in den Spam-Ordner, oder versuchen Sie eine andere Adresse, die Sie genommen haben könnten.

status-title = Ihre Partnerschaft
status-next = Was als Nächstes zu tun ist
status-reason = Die Begründung:
status-deadline = Bitte handeln Sie bis { DATETIME($date, dateStyle: "long", timeStyle: "short") } UTC, also { $left }.
status-way = Ihr Weg
status-ways-in = So kommen Sie hinein
status-sign-in = Anmelden
status-people-sign-in = So meldet sich jede Person an, und wer es schon getan hat
status-devices = Ihre Geräte: hinzufügen, entfernen, Schlüssel abholen
status-collect = Zum Schlüssel Ihres Gateways
status-products = Ihre Produkte
status-partnership = Zu Ihrer Partnerschaft
status-tier = Stufe
status-agreement = Vereinbarung
status-contact = Wir schreiben an
status-questions = Fragen? Schreiben Sie an
status-reply = Sie können auf jede unserer Mails antworten.
status-people = Ihre Leute
person-contact = spricht für das Unternehmen
person-confirmed = gehört seit { DATETIME($at, dateStyle: "long") } dazu
person-asked = am { DATETIME($at, dateStyle: "long") } gefragt, noch keine Antwort
person-named = wird per Mail gefragt
person-ask-again = Noch einmal fragen
person-change = Entfernen oder übergeben
person-remove = Diese Person entfernen
    .means = Ihre Anmeldungen, Plätze und Konten für Ihr Unternehmen enden in allen Produkten, und wir schreiben ihr, dass sie entfernt wurde. Was sie durch ein anderes Unternehmen hat, bleibt. Sie können sie wieder hinzufügen; dann wird sie neu gefragt.
    .named = Sie hat noch nicht geantwortet. Der Link in unserer Mail öffnet dann nichts mehr.
    .button = { $name } entfernen
person-contact-change = An diese Person übergeben
    .means = Sie spricht statt Ihnen für das Unternehmen: Sie meldet sich hier an, und wir schreiben ihr. Sie selbst werden abgemeldet und gehören weiter dazu.
    .button = { $name } zum Kontakt machen
people-manage = Personen hinzufügen oder entfernen
people-back = Zurück zu Ihren Leuten
people-add = Eine Person hinzufügen
    .hint = Wir fragen sie per Mail, ob sie zu Ihrem Unternehmen gehört. Zugang bekommt sie, sobald sie ja sagt.
    .button = Hinzufügen und per Mail fragen
people-too-many-people = Sie haben so viele Personen, wie ein Partner haben darf.
people-takes-no-changes = Personen lassen sich von der Annahme bis zum Ende der Partnerschaft hinzufügen und entfernen.
people-contact-stays = Wer für das Unternehmen spricht, lässt sich nicht entfernen. Übergeben Sie zuerst an eine andere Person.
people-not-confirmed = Nur wer bestätigt hat, zu Ihrem Unternehmen zu gehören, kann für es sprechen.
people-not-a-member = Diese Person gehört nicht mehr zu Ihrem Unternehmen; es wurde nichts übergeben.
people-declined = { $count ->
    [one] Eine Person, die Sie genannt haben, sagt, dass das nicht stimmt. Was wir über sie wussten, haben wir gelöscht.
   *[other] { $count } Personen, die Sie genannt haben, sagen, dass das nicht stimmt. Was wir über sie wussten, haben wir gelöscht.
}
status-timeline = Was bisher geschah
    .hint = Das Neueste zuerst, Zeiten in UTC.
status-times = { $times }-mal
status-sign-out = Abmelden

# Ein Satz und höchstens ein Knopf je Zustand.
next-applied = Öffnen Sie den Link in der Mail, die wir Ihnen geschickt haben. Wir können Ihnen einen neuen schicken.
    .button = Neuen Link schicken
next-email-verified = Für Sie ist nichts zu tun. Sobald wir entschieden haben, schreiben wir Ihnen.
    .button = Neuesten Stand laden
next-in-review = Für Sie ist nichts zu tun. Sobald wir entschieden haben, schreiben wir Ihnen.
    .button = Neuesten Stand laden
next-action-required = Bitte berichtigen Sie Ihre Bewerbung. Das haben wir Ihnen geschrieben:
    .button = Bewerbung berichtigen
next-rejected = Wenn sich etwas geändert hat, können Sie sich erneut bewerben.
    .button = Erneut bewerben
next-approved = Bitte lesen Sie die Partnervereinbarung und nehmen Sie sie an. Dann richten wir Ihre Zugänge ein.
    .button = Vereinbarung lesen und annehmen
next-agreement-accepted = Für Sie ist nichts zu tun. Wir schreiben Ihnen, wenn Ihre Zugänge bereit sind, meist nach wenigen Minuten.
    .button = Neuesten Stand laden
next-provisioning = Für Sie ist nichts zu tun. Wir schreiben Ihnen, wenn alles bereit ist; was schon bereit ist, können Sie nutzen.
    .button = Neuesten Stand laden
next-active = Melden Sie sich an und legen Sie los. Unten steht für jedes Produkt, wie das geht.
next-active-without = Zurzeit gibt es nichts, wo Sie sich anmelden könnten. Sobald sich das ändert, schreiben wir Ihnen.
next-suspended = Bitte schreiben Sie uns, damit wir gemeinsam einen Weg finden. Bis dahin kann sich niemand von Ihnen anmelden.
next-offboarding = Für Sie ist nichts zu tun. Wir schreiben Ihnen, wenn alles entfernt ist.
    .button = Neuesten Stand laden
next-offboarded = Wenn Sie zurückkommen möchten, können Sie sich erneut bewerben.
    .button = Erneut bewerben
next-withdrawn = Wenn Sie es sich anders überlegen, können Sie sich erneut bewerben.
    .button = Erneut bewerben
next-expired = Wenn Sie noch Partner werden möchten, bewerben Sie sich bitte erneut.
    .button = Erneut bewerben

state-applied = Bitte öffnen Sie den Link in der Mail, die wir Ihnen geschickt haben.
state-email-verified = Danke, Ihre Adresse ist bestätigt. Wir sehen uns Ihre Bewerbung an.
state-in-review = Wir sehen uns Ihre Bewerbung an.
state-action-required = Ihre Bewerbung braucht eine Korrektur.
state-rejected = Wir konnten Ihre Bewerbung nicht annehmen.
state-approved = Willkommen! Ihre Bewerbung ist angenommen.
state-agreement-accepted = Danke. Wir bereiten Ihre Zugänge vor.
state-provisioning = Ihre Zugänge werden eingerichtet.
state-active = Sie sind unser Partner.
state-suspended = Ihre Partnerschaft ruht. Ihre Zugänge sind abgeschaltet, gelöscht ist nichts.
state-offboarding = Die Partnerschaft endet. Ihre Zugänge werden entfernt.
state-offboarded = Die Partnerschaft ist beendet. Alle Zugänge sind entfernt.
state-withdrawn = Sie haben Ihre Bewerbung zurückgezogen.
state-expired = Die Zeit für diesen Schritt ist vorbei.

grant-planned = geplant
grant-provisioning = wird eingerichtet
grant-granted = bereit
grant-failed = geht noch nicht
grant-waived = es geht ohne
grant-frozen = abgeschaltet
grant-revoked = entfernt
grant-leaving = wird entfernt
grant-until = Bis { DATETIME($at, dateStyle: "long", timeStyle: "short") } UTC, also { $left }.
grant-expired = Die Laufzeit endete am { DATETIME($at, dateStyle: "long", timeStyle: "short") } UTC.
grant-retry = Wir versuchen es von selbst noch einmal.
grant-retry-at = Wir versuchen es von selbst noch einmal, um { DATETIME($at, timeStyle: "short") } Uhr UTC.
grant-stuck = Unser Team weiß davon und kümmert sich darum.
grant-said = Das System meldet:

day = { DATETIME($at, dateStyle: "long") }
time = { DATETIME($at, timeStyle: "short") }

begin-cloud_sandbox = Alle, die Sie genannt haben, melden sich unter der Adresse unten mit ihrem Benutzernamen an, in der Regel ihrer Mailadresse. Beim ersten Mal schickt AWS ihnen ein Einmalpasswort per Mail.
begin-analytics = Wählen Sie in Amazon Athena diese Arbeitsgruppe und diese Datenbank; in QuickSight haben alle, die Sie genannt haben, einen Platz und registrieren sich einmal, unter einer eigenen Adresse, die Sie unten finden.
begin-crm = Alle, die Sie genannt haben, sind mit ihrer Mailadresse als Benutzer in dieser Gruppe.
begin-iot = Holen Sie den Schlüssel Ihres ersten Gateways ab, spielen Sie ihn auf das Gerät und verbinden Sie es mit der Adresse unten.

identifier-sign_in_url = Anmelden unter
identifier-account_id = AWS-Konto
identifier-role_arn = Rolle im Konto
identifier-workgroup = Athena-Arbeitsgruppe
identifier-database = Datenbank
identifier-region = AWS-Region
identifier-group = CRM-Gruppe
identifier-group_id = Nummer der Gruppe
identifier-user_count = Benutzer
identifier-endpoint = Geräte verbinden sich mit
identifier-topic_root = Topics beginnen mit
identifier-thing_name = Erstes Gateway
identifier-device_quota = Geräte höchstens
identifier-thing_group = Gerätegruppe
identifier-certificate_id = Zertifikat

cause-aws = AWS hat nicht getan, worum wir gebeten haben.
cause-aws_unreachable = AWS antwortet nicht.
cause-aws_throttling = AWS bittet uns, langsamer zu sein.
cause-aws_too_many_requests = AWS bittet uns, langsamer zu sein.
cause-account = Ihr AWS-Konto konnte noch nicht angelegt werden.
cause-account_under_way = AWS legt Ihr Konto noch an.
cause-account_not_ready = Ihr AWS-Konto ist noch nicht so weit.
cause-identity = Die Anmeldung bei AWS ließ sich nicht einrichten.
cause-assignment = Die Anmeldung bei AWS ließ sich noch nicht einrichten.
cause-crm = Das CRM hat nicht getan, worum wir gebeten haben.
cause-crm_unreachable = Das CRM antwortet nicht.
cause-crm_throttled = Das CRM bittet uns, langsamer zu sein.
cause-crm_ill = Das CRM hat eine Störung.
cause-other = Ein Schritt hat nicht geklappt.

correction-title = Bewerbung korrigieren
correction-lead = Das haben wir Ihnen geschrieben:
correction-send = Korrektur absenden
back-to-status = Zurück zum Stand

agreement-title = Partnervereinbarung
agreement-version = Version { $version }
agreement-accept = Ich habe die Vereinbarung gelesen und nehme sie für mein Unternehmen an.
agreement-button = Annehmen
agreement-was-accepted = Angenommen von { $by } am { DATETIME($at, dateStyle: "long", timeStyle: "short") } UTC.
agreement-not-kept = Der Wortlaut dieser Fassung liegt hier nicht mehr vor. Bitte fragen Sie uns danach.
agreement-digest = SHA-256 des angenommenen Textes:
agreement-read = Die angenommene Vereinbarung lesen
agreement-changed = Die Vereinbarung wurde inzwischen geändert. Bitte lesen Sie die neue Fassung.

leaving-reason = Mögen Sie uns sagen, warum?
withdraw-title = Bewerbung zurückziehen
withdraw-text = Wir arbeiten nicht weiter an Ihrer Bewerbung. Sie können sich jederzeit erneut bewerben.
withdraw-button = Zurückziehen
leave-title = Partnerschaft beenden
leave-text = Alle Zugänge werden entfernt, auch die Cloud-Sandbox mit allem darin. Das lässt sich nicht rückgängig machen.
leave-button = Partnerschaft beenden und alles entfernen
leave-no-reason = Der Partner hat keinen Grund genannt.

requests-title = Um etwas bitten
requests-before = Worum Sie gebeten haben
request-wish = Was möchten Sie?
request-days-label = Wie viel länger?
    .hint = Nur wenn Sie mehr Zeit möchten.
request-so-many-days = { $days ->
    [one] 1 Tag
   *[other] { $days } Tage
}
request-reason = Wofür brauchen Sie es?
    .hint = Ein Satz hilft uns, schnell zu entscheiden.
request-days = { $product }, { $days ->
    [one] 1 Tag länger
   *[other] { $days } Tage länger
}
request-button = Anfragen
request-withdraw = Zurückziehen
request-asked = Angefragt am { DATETIME($at, dateStyle: "long", timeStyle: "short") } UTC.
request-decided = Entschieden am { DATETIME($at, dateStyle: "long", timeStyle: "short") } UTC:
wish-more-time = Mehr Zeit: { $name }
wish-product = Produkt: { $name }
wish-competence = Kompetenz: { $name }
request-kind-more-time = Mehr Zeit
request-kind-product = Ein weiteres Produkt
request-kind-competence = Eine weitere Kompetenz
request-kind-company = Andere Angaben zur Firma
request-is-asked = wird geprüft
request-is-waiting = wartet auf unsere Entscheidung
request-is-approved = genehmigt, unterwegs
request-is-done = erledigt
request-is-refused = nicht genehmigt
request-is-withdrawn = zurückgezogen
request-refused-request-open = Darum haben Sie schon gebeten; es steht unten.
request-refused-too-many-requests = Sie haben heute um vieles gebeten. Bitte machen Sie morgen weiter.
request-refused-no-lease = Dieser Zugang hat kein Ende, das sich verschieben ließe.
request-refused-product-there = Dieses Produkt haben Sie schon.
request-refused-competence-there = Von dieser Kompetenz wissen wir schon.
profile-title = Angaben zur Firma ändern
profile-reviewed = Name, Nummer und Art
    .hint = Eine Änderung daran sehen wir uns erst an. Bis dahin geht alles unter den alten Angaben weiter.
profile-waiting = Diese Änderung sehen wir uns an:
    .link = Sehen, wie weit es ist, oder zurückziehen
profile-reason = Warum ist es anders?
profile-button = Speichern
status-more-time = Um mehr Zeit bitten
status-spent = { $percent } % des Monatsbudgets sind erreicht: { $spent } von { $budget } USD, als wir es Ihnen zuletzt sagten.
status-spent-now = Was jetzt verbraucht ist
status-more = Um mehr Zeit, ein weiteres Produkt oder eine weitere Kompetenz bitten
status-profile = Firma
agreement-download = Herunterladen
learning-title = Was Ihre Leute lernen
learning-none = Noch niemand wurde zu einem Lernpfad eingeladen.
learning-nobody = Jemand, der nicht mehr dabei ist
learning-sent = eingeladen am { DATETIME($at, dateStyle: "long") }
learning-accepted = angenommen am { DATETIME($at, dateStyle: "long") }
learning-expired = bis { DATETIME($at, dateStyle: "long") } nicht beantwortet
learning-started = begonnen am { DATETIME($at, dateStyle: "long") }
learning-completed = abgeschlossen am { DATETIME($at, dateStyle: "long") }
status-write-in = Schreiben Sie mir auf { $language }
status-learning = Lernen
status-sharing = Wer Ihre Daten erhält
status-export = Alle Daten herunterladen (JSON)
sessions-title = Wo Sie angemeldet sind
sessions-lead = Wenn Sie eine davon nicht kennen, beenden Sie sie. Auf unseren anderen Seiten endet sie binnen zehn Minuten.
sessions-program = Ein Programm
sessions-since = seit { DATETIME($at, dateStyle: "long", timeStyle: "short") } UTC
sessions-this = dieser Browser
sessions-end = Beenden
sessions-end-all = Alle beenden, auch hier

passkeys-title = Passkeys
passkeys-lead = Mit einem Passkey melden Sie sich per Fingerabdruck, Gesicht oder PIN Ihres Geräts an, ohne auf eine Mail zu warten. Der Link per Mail funktioniert weiterhin.
passkeys-none = Sie haben noch keinen Passkey.
passkeys-added = hinzugefügt am { DATETIME($at, dateStyle: "long", timeStyle: "short") } UTC
passkeys-used = zuletzt benutzt am { DATETIME($at, dateStyle: "long", timeStyle: "short") } UTC
passkeys-unused = noch nicht benutzt
passkeys-remove = Entfernen
passkeys-lost = Ein Gerät ist verloren? Entfernen Sie seinen Passkey, und beenden Sie dann die Anmeldungen, die Sie nicht kennen:
passkeys-too-many = Sie haben so viele Passkeys, wie möglich sind. Entfernen Sie einen, um einen anderen hinzuzufügen.
passkeys-sign-in-again = Um einen Passkey hinzuzufügen, melden Sie sich bitte zuerst neu an: Ihre letzte Anmeldung ist länger als 30 Minuten her.
passkeys-add = Passkey hinzufügen
passkeys-name = Name des Geräts
    .hint = Damit Sie ihn später wiedererkennen, etwa „Laptop im Büro“.
passkeys-name-wrong = Der Name hat zu viele Zeichen oder solche, die nicht erlaubt sind.
passkeys-refused = Dieser Passkey lässt sich hier nicht benutzen. Versuchen Sie es noch einmal, oder lassen Sie sich einen Link per Mail schicken.
passkeys-trouble = Der Browser hat keinen Passkey geliefert. Versuchen Sie es noch einmal, oder nehmen Sie einen Link per Mail.
passkeys-without = Passkeys brauchen JavaScript und einen heutigen Browser. Der Link per Mail funktioniert ohne beides.
passkeys-sign-in = Mit Passkey anmelden
    .hint = Wenn Sie auf diesem Gerät einen Passkey hinzugefügt haben, brauchen Sie keine Mail.
    .button = Passkey benutzen

draft-save = Später weiter
draft-title = Speichern und später weitermachen
draft-lead = Wir bewahren Ihre Eingaben { $days ->
        [one] einen Tag
       *[other] { $days } Tage
    } auf und schicken Ihnen einen Link, mit dem Sie auf jedem Gerät weitermachen. Abgeschickt wird nichts, bevor Sie es selbst tun; nach dieser Zeit wird alles gelöscht.
draft-email = Den Link schicken an
draft-send = Speichern und Link schicken
draft-back = Zurück zum Formular
draft-saved-title = Gespeichert
draft-saved-to = Eine Mail mit dem Link ist unterwegs an
draft-saved-until = Der Link gilt { $days ->
        [one] einen Tag
       *[other] { $days } Tage
    }. Wer ihn hat, sieht Ihre Eingaben: Bitte leiten Sie ihn nicht weiter. Nach einigen Minuten noch nichts da? Dann prüfen Sie bitte die Adresse und den Spam-Ordner.
draft-saved-again = Ihre Eingaben sind im Entwurf gespeichert. Der Link in Ihrer Mail gilt weiter.
draft-refused-title = Hier ist kein Entwurf
draft-refused = Dieser Entwurf wurde schon abgeschickt, oder seine Zeit ist um und er wurde gelöscht.
draft-invalid = Dieser Link ist nicht vollständig. Bitte öffnen Sie ihn noch einmal aus der Mail, oder fangen Sie neu an.
apply-draft-gone = Der Entwurf zu diesem Formular wurde schon abgeschickt, oder seine Zeit ist um. Jetzt wurde nichts abgeschickt. Schicken Sie das Formular nur dann noch einmal ab, wenn Sie sich auch mit diesen Angaben bewerben möchten.
