//! What tests draw at random, so that it can be drawn again: `QUICKCONNECT_SEED=77` repeats a run.

use ambient::Entropy;

#[derive(Clone)]
pub struct Random(Entropy);

impl Random {
    pub fn seeded(seed: u64) -> Random {
        Random(Entropy::seeded(seed))
    }

    pub fn below(&self, end: usize) -> usize {
        let drawn = u32::from_be_bytes(self.0.bytes());
        usize::try_from(drawn).expect("a word holds 32 bits") % end
    }

    /// Whether something happens that happens so often in a thousand times.
    pub fn per_mille(&self, often: usize) -> bool {
        self.below(1_000) < often
    }
}

/// The seed of a run that failed, as the test's output names it.
pub fn only_seed() -> Option<u64> {
    #[expect(clippy::disallowed_methods, reason = "a person repeats one run")]
    let seed = std::env::var("QUICKCONNECT_SEED").ok()?;
    Some(seed.parse().expect("QUICKCONNECT_SEED is a number"))
}

/// The one that a person repeats, or one that was never drawn before.
pub fn any_seed() -> u64 {
    only_seed().unwrap_or_else(|| u32::from_be_bytes(Entropy::System.bytes()).into())
}
