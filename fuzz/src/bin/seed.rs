//! Writes the texts of `tests/corpus`, and the code that the readers begin with, as files into `corpus/TARGET`.

use std::io::Result;
use std::path::{Path, PathBuf};

use serde_json::Value;

fn main() -> Result<()> {
    let place = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut files = Vec::new();
    find(&place.join("../tests/corpus"), &mut files)?;
    let mut number = 0;
    for file in files {
        for line in std::fs::read_to_string(file)?.lines() {
            let Ok(entry) = serde_json::from_str::<Value>(line) else { continue };
            for text in ["src", "command", "cmd", "text"].iter().filter_map(|key| entry[key].as_str()) {
                number += 1;
                for (target, text) in
                    [("parse", text.to_owned()), ("judge", text.to_owned()), ("argv", text.replace(' ', "\0"))]
                {
                    let folder = place.join("corpus").join(target);
                    std::fs::create_dir_all(&folder)?;
                    std::fs::write(folder.join(format!("seed-{number}")), text)?;
                }
            }
        }
    }
    for (target, text) in guard_fuzz::seeds::of_readers(&place.join("..")) {
        number += 1;
        let folder = place.join("corpus").join(target);
        std::fs::create_dir_all(&folder)?;
        std::fs::write(folder.join(format!("seed-{number}")), text)?;
    }
    println!("{number} texts");
    Ok(())
}

/// Every `*.jsonl` below a folder.
fn find(folder: &Path, files: &mut Vec<PathBuf>) -> Result<()> {
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            find(&path, files)?;
        } else if path.extension().is_some_and(|extension| extension == "jsonl") {
            files.push(path);
        }
    }
    Ok(())
}
