//! Types that hold secrets have no way to show them: what is asserted here fails to compile.

use std::fmt::{Debug, Display};

use client::{Credentials, Exchanged, Tokens};
use secrecy::SecretString;
use serde::Serialize;
use vault::{AccessToken, Contacts, IssuedApiKey, IssuedCode, Vault, VaultKeys, Webhook};

/// Fails to compile when one of the types has one of the traits: then two implementations fit, and
/// neither can be inferred.
macro_rules! never {
    ($trait:path: $($type:ty),* $(,)?) => {
        const _: () = {
            trait Ambiguous<A> {
                fn item() {}
            }
            impl<T: ?Sized> Ambiguous<()> for T {}
            struct Has;
            impl<T: ?Sized + $trait> Ambiguous<Has> for T {}
            $(const _: fn() = || { let _ = <$type as Ambiguous<_>>::item; };)*
        };
    };
}

never!(Debug: AccessToken, Tokens, Exchanged, Credentials, VaultKeys, Vault, IssuedApiKey, IssuedCode, Webhook, Contacts);
never!(Display: AccessToken, Tokens, Exchanged, Credentials, VaultKeys, SecretString);
never!(Serialize: AccessToken, Tokens, Exchanged, Credentials, VaultKeys, SecretString, IssuedApiKey);

const fn overwritten_when_dropped<T: secrecy::zeroize::ZeroizeOnDrop>() {}
const _: () = overwritten_when_dropped::<SecretString>();

#[test]
fn s53_a_secret_shows_nothing() {
    let secret: SecretString = "canary".into();
    assert!(!format!("{secret:?}").contains("canary"));
}
