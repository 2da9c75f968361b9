use axum::Router;
use axum::handler::Handler;
use axum::routing::{MethodRouter, on};
use http::Method;

use crate::Description;

/// Who may call an endpoint. The table of all of them is checked by a test, route by route.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// Anybody: sign-in pages, assets, keys.
    Public,
    /// Anybody who holds this flow's cookie: the steps of a landing page.
    Flow,
    /// A person who has signed in.
    SignedIn,
    /// A signed-in person with the permission to administer connections.
    Administrator,
    /// A registered app that authenticates in the request itself.
    Client,
    /// Whoever holds an access token.
    Bearer,
}

/// One route, as the test of all routes sees it.
#[derive(Clone, Debug)]
pub struct Endpoint {
    pub method: Method,
    pub path: &'static str,
    pub access: Access,
    /// What programs are told of it, where programs call it.
    pub describe: Option<fn() -> Description>,
}

/// A router that remembers what was routed.
pub struct Routes<S> {
    router: Router<S>,
    endpoints: Vec<Endpoint>,
}

impl<S: Clone + Send + Sync + 'static> Routes<S> {
    #[expect(
        clippy::new_without_default,
        reason = "a table of routes is always written out"
    )]
    pub fn new() -> Routes<S> {
        Routes {
            router: Router::new(),
            endpoints: Vec::new(),
        }
    }

    pub fn get<T: 'static, H: Handler<T, S>>(
        self,
        path: &'static str,
        access: Access,
        handler: H,
    ) -> Routes<S> {
        self.add(
            Method::GET,
            path,
            access,
            on(axum::routing::MethodFilter::GET, handler),
        )
    }

    pub fn post<T: 'static, H: Handler<T, S>>(
        self,
        path: &'static str,
        access: Access,
        handler: H,
    ) -> Routes<S> {
        self.add(
            Method::POST,
            path,
            access,
            on(axum::routing::MethodFilter::POST, handler),
        )
    }

    pub fn put<T: 'static, H: Handler<T, S>>(
        self,
        path: &'static str,
        access: Access,
        handler: H,
    ) -> Routes<S> {
        self.add(
            Method::PUT,
            path,
            access,
            on(axum::routing::MethodFilter::PUT, handler),
        )
    }

    pub fn patch<T: 'static, H: Handler<T, S>>(
        self,
        path: &'static str,
        access: Access,
        handler: H,
    ) -> Routes<S> {
        self.add(
            Method::PATCH,
            path,
            access,
            on(axum::routing::MethodFilter::PATCH, handler),
        )
    }

    pub fn delete<T: 'static, H: Handler<T, S>>(
        self,
        path: &'static str,
        access: Access,
        handler: H,
    ) -> Routes<S> {
        self.add(
            Method::DELETE,
            path,
            access,
            on(axum::routing::MethodFilter::DELETE, handler),
        )
    }

    fn add(
        mut self,
        method: Method,
        path: &'static str,
        access: Access,
        route: MethodRouter<S>,
    ) -> Routes<S> {
        self.router = self.router.route(path, route);
        self.endpoints.push(Endpoint {
            method,
            path,
            access,
            describe: None,
        });
        self
    }

    /// Describes the route that was added last.
    pub fn described(mut self, describe: fn() -> Description) -> Routes<S> {
        let last = self.endpoints.last_mut();
        last.expect("a route comes before its description").describe = Some(describe);
        self
    }

    /// The routes of both.
    pub fn merge(mut self, other: Routes<S>) -> Routes<S> {
        self.router = self.router.merge(other.router);
        self.endpoints.extend(other.endpoints);
        self
    }

    pub fn endpoints(&self) -> &[Endpoint] {
        &self.endpoints
    }

    pub fn into_router(self, state: S) -> Router {
        self.router.with_state(state)
    }
}
