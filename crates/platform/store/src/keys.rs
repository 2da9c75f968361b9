//! The signing keys in memory, as one consistent set.

use std::sync::Arc;

use protocol::jose::{KeySet, SigningAlgorithm, SigningKey};

use crate::{KeyRecord, KeyState, OpenError};

/// The keys as they stood at one moment. Never changed, only replaced.
pub struct Keys {
    records: Vec<KeyRecord>,
    /// In the order of [`SigningAlgorithm::ALL`].
    signing: Vec<Arc<SigningKey>>,
    public: KeySet,
}

impl Keys {
    /// Puts together what the table holds. There must be a key that signs for each algorithm.
    pub(crate) fn assemble(
        keys: Vec<(KeyRecord, Arc<SigningKey>)>,
    ) -> Result<Arc<Keys>, OpenError> {
        let mut signing = Vec::new();
        for algorithm in SigningAlgorithm::ALL {
            let found = keys.iter().find(|(record, _)| {
                record.algorithm == algorithm && record.state == KeyState::Signing
            });
            let (_, key) = found.ok_or(OpenError::NoSigningKey(algorithm))?;
            signing.push(key.clone());
        }
        // Whoever takes the first key of a kind without looking at kid takes one that signs.
        let mut shown: Vec<_> = keys.iter().collect();
        shown.sort_by_key(|(record, _)| (record.algorithm, record.state != KeyState::Signing));
        let public = KeySet {
            keys: shown.iter().map(|(_, key)| key.public().clone()).collect(),
        };
        Ok(Arc::new(Keys {
            signing,
            public,
            records: keys.into_iter().map(|(record, _)| record).collect(),
        }))
    }

    /// The key that signs with this algorithm now.
    pub fn signing(&self, algorithm: SigningAlgorithm) -> &SigningKey {
        let known = self.signing.iter().find(|key| key.algorithm() == algorithm);
        known.expect("a set without a key for each algorithm cannot be put together")
    }

    /// The public halves of all keys whose signatures count: published, signing, and retired.
    pub fn public(&self) -> &KeySet {
        &self.public
    }

    /// Whether the table, of which `records` is all, has changed since.
    pub(crate) fn differ_from(&self, records: &[KeyRecord]) -> bool {
        let shown = records.iter().filter(|key| key.state != KeyState::Removed);
        !shown.eq(&self.records)
    }
}
