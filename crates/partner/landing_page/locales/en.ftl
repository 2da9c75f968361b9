# What the landing pages say, in English. Every key stands in each of these files, with the same variables.
# "App Center", "Connect" and "Connected" are the platform's own names.
# Quotation marks and apostrophes are the language's own; no HTML.

## Around the pages

skip-to-content = Skip to content
help = Help
contact-support = Contact support
support = Support
terms = Terms and conditions
privacy = Privacy policy
contact-us = Contact us
language = Language
about-this-site = About this site
badge-test = Test
error-title = Error: { $title }
back = Back
continue = Continue
finish-later = Save and finish later

## Parts

optional = (optional)
opens-new-window = (opens a new window)
progress = Progress
step-done = Done:
copy = Copy
copied = Copied
copy-by-hand = Select and copy it by hand
copies-correlation-id = the correlation id
fields-need-attention = { $count ->
    [one] One field needs attention
   *[other] { $count } fields need attention
}

## Fields

email = Email
password = Password
field-missing = { $what ->
    [name] Enter your name
    [email] Enter your work email
    [company] Enter the name of your company
   *[code] Enter your verification code
}
field-too-long = { $what ->
    [name] Shorten your name to { $most } characters
    [email] Shorten your work email to { $most } characters
    [company] Shorten the name of your company to { $most } characters
   *[code] Shorten your verification code to { $most } characters
}
email-incomplete = Enter an email address like name@company.com: this one is not complete
password-too-short = Choose a password of at least { $least } characters
password-too-long = Choose a password of at most { $most } characters
password-is-email = Choose a password that is not your email address
terms-not-agreed = Agree to the terms and conditions to go on
privacy-not-read = Confirm that you have read the privacy policy

## The first page

connect-platform-to-app = Connect { $platform } to { $app }
you-are-activating = { $whom ->
    [company] You are activating { $app }, an integration with { $platform }, for your whole company. { $lead }
   *[user] You are activating { $app }, an integration with { $platform }, for yourself. { $lead }
}
account-begun = You have begun an account for { $email }
continue-where-you-stopped = Continue where you stopped
sign-in-to-connect = Sign in to connect
sign-in = Sign in
signing-in = Signing in…
new-to-app = New to { $app }?
create-account-steps = { $whom ->
    [company] Create a business account for your company. It takes { $steps ->
        [2] two
        [3] three
        [4] four
        [5] five
        [6] six
       *[7] seven
    } short steps, and you can finish it later.
   *[user] Create your account. It takes { $steps ->
        [2] two
        [3] three
        [4] four
        [5] five
        [6] six
       *[7] seven
    } short steps, and you can finish it later.
}
create-account = Create account
personal-account = A personal account cannot stand for a company: create a business account for it.
by-connecting = By connecting you accept our { $terms } and { $privacy }. Questions before you connect? { $contact }.
terms-in-sentence = terms and conditions
privacy-in-sentence = privacy policy
sign-in-refused = Email and password do not match an account. Check both, or create an account
back-to-signing-in = Back to signing in

## The verification code

verification-code = Verification code
code-help = Sixteen letters and digits in four groups, handed over when your contract was signed. Capitals and dashes do not matter.
checking = Checking…
what-happens-next = What happens next
code-next = You see what will be connected and what will be shared, and confirm it. Nothing is shared before.
no-code = No code yet?
no-code-help = { $contact }: we answer every inquiry and send a code as soon as your contract is signed.
reconnect = Attempting a reconnect?
reconnect-help = If this company was connected before, enter the code you connected with the first time: it stays good for the same company. Without it, { $contact } for a new one. Settings and history are kept.
contact-us-in-sentence = contact us
code-not-valid = This code is not valid. Compare it with the one you were given, or contact us for a new one
back-to-the-code = Back to the code

## Agreements

agree-to-terms = I agree to the { $terms }
have-read-privacy = I have read the { $privacy }

## Signing up

about-you = About you
sign-up-lead = { $whom ->
    [company] Create a business account with { $app }. It is made when the connection is confirmed, not before.
   *[user] Create an account with { $app }. It is made when the connection is confirmed, not before.
}
your-name = Your name
work-email = Work email
work-email-help = You sign in with it.
keep-password = Leave it empty to keep the one you have chosen.
password-help = At least { $least } characters.
sign-in-instead = Sign in instead
email-taken = This address has an account already: go back and sign in with it
your-company = Your company
agreements = Agreements
company-and-agreements = Company and agreements
company-lead = { $whom ->
    [company] One account of { $app } stands for one company.
   *[user] One more step before you confirm.
}
company-name = Company name
about-the-trial = About the trial
continue-to-confirmation = Continue to confirmation
fill-in = Fill in: { $label }
choose = Choose: { $label }
choose-of-list = Choose one of the list: { $label }
choose-one = Choose one
shorten-answer = Shorten to { $most } characters: { $label }
saved-with-mail = Saved. We have sent you a link to go on with, in any browser, within 24 hours.
saved-here = Saved. Come back with this browser within 24 hours, or choose Connect in App Center again: you go on where you stopped.

## Going on later

go-on = Go on where you stopped
go-on-lead = You have begun an account with { $app } for { $email }. Enter the password you chose.
go-on-button = Go on
opening = Opening…
not-the-chosen-password = This is not the password you chose when you began
link-gone = This link does not lead on any more
link-gone-why = It works once, and for 24 hours from the moment somebody chose Connect.
link-gone-help = Go back to App Center and choose Connect again.
go-on-mail-subject = Go on with connecting { $app }
go-on-mail-begun = You have begun an account with { $app }. Nothing has been connected yet.
go-on-mail-link = Open this link before { $until } and enter the password you chose. It works once:
go-on-mail-otherwise = If you did not begin this, do nothing: without the password nobody goes on, and what was entered is removed.

## Mails to customers

reconnect-mail-subject = { $whom ->
    [named] { $name } must connect { $app } again
    [company] Your company must connect { $app } again
   *[user] Connect { $app } again
}
reconnect-mail-why = { $whom ->
    [named] The connection of { $name } with { $app } has ended at { $platform }. Nothing is exchanged until it is connected again.
    [company] The connection of your company with { $app } has ended at { $platform }. Nothing is exchanged until it is connected again.
   *[user] Your connection with { $app } has ended at { $platform }. Nothing is exchanged until it is connected again.
}
reconnect-mail-how = { $whom ->
    [company] An administrator of your company opens the listing in App Center and chooses Connect:
   *[user] Open the listing in App Center and choose Connect:
}
recovered-mail-subject = { $whom ->
    [named] { $name } is connected with { $app } again
    [company] Your company is connected with { $app } again
   *[user] You are connected with { $app } again
}
recovered-mail-text = { $whom ->
    [named] The connection of { $name } with { $app } works again. Nothing has to be done.
    [company] The connection of your company with { $app } works again. Nothing has to be done.
   *[user] Your connection with { $app } works again. Nothing has to be done.
}

## The confirmation

confirm = Confirm
confirm-the-connection = Confirm the connection
confirm-heading = { $whom ->
    [company] Connect company …{ $tail } to { $app }?
   *[user] Connect user …{ $tail } to { $app }?
}
confirm-lead = { $whom ->
    [company] Check that this is your company. Nothing has been shared yet.
   *[user] Check that this is you. Nothing has been shared yet.
}
what-will-be-connected = What will be connected
principal-id = { $whom ->
    [company] Company id in { $platform }
   *[user] User id in { $platform }
}
data-center = Data center
data-center-unknown = Named by the platform when you confirm
data-center-one-of = One of { $names }: nothing is read from elsewhere.
data-center-before = As when it was connected before; the platform confirms it.
environment = Environment
production = Production
production-help = This app is in use: what you connect is real.
test-app-help = This app is for tests.
test-login-help = The account’s address is one of a test company.
account-with = Account with { $app }
new-account-with = New account with { $app }
contract-with = Contract with { $app }
contract-by-code = by the verification code you entered
what-connecting-does = What connecting does
what-will-be-shared = What will be shared
scopes = Scopes
connected-already = This account is connected to { $other } already
one-company-per-account = One account stands for one company. Create a separate account, unless both companies are to share this one.
second-company = Connect a second company to this account
second-company-not-confirmed = Confirm that this account is to be connected to a second company
connect-button = { $whom ->
    [company] Connect company …{ $tail }
   *[user] Connect user …{ $tail }
}
connecting = Connecting…
stop-here = { $whom ->
    [company] This is not my company: stop here
   *[user] This is not me: stop here
}
last-attempt-unanswered = The last attempt got no answer. Nothing was connected; you can try again.

## Done

connected = Connected
is-connected = { $name } is connected
unnamed = { $whom ->
    [company] Your company
   *[user] Your user
}
done-lead = { $whom ->
    [company] { $platform } and { $app } are connected for your whole company. App Center shows the app as Connected.
   *[user] { $platform } and { $app } are connected. App Center shows the app as Connected.
}
done-data-center = { $whom ->
    [company] Your company’s data is read from data center { $center }.
   *[user] Your data is read from data center { $center }.
}
your-next-steps = Your next steps
close-this-window = You may now close this window.
about-this-app = About this app
help-with-connection = Help with this connection
home-page = Home page
takes-longer = Connecting takes longer than usual
takes-longer-why = { $platform } has not answered yet. Connecting began on { $begun }.
takes-longer-goes-on = It goes on by itself. You may close this window: once it is done, App Center shows the app as Connected.
takes-longer-otherwise = If it is cut off, you can try again here, or choose Connect in App Center once more.
look-again = Look again

## Where nothing can be connected

start-from-app-center = Start from App Center
start-why = This page connects { $platform } to { $app }, and it needs to know for whom.
start-how = Sign in to { $platform }, open the listing of { $app } in App Center and choose Connect. The page opens again in a window of its own and asks for the rest.
read-about = Read about { $app }
link-incomplete = This link is not complete
link-incomplete-why = The link that opened this page does not say for whom to connect. Nothing was stored.
link-incomplete-help = Close this window, go back to App Center and choose Connect again. If it happens again, contact support.
nothing-connected = Nothing was connected
cancelled-why = What you entered has been removed. You may close this window.
cancelled-help = If somebody sent you the link, tell your administrator: a link is meant for the one who chose Connect.
no-answer = { $platform } does not answer for the moment
no-answer-help = Nothing was connected, and what you entered is kept. Try again in a minute, or come back to this page within 24 hours to finish.
try-again = Try again
link-expired = This link has expired
link-expired-why = A link from App Center is good for 24 hours. Nothing was connected, and what you entered was removed.
link-expired-help = Close this window, go back to App Center and choose Connect again.
not-enabled = { $app } is not enabled for you
not-enabled-why = { $platform } says that { $app } may not connect to your company at present. Nothing was connected.
not-enabled-help = Contact us: we find out with you what is missing.
not-believed = This link could not be confirmed
not-believed-why = { $platform } does not confirm that the link belongs to the one it names. Nothing was connected, and what you entered was removed.
not-believed-help = Go back to App Center and choose Connect again. If it happens again, contact us.
refused = The connection was refused
refused-why = { $platform } says: { $reason }. Nothing was connected.
refused-help = Contact us with the correlation id below.
our-fault = { $app } cannot be connected at present
our-fault-why = The fault is on our side, and our staff has been told. Nothing was connected.
our-fault-help = Try again later from App Center, or contact us.
name-correlation-id = When you write to support, name this correlation id:

## Contact

contact-lead = Ask for a verification code, an offer or help with { $app }. We answer by email.
company = Company
how-can-we-help = How can we help?
sending = Sending…
send-message = Send the message
message-missing = Write what we can do for you
message-too-long = Shorten your message to { $most } characters
message-arrived = Your message has arrived
message-arrived-why = Somebody of { $company } answers by email. If you were connecting { $app }, you can go on where you stopped for 24 hours.
back-to-the-connection = Back to the connection

## What the app is

partner-apps = Partner apps
our-apps = Our apps
all-apps = All apps
apps-for = Apps for { $platform }
apps-lead = Each of them is connected from its listing in App Center.
console-for-staff = Console for staff
apps = Apps
no-app = No app is configured yet
no-app-help = Add one to the configuration of this partner and start it again.
by-company = by { $company }
app-by-company = { $app } by { $company }
how-to-connect = How to connect
how-sign-in = { $whom ->
    [company] Sign in to { $platform } as an administrator of your company and open App Center.
   *[user] Sign in to { $platform } and open App Center.
}
how-choose = Open the listing of { $app } and choose Connect.
how-follow = A window of { $company } opens; follow it to the end.
how-afterwards = You find the state of the connection on the listing, and there you can disconnect.
read-more = Read more

## Errors

to-the-start-page = To the start page
correlation-id-at = Correlation id,
open-again = Open the page again
unreadable = This request could not be read
unreadable-help = Go back, reload the page and try again.
only-forms = This address takes the form of its page and nothing else.
stale-form = This page was open for too long
stale-form-help = The form belongs to a session that has ended. Nothing was changed. Open the page again and repeat the last step.
not-found = There is no such page
not-found-help = The address may be mistyped, or what it showed is no longer there.
too-many = Too many attempts
too-many-help = Wait { $minutes ->
    [one] 1 minute
   *[other] { $minutes } minutes
}, then try again. What you have entered so far is kept.
method-not-allowed = This address does not do that
method-not-allowed-help = The page exists, but not for this kind of request.
too-large = This is too much to send at once
too-large-help = A form may hold up to 64 KiB. Nothing was changed.
unavailable = This is not available for the moment
unavailable-help = Nothing was changed. Try again in a minute.
failed = This did not work
failed-help = Nothing was changed. Try again; if it happens again, give support the correlation id below.

## Dates

date-time = { $day } { $month ->
    [1] Jan
    [2] Feb
    [3] Mar
    [4] Apr
    [5] May
    [6] Jun
    [7] Jul
    [8] Aug
    [9] Sep
    [10] Oct
    [11] Nov
   *[12] Dec
} { $year }, { $time } UTC
