use std::sync::Arc;

use axum::extract::FromRef;
use store::App;

use crate::limits::Limits;
use crate::otp::MailTime;

/// Everything a request to the authentication service is handled with. Cheap to clone.
#[derive(Clone)]
pub struct State(Arc<Inner>);

pub struct Inner {
    pub app: App,
    pub(crate) limits: Limits,
    pub(crate) mail_time: MailTime,
}

impl State {
    pub fn new(app: App) -> State {
        let limits = Limits::new(&app);
        State(Arc::new(Inner {
            app,
            limits,
            mail_time: MailTime::default(),
        }))
    }
}

impl std::ops::Deref for State {
    type Target = Inner;
    fn deref(&self) -> &Inner {
        &self.0
    }
}

/// Endpoints without limits take the [`App`] alone.
impl FromRef<State> for App {
    fn from_ref(state: &State) -> App {
        state.app.clone()
    }
}
