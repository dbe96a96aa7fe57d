# Was geschah, ein Satz je Ereignis; die Namen sind die der Ereignisse, mit - statt des Punktes.
partner-applied = Die Bewerbung ist eingegangen. Gewünscht: { $products_wanted }.
partner-email_verification_requested = Eine Mail mit einem Link zur Bestätigung der Adresse ist unterwegs.
partner-sign_in_requested = Ein neuer Link wurde angefordert und ist per Mail unterwegs.
partner-email_verified = Die Mailadresse ist bestätigt.
partner-review_started = Die Bewerbung wird geprüft.
partner-screened_again = Die korrigierte Bewerbung wurde erneut geprüft. Befunde: { $findings }
partner-action_required = Etwas ist zu korrigieren ({ $fields }): { $message }
partner-correction_submitted = Die Korrektur ist eingegangen. Geändert: { $changed_fields }.
partner-approved = Die Bewerbung ist angenommen, Stufe { $tier }.
partner-rejected = Die Bewerbung ist abgelehnt: { $reason }
partner-tier_changed = Die Stufe ist jetzt { $tier }; vorher war sie { $former_tier }. { $reason }
partner-agreement_accepted = Die Partnervereinbarung { $agreement_version } ist angenommen.
partner-provisioning_started = Die Zugänge werden eingerichtet.
partner-activated = Die Partnerschaft ist aktiv.
partner-suspended = Die Partnerschaft ruht: { $reason }
partner-resumed = Die Partnerschaft geht weiter: { $reason }
partner-offboarding_started = Die Partnerschaft endet, alle Zugänge werden entfernt: { $reason }
partner-offboarded = Alles ist entfernt. Die Partnerschaft ist beendet.
partner-withdrawn = Die Bewerbung ist zurückgezogen.
partner-deadline_near = { $waits_for ->
    [verification] An die Bestätigung der Mailadresse wurde erinnert; die Frist endet am { $deadline_at }.
    [correction] An die Korrektur wurde erinnert; die Frist endet am { $deadline_at }.
   *[agreement] An die Partnervereinbarung wurde erinnert; die Frist endet am { $deadline_at }.
}
partner-expired = Die Bewerbung ist verfallen.
partner-member_confirmation_requested = Eine Person, die der Kontakt genannt hat, wird per Mail gefragt, ob das stimmt.
partner-member_added = Eine Person, die der Kontakt genannt hat, sagt, dass sie zum Unternehmen gehört.
partner-member_declined = Eine Person, die der Kontakt genannt hat, sagt, dass das nicht stimmt, und ist vergessen.
partner-member_removed = Eine Person gehört nicht mehr zum Unternehmen.
partner-passkey_added = Der Kontakt hat einen Passkey hinzugefügt.
partner-passkey_removed = Der Kontakt hat einen Passkey entfernt.
partner-contact_changed = Eine andere Person spricht für das Unternehmen.
partner-members_declined = { $declined_count } Personen, die der Kontakt genannt hat, sagen, dass das nicht stimmt. Bitte ansehen.
partner-registration_shared = Ein anderes Unternehmen als { $other_partner_id }, obwohl die Registernummer gleich lautet, sagt { $decided_by }: { $reason }
partner-requested = { $kind ->
    [more_time] { $product }: um mehr Zeit gebeten, bis { $ends_at }.
    [product] Um { $product } gebeten.
    [competence] Eine weitere Kompetenz genannt: { $competence }.
   *[company] Andere Angaben zur Firma gemacht, die wir uns ansehen.
}
partner-request_decided = { $outcome ->
    [approved] Genehmigt
   *[refused] Nicht genehmigt
}: { $kind ->
    [more_time] mehr Zeit für { $product }.
    [product] { $product }.
    [competence] die Kompetenz { $competence }.
   *[company] die anderen Angaben zur Firma.
} { $reason }
partner-profile_changed = Was wir von der Firma wissen, hat sich geändert: { $changed_fields }.
partner-language_chosen = Eine Person wird in einer anderen Sprache angeschrieben: { $language }.
partner-exported = Alle Daten wurden heruntergeladen.
partner-deadline_passed = Das dauert länger, als es sollte, im Zustand { $state }.
access-planned = Was ansteht, ist geplant: { $grants }.
access-approval_requested = { $product }: Der Anbieter entscheidet darüber.
access-approved = { $product }: Der Anbieter hat zugestimmt.
access-provisioning_started = { $product }: wird eingerichtet.
access-granted = { $product }: bereit.
access-failed = { $product }: { $will_retry ->
    [yes] hat noch nicht geklappt und wird wieder versucht
   *[no] hat nicht geklappt
}. { $message }
access-stuck = { $product }: { $wanted ->
    [on] ließ sich nicht wieder einschalten
    [frozen] ließ sich nicht vollständig abschalten
   *[off] ließ sich nicht vollständig entfernen
}. Der Anbieter kümmert sich darum.
access-drift_detected = { $product }: { $is_left ->
    [yes] wurde von anderer Seite geändert und bleibt vorerst so.
   *[no] wurde von anderer Seite geändert und wird wieder in Ordnung gebracht.
}
access-expiring = { $product }: endet am { $ends_at }, wenn nicht verlängert wird.
access-expired = { $product }: Die Laufzeit ist abgelaufen. Der Zugang wird abgeschaltet und bis zum { $removal_at } aufbewahrt.
access-renewed = { $product }: verlängert bis zum { $ends_at }.
access-budget_warned = { $product }: { $percent } Prozent des Monatsbudgets sind verbraucht.
access-budget_exceeded = { $product }: Das Monatsbudget ist verbraucht. { $action ->
    [end] Damit endet die Laufzeit.
   *[other] Der Zugang wird abgeschaltet; gelöscht wird nichts.
}
access-waived = { $product }: der Anbieter macht ohne weiter.
access-frozen = { $product }: abgeschaltet, nicht gelöscht.
access-unfrozen = { $product }: wieder eingeschaltet.
access-revoked = { $product }: entfernt.
access-cleared = Alle Zugänge sind entfernt.
access-member_added = Eine Person, die hinzugekommen ist, hat Zugang: { $products }.
access-member_removed = Was eine Person hatte, die gegangen ist, ist entfernt: { $products }.
access-request_answered = { $answer ->
    [carried_out] Was erbeten wurde, ist getan.
    [impossible] Was erbeten wurde, geht nicht: { $message }
   *[left_to_operator] Was erbeten wurde, wartet auf die Betreuung.
}
access-device_added = { $product }: Ein Gerät wurde hinzugefügt und darf sich verbinden.
access-device_removed = { $product }: Ein Gerät wurde entfernt.
access-device_stuck = { $product }: { $wanted ->
    [on] Ein Gerät ließ sich nicht einrichten
    [frozen] Ein Gerät ließ sich nicht vollständig abschalten
   *[off] Ein Gerät ließ sich nicht vollständig entfernen
}. Der Anbieter kümmert sich darum.
access-device_claim_made = { $product }: Bis { $expires_at } { $places ->
    [one] kann sich ein Gerät selbst anmelden.
   *[other] können sich { $places } Geräte selbst anmelden.
}
access-device_claim_revoked = { $product }: Eine Anmeldung für Geräte wurde widerrufen.
access-key_replacement_started = { $product }: { $why ->
    [rotation] Für ein Gerät entsteht ein weiterer Schlüssel; der bisherige gilt, bis er beendet wird.
    [revocation] Die Schlüssel eines Geräts wurden widerrufen, ein neuer entsteht.
   *[release] Für ein Gerät entsteht ein neuer Schlüssel, der noch einmal abgeholt werden kann.
}
learning-invitation_sent = Eine Einladung zum Lernpfad { $path_title } wurde verschickt.
learning-invitation_accepted = Eine Einladung zum Lernpfad { $path_title } wurde angenommen.
learning-invitation_expired = Eine Einladung zum Lernpfad { $path_title } ist verfallen.
learning-path_started = Der Lernpfad { $path_title } wurde begonnen.
learning-path_completed = Der Lernpfad { $path_title } wurde abgeschlossen.
integrator-consent_given = { $sees_personal ->
    [yes] { $integrator_name } erhält von nun an Ihre Daten, auch die zu Personen.
   *[other] { $integrator_name } erhält von nun an Ihre Daten, ohne die zu Personen.
}
integrator-consent_withdrawn = { $integrator_name } erhält Ihre Daten nicht mehr.
message-sent = Eine Mail wurde verschickt: { $kind }.
message-failed = Eine Mail konnte nicht verschickt werden: { $kind }.

moment = { DATETIME($at, dateStyle: "long", timeStyle: "short") } UTC
word-cloud_sandbox = Cloud-Sandbox
word-analytics = Analytics
word-crm = CRM
word-iot = IoT
word-cloud = Cloud
word-data = Daten
word-security = Sicherheit
word-ai = Künstliche Intelligenz
word-edge = Edge-Computing
word-training = Schulung
word-request_approved = zu einer genehmigten Anfrage
word-request_refused = zu einer Anfrage
word-registered = Registriert
word-select = Select
word-premier = Premier
word-legal_name = Firmenname
word-registration_number = Registernummer
word-country = Land
word-website = Website
word-partner_type = Art des Unternehmens
word-competences = Kompetenzen
word-products_wanted = gewünschte Produkte
word-expected_benefits = erwarteter Nutzen
word-language = Sprache
word-members = Personen
word-in_review = in Prüfung
word-agreement_accepted = Vereinbarung angenommen
word-provisioning = wird eingerichtet
word-offboarding = wird beendet
word-verify_email = zur Bestätigung der Adresse
word-member_removed = um einer Person zu sagen, dass sie entfernt wurde
word-passkey_added = um zu sagen, dass ein Passkey hinzugefügt wurde
word-passkey_removed = um zu sagen, dass ein Passkey entfernt wurde
word-contact_changed = um zu sagen, dass der Kontakt gewechselt hat
word-draft_saved = um den Link zu einem Entwurf zu bringen
word-confirm_membership = um eine genannte Person zu fragen
word-sign_in_link = mit einem neuen Link
word-correction_needed = zur Korrektur
word-welcome = zur Begrüßung
word-rejected = zur Entscheidung
word-access_ready = die Zugänge sind bereit
word-access_added = weiterer Zugang ist bereit
word-access_refused = zur Entscheidung über einen Zugang
word-tier_changed = zur Stufe
word-suspended = zum Ruhen der Partnerschaft
word-resumed = es geht weiter
word-lease_expiring = zum baldigen Ende eines Zugangs
word-lease_expired = zum Ende eines Zugangs
word-lease_renewed = zur Verlängerung eines Zugangs
word-budget_warned = zum Budget, das knapp wird
word-budget_exceeded = zum verbrauchten Budget
word-deadline_near = um an eine Frist zu erinnern
word-application_withdrawn = um den Rückzug zu bestätigen
word-application_expired = die Bewerbung ist geschlossen
word-offboarding_started = zum Ende der Partnerschaft
word-goodbye = zum Abschied
word-invitation = Einladung zu einem Lernpfad
