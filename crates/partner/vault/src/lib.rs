//! The partner's tables: connections with sealed tokens, accounts, verification codes; and the keeper that refreshes
