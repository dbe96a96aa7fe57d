# Mails. Ein Stil: kurz, freundlich, eine Sache zu tun. `$until` ist ein Zeitpunkt in UTC.
brand = Gangway
greeting = Guten Tag { $person },
greeting-neutral = Guten Tag,
closing = Herzliche Grüße
    Ihr Gangway-Partnerteam
link-until = Dieser persönliche Link gilt einmal, bis { DATETIME($until, dateStyle: "long", timeStyle: "short") } Uhr (UTC). Bitte leiten Sie ihn nicht weiter.
link-fallback = Falls der Knopf nicht funktioniert, kopieren Sie diese Adresse in Ihren Browser:
footer-reason = Sie erhalten diese Mail, weil { $company ->
        [none] es eine Bewerbung für das Gangway-Partnerprogramm gibt
       *[other] Sie im Gangway-Partnerprogramm zu { $company } gehören
    }.
footer-applied = Sie erhalten diese Mail, weil sich jemand mit dieser Adresse für das Gangway-Partnerprogramm beworben hat.
footer-draft = Sie erhalten diese Mail, weil jemand eine Bewerbung für das Gangway-Partnerprogramm gespeichert und diese Adresse genannt hat.
footer-named = Sie erhalten diese Mail, weil ein Unternehmen im Gangway-Partnerprogramm diese Adresse genannt hat.
footer-removed = Das ist unsere letzte Mail an Sie zu { $company ->
        [none] diesem Unternehmen
       *[other] { $company }
    }.
footer-integrator = Sie erhalten diese Mail, weil Sie sich für { $integrator ->
        [none] einen Integrator
       *[other] { $integrator }
    } am Gangway-Portal anmelden.
footer-learning = Keine Lernangebote mehr? Hier können Sie sie abbestellen:
footer-learning-action = Lernangebote abbestellen

draft-saved-subject = Ihre gespeicherte Bewerbung
draft-saved-preheader = Machen Sie auf jedem Gerät damit weiter.
draft-saved-heading = Weiter, wo Sie aufgehört haben
draft-saved-intro = Sie haben eine Bewerbung für unser Partnerprogramm gespeichert. Mit diesem Link machen Sie damit weiter, auf jedem Gerät und so oft Sie möchten.
draft-saved-button = Mit der Bewerbung weitermachen
draft-saved-until = Der Link gilt bis { DATETIME($until, dateStyle: "long", timeStyle: "short") } Uhr (UTC); dann wird gelöscht, was Sie eingegeben haben. Wer den Link hat, sieht es: Bitte leiten Sie ihn nicht weiter.
draft-saved-ignore = Waren Sie das nicht? Dann können Sie diese Mail einfach ignorieren. Es wurde nichts abgeschickt, und diese Adresse wird zusammen mit dem Entwurf vergessen.

verify-email-subject = Bitte bestätigen Sie Ihre Mailadresse
verify-email-preheader = Ein Klick, und wir sehen uns Ihre Bewerbung gleich an.
verify-email-heading = Fast geschafft: Ist das Ihre Adresse?
verify-email-intro = schön, dass Sie unser Partner werden möchten. Bitte bestätigen Sie, dass diese Adresse Ihnen gehört. Sobald das geschehen ist, sehen wir uns Ihre Bewerbung an.
verify-email-button = Adresse bestätigen
verify-email-ignore = Sie haben sich nicht beworben? Dann können Sie diese Mail einfach ignorieren. Ohne Ihre Bestätigung geschieht nichts, und die Bewerbung wird gelöscht.

confirm-membership-subject = { $company ->
        [none] Ein Unternehmen nennt Sie als eine seiner Personen: Stimmt das?
       *[other] Gehören Sie zu { $company }?
    }
confirm-membership-preheader = Bitte sagen Sie uns, ob das stimmt. Bis dahin wird nichts für Sie eingerichtet.
confirm-membership-heading = Stimmt das?
confirm-membership-intro = { $company ->
        [none] ein Unternehmen in unserem Partnerprogramm
       *[other] { $company }, ein Unternehmen in unserem Partnerprogramm,
    } hat Sie als eine seiner Personen genannt. Auf dieser Seite sehen Sie, wer das war und was Sie bekämen, und Sie sagen, ob es stimmt.
confirm-membership-reminder-subject = Erinnerung: { confirm-membership-subject }
confirm-membership-reminder-preheader = Sie haben noch nicht geantwortet. Bis dahin wird nichts für Sie eingerichtet.
confirm-membership-reminder-heading = Wir haben noch nichts von Ihnen gehört
confirm-membership-reminder-intro = { confirm-membership-intro } Wir haben Sie schon einmal gefragt; der erste Link endet bald, darum bekommen Sie hier einen neuen. Von uns aus fragen wir nicht noch einmal.
confirm-membership-button = Ansehen und antworten
confirm-membership-ignore = Wenn es nicht stimmt, sagen Sie es dort, und wir löschen Ihren Namen und Ihre Adresse. Wenn Sie nichts tun, wird nichts für Sie eingerichtet.

member-removed-subject = Sie gehören nicht mehr zu { $company }
member-removed-preheader = Ihr Zugang über dieses Unternehmen endet.
member-removed-heading = Ihr Zugang ist beendet
member-removed-intro = Sie gehören in unserem Partnerprogramm nicht mehr zu den Personen von { $company }. Was Sie über dieses Unternehmen hatten, endet: Anmeldungen, Plätze, Konten und offene Einladungen zu Lernpfaden.
member-removed-next = Was Sie über ein anderes Unternehmen haben, bleibt. Ist das ein Irrtum? Dann fragen Sie bitte Ihren Kontakt bei { $company }.

contact-changed-subject = Für { $company } spricht jetzt eine andere Person
contact-changed-preheader = Die Rolle des Kontakts wurde übergeben.
contact-changed-heading = Der Kontakt hat gewechselt
contact-changed-intro = In unserem Partnerprogramm sprechen ab jetzt Sie für { $company }: Sie kümmern sich um Personen und Produkte, und wir schreiben an Sie.
contact-changed-button = Partnerseite öffnen
contact-changed-former = In unserem Partnerprogramm spricht ab jetzt eine andere Person für { $company }. Sie gehören weiter dazu und behalten Ihren Zugang, melden sich aber nicht mehr auf der Partnerseite an.
contact-changed-former-wrong = War das nicht mit Ihnen abgesprochen? Dann antworten Sie bitte gleich auf diese Mail.

passkey-added-subject = Ihrer Partnerseite wurde ein Passkey hinzugefügt
passkey-added-preheader = Ab jetzt können Sie sich damit anmelden.
passkey-added-heading = Ein Passkey wurde hinzugefügt
passkey-added-intro = am { DATETIME($at, dateStyle: "long", timeStyle: "short") } Uhr (UTC) wurde ein Passkey hinzugefügt, mit dem Sie sich auf Ihrer Partnerseite anmelden können.
passkey-added-wrong = Waren Sie das nicht? Dann öffnen Sie Ihre Partnerseite, entfernen Sie den Passkey, beenden Sie alle Anmeldungen, und antworten Sie auf diese Mail.
passkey-added-button = Meine Partnerseite öffnen

passkey-removed-subject = Von Ihrer Partnerseite wurde ein Passkey entfernt
passkey-removed-preheader = Niemand kann sich mehr damit anmelden.
passkey-removed-heading = Ein Passkey wurde entfernt
passkey-removed-intro = am { DATETIME($at, dateStyle: "long", timeStyle: "short") } Uhr (UTC) wurde ein Passkey von Ihrer Partnerseite entfernt. Der Link per Mail funktioniert weiterhin.
passkey-removed-wrong = Waren Sie das nicht? Dann öffnen Sie Ihre Partnerseite, beenden Sie alle Anmeldungen, und antworten Sie auf diese Mail.
passkey-removed-button = Meine Partnerseite öffnen

sign-in-link-subject = Ihr neuer Anmeldelink
sign-in-link-preheader = Hier ist der Link, um den Sie gebeten haben.
sign-in-link-heading = Hier ist Ihr Link
sign-in-link-intro = Sie haben um einen neuen Link zu Ihrer Partnerseite gebeten. Hier ist er.
sign-in-link-several-subject = Ihre neuen Anmeldelinks
sign-in-link-several-preheader = Hier sind die Links, um die Sie gebeten haben.
sign-in-link-several-heading = Hier sind Ihre Links
sign-in-link-several-intro = Sie haben um neue Links zu Ihren Partnerseiten gebeten. Hier ist je einer für jedes Unternehmen.
sign-in-link-open = { $company ->
        [none] Partnerseite öffnen
       *[other] Seite von { $company } öffnen
    }
sign-in-link-over = { $company ->
        [none] Abgeschlossene Partnerseite öffnen
       *[other] Abgeschlossene Seite von { $company } öffnen
    }
sign-in-link-button = Meine Partnerseite öffnen
sign-in-link-ignore = Sie haben nicht darum gebeten? Dann ignorieren Sie diese Mail einfach; außer Ihnen hat niemand den Link.

correction-needed-subject = Wir brauchen noch eine Angabe von Ihnen
correction-needed-preheader = Ihre Bewerbung wartet auf eine kleine Korrektur.
correction-needed-heading = Fast vollständig: Bitte sehen Sie noch einmal nach
correction-needed-intro = wir haben Ihre Bewerbung mit Interesse gelesen. Eine Sache hält uns noch auf, und Sie können sie in wenigen Minuten richtigstellen:
correction-needed-fields = Bitte prüfen Sie:
correction-needed-button = Bewerbung korrigieren
correction-needed-next = Sobald Ihre Korrektur da ist, machen wir dort weiter, wo wir stehen geblieben sind.

deadline-near-subject = { $waits_for ->
        [verification] Erinnerung: Bitte bestätigen Sie Ihre Mailadresse
        [agreement] Erinnerung: Bitte nehmen Sie die Partnervereinbarung an
       *[correction] Erinnerung: Bitte korrigieren Sie Ihre Bewerbung
    }
deadline-near-preheader = Bitte tun Sie es bis { DATETIME($until, dateStyle: "long", timeStyle: "short") } Uhr (UTC).
deadline-near-heading = { $waits_for ->
        [verification] Ist das Ihre Adresse?
        [agreement] Ein letzter Schritt fehlt noch
       *[correction] Ihre Bewerbung wartet auf Sie
    }
deadline-near-intro = { $waits_for ->
        [verification] jemand hat sich mit dieser Adresse für unser Partnerprogramm beworben, und sie ist noch nicht bestätigt. Erst wenn sie es ist, sehen wir uns die Bewerbung an.
        [agreement] wir haben die Bewerbung von { $company } angenommen. Nun fehlt noch, dass Sie die Partnervereinbarung lesen und annehmen; dann richten wir Ihre Zugänge ein.
       *[correction] wir haben Sie gebeten, in Ihrer Bewerbung etwas zu korrigieren, und seither nichts von Ihnen gehört. Was es ist, steht auf Ihrer Seite.
    }
deadline-near-next = Bitte tun Sie es bis { DATETIME($until, dateStyle: "long", timeStyle: "short") } Uhr (UTC). Dann läuft die Frist ab, und wir schließen die Bewerbung.
deadline-near-button = { $waits_for ->
        [verification] Adresse bestätigen
        [agreement] Vereinbarung lesen und annehmen
       *[correction] Bewerbung korrigieren
    }
deadline-near-done = { $waits_for ->
        [verification] Sie haben sich nicht beworben? Dann können Sie diese Mail einfach ignorieren: Es geschieht nichts, und die Bewerbung wird gelöscht.
       *[other] Sie haben es inzwischen getan oder möchten nicht mehr unser Partner werden? Dann brauchen Sie nichts zu tun. Wir erinnern Sie nicht noch einmal.
    }

welcome-subject = Willkommen an Bord: Ihre Bewerbung ist angenommen
welcome-preheader = Ein letzter Schritt: die Partnervereinbarung lesen und annehmen.
welcome-heading = Willkommen im Partnerprogramm!
welcome-intro = gute Nachrichten: Wir haben die Bewerbung von { $company } angenommen. Wir freuen uns auf die Zusammenarbeit mit Ihnen.
welcome-next = Ein letzter Schritt: Bitte lesen Sie die Partnervereinbarung und nehmen Sie sie an. Gleich danach richten wir Ihre Zugänge ein; das dauert meist nur wenige Minuten.
welcome-button = Vereinbarung lesen und annehmen

rejected-subject = Zu Ihrer Bewerbung
rejected-preheader = Leider können wir diesmal nicht zusagen.
rejected-heading = Danke für Ihre Bewerbung
rejected-intro = danke für Ihr Interesse und die Mühe, die Sie sich mit Ihrer Bewerbung gemacht haben. Wir haben sie sorgfältig geprüft und können diesmal leider nicht zusagen.
rejected-reason = Der Grund:
rejected-next = Das muss nicht das letzte Wort sein. Wenn sich etwas geändert hat, bewerben Sie sich gern noch einmal. Und falls wir uns geirrt haben, antworten Sie einfach auf diese Mail.
rejected-button = Noch einmal bewerben

application-withdrawn-subject = Sie haben Ihre Bewerbung zurückgezogen
application-withdrawn-preheader = Wir bearbeiten sie nicht weiter.
application-withdrawn-heading = Ihre Bewerbung ist zurückgezogen
application-withdrawn-intro = Sie haben Ihre Bewerbung für unser Partnerprogramm zurückgezogen, und wir bearbeiten sie nicht weiter. Falls das ein Versehen war oder Sie es sich anders überlegen, können Sie sich jederzeit neu bewerben. Das waren nicht Sie? Dann antworten Sie bitte auf diese Mail.
application-withdrawn-button = Noch einmal bewerben

application-expired-subject = Ihre Bewerbung ist geschlossen
application-expired-preheader = Die Frist für den nächsten Schritt ist abgelaufen.
application-expired-heading = Die Frist ist abgelaufen
application-expired-intro = wir haben auf Ihren nächsten Schritt gewartet, und die Frist dafür ist abgelaufen. Deshalb haben wir Ihre Bewerbung geschlossen. Wenn Sie weiterhin unser Partner werden möchten, können Sie sich jederzeit neu bewerben.
application-expired-button = Noch einmal bewerben

access-ready-subject = Ihre Zugänge sind bereit
access-ready-preheader = Das können Sie ab heute nutzen.
access-ready-heading = Alles bereit: Sie können loslegen
access-ready-intro = Ihr Unternehmen ist jetzt aktiver Partner. Das können Sie ab sofort nutzen:
access-ready-colleague-intro = Ihre Zugänge bei { $company } sind bereit. Das können Sie ab sofort nutzen:
access-ready-none-subject = { $company } ist jetzt aktiver Partner
access-ready-none-preheader = Sie müssen nichts tun.
access-ready-none-heading = Ihr Unternehmen ist aktiver Partner
access-ready-none = Ihr Unternehmen ist jetzt aktiver Partner. Im Moment gibt es für Sie nichts einzurichten; sobald sich das ändert, sagen wir Ihnen Bescheid.
access-ready-waiting = Ihr Unternehmen ist jetzt aktiver Partner.
access-ready-sign-in = Anmelden unter { $url }
access-ready-first-cloud_sandbox = Ihr Benutzername ist in der Regel Ihre Mailadresse; beim ersten Mal schickt AWS Ihnen ein Einmalpasswort per Mail.
access-ready-first-analytics = Für QuickSight registrieren Sie sich einmal: Ihr Ansprechpartner gibt Ihnen dafür eine eigene Adresse.
access-ready-later = Daran arbeiten wir noch; Sie brauchen nichts zu tun:
access-ready-next = Auf Ihrer Partnerseite finden Sie die Einzelheiten zu jedem Produkt und wie Sie sich anmelden.
access-ready-colleague = Ihre Ansprechperson bei { $company } sieht die Einzelheiten zu jedem Produkt auf der Partnerseite.
access-ready-learning = Für einen guten Anfang laden wir Sie zum Lernen ein, in Ihrem Tempo:
access-ready-button = Meine Partnerseite öffnen

access-added-subject = Weitere Zugänge sind bereit
access-added-preheader = Das können Sie ab heute außerdem nutzen.
access-added-heading = Sie können jetzt mehr nutzen
access-added-intro = Was wir für Sie noch eingerichtet haben, ist jetzt bereit:
access-added-next = Auf Ihrer Partnerseite finden Sie die Einzelheiten zu jedem Produkt und wie Sie sich anmelden.
access-added-button = Meine Partnerseite öffnen

access-refused-subject = Zu einem Ihrer Zugänge
access-refused-preheader = Diesen Zugang können wir Ihnen leider nicht geben.
access-refused-heading = Wir haben über einen Zugang entschieden
access-refused-intro = Bevor wir diesen Zugang einrichten, sehen wir uns jeden Fall an. Das haben wir getan und können ihn Ihnen im Moment leider nicht geben:
access-refused-reason = Der Grund:
access-refused-next = An Ihren übrigen Zugängen ändert sich nichts. Fragen? Antworten Sie einfach auf diese Mail.
access-refused-button = Meine Partnerseite öffnen

tier-changed-subject = Ihre Stufe im Partnerprogramm hat sich geändert
tier-changed-preheader = Was dazugehört, folgt von selbst.
tier-changed-heading = Sie haben eine andere Stufe
tier-changed-intro = Wir haben die Stufe von { $company } geändert. Ab sofort ist sie:
tier-changed-reason = Wir haben dazu geschrieben:
tier-changed-next = Was zur Stufe gehört, passen wir von selbst an; sobald etwas Neues bereit ist, schreiben wir Ihnen. Auf Ihrer Partnerseite sehen Sie, wie weit es ist.
tier-changed-button = Meine Partnerseite öffnen
tier-registered = Registriert
tier-select = Select
tier-premier = Premier

suspended-subject = Ihre Zugänge ruhen vorerst
suspended-preheader = Es wird nichts gelöscht. Hier ist der Grund.
suspended-heading = Ihre Zugänge ruhen vorerst
suspended-intro = wir haben die Zugänge von { $company } vorerst abgeschaltet. Es wird nichts gelöscht: Sobald die Sache geklärt ist, machen Sie dort weiter, wo Sie aufgehört haben.
suspended-reason = Der Grund:
suspended-next = Haben Sie Fragen? Antworten Sie einfach auf diese Mail, dann suchen wir gemeinsam einen Weg.

resumed-subject = Ihre Zugänge sind wieder da
resumed-preheader = Sie finden alles so vor, wie Sie es verlassen haben.
resumed-heading = Willkommen zurück!
resumed-intro = die Zugänge von { $company } sind wieder eingeschaltet. Sie finden alles so vor, wie Sie es verlassen haben.
resumed-next = Danke für Ihre Geduld.
resumed-button = Meine Partnerseite öffnen

lease-expiring-subject = { $product }: Ihr Zugang endet am { DATETIME($until, dateStyle: "long") }
lease-expiring-preheader = Wenn Sie ihn länger brauchen, sagen Sie uns rechtzeitig Bescheid.
lease-expiring-heading = Ihr Zugang endet bald
lease-expiring-intro = Ihr Zugang zu „{ $product }“ endet am { DATETIME($until, dateStyle: "long", timeStyle: "short") } UTC. Bitte sichern Sie, was Sie behalten möchten.
lease-expiring-next = Brauchen Sie ihn länger? Bitten Sie auf Ihrer Partnerseite um mehr Zeit.
lease-expiring-button = Meine Partnerseite öffnen

lease-expired-subject = { $product }: Ihr Zugang ist abgelaufen
lease-expired-preheader = Noch wird nichts gelöscht.
lease-expired-heading = Die Laufzeit Ihres Zugangs ist vorbei
lease-expired-intro = die vereinbarte Laufzeit von „{ $product }“ ist vorbei, und wir schalten den Zugang ab. Bis zum { DATETIME($until, dateStyle: "long", timeStyle: "short") } UTC wird nichts gelöscht.
lease-expired-next = Brauchen Sie ihn noch? Antworten Sie vor diesem Tag auf diese Mail, dann sehen wir gemeinsam, was möglich ist.
lease-expired-button = Meine Partnerseite öffnen

lease-renewed-subject = { $product }: verlängert bis zum { DATETIME($until, dateStyle: "long") }
lease-renewed-preheader = Vor diesem Tag wird nichts gelöscht.
lease-renewed-heading = Sie haben mehr Zeit
lease-renewed-intro = Ihr Zugang zu „{ $product }“ gilt jetzt bis zum { DATETIME($until, dateStyle: "long", timeStyle: "short") } UTC.
lease-renewed-next = Falls ihn nur das Ende der Laufzeit abgeschaltet hatte, ist er in wenigen Minuten von selbst wieder da.
lease-renewed-button = Meine Partnerseite öffnen

request-approved-subject = Ihre Anfrage ist genehmigt
request-approved-preheader = Was Sie möchten, ist auf dem Weg.
request-approved-heading = Ihre Anfrage ist genehmigt
request-approved-intro = Gute Nachricht: Wir haben Ihre Anfrage genehmigt.
request-approved-reason = Wir schrieben dazu:
request-approved-next = Auf Ihrer Partnerseite sehen Sie, wie weit es ist.
request-approved-button = Meine Partnerseite öffnen

request-refused-subject = Zu Ihrer Anfrage
request-refused-preheader = Leider können wir diesmal nicht zusagen.
request-refused-heading = Zu Ihrer Anfrage
request-refused-intro = Wir haben uns Ihre Anfrage angesehen und können diesmal leider nicht zusagen.
request-refused-reason = Der Grund:
request-refused-next = Haben Sie Fragen? Antworten Sie einfach auf diese Mail.
request-refused-button = Meine Partnerseite öffnen

request-more_time = Mehr Zeit für einen Zugang
request-product = Ein weiteres Produkt
request-competence = Eine weitere Kompetenz
request-company = Andere Angaben zu Ihrer Firma
competence-cloud = Cloud
competence-data = Daten
competence-crm = CRM
competence-iot = IoT
competence-security = Sicherheit
competence-ai = Künstliche Intelligenz
competence-edge = Edge
competence-training = Schulung
budget-warned-subject = { $product }: { $percent } Prozent des Monatsbudgets sind verbraucht
budget-warned-preheader = Bitte sehen Sie nach, was gerade läuft.
budget-warned-heading = Das Monatsbudget wird knapp
budget-warned-intro = in „{ $product }“ sind diesen Monat { NUMBER($spent_usd, minimumFractionDigits: 2, maximumFractionDigits: 2) } von { NUMBER($budget_usd, minimumFractionDigits: 2, maximumFractionDigits: 2) } USD verbraucht. Wir schätzen das nach dem, was läuft, denn Rechnungen kommen später. Ist das Budget verbraucht, schalten wir den Zugang ab.
budget-warned-next = Bitte beenden Sie, was Sie nicht brauchen. Reicht das Budget nicht? Antworten Sie einfach auf diese Mail.
budget-warned-button = Meine Partnerseite öffnen

budget-exceeded-subject = { $product }: Das Monatsbudget ist verbraucht
budget-exceeded-preheader = Wir schalten den Zugang ab. Gelöscht wird nichts.
budget-exceeded-heading = Das Monatsbudget ist verbraucht
budget-exceeded-intro = in „{ $product }“ sind diesen Monat { NUMBER($spent_usd, minimumFractionDigits: 2, maximumFractionDigits: 2) } von { NUMBER($budget_usd, minimumFractionDigits: 2, maximumFractionDigits: 2) } USD verbraucht. Damit es nicht mehr wird, schalten wir den Zugang ab. Gelöscht wird nichts.
budget-exceeded-next = Brauchen Sie ihn noch in diesem Monat? Antworten Sie auf diese Mail, dann sehen wir gemeinsam, was möglich ist.
budget-exceeded-button = Meine Partnerseite öffnen

offboarding-started-subject = Wir beenden die Partnerschaft
offboarding-started-preheader = Ihre Zugänge werden entfernt. Hier ist der Grund.
offboarding-started-heading = Die Partnerschaft endet
offboarding-started-intro = wir beenden die Partnerschaft mit { $company }. Alle Zugänge werden entfernt, mit allem, was darin ist.
offboarding-started-reason = Der Grund:
offboarding-started-next = Wenn alles entfernt ist, schreiben wir Ihnen noch einmal. Haben Sie Fragen? Antworten Sie einfach auf diese Mail.

goodbye-subject = Auf Wiedersehen und danke
goodbye-preheader = Ihre Zugänge sind vollständig abgebaut.
goodbye-heading = Danke für die gemeinsame Zeit
goodbye-intro = die Partnerschaft mit { $company } ist beendet, und wir haben alles abgebaut, was wir für Sie eingerichtet hatten: Konten, Zugänge und Schlüssel.
goodbye-colleague = die Partnerschaft mit { $company } ist beendet. Damit endet auch, was Sie über dieses Unternehmen hatten: Anmeldungen, Plätze, Konten und offene Einladungen zu Lernpfaden.
goodbye-colleague-next = Was Sie über ein anderes Unternehmen haben, bleibt. Wir haben gern mit Ihnen gearbeitet.
goodbye-next = Wir haben gern mit Ihnen gearbeitet. Sollten sich unsere Wege wieder kreuzen, sind Sie jederzeit willkommen.

invitation-subject = { $count ->
        [one] Ihre Einladung: { $title }
       *[other] Ihre Einladungen: { $title } und mehr
    }
invitation-preheader = Lernangebote, die zu Ihren neuen Zugängen passen, in Ihrem Tempo.
invitation-heading = Möchten Sie mit uns lernen?
invitation-intro = { $count ->
        [one] dieser Lernpfad passt gut zu dem, was Ihr Unternehmen jetzt nutzt, und wir möchten Sie persönlich dazu einladen:
       *[other] diese Lernpfade passen gut zu dem, was Ihr Unternehmen jetzt nutzt, und wir möchten Sie persönlich dazu einladen:
    }

offer-hours = { $hours ->
        [one] Etwa eine Stunde, in Ihrem Tempo.
       *[other] Etwa { $hours } Stunden, in Ihrem Tempo.
    }
offer-button = Einladung zu „{ $title }“
offer-until = Dieser persönliche Link ist offen bis { DATETIME($until, dateStyle: "long", timeStyle: "short") } Uhr (UTC).

portal-sign-in-subject = Ihr Link zum Ereignisportal
portal-sign-in-preheader = Hier ist der Link, um den Sie gebeten haben.
portal-sign-in-heading = Hier ist Ihr Link
portal-sign-in-intro = Sie haben um einen Link zum Ereignisportal{ $integrator ->
        [none] {""}
       *[other] {" "}von { $integrator }
    } gebeten. Hier ist er.
portal-sign-in-button = Portal öffnen
portal-sign-in-ignore = Sie haben nicht darum gebeten? Dann beachten Sie diese Mail nicht; niemand außer Ihnen hat den Link.

endpoint-failing-subject = Ihr Endpunkt bei { $host } nimmt keine Ereignisse an
endpoint-failing-preheader = Bleibt es dabei, wird er abgeschaltet. Hier steht, was zu tun ist.
endpoint-failing-heading = Ihr Endpunkt nimmt keine Ereignisse an
endpoint-failing-intro = Seit dem { DATETIME($since, dateStyle: "long", timeStyle: "short") } UTC hat Ihr Endpunkt bei { $host } nichts angenommen, was wir gesendet haben. Bleibt es dabei, schalten wir ihn am { DATETIME($end, dateStyle: "long", timeStyle: "short") } UTC ab.
endpoint-failing-next = Sehen Sie im Portal nach, was er geantwortet hat, beheben Sie den Fehler und senden Sie ein Testereignis. Mit der ersten angenommenen Zustellung ist alles wieder gut. Kein Ereignis geht verloren: Was wartet, wird gesendet, sobald er wieder annimmt.
endpoint-failing-button = Antworten ansehen

endpoint-disabled-subject = Ihr Endpunkt bei { $host } ist abgeschaltet
endpoint-disabled-preheader = Seine Ereignisse warten. Hier steht, was zu tun ist.
endpoint-disabled-heading = Ihr Endpunkt ist abgeschaltet
endpoint-disabled-intro = { $reason ->
        [gone] Ihr Endpunkt bei { $host } hat mit 410 (gone) geantwortet, deshalb senden wir nichts mehr dorthin.
       *[other] Ihr Endpunkt bei { $host } hat seit Tagen nichts angenommen, deshalb senden wir nichts mehr dorthin.
    }
endpoint-disabled-next = Seine Ereignisse warten auf ihn, höchstens 30 Tage lang. Wenn er wieder annimmt, schalten Sie ihn im Portal ein: Was gewartet hat, wird dann gesendet. Brauchen Sie ihn nicht mehr, löschen Sie ihn dort.
endpoint-disabled-button = Endpunkt ansehen

product-cloud_sandbox = Cloud-Sandbox
product-cloud_sandbox-about = Ihr eigenes Cloud-Konto, um gefahrlos auszuprobieren
product-analytics = Analytics
product-analytics-about = Ihre Daten abfragen und zeigen
product-crm = CRM
product-crm-about = Kunden, Kontakte und Chancen an einem Ort
product-iot = IoT
product-iot-about = Ihr erstes Gateway anbinden

field-legal_name = Rechtlicher Name des Unternehmens
field-registration_number = Registernummer
field-country = Land
field-website = Website
field-contact = Ansprechperson
field-partner_type = Art des Partners
field-competences = Kompetenzen
field-products_wanted = Gewünschte Produkte
field-expected_benefits = Erwarteter Nutzen
field-language = Sprache
field-members = Mitglieder
