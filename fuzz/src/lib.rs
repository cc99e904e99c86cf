//! Fuzz targets for guard. See README.md.

pub mod readers;
pub mod seeds;
pub mod targets;

/// Runs the reader's target of this name.
pub fn read(name: &str, data: &[u8]) {
    readers::READERS.iter().filter(|(known, _)| *known == name).for_each(|(_, target)| target(data));
}
