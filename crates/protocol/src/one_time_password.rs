use url::Url;
use zeroize::Zeroize;

use crate::TokenHash;
use crate::token::{CHECK_LEN, SECRET_LEN, checksum_holds, push_checksum, push_digits};

/// What a mail brings to who is to sign in (OA-43): `dd-` and thirty base-36 characters, 129 random
/// bits and a checksum.
pub struct OneTimePassword(String);

impl OneTimePassword {
    pub fn mint(random: [u8; 32]) -> OneTimePassword {
        let mut text = String::from("dd-");
        push_digits(&mut text, &random, SECRET_LEN);
        push_checksum(&mut text);
        OneTimePassword(text)
    }

    /// `None` when the shape or the checksum shows that the platform never minted it. Space around
    /// it, as copying a code out of a mail may bring, does not count.
    pub fn parse(text: &str) -> Option<OneTimePassword> {
        let text = text.trim();
        let body = text.strip_prefix("dd-")?;
        (body.len() == SECRET_LEN + CHECK_LEN && checksum_holds(text))
            .then(|| OneTimePassword(text.to_owned()))
    }

    pub fn hash(&self) -> TokenHash {
        TokenHash::of(&self.0)
    }

    pub fn expose(&self) -> &str {
        &self.0
    }

    /// The app's address with `token` appended; what it had of its own is kept to the byte.
    pub fn link(&self, link: &Url) -> Url {
        let mut target = link.clone();
        let own = target.query().filter(|query| !query.is_empty());
        let mut query = own.map(|query| format!("{query}&")).unwrap_or_default();
        query.push_str(&format!("token={}", self.0));
        target.set_query(Some(&query));
        query.zeroize();
        target
    }
}

impl Drop for OneTimePassword {
    fn drop(&mut self) {
        self.0.zeroize();
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn it_has_the_form_of_the_reference(random: [u8; 32]) {
            let otp = OneTimePassword::mint(random);
            prop_assert_eq!(otp.expose().len(), 33);
            let typed = format!(" {}\n", otp.expose());
            let read = OneTimePassword::parse(&typed).unwrap();
            prop_assert!(otp.hash().matches(read.hash().as_bytes()));
        }

        #[test]
        fn no_text_makes_it_panic(text in "\\PC{0,60}") {
            let _ = OneTimePassword::parse(&text);
        }
    }

    #[test]
    fn it_is_appended_as_a_query_is_written() {
        let otp = OneTimePassword::mint([7; 32]);
        for (link, before) in [
            ("https://p.example/auth", "https://p.example/auth?token="),
            ("https://p.example/auth?", "https://p.example/auth?token="),
            ("https://p.example", "https://p.example/?token="),
            (
                "https://p.example/auth?a=%20b",
                "https://p.example/auth?a=%20b&token=",
            ),
        ] {
            let target = otp.link(&link.parse().unwrap());
            assert_eq!(target.as_str(), format!("{before}{}", otp.expose()));
        }
    }
}
