//! Places at which a test may kill the process, as a loss of power would (S16, S47).
//!
//! A build without debug assertions has none: there [`Failpoint::reached`] does nothing, and neither
//! the names nor the variable are in the program.

macro_rules! failpoints {
    ($($point:ident = $name:literal,)*) => {
        /// A place that a process passes while it handles a request. Code that gets there says so:
        /// `Failpoint::RefreshCommitted.reached();`
        ///
        /// `QUICKCONNECT_FAILPOINT=refresh.committed:3` in the environment of a debug build kills
        /// the process by SIGKILL when it gets there for the third time. Nothing is unwound, and
        /// nothing flushed. A name that there is not is a panic.
        ///
        /// `@FILE` instead says that the file holds the order, as its first word. It may be written
        /// anew while the process runs; counting begins with every change of its text.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum Failpoint {
            $(#[doc = $name] $point,)*
        }

        impl Failpoint {
            pub const ALL: &[Failpoint] = &[$(Failpoint::$point),*];

            pub const fn as_str(self) -> &'static str {
                match self { $(Failpoint::$point => $name,)* }
            }
        }
    };
}

failpoints! {
    CommitBegun = "commit.begun",
    CommitDone = "commit.done",
    TokenRead = "token.read",
    TokenClientKnown = "token.client_known",
    TokenSigned = "token.signed",
    TokenAnswered = "token.answered",
    ExchangeBegun = "exchange.begun",
    ExchangeFound = "exchange.found",
    ExchangeChecked = "exchange.checked",
    ExchangeTokenWritten = "exchange.token_written",
    ExchangeConnectionWritten = "exchange.connection_written",
    ExchangeEventWritten = "exchange.event_written",
    ExchangeAttemptMoved = "exchange.attempt_moved",
    ExchangeUseCounted = "exchange.use_counted",
    ExchangeCommitted = "exchange.committed",
    RefreshLoaded = "refresh.loaded",
    RefreshReadEnded = "refresh.read_ended",
    RefreshBegun = "refresh.begun",
    RefreshLoadedAgain = "refresh.loaded_again",
    RefreshChecked = "refresh.checked",
    RefreshProven = "refresh.proven",
    RefreshExtended = "refresh.extended",
    RefreshSuccessorWritten = "refresh.successor_written",
    RefreshSuccessorNamed = "refresh.successor_named",
    RefreshConnectionExtended = "refresh.connection_extended",
    RefreshRetryCounted = "refresh.retry_counted",
    RefreshReplayRevoked = "refresh.replay_revoked",
    RefreshApplied = "refresh.applied",
    RefreshCommitted = "refresh.committed",
    ReceiptBegun = "receipt.begun",
    ReceiptWritten = "receipt.written",
    ReceiptCommitted = "receipt.committed",
    RevokeBegun = "revoke.begun",
    RevokeWritten = "revoke.written",
    RevokeCommitted = "revoke.committed",
    VaultLooked = "vault.looked",
    VaultLeased = "vault.leased",
    VaultAnswered = "vault.answered",
    VaultOpened = "vault.opened",
    VaultWritten = "vault.written",
    VaultKept = "vault.kept",
    VaultHanded = "vault.handed",
}

impl Failpoint {
    /// Ends the process here, if its environment says so.
    #[inline(always)]
    pub fn reached(self) {
        #[cfg(debug_assertions)]
        armed::reached(self);
    }
}

#[cfg(debug_assertions)]
mod armed {
    use std::sync::{LazyLock, Mutex, PoisonError};

    use super::Failpoint;

    static VARIABLE: LazyLock<Option<String>> = LazyLock::new(|| {
        #[expect(
            clippy::disallowed_methods,
            reason = "a switch for tests is no configuration: whoever serves must not know of it"
        )]
        std::env::var("QUICKCONNECT_FAILPOINT").ok()
    });

    /// What was ordered last, and how often the place was reached since.
    static COUNTED: Mutex<(String, u64)> = Mutex::new((String::new(), 0));

    pub fn reached(point: Failpoint) {
        let Some(variable) = VARIABLE.as_deref() else {
            return;
        };
        let order = match variable.strip_prefix('@') {
            Some(file) => std::fs::read_to_string(file).unwrap_or_default(),
            None => variable.to_owned(),
        };
        let Some(first) = order.split_whitespace().next() else {
            return;
        };
        let (armed, hit) = parse(first).unwrap_or_else(|| panic!("{first:?} is no failpoint"));
        let mut counted = COUNTED.lock().unwrap_or_else(PoisonError::into_inner);
        if counted.0 != order {
            *counted = (order, 0);
        }
        if armed == point {
            counted.1 += 1;
            if counted.1 == hit {
                end();
            }
        }
    }

    /// SIGKILL to this very process. It may be delivered a moment later: no step further until then.
    fn end() -> ! {
        let own = rustix::process::getpid();
        let sent = rustix::process::kill_process(own, rustix::process::Signal::KILL);
        sent.expect("a process may signal itself");
        loop {
            std::thread::park();
        }
    }

    fn parse(order: &str) -> Option<(Failpoint, u64)> {
        let (name, hit) = order.split_once(':')?;
        let mut all = Failpoint::ALL.iter();
        let point = *all.find(|point| point.as_str() == name)?;
        Some((point, hit.parse().ok()?))
    }

    #[cfg(test)]
    mod tests {
        use super::*;

        #[test]
        fn a_point_is_named_with_its_hit() {
            let parsed = parse("refresh.committed:3");
            assert_eq!(parsed, Some((Failpoint::RefreshCommitted, 3)));
            for nonsense in ["", "refresh.committed", "no.such:1", "refresh.committed:x"] {
                assert!(parse(nonsense).is_none(), "{nonsense}");
            }
        }
    }
}
