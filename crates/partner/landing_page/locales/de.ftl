# Was die Seiten sagen, auf Deutsch: „Sie“, ruhig und kurz. Jeder Schlüssel steht in jeder dieser Dateien, mit denselben
# Variablen. „App Center“, „Connect“ und „Connected“ sind Namen der Plattform und bleiben, wie sie dort stehen.
# Kein HTML. Vor { $tail } steht ein unsichtbares Zeichen (U+2060), damit dort keine Zeile endet.

## Around the pages

skip-to-content = Zum Inhalt springen
help = Hilfe
contact-support = Support kontaktieren
support = Support
terms = Nutzungsbedingungen
privacy = Datenschutzerklärung
contact-us = Kontakt
language = Sprache
about-this-site = Über diese Website
badge-test = Test
error-title = Fehler: { $title }
back = Zurück
continue = Weiter
finish-later = Speichern und später fortsetzen

## Parts

optional = (freiwillig)
opens-new-window = (öffnet ein neues Fenster)
progress = Fortschritt
step-done = Erledigt:
copy = Kopieren
copied = Kopiert
copy-by-hand = Bitte von Hand markieren und kopieren
copies-correlation-id = (Korrelations-ID)
fields-need-attention = { $count ->
    [one] Bitte prüfen Sie ein Feld
   *[other] Bitte prüfen Sie { $count } Felder
}

## Fields

email = E-Mail-Adresse
password = Passwort
field-missing = { $what ->
    [name] Geben Sie Ihren Namen ein
    [email] Geben Sie Ihre geschäftliche E-Mail-Adresse ein
    [company] Geben Sie den Namen Ihres Unternehmens ein
   *[code] Geben Sie Ihren Bestätigungscode ein
}
field-too-long = { $what ->
    [name] Kürzen Sie Ihren Namen auf { $most } Zeichen
    [email] Kürzen Sie Ihre geschäftliche E-Mail-Adresse auf { $most } Zeichen
    [company] Kürzen Sie den Namen Ihres Unternehmens auf { $most } Zeichen
   *[code] Kürzen Sie Ihren Bestätigungscode auf { $most } Zeichen
}
email-incomplete = Geben Sie eine E-Mail-Adresse wie name@firma.de ein: Diese ist nicht vollständig
password-too-short = Wählen Sie ein Passwort mit mindestens { $least } Zeichen
password-too-long = Wählen Sie ein Passwort mit höchstens { $most } Zeichen
password-is-email = Wählen Sie ein Passwort, das nicht Ihre E-Mail-Adresse ist
terms-not-agreed = Stimmen Sie den Nutzungsbedingungen zu, um fortzufahren
privacy-not-read = Bestätigen Sie, dass Sie die Datenschutzerklärung gelesen haben

## The first page

connect-platform-to-app = { $platform } mit { $app } verbinden
you-are-activating = { $whom ->
    [company] Sie aktivieren { $app }, eine Integration mit { $platform }, für Ihr gesamtes Unternehmen. { $lead }
   *[user] Sie aktivieren { $app }, eine Integration mit { $platform }, für sich selbst. { $lead }
}
account-begun = Sie haben ein Konto für { $email } begonnen
continue-where-you-stopped = Dort fortsetzen, wo Sie aufgehört haben
sign-in-to-connect = Anmelden und verbinden
sign-in = Anmelden
signing-in = Anmeldung läuft …
new-to-app = Neu bei { $app }?
create-account-steps = { $whom ->
    [company] Erstellen Sie ein Geschäftskonto für Ihr Unternehmen. Das sind { $steps ->
        [2] zwei
        [3] drei
        [4] vier
        [5] fünf
        [6] sechs
       *[7] sieben
    } kurze Schritte, und Sie können sie später abschließen.
   *[user] Erstellen Sie Ihr Konto. Das sind { $steps ->
        [2] zwei
        [3] drei
        [4] vier
        [5] fünf
        [6] sechs
       *[7] sieben
    } kurze Schritte, und Sie können sie später abschließen.
}
create-account = Konto erstellen
personal-account = Ein persönliches Konto kann nicht für ein Unternehmen stehen: Erstellen Sie dafür ein Geschäftskonto.
by-connecting = Mit dem Verbinden akzeptieren Sie unsere { $terms } und unsere { $privacy }. Haben Sie vorher noch Fragen? { $contact }.
terms-in-sentence = Nutzungsbedingungen
privacy-in-sentence = Datenschutzerklärung
sign-in-refused = E-Mail-Adresse und Passwort passen zu keinem Konto. Prüfen Sie beide, oder erstellen Sie ein Konto
back-to-signing-in = Zurück zur Anmeldung

## The verification code

verification-code = Bestätigungscode
code-help = Sechzehn Buchstaben und Ziffern in vier Gruppen; Sie haben den Code beim Vertragsabschluss erhalten. Groß- und Kleinschreibung und Bindestriche spielen keine Rolle.
checking = Wird geprüft …
what-happens-next = Wie es weitergeht
code-next = Sie sehen, was verbunden und was weitergegeben wird, und bestätigen es. Vorher wird nichts weitergegeben.
no-code = Noch kein Code?
no-code-help = { $contact }: Wir beantworten jede Anfrage und senden Ihnen einen Code, sobald Ihr Vertrag unterzeichnet ist.
reconnect = Möchten Sie erneut verbinden?
reconnect-help = Wenn dieses Unternehmen schon einmal verbunden war, geben Sie den Code ein, mit dem Sie beim ersten Mal verbunden haben: Für dasselbe Unternehmen bleibt er gültig. Haben Sie ihn nicht mehr, { $contact }, um einen neuen zu erhalten. Einstellungen und Verlauf bleiben erhalten.
contact-us-in-sentence = schreiben Sie uns
code-not-valid = Dieser Code ist nicht gültig. Vergleichen Sie ihn mit dem, den Sie erhalten haben, oder bitten Sie uns um einen neuen
back-to-the-code = Zurück zum Code

## Agreements

agree-to-terms = Ich stimme den { $terms } zu
have-read-privacy = Ich habe die { $privacy } gelesen

## Signing up

about-you = Über Sie
sign-up-lead = { $whom ->
    [company] Erstellen Sie ein Geschäftskonto bei { $app }. Es wird erst angelegt, wenn die Verbindung bestätigt ist.
   *[user] Erstellen Sie ein Konto bei { $app }. Es wird erst angelegt, wenn die Verbindung bestätigt ist.
}
your-name = Ihr Name
work-email = Geschäftliche E-Mail-Adresse
work-email-help = Damit melden Sie sich an.
keep-password = Lassen Sie das Feld leer, um das gewählte Passwort zu behalten.
password-help = Mindestens { $least } Zeichen.
sign-in-instead = Stattdessen anmelden
email-taken = Für diese Adresse gibt es bereits ein Konto: Gehen Sie zurück und melden Sie sich damit an
your-company = Ihr Unternehmen
agreements = Vereinbarungen
company-and-agreements = Unternehmen und Vereinbarungen
company-lead = { $whom ->
    [company] Ein Konto von { $app } steht für ein Unternehmen.
   *[user] Noch ein Schritt, bevor Sie bestätigen.
}
company-name = Name des Unternehmens
about-the-trial = Zum Testzeitraum
continue-to-confirmation = Weiter zur Bestätigung
fill-in = Bitte ausfüllen: { $label }
choose = Bitte wählen: { $label }
choose-of-list = Wählen Sie einen Eintrag der Liste: { $label }
choose-one = Bitte wählen
shorten-answer = Kürzen Sie auf { $most } Zeichen: { $label }
saved-with-mail = Gespeichert. Wir haben Ihnen einen Link gesendet, mit dem Sie innerhalb von 24 Stunden in jedem Browser fortfahren können.
saved-here = Gespeichert. Kommen Sie innerhalb von 24 Stunden mit diesem Browser zurück, oder wählen Sie im App Center noch einmal „Connect“: Sie machen dort weiter, wo Sie aufgehört haben.

## Going on later

go-on = Weitermachen, wo Sie aufgehört haben
go-on-lead = Sie haben bei { $app } ein Konto für { $email } begonnen. Geben Sie das Passwort ein, das Sie gewählt haben.
go-on-button = Weiter
opening = Wird geöffnet …
not-the-chosen-password = Das ist nicht das Passwort, das Sie zu Beginn gewählt haben
link-gone = Dieser Link führt nicht mehr weiter
link-gone-why = Er funktioniert einmal, und nur in den 24 Stunden, nachdem jemand „Connect“ gewählt hat.
link-gone-help = Gehen Sie zurück ins App Center und wählen Sie noch einmal „Connect“.
go-on-mail-subject = { $app } verbinden: hier geht es weiter
go-on-mail-begun = Sie haben ein Konto bei { $app } begonnen. Es wurde noch nichts verbunden.
go-on-mail-link = Öffnen Sie diesen Link bis zum { $until } und geben Sie das Passwort ein, das Sie gewählt haben. Er funktioniert einmal:
go-on-mail-otherwise = Wenn Sie das nicht begonnen haben, brauchen Sie nichts zu tun: Ohne das Passwort kommt niemand weiter, und die Eingaben werden entfernt.

## Mails to customers

reconnect-mail-subject = { $whom ->
    [named] { $name } muss { $app } erneut verbinden
    [company] Ihr Unternehmen muss { $app } erneut verbinden
   *[user] Verbinden Sie { $app } erneut
}
reconnect-mail-why = { $whom ->
    [named] Die Verbindung von { $name } mit { $app } wurde bei { $platform } beendet. Bis sie erneut hergestellt ist, wird nichts ausgetauscht.
    [company] Die Verbindung Ihres Unternehmens mit { $app } wurde bei { $platform } beendet. Bis sie erneut hergestellt ist, wird nichts ausgetauscht.
   *[user] Ihre Verbindung mit { $app } wurde bei { $platform } beendet. Bis sie erneut hergestellt ist, wird nichts ausgetauscht.
}
reconnect-mail-how = { $whom ->
    [company] Ein Administrator Ihres Unternehmens öffnet den Eintrag im App Center und wählt „Connect“:
   *[user] Öffnen Sie den Eintrag im App Center und wählen Sie „Connect“:
}
recovered-mail-subject = { $whom ->
    [named] { $name } ist wieder mit { $app } verbunden
    [company] Ihr Unternehmen ist wieder mit { $app } verbunden
   *[user] Sie sind wieder mit { $app } verbunden
}
recovered-mail-text = { $whom ->
    [named] Die Verbindung von { $name } mit { $app } funktioniert wieder. Sie brauchen nichts zu tun.
    [company] Die Verbindung Ihres Unternehmens mit { $app } funktioniert wieder. Sie brauchen nichts zu tun.
   *[user] Ihre Verbindung mit { $app } funktioniert wieder. Sie brauchen nichts zu tun.
}

## The confirmation

confirm = Bestätigen
confirm-the-connection = Verbindung bestätigen
confirm-heading = { $whom ->
    [company] Unternehmen …⁠{ $tail } mit { $app } verbinden?
   *[user] Benutzer …⁠{ $tail } mit { $app } verbinden?
}
confirm-lead = { $whom ->
    [company] Prüfen Sie, ob dies Ihr Unternehmen ist. Es wurde noch nichts weitergegeben.
   *[user] Prüfen Sie, ob Sie das sind. Es wurde noch nichts weitergegeben.
}
what-will-be-connected = Was verbunden wird
principal-id = { $whom ->
    [company] Unternehmens-ID in { $platform }
   *[user] Benutzer-ID in { $platform }
}
data-center = Rechenzentrum
data-center-unknown = Nennt die Plattform, wenn Sie bestätigen
data-center-one-of = Eines von { $names }: Von anderswo wird nichts gelesen.
data-center-before = Wie bei der früheren Verbindung; die Plattform bestätigt es.
environment = Umgebung
production = Produktiv
production-help = Diese App ist im Einsatz: Was Sie verbinden, ist echt.
test-app-help = Diese App dient zum Testen.
test-login-help = Die Adresse des Kontos gehört zu einem Testunternehmen.
account-with = Konto bei { $app }
new-account-with = Neues Konto bei { $app }
contract-with = Vertrag mit { $app }
contract-by-code = gemäß dem Bestätigungscode, den Sie eingegeben haben
what-connecting-does = Was das Verbinden bewirkt
what-will-be-shared = Was weitergegeben wird
scopes = Berechtigungen
connected-already = Dieses Konto ist bereits mit { $other } verbunden
one-company-per-account = Ein Konto steht für ein Unternehmen. Erstellen Sie ein eigenes Konto, es sei denn, beide Unternehmen sollen dieses gemeinsam nutzen.
second-company = Ein zweites Unternehmen mit diesem Konto verbinden
second-company-not-confirmed = Bestätigen Sie, dass ein zweites Unternehmen mit diesem Konto verbunden werden soll
connect-button = { $whom ->
    [company] Unternehmen …⁠{ $tail } verbinden
   *[user] Benutzer …⁠{ $tail } verbinden
}
connecting = Wird verbunden …
stop-here = { $whom ->
    [company] Das ist nicht mein Unternehmen: hier abbrechen
   *[user] Das bin ich nicht: hier abbrechen
}
last-attempt-unanswered = Auf den letzten Versuch kam keine Antwort. Es wurde nichts verbunden; Sie können es erneut versuchen.

## Done

connected = Verbunden
is-connected = { $name } ist verbunden
unnamed = { $whom ->
    [company] Ihr Unternehmen
   *[user] Ihr Benutzer
}
done-lead = { $whom ->
    [company] { $platform } und { $app } sind für Ihr gesamtes Unternehmen verbunden. Das App Center zeigt die App als „Connected“ an.
   *[user] { $platform } und { $app } sind verbunden. Das App Center zeigt die App als „Connected“ an.
}
done-data-center = { $whom ->
    [company] Die Daten Ihres Unternehmens werden aus dem Rechenzentrum { $center } gelesen.
   *[user] Ihre Daten werden aus dem Rechenzentrum { $center } gelesen.
}
your-next-steps = Ihre nächsten Schritte
close-this-window = Sie können dieses Fenster jetzt schließen.
about-this-app = Über diese App
help-with-connection = Hilfe zu dieser Verbindung
home-page = Startseite
takes-longer = Das Verbinden dauert länger als sonst
takes-longer-why = { $platform } hat noch nicht geantwortet. Begonnen am { $begun }.
takes-longer-goes-on = Es geht von selbst weiter. Sie können dieses Fenster schließen: Sobald die Verbindung steht, zeigt das App Center die App als „Connected“ an.
takes-longer-otherwise = Wenn es abbricht, können Sie es hier erneut versuchen oder im App Center noch einmal „Connect“ wählen.
look-again = Noch einmal nachsehen

## Where nothing can be connected

start-from-app-center = Beginnen Sie im App Center
start-why = Diese Seite verbindet { $platform } mit { $app } und muss dazu wissen, für wen.
start-how = Melden Sie sich bei { $platform } an, öffnen Sie im App Center den Eintrag von { $app } und wählen Sie „Connect“. Diese Seite öffnet sich dann in einem eigenen Fenster und fragt nach allem Weiteren.
read-about = Mehr über { $app }
link-incomplete = Dieser Link ist nicht vollständig
link-incomplete-why = Der Link, der diese Seite geöffnet hat, sagt nicht, für wen verbunden werden soll. Es wurde nichts gespeichert.
link-incomplete-help = Schließen Sie dieses Fenster, gehen Sie zurück ins App Center und wählen Sie noch einmal „Connect“. Wenn es wieder geschieht, wenden Sie sich an den Support.
nothing-connected = Es wurde nichts verbunden
cancelled-why = Ihre Eingaben wurden entfernt. Sie können dieses Fenster schließen.
cancelled-help = Wenn Ihnen jemand den Link geschickt hat, sagen Sie Ihrem Administrator Bescheid: Ein Link ist für die Person bestimmt, die „Connect“ gewählt hat.
no-answer = { $platform } antwortet im Moment nicht
no-answer-help = Es wurde nichts verbunden, und Ihre Eingaben sind gespeichert. Versuchen Sie es in einer Minute erneut, oder kommen Sie innerhalb von 24 Stunden auf diese Seite zurück.
try-again = Erneut versuchen
link-expired = Dieser Link ist abgelaufen
link-expired-why = Ein Link aus dem App Center gilt 24 Stunden. Es wurde nichts verbunden, und Ihre Eingaben wurden entfernt.
link-expired-help = Schließen Sie dieses Fenster, gehen Sie zurück ins App Center und wählen Sie noch einmal „Connect“.
not-enabled = { $app } ist für Sie nicht freigeschaltet
not-enabled-why = Nach Auskunft von { $platform } darf { $app } derzeit nicht mit Ihrem Unternehmen verbunden werden. Es wurde nichts verbunden.
not-enabled-help = Schreiben Sie uns: Wir finden gemeinsam mit Ihnen heraus, was fehlt.
not-believed = Dieser Link konnte nicht bestätigt werden
not-believed-why = { $platform } bestätigt nicht, dass der Link zu dem gehört, den er nennt. Es wurde nichts verbunden, und Ihre Eingaben wurden entfernt.
not-believed-help = Gehen Sie zurück ins App Center und wählen Sie noch einmal „Connect“. Wenn es wieder geschieht, schreiben Sie uns.
refused = Die Verbindung wurde abgelehnt
refused-why = { $platform } antwortet: { $reason }. Es wurde nichts verbunden.
refused-help = Schreiben Sie uns und nennen Sie die Korrelations-ID unten.
our-fault = { $app } kann derzeit nicht verbunden werden
our-fault-why = Der Fehler liegt bei uns, und unsere Mitarbeiter sind benachrichtigt. Es wurde nichts verbunden.
our-fault-help = Versuchen Sie es später noch einmal aus dem App Center, oder schreiben Sie uns.
name-correlation-id = Wenn Sie dem Support schreiben, nennen Sie diese Korrelations-ID:

## Contact

contact-lead = Bitten Sie um einen Bestätigungscode, ein Angebot oder Hilfe mit { $app }. Wir antworten per E-Mail.
company = Unternehmen
how-can-we-help = Wie können wir Ihnen helfen?
sending = Wird gesendet …
send-message = Nachricht senden
message-missing = Schreiben Sie, was wir für Sie tun können
message-too-long = Kürzen Sie Ihre Nachricht auf { $most } Zeichen
message-arrived = Ihre Nachricht ist angekommen
message-arrived-why = { $company } antwortet Ihnen per E-Mail. Wenn Sie gerade dabei waren, { $app } zu verbinden, können Sie 24 Stunden lang dort weitermachen, wo Sie aufgehört haben.
back-to-the-connection = Zurück zur Verbindung

## What the app is

partner-apps = Partner-Apps
our-apps = Unsere Apps
all-apps = Alle Apps
apps-for = Apps für { $platform }
apps-lead = Jede davon wird über ihren Eintrag im App Center verbunden.
console-for-staff = Konsole für Mitarbeiter
apps = Apps
no-app = Noch ist keine App eingerichtet
no-app-help = Fügen Sie der Konfiguration dieses Partners eine hinzu und starten Sie ihn neu.
by-company = von { $company }
app-by-company = { $app } von { $company }
how-to-connect = So verbinden Sie
how-sign-in = { $whom ->
    [company] Melden Sie sich bei { $platform } als Administrator Ihres Unternehmens an und öffnen Sie das App Center.
   *[user] Melden Sie sich bei { $platform } an und öffnen Sie das App Center.
}
how-choose = Öffnen Sie den Eintrag von { $app } und wählen Sie „Connect“.
how-follow = Ein Fenster von { $company } öffnet sich; folgen Sie ihm bis zum Ende.
how-afterwards = Den Stand der Verbindung finden Sie auf dem Eintrag, und dort können Sie sie auch trennen.
read-more = Weitere Informationen

## Errors

to-the-start-page = Zur Startseite
correlation-id-at = Korrelations-ID,
open-again = Seite neu öffnen
unreadable = Diese Anfrage konnte nicht gelesen werden
unreadable-help = Gehen Sie zurück, laden Sie die Seite neu und versuchen Sie es noch einmal.
only-forms = Diese Adresse nimmt nur das Formular ihrer Seite entgegen.
stale-form = Diese Seite war zu lange geöffnet
stale-form-help = Das Formular gehört zu einer Sitzung, die beendet ist. Es wurde nichts geändert. Öffnen Sie die Seite neu und wiederholen Sie den letzten Schritt.
not-found = Diese Seite gibt es nicht
not-found-help = Vielleicht enthält die Adresse einen Tippfehler, oder was sie zeigte, ist nicht mehr da.
too-many = Zu viele Versuche
too-many-help = Warten Sie { $minutes ->
    [one] eine Minute
   *[other] { $minutes } Minuten
} und versuchen Sie es dann erneut. Was Sie bisher eingegeben haben, bleibt gespeichert.
method-not-allowed = Das ist an dieser Adresse nicht möglich
method-not-allowed-help = Die Seite gibt es, aber nicht für diese Art von Anfrage.
too-large = Das ist zu viel auf einmal
too-large-help = Ein Formular darf bis zu 64 KiB enthalten. Es wurde nichts geändert.
unavailable = Das ist im Moment nicht verfügbar
unavailable-help = Es wurde nichts geändert. Versuchen Sie es in einer Minute erneut.
failed = Das hat nicht funktioniert
failed-help = Es wurde nichts geändert. Versuchen Sie es noch einmal; wenn es wieder geschieht, nennen Sie dem Support die Korrelations-ID unten.

## Dates

date-time = { $day }. { $month ->
    [1] Januar
    [2] Februar
    [3] März
    [4] April
    [5] Mai
    [6] Juni
    [7] Juli
    [8] August
    [9] September
    [10] Oktober
    [11] November
   *[12] Dezember
} { $year }, { $time } Uhr (UTC)
