use db::{Error, Tx, values};

/// A listing's icon or screenshot.
pub struct ListingImage {
    pub name: String,
    /// As `image/svg+xml`.
    pub content_type: String,
    pub content: Vec<u8>,
}

/// Writes an image, over the one of the same name.
pub async fn put(tx: &mut Tx, listing: &str, image: &ListingImage) -> Result<(), Error> {
    tx.execute(
        "INSERT INTO listing_images (listing_id, name, content_type, content)
         VALUES ($1, $2, $3, $4)
         ON CONFLICT (listing_id, name) DO UPDATE
         SET content_type = excluded.content_type, content = excluded.content",
        &values![
            listing,
            &image.name,
            &image.content_type,
            image.content.as_slice()
        ],
    )
    .await?;
    Ok(())
}

pub async fn find(tx: &mut Tx, listing: &str, name: &str) -> Result<Option<ListingImage>, Error> {
    let row = tx
        .query_opt(
            "SELECT listing_id, name, content_type, content
             FROM listing_images WHERE listing_id = $1 AND name = $2",
            &values![listing, name],
        )
        .await?;
    row.map(|row| {
        Ok(ListingImage {
            name: row.get("name")?,
            content_type: row.get("content_type")?,
            content: row.get("content")?,
        })
    })
    .transpose()
}
