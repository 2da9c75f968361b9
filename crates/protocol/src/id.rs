use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

/// The last six characters of an id: what people compare, and all that a support case may hold.
pub fn tail_of(id: Uuid) -> String {
    id.hyphenated().to_string().split_off(30)
}

macro_rules! uuid_id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(
            Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema,
        )]
        #[serde(transparent)]
        pub struct $name(Uuid);

        impl $name {
            pub const fn from_uuid(uuid: Uuid) -> Self {
                Self(uuid)
            }

            pub const fn as_uuid(self) -> Uuid {
                self.0
            }

            /// See [`tail_of`].
            pub fn tail(self) -> String {
                tail_of(self.0)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.hyphenated().fmt(f)
            }
        }

        impl FromStr for $name {
            type Err = uuid::Error;
            /// Accepts the hyphenated form, 36 characters, in either letter case.
            fn from_str(text: &str) -> Result<Self, Self::Err> {
                if text.len() != 36 {
                    // Parsed only for its error: other lengths are other notations.
                    return Err(Uuid::try_parse("x").expect_err("not a UUID"));
                }
                Uuid::try_parse(text).map(Self)
            }
        }
    };
}

uuid_id! {
    /// A customer company (tenant); the `sub` of its tokens and the `id` of the connect redirect.
    CompanyId
}
uuid_id! {
    /// A person at a customer company.
    UserId
}
uuid_id! {
    /// A registered application: its `client_id`.
    AppId
}
