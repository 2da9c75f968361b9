//! What every page and endpoint shares: extractors, sessions, headers, error pages, layout, style sheet
