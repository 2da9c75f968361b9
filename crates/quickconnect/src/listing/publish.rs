use std::path::{Path, PathBuf};

use clap::Args;
use protocol::AppId;
use serde::Deserialize;
use store::{
    Listing, ListingContent, ListingImage, apps, listing_images, listings, operator_changes,
};

use super::Common;
use crate::Failure;
use crate::opened::{self, operator};

/// A picture larger than this would make the page slow for everybody.
const IMAGE_LIMIT: u64 = 1024 * 1024;

/// Put a listing into the App Center, over the one of the same app, and print its address
#[derive(Args)]
pub struct Arguments {
    #[command(flatten)]
    common: Common,
    /// A TOML file, as docs/operate/listings.md describes it; pictures lie beside it
    file: PathBuf,
}

#[derive(Deserialize)]
struct ListingFile {
    client_id: AppId,
    name: String,
    /// Orders the catalogue, lowest first.
    #[serde(default)]
    position: i64,
    #[serde(flatten)]
    content: ListingContent,
}

pub async fn run(arguments: Arguments) -> Result<(), Failure> {
    let told = |error: &dyn std::fmt::Display| -> Failure {
        format!("{}: {error}", arguments.file.display()).into()
    };
    let text = std::fs::read_to_string(&arguments.file).map_err(|error| told(&error))?;
    let file: ListingFile = toml::from_str(&text).map_err(|error| told(&error))?;
    check(&file).map_err(|error| told(&error))?;
    let folder = arguments.file.parent().unwrap_or(Path::new("."));
    let images = pictures(&file, folder)?;

    let app = opened::platform(&arguments.common.deployment).await?;
    let mut tx = app.db.write().await?;
    let client = apps::find(&mut tx, file.client_id).await?;
    if client.is_none() {
        return Err(told(&format!(
            "no app has the client id {}",
            file.client_id
        )));
    }
    let known = listings::all(&mut tx).await?.into_iter();
    let id = known
        .filter(|listing| listing.client_id == file.client_id)
        .map(|listing| listing.id)
        .next()
        .unwrap_or_else(|| app.entropy.uuid().simple().to_string()[..24].to_owned());
    let listing = Listing {
        id,
        client_id: file.client_id,
        name: file.name,
        content: file.content,
    };
    let placed = (&listing, file.position);
    operator_changes::publish_listing(&app, &mut tx, placed, operator(&app)).await?;
    for image in images {
        listing_images::put(&mut tx, &listing.id, &image).await?;
    }
    tx.commit().await?;
    let path = format!("/app-center/listings/{}", listing.id);
    let address = app.settings.app_center.join(&path);
    if arguments.common.json {
        println!(
            "{}",
            serde_json::json!({ "id": listing.id, "address": address })
        );
    } else {
        println!("{address}");
    }
    Ok(())
}

/// The lengths that the listing form allows (reference §5.10).
fn check(file: &ListingFile) -> Result<(), String> {
    let content = &file.content;
    let texts = [
        ("name", &file.name, 80),
        ("headline", &content.headline, 100),
        ("short_description", &content.short_description, 180),
        ("long_description", &content.long_description, 2_500),
    ];
    for (field, text, most) in texts {
        let length = text.chars().count();
        if length == 0 || length > most {
            return Err(format!(
                "{field} has {length} characters; 1 to {most} are allowed"
            ));
        }
    }
    let links = &content.links;
    let addresses = [&links.website, &links.support, &links.terms, &links.privacy];
    let optional = [&links.brochure, &links.demo_video];
    let all = addresses.into_iter().chain(optional.into_iter().flatten());
    for address in all {
        if !address.starts_with("https://") {
            return Err(format!("{address:?} must begin with https://"));
        }
    }
    Ok(())
}

fn pictures(file: &ListingFile, folder: &Path) -> Result<Vec<ListingImage>, Failure> {
    let content = &file.content;
    let names = content.screenshots.iter().map(|shot| &shot.image);
    names
        .chain([&content.icon])
        .map(|name| picture(folder, name))
        .collect()
}

fn picture(folder: &Path, name: &str) -> Result<ListingImage, Failure> {
    let extension = name.rsplit_once('.').map_or("", |(_, extension)| extension);
    let content_type = match extension {
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "jpg" | "jpeg" => "image/jpeg",
        "webp" => "image/webp",
        _ => return Err(format!("{name}: a picture is .svg, .png, .jpg or .webp").into()),
    };
    if name.contains(['/', '\\']) {
        return Err(format!("{name}: pictures lie beside the listing's file").into());
    }
    let path = folder.join(name);
    let told = |error: std::io::Error| format!("{}: {error}", path.display());
    if std::fs::metadata(&path).map_err(told)?.len() > IMAGE_LIMIT {
        return Err(format!("{}: a picture has at most 1 MiB", path.display()).into());
    }
    Ok(ListingImage {
        name: name.to_owned(),
        content_type: content_type.to_owned(),
        content: std::fs::read(&path).map_err(told)?,
    })
}
