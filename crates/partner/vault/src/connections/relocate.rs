use db::values;
use protocol::Origin;

use crate::Vault;

impl Vault {
    /// Moves connections from old base URIs of data centres to new ones, all at once: for a
    /// platform whose addresses were changed, as the ports of a demo are.
    pub async fn relocate(&self, moves: &[(Origin, Origin)]) -> Result<(), db::Error> {
        let mut tx = self.db().write().await?;
        // In two steps, because one centre's new address may be another's old one.
        for (from, to) in moves.iter().filter(|(from, to)| from != to) {
            tx.execute(
                "UPDATE connections SET geolocation = $2 WHERE geolocation = $1",
                &values![from.as_str(), format!("moving to {to}")],
            )
            .await?;
        }
        for (_, to) in moves {
            tx.execute(
                "UPDATE connections SET geolocation = $2 WHERE geolocation = $1",
                &values![format!("moving to {to}"), to.as_str()],
            )
            .await?;
        }
        tx.commit().await
    }
}
