use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use aws_lc_rs::digest;
use uuid::Uuid;

/// Source of random bytes. Cheap to clone.
#[derive(Clone, Debug)]
pub enum Entropy {
    /// The operating system's cryptographic generator.
    System,
    /// A fixed sequence for tests that must repeat exactly. Never for anything that is served.
    Seeded { seed: u64, drawn: Arc<AtomicU64> },
}

impl Entropy {
    /// The same bytes in the same order for the same `seed`.
    pub fn seeded(seed: u64) -> Entropy {
        Entropy::Seeded {
            seed,
            drawn: Arc::new(AtomicU64::new(0)),
        }
    }

    /// `N` random bytes.
    ///
    /// # Panics
    /// When the operating system has no randomness to give: nothing safe can be done without it.
    #[expect(
        clippy::disallowed_methods,
        reason = "this is the one place that draws randomness"
    )]
    pub fn bytes<const N: usize>(&self) -> [u8; N] {
        let mut bytes = [0; N];
        match self {
            Entropy::System => aws_lc_rs::rand::fill(&mut bytes)
                .expect("the operating system always has randomness once it has started"),
            Entropy::Seeded { seed, drawn } => {
                for chunk in bytes.chunks_mut(32) {
                    let count = drawn.fetch_add(1, Ordering::SeqCst);
                    let input = [seed.to_be_bytes(), count.to_be_bytes()].concat();
                    let block = digest::digest(&digest::SHA256, &input);
                    chunk.copy_from_slice(&block.as_ref()[..chunk.len()]);
                }
            }
        }
        bytes
    }

    /// A random UUID (version 4).
    pub fn uuid(&self) -> Uuid {
        uuid::Builder::from_random_bytes(self.bytes()).into_uuid()
    }
}
