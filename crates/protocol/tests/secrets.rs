//! Types that hold secrets have no way to show them: what is asserted here fails to compile.

use std::fmt::{Debug, Display};

use protocol::jose::SigningKey;
use protocol::{
    AuthorizationCodeValue, Form, OneTimePassword, RefreshTokenValue, RequestTokenAnswer,
    RequestTokenValue, SealingKey, TokenAnswer, TokenHash,
};
use serde::Serialize;

/// Fails to compile when one of the types has the trait: then two implementations fit, and neither
/// can be inferred.
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

never!(Debug: RequestTokenValue, AuthorizationCodeValue, RefreshTokenValue, OneTimePassword, TokenHash,
    Form, TokenAnswer, RequestTokenAnswer, SigningKey, SealingKey);
never!(Display: RequestTokenValue, AuthorizationCodeValue, RefreshTokenValue, OneTimePassword, TokenHash,
    Form, TokenAnswer, RequestTokenAnswer, SigningKey, SealingKey);
never!(Serialize: RequestTokenValue, AuthorizationCodeValue, RefreshTokenValue, OneTimePassword, TokenHash,
    Form, SigningKey, SealingKey);

/// What is on the heap is overwritten before it is given back. The answer itself goes to the client.
#[test]
fn s07_s53_values_of_tokens_are_shown_by_nothing_but_a_call_that_says_so() {
    assert!(std::mem::needs_drop::<RequestTokenValue>());
    let value = RequestTokenValue::mint([7; 32]);
    assert_eq!(
        RequestTokenValue::parse(value.expose()).unwrap().expose(),
        value.expose()
    );
}
