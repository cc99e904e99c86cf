//! Compiles `rules/*.yaml` into the binary, and stops the build when one of them is wrong.

#![allow(dead_code)]

use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::Path;
use std::{env, fs, io, process};

use miniz_oxide::deflate::compress_to_vec;

#[path = "src/effect.rs"]
mod effect;
#[path = "src/span.rs"]
mod span;
#[path = "src/stake.rs"]
mod stake;

#[path = "src/payload"]
mod payload {
    pub mod code {
        pub mod compile;
        pub mod schema;
    }
    pub mod language;
    pub mod role;
    pub mod task_file;
}

#[path = "src/facts/reach"]
mod reach {
    pub mod table;
}

#[path = "src/rules"]
mod rules {
    pub mod archive;
    pub mod compile;
    pub mod glob;
    pub mod own;
    pub mod schema;
}

fn main() -> io::Result<()> {
    println!("cargo::rerun-if-changed=rules");
    println!("cargo::rerun-if-changed=build.rs");
    languages()?;
    reaches()?;
    let files = rule_files(Path::new("rules"))?;
    match rules::compile::compile(&files, rules::compile::Layer::BuiltIn, &[]) {
        Ok(compiled) => {
            let out = env::var_os("OUT_DIR").ok_or(io::ErrorKind::NotFound)?;
            let out = Path::new(&out);
            fs::write(out.join("rules.bin"), &compiled.archive)?;
            println!("cargo::rustc-env=GUARD_BUILD={:016x}", build_of(&compiled.archive)?);
            // Read by people, and so seldom: small rather than fast.
            fs::write(out.join("pages.bin"), compress_to_vec(&rules::archive::encode(&compiled.pages), 9))
        }
        Err(problems) => {
            for problem in problems {
                println!("cargo::error=rules/{problem}");
            }
            process::exit(1);
        }
    }
}

/// The source that decides what compiled rules and configurations look like.
const FORMAT: [&str; 17] = [
    "src/effect.rs",
    "src/stake.rs",
    "src/payload/language.rs",
    "src/policy/configuration.rs",
    "src/policy/never.rs",
    "src/rules/archive.rs",
    "src/rules/schema/condition.rs",
    "src/rules/schema/lists.rs",
    "src/rules/schema/mod.rs",
    "src/rules/schema/options.rs",
    "src/rules/schema/role.rs",
    "src/rules/schema/style.rs",
    "src/rules/compile/mod.rs",
    "src/rules/compile/entries.rs",
    "src/rules/compile/forms.rs",
    "src/rules/compile/letters.rs",
    "src/rules/compile/clauses.rs",
];

/// A number that another build with other rules, or another form of them, does not have.
fn build_of(rules: &[u8]) -> io::Result<u64> {
    let mut hasher = DefaultHasher::new();
    rules.hash(&mut hasher);
    for path in FORMAT {
        println!("cargo::rerun-if-changed={path}");
        fs::read(path)?.hash(&mut hasher);
    }
    Ok(hasher.finish())
}

/// Compiles what the functions of each language do.
fn languages() -> io::Result<()> {
    let files = rule_files(Path::new("rules/languages"))?;
    match payload::code::compile::compile(&files) {
        Ok(bytes) => {
            let out = env::var_os("OUT_DIR").ok_or(io::ErrorKind::NotFound)?;
            fs::write(Path::new(&out).join("languages.bin"), bytes)
        }
        Err(problems) => {
            for problem in problems {
                for line in problem.lines() {
                    println!("cargo::error=rules/languages/{line}");
                }
            }
            process::exit(1);
        }
    }
}

/// Compiles what programs reach elsewhere.
fn reaches() -> io::Result<()> {
    let text = fs::read_to_string("rules/reaches/reaches.yaml")?;
    match serde_yaml::from_str::<Vec<reach::table::Entry>>(&text) {
        Ok(entries) => {
            let out = env::var_os("OUT_DIR").ok_or(io::ErrorKind::NotFound)?;
            fs::write(Path::new(&out).join("reaches.bin"), rules::archive::encode(&entries))
        }
        Err(problem) => {
            for line in problem.to_string().lines() {
                println!("cargo::error=rules/reaches/reaches.yaml: {line}");
            }
            process::exit(1);
        }
    }
}

/// The rule files of a folder, in the order of their names.
fn rule_files(folder: &Path) -> io::Result<Vec<(String, String)>> {
    let mut paths: Vec<_> = fs::read_dir(folder)?.map(|entry| Ok(entry?.path())).collect::<io::Result<_>>()?;
    paths.sort();
    paths
        .iter()
        .filter(|path| path.extension().is_some_and(|extension| extension == "yaml"))
        .map(|path| {
            let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
            Ok((name, fs::read_to_string(path)?))
        })
        .collect()
}
