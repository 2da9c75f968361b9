//! The company data APIs: profile and expense reports
