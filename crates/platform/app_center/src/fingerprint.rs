use protocol::hmac_sha256;

/// Sixteen hexadecimal digits that change when the content does: versions of what is shown.
pub fn fingerprint(content: &[u8]) -> String {
    hmac_sha256(b"fingerprint", content)[..8]
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}
