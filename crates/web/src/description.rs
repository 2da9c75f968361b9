use http::StatusCode;
use protocol::ErrorBody;
use utoipa::ToSchema;
use utoipa::openapi::path::{Operation, OperationBuilder, ParameterBuilder, ParameterIn};
use utoipa::openapi::request_body::RequestBodyBuilder;
use utoipa::openapi::schema::{Array, ObjectBuilder, Schema, SchemaType};
use utoipa::openapi::{Content, HeaderBuilder, Ref, RefOr, Required, ResponseBuilder, Type};

use crate::CORRELATION_HEADER;

const FORM: &str = "application/x-www-form-urlencoded";
const JSON: &str = "application/json";
const HTML: &str = "text/html; charset=utf-8";

/// What an endpoint is called, takes and answers, in the words of OpenAPI 3.1.
///
/// How callers authenticate is not said here: it follows from the [`crate::Access`] of the route.
pub struct Description {
    operation: OperationBuilder,
    schemas: Vec<(String, RefOr<Schema>)>,
}

impl Description {
    /// `id` names the operation in generated clients; `tag` is the heading it stands under.
    pub fn new(tag: &str, id: &str, summary: &str) -> Description {
        Description {
            operation: OperationBuilder::new()
                .tag(tag)
                .operation_id(Some(id))
                .summary(Some(summary)),
            schemas: Vec::new(),
        }
    }

    /// The same operation under another name, for a second route to one handler.
    pub fn called(mut self, id: &str) -> Description {
        self.operation = self.operation.operation_id(Some(id));
        self
    }

    /// What else callers need to know, as Markdown.
    pub fn details(mut self, text: &str) -> Description {
        self.operation = self.operation.description(Some(text));
        self
    }

    /// A part of the address.
    pub fn path(self, name: &str, description: &str) -> Description {
        self.parameter(ParameterIn::Path, name, description, text())
    }

    /// An optional parameter of the query.
    pub fn query(self, name: &str, description: &str, schema: impl Into<Schema>) -> Description {
        self.parameter(ParameterIn::Query, name, description, schema.into())
    }

    fn parameter(
        mut self,
        place: ParameterIn,
        name: &str,
        description: &str,
        schema: Schema,
    ) -> Description {
        let required = matches!(place, ParameterIn::Path);
        let parameter = ParameterBuilder::new()
            .name(name)
            .parameter_in(place)
            .required(if required {
                Required::True
            } else {
                Required::False
            })
            .description(Some(description))
            .schema(Some(schema));
        self.operation = self.operation.parameter(parameter);
        self
    }

    /// Takes a url-encoded form.
    pub fn form(self, schema: impl Into<RefOr<Schema>>) -> Description {
        self.body(FORM, schema.into())
    }

    /// A reference to a form, which the document will hold under this name.
    pub fn form_named(&mut self, name: &str, fields: Fields) -> RefOr<Schema> {
        self.schemas.push((name.to_owned(), fields.into()));
        RefOr::Ref(Ref::from_schema_name(name))
    }

    /// Takes JSON.
    pub fn json<T: ToSchema>(mut self) -> Description {
        let schema = self.named::<T>();
        self.body(JSON, schema)
    }

    fn body(mut self, kind: &str, schema: RefOr<Schema>) -> Description {
        let body = RequestBodyBuilder::new()
            .content(kind, Content::new(Some(schema)))
            .required(Some(Required::True));
        self.operation = self.operation.request_body(Some(body.build()));
        self
    }

    /// Answers with JSON.
    pub fn answers<T: ToSchema>(mut self, status: StatusCode, description: &str) -> Description {
        let schema = self.named::<T>();
        self.answers_with(status, description, schema)
    }

    /// Answers with a JSON array.
    pub fn answers_list<T: ToSchema>(mut self, status: StatusCode, what: &str) -> Description {
        let items = Array::new(self.named::<T>());
        self.answers_with(status, what, Schema::Array(items))
    }

    /// As [`Description::answers`], where no type of ours is behind the JSON.
    pub fn answers_with(
        self,
        status: StatusCode,
        description: &str,
        schema: impl Into<RefOr<Schema>>,
    ) -> Description {
        let content = Content::new(Some(schema.into()));
        let mut response = response(description).content(JSON, content);
        if status == StatusCode::UNAUTHORIZED {
            let challenge = "How to authenticate (RFC 9110 §11.6.1).";
            response = with_header(response, "WWW-Authenticate", challenge, text());
        }
        self.response(status, response)
    }

    /// Answers people, with a page.
    pub fn answers_page(self, status: StatusCode, description: &str) -> Description {
        self.response(status, response(description).content(HTML, page()))
    }

    /// Answers without a body.
    pub fn answers_nothing(self, status: StatusCode, description: &str) -> Description {
        self.response(status, response(description))
    }

    /// Answers that the resource lies elsewhere, in `Location`.
    pub fn redirects(self, status: StatusCode, description: &str) -> Description {
        let response = response(description);
        self.response(
            status,
            with_header(response, "Location", "Where to ask instead.", text()),
        )
    }

    /// Refuses with the body of the authentication service (reference §2.6).
    pub fn refuses(self, status: StatusCode, description: &str) -> Description {
        self.answers::<ErrorBody>(status, description)
    }

    /// Refuses whoever calls too often.
    pub fn limits_calls(mut self) -> Description {
        let schema = self.named::<ErrorBody>();
        self.limits(JSON, Content::new(Some(schema)))
    }

    /// As [`Description::limits_calls`], where people call.
    pub fn limits_calls_by_page(self) -> Description {
        self.limits(HTML, page())
    }

    fn limits(self, kind: &str, content: Content) -> Description {
        let response = response("Called too often. Nothing was consumed.").content(kind, content);
        let response = with_header(response, "Retry-After", "Seconds to wait.", integer());
        self.response(StatusCode::TOO_MANY_REQUESTS, response)
    }

    fn response(mut self, status: StatusCode, response: ResponseBuilder) -> Description {
        self.operation = self.operation.response(status.as_str(), response);
        self
    }

    /// A reference to the schema of a type, which the document will hold once.
    pub fn named<T: ToSchema>(&mut self) -> RefOr<Schema> {
        let name = T::name();
        T::schemas(&mut self.schemas);
        self.schemas.push((name.to_string(), T::schema()));
        RefOr::Ref(Ref::from_schema_name(name))
    }

    /// The operation, and the schemas that it refers to.
    pub fn into_parts(self) -> (Operation, Vec<(String, RefOr<Schema>)>) {
        (self.operation.build(), self.schemas)
    }
}

fn page() -> Content {
    Content::new(Some(text()))
}

fn response(description: &str) -> ResponseBuilder {
    ResponseBuilder::new().description(description).header_ref(
        CORRELATION_HEADER,
        Ref::new("#/components/headers/Correlation"),
    )
}

fn with_header(
    response: ResponseBuilder,
    name: &str,
    description: &str,
    schema: Schema,
) -> ResponseBuilder {
    let header = HeaderBuilder::new()
        .description(Some(description))
        .schema(Some(schema));
    response.header(name, header.build())
}

/// A schema that is written out as JSON Schema.
pub fn schema(json: serde_json::Value) -> Schema {
    serde_json::from_value(json).expect("what is written out is a schema")
}

/// The schema of a text.
pub fn text() -> Schema {
    of_type(Type::String).build().into()
}

/// The schema of a whole number.
pub fn integer() -> Schema {
    of_type(Type::Integer).build().into()
}

fn of_type(kind: Type) -> ObjectBuilder {
    ObjectBuilder::new().schema_type(SchemaType::new(kind))
}

/// The fields of a form. An empty one counts as not supplied (RFC 6749 §3.2); others are ignored.
pub struct Fields(ObjectBuilder);

impl Fields {
    pub fn new(title: &str) -> Fields {
        Fields(ObjectBuilder::new().title(Some(title)))
    }

    /// A field that must be there and hold this.
    pub fn exactly(self, name: &str, value: &str) -> Fields {
        let schema = of_type(Type::String).enum_values(Some([value]));
        Fields(self.0.property(name, schema).required(name))
    }

    /// As [`Fields::exactly`]; may be left out and means the same then.
    pub fn by_default(self, name: &str, value: &str) -> Fields {
        let schema = of_type(Type::String)
            .enum_values(Some([value]))
            .default(Some(value.into()));
        Fields(self.0.property(name, schema))
    }

    pub fn required(self, name: &str, description: &str) -> Fields {
        let schema = of_type(Type::String)
            .description(Some(description))
            .min_length(Some(1));
        Fields(self.0.property(name, schema).required(name))
    }

    pub fn optional(self, name: &str, description: &str) -> Fields {
        let schema = of_type(Type::String).description(Some(description));
        Fields(self.0.property(name, schema))
    }
}

impl From<Fields> for Schema {
    fn from(fields: Fields) -> Schema {
        fields.0.build().into()
    }
}

impl From<Fields> for RefOr<Schema> {
    fn from(fields: Fields) -> RefOr<Schema> {
        Schema::from(fields).into()
    }
}
