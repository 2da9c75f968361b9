//! The two-sided test of Kolmogorov and Smirnov: whether two samples come from one distribution.

/// The largest distance between the two empirical distributions, and the probability of one at least
/// as large if they were one and the same: the asymptotic distribution, with the correction for
/// finite samples by Stephens (1970). Sorts both.
pub fn test(one: &mut [u64], other: &mut [u64]) -> (f64, f64) {
    one.sort_unstable();
    other.sort_unstable();
    let (n, m) = (one.len() as f64, other.len() as f64);
    let (mut at_one, mut at_other, mut distance) = (0, 0, 0.0_f64);
    while let (Some(a), Some(b)) = (one.get(at_one), other.get(at_other)) {
        let value = *a.min(b);
        while one.get(at_one) == Some(&value) {
            at_one += 1;
        }
        while other.get(at_other) == Some(&value) {
            at_other += 1;
        }
        distance = distance.max((at_one as f64 / n - at_other as f64 / m).abs());
    }
    let root = (n * m / (n + m)).sqrt();
    (distance, exceeded((root + 0.12 + 0.11 / root) * distance))
}

/// Kolmogorov's distribution: the probability of more than `lambda`.
fn exceeded(lambda: f64) -> f64 {
    if lambda < 0.2 {
        return 1.0;
    }
    let term = |j: i32| {
        let j = f64::from(j);
        let sign = if j % 2.0 == 0.0 { -1.0 } else { 1.0 };
        sign * (-2.0 * j * j * lambda * lambda).exp()
    };
    (2.0 * (1..=100).map(term).sum::<f64>()).clamp(0.0, 1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_values() {
        // The critical values of the limiting distribution.
        for (lambda, p) in [(1.224, 0.10), (1.358, 0.05), (1.628, 0.01)] {
            assert!((exceeded(lambda) - p).abs() < 0.001, "{lambda}");
        }
        assert_eq!(exceeded(0.0), 1.0);
        let (distance, p) = test(&mut [1, 2, 3, 4], &mut [1, 2, 3, 4]);
        assert_eq!((distance, p), (0.0, 1.0));
        let (distance, _) = test(&mut [1, 2, 3], &mut [4, 5, 6]);
        assert_eq!(distance, 1.0);
        let (distance, _) = test(&mut [1, 1, 2, 2], &mut [1, 2, 2, 2]);
        assert_eq!(distance, 0.25);
    }

    #[test]
    fn a_shift_shows_and_chance_does_not() {
        let sample = |seed: u64, shift: u64| -> Vec<u64> {
            let step = |x: u64| {
                x.wrapping_mul(6_364_136_223_846_793_005)
                    .wrapping_add(1_442_695)
            };
            let all = std::iter::successors(Some(seed), |x| Some(step(*x)));
            all.skip(9)
                .take(10_000)
                .map(|x| (x >> 40) % 1_000 + shift)
                .collect()
        };
        let (_, p) = test(&mut sample(1, 0), &mut sample(2, 0));
        assert!(p > 0.01, "{p}");
        let (_, p) = test(&mut sample(1, 0), &mut sample(2, 50));
        assert!(p < 0.000_001, "{p}");
    }
}
