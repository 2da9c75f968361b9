//! The sixty statements, in short. Their numbers are for good: tests and documents carry them.

/// The number of a statement, and what it says.
type Statement = (u8, &'static str);

/// The statements by whom they bind.
pub const CHAPTERS: &[(&str, &[Statement])] = &[
    ("The platform: connecting", CONNECTING),
    ("The platform: refreshing, revoking, keys", TOKENS_AND_KEYS),
    ("The platform: pages, outbound calls, data", PAGES_AND_DATA),
    ("The partner: landing page and vault", PARTNER),
    ("The agent at the customer's", AGENT),
    ("The whole", WHOLE),
];

const CONNECTING: &[Statement] = &[
    (
        1,
        "Only an integration administrator who signed in or confirmed recently can connect, disconnect or widen scopes.",
    ),
    (
        2,
        "Everybody else's listing page holds no request token and offers to ask an administrator; each administrator is asked once.",
    ),
    (
        3,
        "Redirect addresses match the registered ones byte for byte; plain HTTP and loopback only in the sandbox.",
    ),
    (
        4,
        "A protocol parameter that is repeated or unknown in number is refused.",
    ),
    (
        5,
        "On the native wire a proof key (S256) is required and checked.",
    ),
    (
        6,
        "What the browser holds of a flow's state cannot be changed: neither client, scopes, kind of answer nor company.",
    ),
    (
        7,
        "Request tokens appear in no cookie, log, trace, metric or page.",
    ),
    (
        8,
        "A connect code of the native wire works once, for a minute; its second use revokes what the first brought.",
    ),
    (
        9,
        "A request token is random (128 bits or more), stored as a hash, lives 24 hours, and is bound to company, app, administrator, environment and region.",
    ),
    (
        10,
        "Unknown, expired, foreign and used request tokens are told apart neither by answer nor by time, except where the wire prescribes a code.",
    ),
    (
        11,
        "Repeating an exchange before its receipt is proven brings the same connection and the same refresh token.",
    ),
    (
        12,
        "Once receipt is proven the request token is dead, however young.",
    ),
    (
        13,
        "Client assertions and proofs of possession work once, on any node and across restarts.",
    ),
    (
        14,
        "Exchange and refresh need the authenticated owner; secrets are hashed, compared in constant time, and can overlap while they are rotated.",
    ),
];

const TOKENS_AND_KEYS: &[Statement] = &[
    (
        15,
        "However many refreshes run at once with one token, one lineage comes of it, and never a server error.",
    ),
    (
        16,
        "A crash at any moment of an exchange or refresh strands nobody: the token that the client has still works.",
    ),
    (
        17,
        "When an answer is lost on the way, asking again brings the same refresh token.",
    ),
    (
        18,
        "A refresh token two generations old is a replay: the lineage is revoked, and it is told.",
    ),
    (
        19,
        "Sliding and absolute expiry are both enforced and both shown.",
    ),
    (
        20,
        "After a disconnect the token endpoint refuses at once, introspection within a second, offline checks within a minute.",
    ),
    (
        21,
        "Revocation answers with success only when it is durable; a storage failure is a 503.",
    ),
    (
        22,
        "A suspended company, app or client stops refreshing at once; an administrator who leaves does not stop the company's connection.",
    ),
    (
        23,
        "All sources of revocation count together; none hides another.",
    ),
    (
        24,
        "Connecting again replaces: tokens of the former generation are dead, the partner's mapping stays.",
    ),
    (25, "Signing keys rotate without one failed verification."),
    (
        26,
        "A verifier accepts the configured algorithm only, and no key that the token brings along.",
    ),
    (
        27,
        "An access token names issuer, audience, client, company, connection, scope and expiry; it is refused elsewhere, and an id token in its place.",
    ),
    (
        28,
        "Effective scopes are what the app may, the administrator approved and the request asked; widening waits for approval, narrowing does not.",
    ),
    (
        29,
        "Token, sign-in and code endpoints are rate-limited with 429 and Retry-After; without the limiter they are still safe.",
    ),
];

const PAGES_AND_DATA: &[Statement] = &[
    (
        30,
        "Outbound fetches reach no private address, follow no redirect, and are limited in size and time.",
    ),
    (
        31,
        "Links are built from the configured address, never from what a request claims.",
    ),
    (32, "Every page carries the strict security headers."),
    (
        33,
        "The session changes its identifier at sign-in, step-up and sign-out; cookies are strict.",
    ),
    (
        34,
        "Whatever changes state needs POST with a CSRF token, or a bearer token; GET changes nothing.",
    ),
    (
        35,
        "No interface, page or query shows or changes another company's rows.",
    ),
    (
        36,
        "The audit log is append-only and chained, covers every change of state, and shows tampering.",
    ),
    (
        37,
        "Life-cycle events arrive at least once, in order per connection, signed, and can be replayed.",
    ),
    (
        38,
        "An event is committed together with the change that it tells of.",
    ),
    (39, "Health endpoints tell the truth."),
    (
        40,
        "Migrations go forward while the system runs, and old rows stay readable.",
    ),
    (
        41,
        "A backup that is restored loses no acknowledged token beyond its age, and brings no replaced one back.",
    ),
    (
        42,
        "Expired rows go in bounded batches; the database stays the same size.",
    ),
];

const PARTNER: &[Statement] = &[
    (
        43,
        "The landing page seals the request token in a session on the first hit and redirects to a clean address; nothing foreign is loaded.",
    ),
    (
        44,
        "Linking needs a confirmation that shows what is linked; the exchange happens once, after all steps; the page works small, by keyboard and without script.",
    ),
    (
        45,
        "The vault does not start without its key; sealed values are bound to their row, and can be sealed anew while it runs.",
    ),
    (
        46,
        "One refresh at a time per connection, across processes and hosts; whoever waits shares the result.",
    ),
    (
        47,
        "What a refresh brought is durable before the access token is handed out; the former refresh token is kept until the new one is proven.",
    ),
    (48, "A late writer cannot overwrite a newer token."),
    (
        49,
        "Each failure has its one answer: retry, follow, read again, ask the administrator, or alarm; an ambiguous one is never taken for a revocation.",
    ),
    (
        50,
        "A connection that needs reconnecting stops calling, tells so once with a link, and tells when it recovered.",
    ),
    (
        51,
        "Every connection is refreshed daily, spread out, with warnings long before expiry.",
    ),
    (
        52,
        "Answers with other JSON types, units, additions or omissions than documented are understood.",
    ),
    (
        53,
        "Secrets show in no debug output, serialization or log, and are wiped from memory.",
    ),
    (
        54,
        "Deleting a customer revokes remotely, destroys locally, and is tried until it is confirmed.",
    ),
];

const AGENT: &[Statement] = &[
    (
        55,
        "The agent opens outbound connections only; pairing is by a code that works once and shortly; its key never leaves the host.",
    ),
    (
        56,
        "It renews its credential early enough that a year with outages needs no person, and allows for a wrong clock.",
    ),
    (
        57,
        "A power cut while a token is written leaves the old or the new one.",
    ),
    (
        58,
        "Two agents with one identity are noticed and fenced; updates are verified and rolled back when they fail.",
    ),
];

const WHOLE: &[Statement] = &[
    (
        59,
        "A vault restored from a backup asks for each token's standing before it uses it, so that a restore is never taken for a replay.",
    ),
    (
        60,
        "The sandbox's powers do not exist in production, and both run the same handlers.",
    ),
];
