//! The clock and the source of randomness, passed in wherever they are needed
