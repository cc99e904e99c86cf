//! The patches of the `apply_patch` tool: which files they write and delete.

use super::Act;

/// What a patch does, by its header lines.
pub(super) fn acts(patch: &str) -> Result<Vec<Act>, String> {
    let acts: Vec<Act> = patch.lines().filter_map(act).collect();
    match acts.is_empty() {
        true => Err("the patch names no file".to_owned()),
        false => Ok(acts),
    }
}

fn act(line: &str) -> Option<Act> {
    let (kind, path) = line.strip_prefix("*** ")?.split_once(": ")?;
    let path = path.trim().to_owned();
    match kind {
        "Add File" | "Update File" | "Move to" => Some(Act::Write(path)),
        "Delete File" => Some(Act::Delete(path)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_patch_names_its_files() {
        let patch = "*** Begin Patch\n*** Update File: src/a.rs\n*** Move to: src/b.rs\n@@\n-x\n+y\n*** Delete File: c\n*** End Patch\n";
        let [a, b, c] = ["src/a.rs", "src/b.rs", "c"].map(str::to_owned);
        assert_eq!(acts(patch), Ok(vec![Act::Write(a), Act::Write(b), Act::Delete(c)]));
        assert!(acts("no patch").is_err());
    }
}
