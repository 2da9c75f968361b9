use crate::Vault;

impl Vault {
    /// Brings everything under the current vault key, while tokens are refreshed and handed out
    /// (S45); gives the number of connections that were brought. Afterwards the older keys may go.
    pub async fn rewrap(&self) -> Result<usize, db::Error> {
        let mut brought = 0;
        loop {
            let batch = self.envelop_connections().await? + self.rewrap_connections().await?;
            brought += batch;
            if batch == 0 {
                break;
            }
        }
        self.rewrap_flows().await?;
        // Last, because with it the older key is no longer asked for at the start.
        self.rewrap_proof().await?;
        tracing::info!(
            connections = brought,
            "everything is under the current vault key"
        );
        Ok(brought)
    }
}
