//! What becomes of a refresh token whose row a restore has lost, as a function (S41, S59).
//!
//! A database that was put back from a backup believes that the newest token it has of a lineage is
//! live. A newer one, issued between the backup and the restore, shows that it is not: it replaced
//! all that the database has, and what was derived from that since.

use protocol::{AppId, ErrorCode, Place, Timestamp, TokenHash};
use store::{RefreshToken, RefreshTokenState, Restore, Settings, refresh_tokens};

use super::refresh_decision::Decision;

/// The row of a token that was lost, as far as its lineage tells. `None` when nothing of the lineage
/// is known: then nobody can say whose the token is.
pub fn row_of(
    place: Place,
    hash: TokenHash,
    lineage: &[RefreshToken],
    settings: &Settings,
) -> Option<RefreshToken> {
    let newest = lineage.last()?;
    let issued_at = refresh_tokens::instant_of(place.row);
    let expires_at = issued_at + settings.refresh_token_lifetime;
    Some(RefreshToken {
        id: place.row,
        generation: place.generation,
        secret_hash: hash.as_bytes().to_vec(),
        issued_at,
        expires_at: newest.absolute_expires_at.min(expires_at),
        proven_at: None,
        successor: None,
        retries: 0,
        state: RefreshTokenState::Live,
        ..newest.clone()
    })
}

/// `lost` was proven to be this platform's, and has no row; `lineage` are the rows that there are, at
/// least one, oldest first.
pub fn recognize(
    lost: &RefreshToken,
    lineage: &[RefreshToken],
    restores: &[Restore],
    client: AppId,
    now: Timestamp,
) -> Decision {
    let refused = Decision::Refuse(ErrorCode::BadRefreshToken);
    if lost.app != client {
        return Decision::Refuse(ErrorCode::IssuedToAnother);
    }
    let ended = |token: &RefreshToken| {
        matches!(
            token.state,
            RefreshTokenState::Revoked | RefreshTokenState::Superseded
        )
    };
    if lineage.iter().any(ended) || now >= lost.expires_at {
        return refused;
    }
    let losing = restores
        .iter()
        .filter(|restore| restore.lost(lost.issued_at));
    let Some(restore) = losing.max_by_key(|restore| restore.restored_at) else {
        return refused;
    };
    // What was issued since the restore was derived from what the lost one had replaced.
    let newer = lineage
        .iter()
        .any(|token| token.id > lost.id && token.issued_at <= restore.restored_at);
    if newer {
        after_restores(Decision::Replay, lost, restores, now)
    } else {
        Decision::Adopt
    }
}

/// A token that was replaced, of a lineage that a restore has touched, comes from a partner that was
/// restored as well, as far as anybody can tell: it is refused, and nothing is revoked.
pub fn after_restores(
    decision: Decision,
    token: &RefreshToken,
    restores: &[Restore],
    now: Timestamp,
) -> Decision {
    let forgiven = restores.iter().any(|restore| restore.forgives(token, now));
    if decision == Decision::Replay && forgiven {
        Decision::Refuse(ErrorCode::BadRefreshToken)
    } else {
        decision
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;
    use protocol::{CompanyId, DAY, HOUR, Principal, ScopeSet};
    use store::restores::GRACE;
    use uuid::Uuid;

    use super::super::refresh_decision::{decide, tests::settings};
    use super::*;

    const START: Timestamp = Timestamp::from_seconds(1_795_000_000);
    /// A partner's refreshes that rotate are this far apart.
    const AGE: std::time::Duration = DAY.saturating_mul(8);

    fn client() -> AppId {
        AppId::from_uuid(Uuid::from_u128(9))
    }

    fn token(generation: i64, issued_at: Timestamp) -> RefreshToken {
        RefreshToken {
            id: issued_at.as_micros() * 1024 + generation,
            principal: Principal::Company(CompanyId::from_uuid(Uuid::from_u128(1))),
            app: client(),
            lineage: START.as_micros() * 1024,
            generation,
            secret_hash: TokenHash::of("value").as_bytes().to_vec(),
            scopes: ScopeSet::parse("openid"),
            issued_at,
            expires_at: issued_at + 180 * DAY,
            absolute_expires_at: START + 730 * DAY,
            proven_at: Some(issued_at),
            successor: None,
            retries: 0,
            state: RefreshTokenState::Live,
        }
    }

    /// One lineage: what was ever handed out, and what the database has of it.
    struct World {
        handed_out: Vec<RefreshToken>,
        rows: Vec<RefreshToken>,
        restore: Restore,
        now: Timestamp,
    }

    impl World {
        /// `handed_out` were issued before the restore, each replaced by the next; the database has
        /// come back with the first `backed_up` of them.
        fn restored(handed_out: i64, backed_up: i64) -> World {
            let issued = |generation: i64| START + AGE * u32::try_from(generation).unwrap();
            let all: Vec<_> = (0..handed_out).map(|n| token(n, issued(n))).collect();
            let mut rows = all[..usize::try_from(backed_up).unwrap()].to_vec();
            let live = rows.len() - 1;
            for at in 0..live {
                rows[at].state = RefreshTokenState::Retired;
                rows[at].successor = Some(rows[at + 1].id);
            }
            let now = issued(handed_out - 1) + HOUR;
            let restore = Restore {
                id: Uuid::nil(),
                known_until: rows[live].issued_at,
                restored_at: now,
            };
            World {
                handed_out: all,
                rows,
                restore,
                now,
            }
        }

        fn decide(&self, at: usize) -> Decision {
            let token = &self.handed_out[at];
            let restores = [self.restore];
            let Some(row) = self.rows.iter().find(|row| row.id == token.id) else {
                let place = token.place();
                let lost = row_of(place, TokenHash::of("value"), &self.rows, &settings());
                return recognize(&lost.unwrap(), &self.rows, &restores, client(), self.now);
            };
            let successor = self.rows.iter().find(|next| Some(next.id) == row.successor);
            let asks = (&TokenHash::of("value"), client());
            let decision = decide(row, successor, asks, &settings(), self.now);
            after_restores(decision, row, &restores, self.now)
        }

        /// Presents a token; gives what was decided, after it was done.
        fn present(&mut self, at: usize) -> Decision {
            let decision = self.decide(at);
            let (id, now) = (self.handed_out[at].id, self.now);
            match decision {
                Decision::Replay => {
                    for row in &mut self.rows {
                        row.state = RefreshTokenState::Revoked;
                    }
                }
                Decision::Adopt => {
                    for row in &mut self.rows {
                        row.state = RefreshTokenState::Retired;
                    }
                    self.rows.push(self.handed_out[at].clone());
                    self.rows.sort_by_key(|row| row.id);
                }
                Decision::Keep { .. } | Decision::Rotate { .. } => {
                    let row = self.rows.iter_mut().find(|row| row.id == id).unwrap();
                    row.proven_at = row.proven_at.or(Some(now));
                    let generation = row.generation;
                    let older = |row: &&mut RefreshToken| {
                        row.generation < generation && row.state == RefreshTokenState::Live
                    };
                    for row in self.rows.iter_mut().filter(older) {
                        row.state = RefreshTokenState::Retired;
                    }
                    if matches!(decision, Decision::Rotate { .. }) {
                        let mut next = token(generation + 1, now);
                        next.proven_at = None;
                        let row = self.rows.iter_mut().find(|row| row.id == id).unwrap();
                        row.successor = Some(next.id);
                        self.handed_out.push(next.clone());
                        self.rows.push(next);
                    }
                }
                _ => {}
            }
            decision
        }
    }

    proptest! {
        /// Whatever is presented after a restore, in whatever order.
        #[test]
        fn s41_s59_what_was_replaced_stays_dead_and_the_newest_stays_good(
            handed_out in 1_i64..5,
            backed_up in 1_i64..5,
            presented in prop::collection::vec((0_usize..12, 1_u32..40), 1..25),
        ) {
            let backed_up = backed_up.min(handed_out);
            let mut world = World::restored(handed_out, backed_up);
            let newest = usize::try_from(handed_out).unwrap() - 1;
            let mut dead = BTreeSet::new();
            let (mut revoked, mut replaced) = (false, false);
            for (at, hours) in presented {
                world.now = world.now + HOUR * hours;
                let at = at % world.handed_out.len();
                let before = world.handed_out.len();
                let (id, generation) = (world.handed_out[at].id, world.handed_out[at].generation);
                let decision = world.present(at);
                let in_grace = world.now < world.restore.restored_at + GRACE;
                let accepted = !matches!(decision, Decision::Refuse(_) | Decision::Replay);
                prop_assert!(!(decision == Decision::Replay && in_grace), "a theft was seen");
                prop_assert!(!(accepted && (revoked || dead.contains(&id))), "{at} came back");
                if at == newest && !revoked && !replaced {
                    prop_assert!(accepted, "the newest was lost: {decision:?}");
                }
                revoked |= decision == Decision::Replay;
                replaced |= at == newest && matches!(decision, Decision::Rotate { .. });
                match decision {
                    // Everything is dead but itself and what replaced it before the restore.
                    Decision::Adopt => dead.extend(
                        (0..before)
                            .filter(|other| *other < at || *other > newest)
                            .map(|other| world.handed_out[other].id),
                    ),
                    // Its ancestors are: all of a lower generation that the database knows.
                    Decision::Keep { .. } | Decision::Rotate { .. } => dead.extend(
                        world.rows.iter()
                            .filter(|row| row.generation < generation)
                            .map(|row| row.id),
                    ),
                    _ => {}
                }
                let live = world.rows.iter().filter(|row| {
                    row.state == RefreshTokenState::Live && row.successor.is_none()
                });
                prop_assert!(live.count() <= 1, "two branches");
            }
        }

        /// Without a restore on record, or of another app, nothing is adopted.
        #[test]
        fn s41_nothing_is_recognized_that_no_restore_has_lost(handed_out in 2_i64..5) {
            let world = World::restored(handed_out, 1);
            let rows = &world.rows;
            let lost = &world.handed_out[1];
            let refused = Decision::Refuse(ErrorCode::BadRefreshToken);
            prop_assert_eq!(recognize(lost, rows, &[], client(), world.now), refused);
            let stranger = AppId::from_uuid(Uuid::from_u128(8));
            let foreign = recognize(lost, rows, &[world.restore], stranger, world.now);
            prop_assert_eq!(foreign, Decision::Refuse(ErrorCode::IssuedToAnother));
            let late = Restore { known_until: lost.issued_at + HOUR, ..world.restore };
            let refused = Decision::Refuse(ErrorCode::BadRefreshToken);
            prop_assert_eq!(recognize(lost, rows, &[late], client(), world.now), refused);
            for state in [RefreshTokenState::Revoked, RefreshTokenState::Superseded] {
                let mut rows = rows.clone();
                rows[0].state = state;
                let ended = recognize(lost, &rows, &[world.restore], client(), world.now);
                prop_assert_eq!(ended, Decision::Refuse(ErrorCode::BadRefreshToken));
            }
        }
    }

    #[test]
    fn s18_after_the_grace_a_replaced_token_is_a_theft_again() {
        let mut world = World::restored(3, 1);
        assert_eq!(world.present(2), Decision::Adopt);
        for replaced in [0, 1] {
            let refused = Decision::Refuse(ErrorCode::BadRefreshToken);
            assert_eq!(world.decide(replaced), refused);
        }
        world.now = world.restore.restored_at + GRACE;
        for replaced in [0, 1] {
            assert_eq!(world.decide(replaced), Decision::Replay);
        }
    }
}
