//! The program as it is started: one process or several, their output, their files, their ends.

mod backup;
mod behind_a_proxy;
mod crash;
mod demo;
mod deployment;
mod doctor;
mod health;
mod migrate;
mod operator;
mod partner;
mod people;
mod serve;
mod unstored;
