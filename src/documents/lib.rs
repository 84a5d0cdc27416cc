//! Documents that other programs read: spreadsheets in and out. Knows no feature.

pub mod spreadsheet;
