//! What every database must do, whichever engine the environment names, and what PostgreSQL alone
//! could do wrong (`cargo xtask test` runs those where there is a server).

mod copies;
mod migrating;
mod network;
mod notices;
mod postgres;
mod transactions;
