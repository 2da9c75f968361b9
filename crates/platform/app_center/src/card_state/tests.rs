use protocol::{AppId, CompanyId, Principal, UserId};
use store::ConnectionState;
use uuid::Uuid;

use super::*;

const NOW: Timestamp = Timestamp::from_seconds(1_800_000_000);

fn connection(state: ConnectionState, expires_at: Timestamp) -> Connection {
    Connection {
        principal: Principal::Company(CompanyId::from_uuid(Uuid::from_u128(1))),
        app: AppId::from_uuid(Uuid::from_u128(2)),
        state,
        connected_at: NOW - DAY,
        connected_by: UserId::from_uuid(Uuid::from_u128(3)),
        expires_at,
    }
}

fn attempt(state: AttemptState, age: Duration) -> Attempt {
    Attempt {
        id: Uuid::from_u128(4),
        user: UserId::from_uuid(Uuid::from_u128(3)),
        listing: "4f0ba190d9a9551b5d378044".to_owned(),
        state,
        started_at: NOW - age,
    }
}

const ADMINISTRATOR: Situation<'static> = Situation {
    enterprise: true,
    enabled: true,
    permitted: true,
    prefers_request_information: false,
    connection: None,
    attempt: None,
    now: NOW,
};

#[test]
fn who_looks_decides_before_anything_happened() {
    use CardState::*;
    let employee = Situation {
        permitted: false,
        ..ADMINISTRATOR
    };
    let table = [
        (ADMINISTRATOR, CanConnect),
        (employee, NotPermitted),
        (
            Situation {
                prefers_request_information: true,
                ..ADMINISTRATOR
            },
            RequestFirst,
        ),
        (
            Situation {
                prefers_request_information: true,
                ..employee
            },
            NotPermitted,
        ),
        (
            Situation {
                enterprise: false,
                ..ADMINISTRATOR
            },
            Consumer,
        ),
        (
            Situation {
                enabled: false,
                ..ADMINISTRATOR
            },
            SwitchedOff,
        ),
    ];
    for (situation, expected) in table {
        assert_eq!(card_state(situation), expected);
    }
}

#[test]
fn ac_11_an_attempt_goes_from_pending_to_its_end() {
    use CardState::*;
    let minute = Duration::from_secs(60);
    let table = [
        (AttemptState::Pending, minute, Pending),
        (AttemptState::Pending, DAY, CanConnect),
        (AttemptState::Closed, minute, WindowClosed),
        (AttemptState::Closed, 2 * HOUR, CanConnect),
        (AttemptState::Unreachable, minute, Unreachable),
        (AttemptState::Cancelled, minute, CanConnect),
        (AttemptState::Connected, minute, CanConnect),
    ];
    for (state, age, expected) in table {
        let attempt = attempt(state, age);
        let situation = Situation {
            attempt: Some(&attempt),
            ..ADMINISTRATOR
        };
        assert_eq!(card_state(situation), expected, "{state:?} {age:?}");
    }
}

#[test]
fn a_connection_shows_until_it_ends_or_expires() {
    use CardState::*;
    let live = connection(ConnectionState::Connected, NOW + DAY);
    let expired = connection(ConnectionState::Connected, NOW);
    let ended = connection(ConnectionState::Disconnected, NOW + DAY);
    let pending = attempt(AttemptState::Pending, HOUR);
    let employee = Situation {
        permitted: false,
        ..ADMINISTRATOR
    };
    let table = [
        (ADMINISTRATOR, &live, None, Connected),
        (ADMINISTRATOR, &live, Some(&pending), Connected),
        (employee, &live, None, Connected),
        (ADMINISTRATOR, &expired, None, Expired),
        (ADMINISTRATOR, &expired, Some(&pending), Pending),
        (employee, &expired, None, NotPermitted),
        (ADMINISTRATOR, &ended, None, CanConnect),
    ];
    for (who, connection, attempt, expected) in table {
        let situation = Situation {
            connection: Some(connection),
            attempt,
            ..who
        };
        assert_eq!(card_state(situation), expected);
    }
}
