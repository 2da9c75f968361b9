//! The customers' site: sign-in, catalogue, listing, terms, connect, disconnect
