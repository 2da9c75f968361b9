//! Db and Tx over the embedded database, and the migrator: the only place that knows which database it is
