use std::fmt::Debug;

use tracing::field::{Field, Visit};
use tracing::{Event, Level, Metadata, Span, Subscriber};
use tracing_subscriber::Layer;
use tracing_subscriber::filter::{FilterFn, LevelFilter};
use tracing_subscriber::layer::Context;

use crate::telemetry::Place;

/// Of a line of the log, what its request's span says as well. The span has fields of these names.
const NAMED: [&str; 3] = ["app.id", "company.id", "connection.id"];

/// Whom a request was about is known where it is logged: the span around it learns it there.
pub struct Named;

impl Named {
    pub fn layer() -> Place {
        let filter = FilterFn::new(names_somebody).with_max_level_hint(LevelFilter::INFO);
        Named.with_filter(filter).boxed()
    }
}

fn names_somebody(line: &Metadata<'_>) -> bool {
    let mut fields = line.fields().iter();
    line.is_event() && *line.level() <= Level::INFO && fields.any(|field| is_named(&field))
}

fn is_named(field: &Field) -> bool {
    NAMED.contains(&field.name())
}

impl<S: Subscriber> Layer<S> for Named {
    fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
        event.record(&mut Within(Span::current()));
    }
}

/// The span in which something is logged.
struct Within(Span);

impl Visit for Within {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        if is_named(field) {
            self.0.record(field.name(), tracing::field::debug(value));
        }
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        if is_named(field) {
            self.0.record(field.name(), value);
        }
    }
}
