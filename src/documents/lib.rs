//! Documents that other programs read: spreadsheets in and out, text documents, and what pictures are made of. Knows no
//! feature.

pub mod columns;
pub mod decode;
pub mod file_format;
mod formulas;
mod french;
pub mod odt;
pub mod spreadsheet;
pub mod table;
pub mod text_measure;
pub mod xml;
