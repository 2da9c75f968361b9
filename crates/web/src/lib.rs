//! What every page and endpoint shares.
//!
//! A site is put together as: [`Routes`] of handlers, and [`Site::wrap`] around them, which gives
//! every answer a correlation id and the security headers, refuses unknown hosts, cross-site posts
//! and oversized bodies, renders errors as pages, and logs each request once.

mod assets;
mod authority;
mod calendar;
mod chart;
mod client_address;
mod cookie;
mod correlation;
pub mod description;
mod figure;
mod form;
mod frame_words;
mod headers;
mod layout;
mod markdown;
mod page;
mod page_error;
pub mod password;
mod query;
mod request_span;
mod routes;
mod session;
mod site;
mod words;

pub use assets::{asset_href, router as assets};
pub use authority::Authority;
pub use calendar::{Calendar, Day, day_of, named_day, numbered_day};
pub use chart::{Chart, Look, Series, Shape, sparkline};
pub use client_address::ClientAddress;
pub use cookie::{Cookies, SetCookie};
pub use correlation::{CORRELATION_HEADER, CorrelationId};
pub use description::Description;
pub use figure::Figure;
pub use form::{BODY_LIMIT, PageForm, is_form};
pub use frame_words::FrameWords;
pub use headers::{Caching, content_security_policy};
pub use layout::{Frame, Layout, LayoutUser, Link, Notice};
pub use markdown::{Markup, markdown};
pub use page::{page, page_with_status};
pub use page_error::{ErrorKind, PageError, PageErrorView};
pub use query::PageQuery;
pub use request_span::REQUEST_SPAN;
pub use routes::{Access, Endpoint, Routes};
pub use session::{SessionToken, csrf_token};
pub use site::{ErrorStyle, PassedOn, Site, serve};
pub use words::{count, date, date_time, initials, iso_time, number, relative};
