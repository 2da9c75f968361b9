//! The partner's landing pages and console
