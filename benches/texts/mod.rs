//! What the benchmarks read.

#![allow(dead_code, reason = "each benchmark uses what it needs")]

/// Lines as agents type them.
pub const LINES: [&str; 6] = [
    "ls -la src",
    "git status --short && git log --oneline -5 | head",
    "cd \"$(git rev-parse --show-toplevel)\" && cargo test 2>&1 | tail -20",
    "for f in $(git ls-files '*.py'); do sed -i 's/foo/bar/' \"$f\"; done",
    "tmp=$(mktemp -d); trap 'rm -rf \"$tmp\"' EXIT; tar xf a.tar -C \"$tmp\" && ls \"$tmp\"",
    "cat > src/main.rs <<'E'\nfn main() {\n    println!(\"hello\");\n}\nE",
];

/// The lengths of the scripts, in KiB.
pub const LENGTHS: [usize; 6] = [1, 4, 16, 64, 256, 1000];

/// A script of about so many KiB: a build script, again and again.
pub fn script(kib: usize) -> String {
    let block = include_str!("script.sh");
    let lines = block.split_inclusive('\n').cycle();
    let mut text = String::new();
    let mut open = 0_usize;
    for line in lines {
        let first = line.split_whitespace().next().unwrap_or("");
        open += usize::from(matches!(first, "build()" | "for" | "if" | "case") || line.contains("<<EOF"));
        text.push_str(line);
        open -= usize::from(matches!(first, "}" | "done" | "fi" | "esac" | "EOF"));
        if open == 0 && text.len() >= kib * 1024 {
            return text;
        }
    }
    text
}
