//! What a signature costs by itself: the part of a token answer that no server can save.

use std::time::{Duration, Instant};

use protocol::jose::{SigningAlgorithm, SigningKey, generate};
use serde_json::json;

use crate::procstat;

const LASTS: Duration = Duration::from_secs(2);

/// CPU time of one signed token with the claims of an access token, in microseconds.
pub fn micros_each(algorithm: SigningAlgorithm) -> f64 {
    let der = generate(algorithm).expect("a key can be generated");
    let key = SigningKey::from_pkcs8("bench", algorithm, &der).expect("it was generated just now");
    let claims = json!({
        "iss": "https://us2.bench.example", "sub": "8568a4cd-8ffc-49d6-9417-be2d69aa075f",
        "aud": "https://us2.bench.example", "client_id": "e010e25d-b4ce-4ce3-a7e4-b670cb1adcb0",
        "concur.type": "company", "concur.version": 2, "concur.scopes": ["openid", "company.read"],
        "jti": "9bdded51-00b8-4f84-8bef-6d3afe727007", "iat": 1_795_000_000, "exp": 1_795_003_600,
    });
    let (process, before) = (std::process::id(), Instant::now());
    let spent = procstat::cpu_micros(process);
    let mut signed = 0_u32;
    while before.elapsed() < LASTS {
        for _ in 0..50 {
            key.sign(&claims).expect("the key signs");
        }
        signed += 50;
    }
    (procstat::cpu_micros(process) - spent) as f64 / f64::from(signed)
}
