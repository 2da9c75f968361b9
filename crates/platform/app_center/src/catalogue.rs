use std::collections::{BTreeSet, HashMap};

use askama::Template;
use axum::extract::State as Context;
use axum::response::Response;
use db::Tx;
use protocol::{AppId, PrincipalType};
use store::{Connection, Listing, apps, connections, listings};
use web::{Layout, PageError, PageQuery};

use crate::paging::Paging;
use crate::search::{Candidate, Filter, Row};
use crate::visitor::Visitor;
use crate::{State, badge, countries, frame};

/// Cards in the rows above the list of all.
const ROW: usize = 3;

#[derive(Template)]
#[template(path = "catalogue.html")]
struct CataloguePage<'a> {
    layout: Layout,
    platform: &'a str,
    filter: &'a Filter,
    categories: Vec<&'a str>,
    country: &'a str,
    popular: CardRow<'a>,
    enterprise: CardRow<'a>,
    /// All Connections, or what was found.
    shown: Vec<&'a Card>,
    found: String,
    paging: Paging,
}

/// A row: its first cards are shown.
struct CardRow<'a> {
    cards: Vec<&'a Card>,
}

pub struct Card {
    pub listing: Listing,
    pub enterprise: bool,
    /// As the style sheet spells it; empty when there is nothing to tell.
    pub badge: &'static str,
}

pub async fn show(
    Context(state): Context<State>,
    visitor: Visitor,
    PageQuery(query): PageQuery,
) -> Result<Response, PageError> {
    let filter = Filter::from_query(&query);
    let mut tx = state.app.db.read_within(visitor.company.id).await?;
    let mut cards = cards(&mut tx, &visitor).await?;
    drop(tx);
    let country = visitor.user.country.as_str();
    cards.retain(|card| filter.shows(card.candidate(), country));

    let mut ranked: Vec<(u8, &Card)> = cards
        .iter()
        .filter_map(|card| Some((filter.rank(card.candidate())?, card)))
        .collect();
    ranked.sort_by_key(|(rank, _)| *rank);
    let paging = Paging::new(&query, ranked.len());
    let shown = ranked[paging.range()]
        .iter()
        .map(|(_, card)| *card)
        .collect();
    let popular = CardRow::of(&cards, |card| card.listing.content.popular);
    let platform = &state.app.settings.platform_name;
    let title = if filter.text.is_empty() {
        "App Center".to_owned()
    } else {
        format!("Search: {}", filter.text)
    };
    Ok(web::page(&CataloguePage {
        layout: frame::layout_for(&state, &visitor, &title, "App Center"),
        platform,
        categories: categories(&cards),
        country: countries::by_code(country).map_or(country, |known| known.name),
        enterprise: CardRow::of(&cards, |card| card.enterprise).without(&popular),
        popular,
        found: web::count(ranked.len() as u64, "app"),
        shown,
        paging,
        filter: &filter,
    }))
}

/// Every listing that the company may see, in the catalogue's order.
async fn cards(tx: &mut Tx, visitor: &Visitor) -> Result<Vec<Card>, PageError> {
    let known = connections::visible_to(tx, visitor.company.id, visitor.user.id).await?;
    let known: HashMap<AppId, Connection> = known
        .into_iter()
        .map(|connection| (connection.app, connection))
        .collect();
    let mut cards = Vec::new();
    for listing in listings::all(tx).await? {
        let Some(app) = apps::find(tx, listing.client_id).await? else {
            continue;
        };
        if !app.may_connect_to(visitor.company.id) {
            continue;
        }
        cards.push(Card {
            enterprise: app.principal_type != PrincipalType::User,
            badge: known
                .get(&listing.client_id)
                .map_or("", |connection| badge::of(connection, visitor.now)),
            listing,
        });
    }
    Ok(cards)
}

fn categories(cards: &[Card]) -> Vec<&str> {
    let named: BTreeSet<&str> = cards
        .iter()
        .flat_map(|card| card.listing.content.categories.iter())
        .map(String::as_str)
        .collect();
    named.into_iter().collect()
}

impl<'a> CardRow<'a> {
    fn of(cards: &'a [Card], belongs: impl Fn(&Card) -> bool) -> CardRow<'a> {
        let cards = cards.iter().filter(|card| belongs(card)).collect();
        CardRow { cards }
    }

    /// Begins with cards that the row above does not show, where there are any.
    fn without(mut self, above: &CardRow<'_>) -> CardRow<'a> {
        let id = |card: &&Card| card.listing.id.clone();
        let shown: Vec<_> = above.first().iter().map(id).collect();
        self.cards.sort_by_key(|card| shown.contains(&id(card)));
        self
    }

    fn first(&self) -> &[&'a Card] {
        &self.cards[..self.cards.len().min(ROW)]
    }
}

impl Card {
    fn candidate(&self) -> Candidate<'_> {
        Candidate {
            name: &self.listing.name,
            content: &self.listing.content,
            enterprise: self.enterprise,
            connected: self.badge == "connected",
        }
    }
}

impl CataloguePage<'_> {
    fn title_of_results(&self) -> &'static str {
        match self.filter.row {
            Some(Row::Popular) => "Popular Connections",
            Some(Row::Enterprise) => "Enterprise Applications",
            None => "Results",
        }
    }

    fn elsewhere_label(&self) -> String {
        let country = self.country;
        format!("Also user connections that are not available in your country, {country}")
    }

    fn nothing_found(&self) -> String {
        format!("No app matches “{}”", self.filter.text)
    }
}
