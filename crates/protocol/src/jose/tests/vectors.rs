//! Tokens that are nearly right, one thing at a time, in the manner of Project Wycheproof (S26, S27).

use std::collections::BTreeMap;

use base64::alphabet;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE};
use base64::engine::{GeneralPurpose, GeneralPurposeConfig};
use serde_json::{Value, json};

use super::*;

/// A key of RSA with 1,024 bits, and a token that it signed well.
const SMALL_MODULUS: &str = "47odQE3k2gaXSjnU3hgRKWpCnQ01eNrSuES7WYRKJjiyjmbgl-0P5BRlzVak9FTngHWGpzqBccvK6tlr\
    LB8x7dDoClZF8ePTyAeld3wPrIP8r7TLmWvcMOO9SgPR94q2XonG1ezmIcqZvoZUncok3obbOW3abr9i\
    uPdrFLzmZy0";
const SIGNED_BY_SMALL: &str = "eyJ0eXAiOiJKV1QiLCJhbGciOiJSUzI1NiIsImtpZCI6ImsxIn0.eyJzdWIiOiJzbWFsbCJ9.v3PUWnL\
    F5ErMIqp5X4eBGHCpeQWzfNQ7pFQRwWC6F-ioyHRHSmzkrw78a7lUbs0xIqrmwomMDU-pdDUpa2dOfyb\
    ZUnT1jW_z4gpg3rpvGPn906DsObBwf94GgAK1z7KBm7MPfOG-G2WZeCnbbxoEkViAWhtLF38o8EgcYRU\
    4HXk";

/// The order of the group of P-256, and that of Ed25519, the latter with its lowest byte first.
const P256_ORDER: &str = "ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551";
const ED25519_ORDER: &str = "edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010";

const CLAIMS: &str = r#"{"sub":"somebody"}"#;

fn key(algorithm: SigningAlgorithm) -> SigningKey {
    SigningKey::from_pkcs8("k1", algorithm, &generate(algorithm).unwrap()).unwrap()
}

fn published(key: &SigningKey) -> JwkSet {
    JwkSet {
        keys: vec![key.public().clone()],
    }
}

fn keys() -> [SigningKey; 3] {
    SigningAlgorithm::ALL.map(key)
}

fn header(key: &SigningKey) -> String {
    format!(r#"{{"typ":"JWT","alg":"{}","kid":"k1"}}"#, key.algorithm())
}

fn verified(token: &str, key: &SigningKey) -> bool {
    verify::<Value>(token, &published(key)).is_ok()
}

#[track_caller]
fn refused(token: &str, key: &SigningKey, what: &str) {
    assert!(!verified(token, key), "{}: {what}", key.algorithm());
}

fn bytes(hex: &str) -> Vec<u8> {
    let digits = hex.as_bytes().chunks(2);
    let byte = |pair: &[u8]| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap();
    digits.map(byte).collect()
}

fn parts(token: &str) -> [&str; 3] {
    token.split('.').collect::<Vec<_>>().try_into().unwrap()
}

/// The token with another signature.
fn signed(token: &str, signature: &[u8]) -> String {
    let (message, _) = token.rsplit_once('.').unwrap();
    format!("{message}.{}", URL_SAFE_NO_PAD.encode(signature))
}

fn signature(token: &str) -> Vec<u8> {
    URL_SAFE_NO_PAD.decode(parts(token)[2]).unwrap()
}

#[test]
fn s26_headers_that_are_nearly_right_are_refused() {
    for key in keys() {
        let alg = key.algorithm();
        assert!(verified(&key.sign_texts(&header(&key), CLAIMS), &key));
        let with = |more: &str| format!(r#"{{"typ":"JWT","alg":"{alg}","kid":"k1",{more}}}"#);
        for more in [
            // Twice, the same and another, before and after.
            format!(r#""alg":"{alg}""#).as_str(),
            r#""alg":"none""#,
            r#""kid":"k1""#,
            r#""kid":"k2""#,
            r#""typ":"JWT""#,
            r#""crit":["exp"]"#,
            r#""crit":[]"#,
            r#""crit":"exp""#,
            r#""crit":["b64"],"b64":false"#,
            r#""crit":["exp"],"exp":9999999999"#,
            r#""jku":"https://keys.example/jwks""#,
            r#""jku":"""#,
            r#""x5u":"https://keys.example/chain""#,
            r#""x5c":["MIIB"]"#,
            r#""x5c":[]"#,
            &format!(r#""jwk":{}"#, json!(key.public())),
            r#""jwk":{}"#,
        ] {
            refused(&key.sign_texts(&with(more), CLAIMS), &key, more);
        }
        for other in [
            "none", "None", "nOnE", "", "HS256", "HS384", "HS512", "RS384", "RS512", "PS256",
            "PS384", "PS512", "ES384", "ES512", "ES256K", "Ed25519", "EdDsa", "rs256", "A128KW",
        ] {
            let header = format!(r#"{{"typ":"JWT","alg":"{other}","kid":"k1"}}"#);
            let token = key.sign_texts(&header, CLAIMS);
            refused(&token, &key, other);
            let [header, claims, _] = parts(&token);
            refused(&format!("{header}.{claims}."), &key, other);
        }
        for typ in [
            r#""JOSE""#,
            r#""logout+jwt""#,
            r#""secevent+jwt""#,
            r#""dpop+jwt""#,
            r#""id+jwt""#,
            r#""""#,
            r#""JWT ""#,
            r#""text/jwt""#,
            r#""application/""#,
            "5",
            r#"["JWT"]"#,
            "{}",
        ] {
            let header = format!(r#"{{"typ":{typ},"alg":"{alg}","kid":"k1"}}"#);
            refused(&key.sign_texts(&header, CLAIMS), &key, typ);
        }
        for kid in [
            "1",
            "null",
            "[\"k1\"]",
            "\"\"",
            "\"K1\"",
            "\"k1 \"",
            "\"../k1\"",
            "\"k1\\u0000\"",
            "\"' OR 1=1 --\"",
        ] {
            let header = format!(r#"{{"typ":"JWT","alg":"{alg}","kid":{kid}}}"#);
            refused(&key.sign_texts(&header, CLAIMS), &key, kid);
        }
        for header in ["", "{}", "[]", "null", "5", "\"JWT\"", "{", r#"{"alg":"#] {
            refused(&key.sign_texts(header, CLAIMS), &key, header);
        }
        for claims in ["", "[]", "null", "{", "{}x", "{\"sub\":\"a\",}"] {
            let token = key.sign_texts(&header(&key), claims);
            let read = verify::<BTreeMap<String, Value>>(&token, &published(&key));
            assert!(read.is_err(), "{alg}: {claims}");
        }
    }
}

/// Of the last character of a text whose length is no multiple of four, some bits say nothing: a
/// text in which they are set would be another spelling of the same bytes.
#[test]
fn s26_a_token_has_one_spelling() {
    let lenient = GeneralPurposeConfig::new().with_decode_allow_trailing_bits(true);
    let lenient = GeneralPurpose::new(
        &alphabet::URL_SAFE,
        lenient
            .with_encode_padding(false)
            .with_decode_padding_mode(base64::engine::DecodePaddingMode::RequireNone),
    );
    for key in keys() {
        let mut respelled = 0;
        let token = key.sign_texts(&header(&key), CLAIMS);
        let all = parts(&token);
        for at in 0..3 {
            let with = |text: &str| {
                let mut all = all.map(str::to_owned);
                all[at] = text.to_owned();
                all.join(".")
            };
            let part = all[at];
            let bytes = URL_SAFE_NO_PAD.decode(part).unwrap();
            for last in ('A'..='Z')
                .chain('a'..='z')
                .chain('0'..='9')
                .chain(['-', '_'])
            {
                let text = format!("{}{last}", &part[..part.len() - 1]);
                if text != part && lenient.decode(&text).as_ref() == Ok(&bytes) {
                    respelled += 1;
                    refused(&with(&text), &key, "bits that say nothing");
                }
            }
            let padded = URL_SAFE.encode(&bytes);
            let standard = STANDARD_NO_PAD.encode(&bytes);
            for text in [
                format!("{part}="),
                format!("{part}=="),
                padded,
                standard,
                format!("{part} "),
                format!(" {part}"),
                format!("{part}\n"),
                format!("{}\r\n{}", &part[..4], &part[4..]),
                format!("{part}A"),
                format!("{part}AA"),
                format!("A{part}"),
                part[1..].to_owned(),
                part[..part.len() - 1].to_owned(),
                part[..part.len() - 4].to_owned(),
                String::new(),
            ] {
                if text != part {
                    refused(&with(&text), &key, &format!("part {at}: {text:?}"));
                }
            }
        }
        assert!(respelled > 0, "one of the parts has such bits");
        let [header, claims, signature] = all;
        for text in [
            String::new(),
            ".".to_owned(),
            "..".to_owned(),
            format!("{header}.{claims}"),
            format!("{header}.{claims}.{signature}."),
            format!(".{header}.{claims}.{signature}"),
            format!("{header}.{claims}..{signature}"),
            format!("{header}.{claims}.{signature}.{signature}"),
            format!("{header}.{header}.{claims}.{claims}.{signature}"),
            format!("{claims}.{header}.{signature}"),
            format!("Bearer {header}.{claims}.{signature}"),
            json!({ "protected": header, "payload": claims, "signature": signature }).to_string(),
        ] {
            refused(&text, &key, &text);
        }
    }
}

#[test]
fn s26_no_bit_of_a_signature_can_be_changed_nor_any_byte_left_out() {
    for key in keys() {
        let token = key.sign_texts(&header(&key), CLAIMS);
        let good = signature(&token);
        for at in 0..good.len() {
            let mut changed = good.clone();
            changed[at] ^= 1 << (at % 8);
            refused(&signed(&token, &changed), &key, &format!("byte {at}"));
            refused(&signed(&token, &good[..at]), &key, &format!("{at} bytes"));
        }
        for longer in [[&good[..], &[0]].concat(), [&[0][..], &good].concat()] {
            refused(&signed(&token, &longer), &key, "longer");
        }
        for same in [0, 1, 0xff] {
            refused(&signed(&token, &vec![same; good.len()]), &key, "one byte");
        }
    }
}

#[test]
fn s26_numbers_outside_of_their_range_are_no_ecdsa_signature() {
    let key = key(SigningAlgorithm::Es256);
    let token = key.sign_texts(&header(&key), CLAIMS);
    let good = signature(&token);
    let (r, s) = good.split_at(32);
    let (zero, order) = (vec![0; 32], bytes(P256_ORDER));
    let mut one = zero.clone();
    one[31] = 1;
    let pairs = [(&zero, &zero), (&zero, &one), (&one, &zero), (&one, &one)];
    let limits = [
        (&order, &order),
        (&order, &one),
        (&one, &order),
        (&order, &zero),
    ];
    for (r, s) in pairs.into_iter().chain(limits) {
        refused(&signed(&token, &[&r[..], &s[..]].concat()), &key, "both");
    }
    for limit in [&zero, &order] {
        refused(&signed(&token, &[r, limit].concat()), &key, "s");
        refused(&signed(&token, &[limit, s].concat()), &key, "r");
    }
    refused(&signed(&token, &[s, r].concat()), &key, "swapped");
    refused(&signed(&token, &der(r, s)), &key, "DER, as of X.509");
}

/// A SEQUENCE of two INTEGERs.
fn der(r: &[u8], s: &[u8]) -> Vec<u8> {
    let integer = |number: &[u8]| {
        let sign: &[u8] = if number[0] & 0x80 == 0 { &[] } else { &[0] };
        let length = u8::try_from(sign.len() + number.len()).unwrap();
        [&[2, length], sign, number].concat()
    };
    let both = [integer(r), integer(s)].concat();
    [&[0x30, u8::try_from(both.len()).unwrap()], &both[..]].concat()
}

#[test]
fn s26_an_ed25519_signature_has_one_s() {
    let key = key(SigningAlgorithm::EdDsa);
    let token = key.sign_texts(&header(&key), CLAIMS);
    let mut other = signature(&token);
    let mut carry = 0;
    for (byte, add) in other[32..].iter_mut().zip(bytes(ED25519_ORDER)) {
        let sum = u16::from(*byte) + u16::from(add) + carry;
        *byte = sum.to_le_bytes()[0];
        carry = sum >> 8;
    }
    refused(
        &signed(&token, &other),
        &key,
        "s and the order of the group",
    );
}

#[test]
fn s26_keys_that_are_too_small_or_for_something_else_verify_nothing() {
    let small: Value = json!({
        "kty": "RSA", "kid": "k1", "alg": "RS256", "use": "sig", "e": "AQAB", "n": SMALL_MODULUS,
    });
    let set = |key: &Value| -> JwkSet { serde_json::from_value(json!({ "keys": [key] })).unwrap() };
    assert!(verify::<Value>(SIGNED_BY_SMALL, &set(&small)).is_err());
    for signer in keys() {
        let token = signer.sign_texts(&header(&signer), CLAIMS);
        let good = json!(signer.public());
        assert!(verify::<Value>(&token, &set(&good)).is_ok());
        for (member, value) in [
            ("use", "enc"),
            ("alg", "RSA-OAEP"),
            ("alg", "HS256"),
            ("kid", "k2"),
            ("n", SMALL_MODULUS),
            ("n", "AQAB"),
            ("n", ""),
            ("e", "AQ"),
            ("e", ""),
            ("x", ""),
            ("x", "AAAA"),
            ("y", "AAAA"),
        ] {
            let mut changed = good.clone();
            if changed.get(member).is_some() {
                changed[member] = json!(value);
                let read = verify::<Value>(&token, &set(&changed));
                assert!(read.is_err(), "{}: {member} {value}", signer.algorithm());
            }
        }
    }
    // What was published as a secret is none.
    let secret = json!({ "kty": "oct", "kid": "k1", "k": "c2VjcmV0", "use": "sig" });
    let header = jsonwebtoken::Header {
        kid: Some("k1".to_owned()),
        ..jsonwebtoken::Header::default()
    };
    let own = jsonwebtoken::EncodingKey::from_secret(b"secret");
    let token = jsonwebtoken::encode(&header, &json!({}), &own).unwrap();
    assert!(verify::<Value>(&token, &set(&secret)).is_err());
}

fn access_claims() -> Value {
    json!({
        "iss": "https://us2.api.example", "sub": Uuid::from_u128(1), "aud": "https://us2.api.example",
        "client_id": Uuid::from_u128(2), "companyId": Uuid::from_u128(1), "concur.type": "company",
        "concur.version": 2, "concur.scopes": ["openid"], "jti": "j", "grant_id": "5",
        "iat": 1_000, "nbf": 1_000, "exp": 4_600,
    })
}

fn read(key: &SigningKey, claims: &str) -> Result<AccessClaims, JoseError> {
    verify(&key.sign_texts(&header(key), claims), &published(key))
}

#[test]
fn s27_claims_of_another_shape_are_no_access_token() {
    let key = key(SigningAlgorithm::EdDsa);
    let good = access_claims();
    assert!(read(&key, &good.to_string()).is_ok());
    for (name, value) in good.as_object().unwrap() {
        // Twice: with its own value, and with another.
        let text = good.to_string();
        let text = text.trim_end_matches('}');
        for again in [value.to_string(), "null".to_owned(), "\"x\"".to_owned()] {
            let twice = format!("{text},\"{name}\":{again}}}");
            assert!(read(&key, &twice).is_err(), "{name} twice: {again}");
            let (_, rest) = text.split_once('{').unwrap();
            let twice = format!("{{\"{name}\":{again},{rest}}}");
            assert!(read(&key, &twice).is_err(), "{name} before: {again}");
        }
        let optional = ["companyId", "grant_id"].contains(&name.as_str());
        let mut without = good.clone();
        without.as_object_mut().unwrap().remove(name);
        assert_eq!(read(&key, &without.to_string()).is_ok(), optional, "{name}");
        for wrong in [json!({}), json!([value]), json!(true)] {
            let mut changed = good.clone();
            changed[name] = wrong.clone();
            assert!(read(&key, &changed.to_string()).is_err(), "{name}: {wrong}");
        }
    }
    for (name, wrong) in [
        ("exp", json!("4600")),
        ("exp", json!(4_600.5)),
        ("exp", json!(1e30)),
        ("nbf", json!("now")),
        ("sub", json!("somebody")),
        (
            "aud",
            json!(["https://us2.api.example", "https://eu2.api.example"]),
        ),
        ("concur.scopes", json!("openid")),
        ("concur.type", json!("everybody")),
    ] {
        let mut changed = good.clone();
        changed[name] = wrong.clone();
        assert!(read(&key, &changed.to_string()).is_err(), "{name}: {wrong}");
    }
}

#[test]
fn s27_an_access_token_is_good_where_when_and_by_whom_it_says() {
    let claims: AccessClaims = serde_json::from_value(access_claims()).unwrap();
    let ours = |iss: &Origin| iss.as_str() == "https://us2.api.example";
    let origin = |text: &str| -> Origin { text.parse().unwrap() };
    let judge = |claims: &AccessClaims, audience: &str, now: i64| {
        accept_access(
            claims,
            ours,
            &origin(audience),
            Timestamp::from_seconds(now),
        )
    };
    let us2 = "https://us2.api.example";
    for (now, expected) in [
        (989, Err(JoseError::Expired)),
        (990, Ok(())),
        (1_000, Ok(())),
        (4_599, Ok(())),
        (4_600, Err(JoseError::Expired)),
        (i64::MAX / 2_000_000, Err(JoseError::Expired)),
    ] {
        assert_eq!(judge(&claims, us2, now), expected, "{now}");
    }
    for elsewhere in [
        "https://eu2.api.example",
        "http://us2.api.example",
        "https://us2.api.example:8443",
    ] {
        assert_eq!(judge(&claims, elsewhere, 2_000), Err(JoseError::NotForUs));
    }
    let mut foreign = claims.clone();
    foreign.iss = origin("https://us2.api.example.evil.example");
    assert_eq!(judge(&foreign, us2, 2_000), Err(JoseError::NotForUs));
    for aud in [
        "https://us2.api.example/",
        "HTTPS://us2.api.example",
        "us2.api.example",
        "",
    ] {
        let mut changed = claims.clone();
        changed.aud = aud.to_owned();
        assert_eq!(
            judge(&changed, us2, 2_000),
            Err(JoseError::NotForUs),
            "{aud}"
        );
    }
}
