//! Short runs of the fuzz targets of `fuzz/` on mutations of the corpus, and all that the fuzzers have found. Longer
//! ones, led by coverage, are `fuzz/run`.

#[path = "shell_fuzz/mutate.rs"]
mod mutate;
#[path = "shell_fuzz/random.rs"]
mod random;
#[path = "../fuzz/src/readers.rs"]
mod readers;
#[path = "../fuzz/src/seeds.rs"]
mod seeds;
#[path = "../fuzz/src/targets.rs"]
mod targets;

use std::path::Path;

use random::Random;
use readers::READERS;
use targets::TARGETS;

/// How many mutations each target gets.
const MUTATIONS: usize = 400;

fn place() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

#[test]
fn what_was_found_stays_mended() {
    let folder = place().join("fuzz/regressions");
    let mut count = 0;
    for entry in std::fs::read_dir(folder).expect("the folder can be read") {
        let data = std::fs::read(entry.expect("an entry can be read").path()).expect("a file can be read");
        TARGETS.iter().chain(READERS).for_each(|(_, target)| target(&data));
        count += 1;
    }
    assert!(count > 0, "there is nothing to try");
}

#[test]
fn mutations_of_the_corpus_do_no_harm() {
    let corpus =
        std::fs::read_to_string(place().join("tests/corpus/parse/adversarial.jsonl")).expect("the corpus is there");
    let sources = corpus.lines().filter_map(|line| serde_json::from_str::<serde_json::Value>(line).ok());
    let seeds: Vec<String> = sources.filter_map(|line| line["src"].as_str().map(str::to_owned)).collect();
    let mut random = Random::new(11);
    for _ in 0..MUTATIONS {
        let (base, other) = (random.pick(&seeds).clone(), random.pick(&seeds).clone());
        let text = mutate::mutate(&mut random, &base, &other);
        for (name, target) in TARGETS {
            let data = if *name == "argv" { text.replace(' ', "\0") } else { text.clone() };
            target(data.as_bytes());
        }
    }
}

#[test]
fn mutations_of_payloads_do_no_harm() {
    let seeds = seeds::of_readers(place());
    for (name, target) in READERS {
        let own: Vec<&str> = seeds.iter().filter(|(of, _)| of == name).map(|(_, text)| text.as_str()).collect();
        assert!(own.len() > 1, "{name} has no seeds");
        own.iter().for_each(|text| target(text.as_bytes()));
        let mut random = Random::new(13);
        for _ in 0..MUTATIONS {
            let (base, other) = (*random.pick(&own), *random.pick(&own));
            let text = mutate::mutate(&mut random, base, other);
            target(text.as_bytes());
        }
    }
}
