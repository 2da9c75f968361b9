//! What the demo starts from: companies, people, listings, reports
