use db::{Error, Row, Tx, values};
use protocol::AppId;
use serde::{Deserialize, Serialize};

use crate::columns::{client, json, to_json};

/// An entry of the App Center.
#[derive(Clone, Debug)]
pub struct Listing {
    /// 24 hexadecimal digits; part of the page's address.
    pub id: String,
    pub client_id: AppId,
    pub name: String,
    pub content: ListingContent,
}

/// What a partner says of its app (reference §5.10), as it is kept.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ListingContent {
    pub partner_name: String,
    /// At most 100 characters.
    pub headline: String,
    /// At most 180 characters.
    pub short_description: String,
    /// Markdown, at most 2,500 characters. Absolute paths lead to the partner's site.
    pub long_description: String,
    /// The partner wants leads first: Request Information is the button, Connect the link (S2).
    pub prefers_request_information: bool,
    pub endorsed: bool,
    pub popular: bool,
    pub categories: Vec<String>,
    pub offerings: Vec<String>,
    /// ISO 3166, two letters each.
    pub countries: Vec<String>,
    pub keywords: Vec<String>,
    pub links: ListingLinks,
    pub screenshots: Vec<Screenshot>,
    /// Name of the icon among the listing's images.
    pub icon: String,
}

/// Addresses on the partner's site, and where its leads go.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ListingLinks {
    pub website: String,
    pub brochure: Option<String>,
    pub demo_video: Option<String>,
    pub support: String,
    pub terms: String,
    pub privacy: String,
    pub lead_email: String,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Screenshot {
    /// Name among the listing's images.
    pub image: String,
    pub alt: String,
    pub caption: String,
}

/// All columns by name: one that a newer release adds changes nothing here.
macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT id, client_id, name, position, content
             FROM listings ",
            $rest
        )
    };
}

/// Writes a listing, over the one of the same id. `position` orders the catalogue.
pub async fn put(tx: &mut Tx, listing: &Listing, position: i64) -> Result<(), Error> {
    tx.execute(
        "INSERT INTO listings (id, client_id, name, position, content) VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (id) DO UPDATE
         SET name = excluded.name, position = excluded.position, content = excluded.content",
        &values![
            &listing.id,
            listing.client_id.to_string(),
            &listing.name,
            position,
            to_json(&listing.content),
        ],
    )
    .await?;
    Ok(())
}

pub async fn find(tx: &mut Tx, id: &str) -> Result<Option<Listing>, Error> {
    let row = tx.query_opt(select!("WHERE id = $1"), &values![id]).await?;
    row.as_ref().map(from_row).transpose()
}

/// The entry that offers an app, if there is one.
pub async fn find_by_app(tx: &mut Tx, app: AppId) -> Result<Option<Listing>, Error> {
    let row = tx
        .query_opt(select!("WHERE client_id = $1"), &values![app.to_string()])
        .await?;
    row.as_ref().map(from_row).transpose()
}

/// The whole catalogue, in its order.
pub async fn all(tx: &mut Tx) -> Result<Vec<Listing>, Error> {
    let rows = tx.query(select!("ORDER BY position, id"), &[]).await?;
    rows.iter().map(from_row).collect()
}

fn from_row(row: &Row) -> Result<Listing, Error> {
    Ok(Listing {
        id: row.get("id")?,
        client_id: client(row)?,
        name: row.get("name")?,
        content: json(row, "content")?,
    })
}
