//! Fuzz targets for guard. See README.md.

pub mod targets;
