//! What becomes of a refresh token that is presented: "Refresh tokens: the rules", as a function.

use std::time::Duration;

use protocol::{AppId, DAY, ErrorCode, MINUTE, Timestamp, TokenHash};
use store::{RefreshToken, RefreshTokenState, Settings};

#[derive(Debug, PartialEq, Eq)]
pub enum Decision {
    Refuse(ErrorCode),
    /// It was replaced, and its successor arrived: revoke the lineage (S18).
    Replay,
    /// Answer with its successor again: nothing shows yet that the successor arrived.
    RepeatSuccessor {
        counts: bool,
    },
    /// Answer with the same value. `proves`: this is the first sign that it arrived.
    Keep {
        proves: bool,
        extend_to: Option<Timestamp>,
    },
    /// A restore lost its row, and it is newer than all that is left: write it down again, and answer
    /// with the same value.
    Adopt,
    /// It is old enough to be replaced.
    Rotate {
        proves: bool,
    },
}

/// Whoever asks so soon after a token was replaced asked at the same time as the others, and is no
/// retry: of any number of callers at once, all get the same successor (S15).
const AT_ONCE: Duration = MINUTE;

impl Decision {
    /// Whether anything must be written: most refreshes write nothing.
    pub fn writes(&self) -> bool {
        !matches!(
            self,
            Decision::Refuse(_)
                | Decision::RepeatSuccessor { counts: false }
                | Decision::Keep {
                    proves: false,
                    extend_to: None
                }
        )
    }
}

/// `token` is the row that the presented value names, `successor` the row that replaced it.
pub fn decide(
    token: &RefreshToken,
    successor: Option<&RefreshToken>,
    presented: (&TokenHash, AppId),
    settings: &Settings,
    now: Timestamp,
) -> Decision {
    let (hash, client) = presented;
    if !hash.matches(&token.secret_hash) {
        return Decision::Refuse(ErrorCode::BadRefreshToken);
    }
    if token.app != client {
        return Decision::Refuse(ErrorCode::IssuedToAnother);
    }
    match token.state {
        RefreshTokenState::Retired => return Decision::Replay,
        RefreshTokenState::Revoked | RefreshTokenState::Superseded => {
            return Decision::Refuse(ErrorCode::BadRefreshToken);
        }
        RefreshTokenState::Live => {}
    }
    if now >= token.expires_at || now >= token.absolute_expires_at {
        return Decision::Refuse(ErrorCode::BadRefreshToken);
    }
    if let Some(successor) = successor {
        let arrived = successor.proven_at.is_some();
        if arrived || now > successor.issued_at + settings.unproven_for {
            return Decision::Replay;
        }
        let counts = now > successor.issued_at + AT_ONCE;
        if counts && token.retries >= settings.unproven_retries {
            return Decision::Refuse(ErrorCode::BadRefreshToken);
        }
        return Decision::RepeatSuccessor { counts };
    }
    let proves = token.proven_at.is_none();
    if now.since(token.issued_at) >= settings.rotation_age {
        return Decision::Rotate { proves };
    }
    let expiry = token
        .absolute_expires_at
        .min(now + settings.refresh_token_lifetime);
    let worth_writing = expiry.since(token.expires_at) >= DAY;
    Decision::Keep {
        proves,
        extend_to: worth_writing.then_some(expiry),
    }
}

#[cfg(test)]
pub(super) mod tests {
    use proptest::prelude::*;
    use protocol::{CompanyId, DataCenter, DataCenters, Principal, ScopeSet};
    use uuid::Uuid;

    use super::*;

    const START: Timestamp = Timestamp::from_seconds(1_795_000_000);

    pub fn settings() -> Settings {
        let origin: protocol::Origin = "https://glz.example".parse().unwrap();
        let landing_zone = DataCenter {
            name: "glz".into(),
            base_uri: origin.clone(),
        };
        Settings::new(
            origin,
            DataCenters {
                landing_zone,
                regions: vec![],
            },
        )
    }

    fn client() -> AppId {
        AppId::from_uuid(Uuid::from_u128(9))
    }

    fn token(id: i64) -> RefreshToken {
        RefreshToken {
            id,
            principal: Principal::Company(CompanyId::from_uuid(Uuid::from_u128(1))),
            app: client(),
            lineage: 1,
            generation: id,
            secret_hash: TokenHash::of("value").as_bytes().to_vec(),
            scopes: ScopeSet::parse("openid"),
            issued_at: START,
            expires_at: START + 180 * DAY,
            absolute_expires_at: START + 730 * DAY,
            proven_at: Some(START),
            successor: None,
            retries: 0,
            state: RefreshTokenState::Live,
        }
    }

    fn ask(token: &RefreshToken, successor: Option<&RefreshToken>, now: Timestamp) -> Decision {
        decide(
            token,
            successor,
            (&TokenHash::of("value"), client()),
            &settings(),
            now,
        )
    }

    #[test]
    fn an_hourly_refresh_writes_nothing() {
        let decision = ask(&token(1), None, START + protocol::HOUR);
        assert!(!decision.writes(), "{decision:?}");
    }

    #[test]
    fn a_foreign_client_and_a_wrong_secret_are_told_apart() {
        let (hash, other) = (TokenHash::of("value"), AppId::from_uuid(Uuid::from_u128(8)));
        let foreign = decide(&token(1), None, (&hash, other), &settings(), START);
        assert_eq!(foreign, Decision::Refuse(ErrorCode::IssuedToAnother));
        let guessed = (&TokenHash::of("guess"), other);
        let guess = decide(&token(1), None, guessed, &settings(), START);
        assert_eq!(guess, Decision::Refuse(ErrorCode::BadRefreshToken));
    }

    #[test]
    fn s19_it_expires_by_disuse_and_absolutely() {
        let refused = Decision::Refuse(ErrorCode::BadRefreshToken);
        assert_eq!(ask(&token(1), None, START + 180 * DAY), refused);
        let mut used = token(1);
        used.expires_at = START + 900 * DAY;
        assert_eq!(ask(&used, None, START + 730 * DAY), refused);
        let extended = ask(&token(1), None, START + 2 * DAY);
        assert_eq!(
            extended,
            Decision::Keep {
                proves: false,
                extend_to: Some(START + 182 * DAY)
            }
        );
    }

    #[test]
    fn s18_a_replaced_token_is_a_replay_once_its_successor_arrived() {
        let mut successor = token(2);
        successor.proven_at = None;
        successor.issued_at = START + 8 * DAY;
        let now = START + 8 * DAY + protocol::HOUR;
        assert_eq!(
            ask(&token(1), Some(&successor), now),
            Decision::RepeatSuccessor { counts: true }
        );
        let mut often = token(1);
        often.retries = settings().unproven_retries;
        assert_eq!(
            ask(&often, Some(&successor), now),
            Decision::Refuse(ErrorCode::BadRefreshToken)
        );
        assert_eq!(
            ask(&often, Some(&successor), successor.issued_at),
            Decision::RepeatSuccessor { counts: false }
        );
        assert_eq!(
            ask(&token(1), Some(&successor), START + 12 * DAY),
            Decision::Replay
        );
        successor.proven_at = Some(now);
        assert_eq!(ask(&token(1), Some(&successor), now), Decision::Replay);
        let mut retired = token(1);
        retired.state = RefreshTokenState::Retired;
        assert_eq!(ask(&retired, None, now), Decision::Replay);
    }

    /// 2026-01-01 to 2034-01-01: two leap days, and every change of summer time.
    const SWEPT: std::ops::Range<i64> = 1_767_225_600..2_019_686_400;

    proptest! {
        /// A token that is used every so often lives exactly until the cap, and one that is left
        /// alone exactly its lifetime, whenever that begins.
        #[test]
        fn s19_both_expiries_hold_to_the_microsecond_whenever_they_fall(
            start in SWEPT, micros in 0_i64..1_000_000, every in 1_u32..180,
        ) {
            let moment = std::time::Duration::from_micros(1);
            let start = Timestamp::from_micros(start * 1_000_000 + micros);
            let (lifetime, cap) = (180 * DAY, start + 730 * DAY);
            let mut held = token(1);
            (held.issued_at, held.proven_at) = (start, Some(start));
            (held.expires_at, held.absolute_expires_at) = (start + lifetime, cap);
            let settings = Settings { rotation_age: 10_000 * DAY, ..settings() };
            let ask = |held: &RefreshToken, now| {
                let hash = TokenHash::of("value");
                decide(held, None, (&hash, client()), &settings, now)
            };
            let mut now = start;
            loop {
                let last = Timestamp::from_micros(held.expires_at.as_micros() - 1);
                let kept = matches!(ask(&held, last), Decision::Keep { .. });
                prop_assert!(kept, "good to the last moment");
                let over = ask(&held, last + moment);
                prop_assert_eq!(over, Decision::Refuse(ErrorCode::BadRefreshToken));
                now = now + every * DAY;
                if now >= held.expires_at {
                    break;
                }
                let Decision::Keep { extend_to, .. } = ask(&held, now) else {
                    panic!("used in time it is kept");
                };
                if let Some(later) = extend_to {
                    prop_assert!(later > held.expires_at && later <= cap);
                    held.expires_at = later;
                }
            }
            prop_assert!(held.expires_at <= cap && cap.since(held.expires_at) < DAY);
        }

        /// Whatever the state, a token that is dead is never answered, and a lineage is only ever
        /// revoked for a token that has a successor or was retired.
        #[test]
        fn dead_tokens_stay_dead(
            state in prop_oneof![
                Just(RefreshTokenState::Live), Just(RefreshTokenState::Retired),
                Just(RefreshTokenState::Superseded), Just(RefreshTokenState::Revoked)],
            proven: bool, has_successor: bool, successor_proven: bool,
            retries in 0_i64..30, days in 0_u32..1_000,
        ) {
            let mut presented = token(1);
            presented.state = state;
            presented.retries = retries;
            presented.proven_at = proven.then_some(START);
            let mut successor = token(2);
            successor.issued_at = START + 7 * DAY;
            successor.proven_at = successor_proven.then_some(START + 7 * DAY);
            let now = START + days * DAY;
            let decision = ask(&presented, has_successor.then_some(&successor), now);
            let dead = state != RefreshTokenState::Live || days >= 180;
            let answered = !matches!(decision, Decision::Refuse(_) | Decision::Replay);
            prop_assert!(!(dead && answered), "{decision:?}");
            if decision == Decision::Replay {
                prop_assert!(has_successor || state == RefreshTokenState::Retired);
            }
            // A client that holds the newest token of a live lineage is never turned away.
            if state == RefreshTokenState::Live && !has_successor && days < 180 {
                prop_assert!(answered, "{decision:?}");
            }
        }
    }
}
