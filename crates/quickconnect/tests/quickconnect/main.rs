//! The program as it is started: one process or several, their output, their files, their ends.

mod audited_commands;
mod backup;
mod balancer;
mod behind_a_proxy;
mod books;
mod crash;
mod customer;
mod demo;
mod deployment;
mod doctor;
mod drill;
mod found;
mod health;
mod migrate;
mod node;
mod old_rows;
mod operator;
mod partner;
mod people;
mod ports;
mod seeds;
mod serve;
#[cfg(feature = "otel")]
mod traces;
mod unstored;
mod upgrade;
mod walk;
