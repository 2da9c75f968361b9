//! When which key changes its state: plain functions over the keys' records (S25).

use std::time::Duration;

use protocol::Timestamp;
use protocol::jose::SigningAlgorithm;

use crate::{KeyRecord, KeyState};

/// How long keys stay in their states.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KeyTimes {
    /// Shown for at least so long before it signs: no client's cache is older.
    pub publish: Duration,
    /// Then it signs for so long.
    pub sign: Duration,
    /// And is shown for so long afterwards: no token that it signed lives longer.
    pub retire: Duration,
}

/// A change of the keys.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// Make a key that signs at once, because there is none that could.
    Begin(SigningAlgorithm),
    /// Make the next key and show it.
    Publish(SigningAlgorithm),
    /// This published key signs from now on.
    Sign(String),
    /// This key signs no longer.
    Retire(String),
    /// This key is shown no longer.
    Remove(String),
}

/// A published key that some clients may not have seen yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TooEarly {
    pub kid: String,
    /// From then on it may sign.
    pub at: Timestamp,
}

/// What is to be done now, in this order. Done, nothing is due any more at the same instant.
pub fn due(keys: &[KeyRecord], times: KeyTimes, now: Timestamp) -> Vec<Step> {
    let mut steps = Vec::new();
    for algorithm in SigningAlgorithm::ALL {
        let signing = find(keys, algorithm, KeyState::Signing);
        let published = find(keys, algorithm, KeyState::Published);
        match (signing, published) {
            (None, None) => {
                steps.extend([Step::Begin(algorithm), Step::Publish(algorithm)]);
            }
            (Some(_), None) => steps.push(Step::Publish(algorithm)),
            (None, Some(next)) => steps.extend(turn(None, next)),
            (Some(old), Some(next)) => {
                let over = now >= old.since + times.sign;
                if over && now >= next.since + times.publish {
                    steps.extend(turn(Some(old), next));
                }
            }
        }
    }
    let expired = keys
        .iter()
        .filter(|key| key.state == KeyState::Retired && now >= key.since + times.retire);
    steps.extend(expired.map(|key| Step::Remove(key.kid.clone())));
    steps
}

/// Lets the published key of an algorithm sign before its time, if every client can know it.
pub fn rotated(
    keys: &[KeyRecord],
    algorithm: SigningAlgorithm,
    times: KeyTimes,
    now: Timestamp,
) -> Result<Vec<Step>, TooEarly> {
    let Some(next) = find(keys, algorithm, KeyState::Published) else {
        return Ok(Vec::new());
    };
    let at = next.since + times.publish;
    if now < at {
        let kid = next.kid.clone();
        return Err(TooEarly { kid, at });
    }
    Ok(turn(find(keys, algorithm, KeyState::Signing), next))
}

/// Takes a key out of its turn. `at_once` also takes it from what is shown, so that everything it
/// signed is refused: for a key that somebody else may hold.
pub fn retired(keys: &[KeyRecord], key: &KeyRecord, at_once: bool) -> Vec<Step> {
    let next = find(keys, key.algorithm, KeyState::Published);
    let mut steps = match (key.state, next) {
        (KeyState::Removed, _) => Vec::new(),
        (KeyState::Retired, _) => vec![Step::Remove(key.kid.clone())],
        (KeyState::Published, _) => {
            vec![Step::Remove(key.kid.clone()), Step::Publish(key.algorithm)]
        }
        (KeyState::Signing, Some(next)) => turn(Some(key), next),
        (KeyState::Signing, None) => vec![
            Step::Retire(key.kid.clone()),
            Step::Begin(key.algorithm),
            Step::Publish(key.algorithm),
        ],
    };
    if at_once && key.state == KeyState::Signing {
        steps.push(Step::Remove(key.kid.clone()));
    }
    steps
}

/// When the next change of this key comes by itself; `None` when none does.
pub fn changes_at(keys: &[KeyRecord], key: &KeyRecord, times: KeyTimes) -> Option<Timestamp> {
    let of = |state| find(keys, key.algorithm, state);
    let turn = |old: &KeyRecord, next: &KeyRecord| {
        (old.since + times.sign).max(next.since + times.publish)
    };
    match key.state {
        KeyState::Published => Some(turn(of(KeyState::Signing)?, key)),
        KeyState::Signing => Some(turn(key, of(KeyState::Published)?)),
        KeyState::Retired => Some(key.since + times.retire),
        KeyState::Removed => None,
    }
}

fn turn(old: Option<&KeyRecord>, next: &KeyRecord) -> Vec<Step> {
    let mut steps: Vec<Step> = old
        .into_iter()
        .map(|old| Step::Retire(old.kid.clone()))
        .collect();
    steps.push(Step::Sign(next.kid.clone()));
    steps.push(Step::Publish(next.algorithm));
    steps
}

fn find(keys: &[KeyRecord], algorithm: SigningAlgorithm, state: KeyState) -> Option<&KeyRecord> {
    keys.iter()
        .find(|key| key.algorithm == algorithm && key.state == state)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use protocol::{DAY, HOUR, MINUTE};

    use super::*;

    const TIMES: KeyTimes = KeyTimes {
        publish: Duration::from_secs(600),
        sign: Duration::from_secs(90 * 86_400),
        retire: Duration::from_secs(3_900),
    };
    const START: Timestamp = Timestamp::from_seconds(1_795_000_000);

    /// What the tables would hold after these steps.
    fn apply(keys: &mut Vec<KeyRecord>, steps: Vec<Step>, now: Timestamp) {
        for step in steps {
            let made = keys.len();
            let mut make = |algorithm, state| {
                keys.push(KeyRecord {
                    kid: format!("{made}"),
                    algorithm,
                    state,
                    since: now,
                    created_at: now,
                });
            };
            let (kid, state) = match step {
                Step::Begin(algorithm) => {
                    make(algorithm, KeyState::Signing);
                    continue;
                }
                Step::Publish(algorithm) => {
                    make(algorithm, KeyState::Published);
                    continue;
                }
                Step::Sign(kid) => (kid, KeyState::Signing),
                Step::Retire(kid) => (kid, KeyState::Retired),
                Step::Remove(kid) => (kid, KeyState::Removed),
            };
            let key = keys.iter_mut().find(|key| key.kid == kid).unwrap();
            (key.state, key.since) = (state, now);
        }
    }

    fn begun() -> Vec<KeyRecord> {
        let mut keys = Vec::new();
        let steps = due(&keys, TIMES, START);
        assert_eq!(steps.len(), 6);
        apply(&mut keys, steps, START);
        keys
    }

    fn states(keys: &[KeyRecord], algorithm: SigningAlgorithm) -> Vec<KeyState> {
        let of = keys.iter().filter(|key| key.algorithm == algorithm);
        of.map(|key| key.state).collect()
    }

    #[test]
    fn a_key_lives_through_its_states_in_time() {
        use KeyState::{Published, Removed, Retired, Signing};
        let mut keys = begun();
        for (after, expected) in [
            (Duration::ZERO, vec![Signing, Published]),
            (90 * DAY - MINUTE, vec![Signing, Published]),
            (90 * DAY, vec![Retired, Signing, Published]),
            (90 * DAY + HOUR, vec![Retired, Signing, Published]),
            (90 * DAY + 65 * MINUTE, vec![Removed, Signing, Published]),
            (180 * DAY, vec![Removed, Retired, Signing, Published]),
        ] {
            let steps = due(&keys, TIMES, START + after);
            apply(&mut keys, steps, START + after);
            for algorithm in SigningAlgorithm::ALL {
                assert_eq!(states(&keys, algorithm), expected, "{algorithm} {after:?}");
            }
        }
    }

    #[test]
    fn an_operator_rotates_as_soon_as_every_client_can_know_the_next_key() {
        let mut keys = begun();
        let early = rotated(&keys, SigningAlgorithm::Es256, TIMES, START + MINUTE);
        assert_eq!(early.unwrap_err().at, START + 10 * MINUTE);
        let now = START + 10 * MINUTE;
        let steps = rotated(&keys, SigningAlgorithm::Es256, TIMES, now).unwrap();
        apply(&mut keys, steps, now);
        let expected = [KeyState::Retired, KeyState::Signing, KeyState::Published];
        assert_eq!(states(&keys, SigningAlgorithm::Es256), expected);
        assert_eq!(states(&keys, SigningAlgorithm::Rs256).len(), 2);
    }

    #[test]
    fn a_key_that_leaked_is_gone_at_once_and_another_signs() {
        for gone in [KeyState::Published, KeyState::Signing] {
            let mut keys = begun();
            let key = find(&keys, SigningAlgorithm::Rs256, gone).unwrap().clone();
            let steps = retired(&keys, &key, true);
            apply(&mut keys, steps, START);
            let left = states(&keys, SigningAlgorithm::Rs256);
            assert!(left.contains(&KeyState::Signing), "{left:?}");
            assert!(left.contains(&KeyState::Published), "{left:?}");
            assert!(
                keys.iter()
                    .any(|k| k.kid == key.kid && k.state == KeyState::Removed)
            );
            assert_eq!(due(&keys, TIMES, START), []);
        }
    }

    #[test]
    fn a_deployment_that_had_one_key_gets_the_others() {
        let mut keys = vec![KeyRecord {
            kid: "old".to_owned(),
            algorithm: SigningAlgorithm::Rs256,
            state: KeyState::Signing,
            since: START - 400 * DAY,
            created_at: START - 400 * DAY,
        }];
        let steps = due(&keys, TIMES, START);
        apply(&mut keys, steps, START);
        // However old it is, nobody has seen the next one yet.
        assert_eq!(keys[0].state, KeyState::Signing);
        assert_eq!(due(&keys, TIMES, START + 9 * MINUTE), []);
        let steps = due(&keys, TIMES, START + 10 * MINUTE);
        apply(&mut keys, steps, START + 10 * MINUTE);
        assert_eq!(keys[0].state, KeyState::Retired);
    }

    /// An order that an operator may give at any time.
    #[derive(Clone, Debug)]
    enum Order {
        Nothing,
        Rotate(usize),
    }

    proptest! {
        /// However irregularly it is looked after, and whenever an operator rotates: one key signs,
        /// the next is shown; no key signs before every cache can hold it, and every key is shown
        /// for as long as a token lives that it may have signed.
        #[test]
        fn s25_no_token_is_ever_signed_by_a_key_that_a_cache_lacks(
            pauses in proptest::collection::vec((0_u64..40 * 86_400, prop_oneof![
                4 => Just(Order::Nothing), 1 => (0_usize..3).prop_map(Order::Rotate)]), 1..60),
        ) {
            let mut keys = begun();
            let mut now = START;
            for (pause, order) in pauses {
                now = now + Duration::from_secs(if pause % 3 == 0 { pause % 900 } else { pause });
                let before = keys.clone();
                if let Order::Rotate(index) = order
                    && let Ok(steps) = rotated(&keys, SigningAlgorithm::ALL[index], TIMES, now)
                {
                    apply(&mut keys, steps, now);
                }
                let steps = due(&keys, TIMES, now);
                apply(&mut keys, steps, now);
                prop_assert_eq!(due(&keys, TIMES, now), []);
                for algorithm in SigningAlgorithm::ALL {
                    for state in [KeyState::Signing, KeyState::Published] {
                        let count = states(&keys, algorithm).iter().filter(|s| **s == state).count();
                        prop_assert_eq!(count, 1);
                    }
                }
                for old in &before {
                    let new = keys.iter().find(|key| key.kid == old.kid).unwrap();
                    match (old.state, new.state) {
                        (KeyState::Published, KeyState::Signing) =>
                            prop_assert!(now >= old.since + TIMES.publish),
                        (KeyState::Retired, KeyState::Removed) =>
                            prop_assert!(now >= old.since + TIMES.retire),
                        (from, to) => prop_assert!(
                            from == to || (from, to) == (KeyState::Signing, KeyState::Retired)),
                    }
                }
            }
        }
    }
}
