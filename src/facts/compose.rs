//! The volumes that a compose file declares: what `docker compose down -v` deletes by name.
//!
//! Files and their order as in the Compose Specification; volumes that are `external` stay.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value;

/// The names under which a project's file is looked for; the first that there is counts.
pub const FILES: [&str; 4] = ["compose.yaml", "compose.yml", "docker-compose.yaml", "docker-compose.yml"];

/// The files that the words of a command line name; `None` for one that is not known.
pub fn named<'w>(words: &[Option<&'w str>]) -> Vec<Option<&'w str>> {
    let mut named = Vec::new();
    for (at, word) in words.iter().enumerate() {
        match word {
            Some("-f" | "--file") => named.push(words.get(at + 1).copied().flatten()),
            Some(word) => named.extend(word.strip_prefix("--file=").map(Some)),
            None => {}
        }
    }
    named
}

/// Whether a command line of compose deletes the volumes of its project: `down` with `-v`.
pub fn deletes_volumes(words: &[Option<&str>]) -> bool {
    let Some(down) = words.iter().position(|word| *word == Some("down")) else { return false };
    let is_option =
        |word: &&str| *word == "--volumes" || (word.starts_with('-') && !word.starts_with("--") && word.contains('v'));
    words.iter().skip(down + 1).flatten().any(is_option)
}

/// The volumes that a compose file declares, by the names that it gives them.
pub fn volumes(text: &str) -> Vec<String> {
    #[derive(Deserialize)]
    struct File {
        #[serde(default)]
        volumes: BTreeMap<String, Option<Volume>>,
    }
    #[derive(Default, Deserialize)]
    struct Volume {
        #[serde(default)]
        external: Option<Value>,
        #[serde(default)]
        name: Option<String>,
    }
    let Ok(file) = serde_yaml::from_str::<File>(text) else { return Vec::new() };
    let own = file.volumes.into_iter().map(|(name, volume)| (name, volume.unwrap_or_default()));
    own.filter(|(_, volume)| matches!(volume.external, None | Some(Value::Bool(false))))
        .map(|(name, volume)| volume.name.unwrap_or(name))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn own_volumes_are_named() {
        let text = "services:\n  db:\n    image: postgres\n    volumes: [data:/var/lib/postgresql/data]\nvolumes:\n  data:\n  cache: {name: shop-cache}\n  shared:\n    external: true\n";
        assert_eq!(volumes(text), ["shop-cache", "data"]);
        assert_eq!(volumes("services: {}"), [""; 0]);
        assert_eq!(volumes("volumes: ["), [""; 0]);
    }

    #[test]
    fn only_down_with_the_option_deletes_them() {
        let words = |line: &'static str| line.split(' ').map(Some).collect::<Vec<_>>();
        for line in
            ["docker compose down -v", "docker-compose -f a.yml down --rmi all --volumes", "docker compose down -tv"]
        {
            assert!(deletes_volumes(&words(line)), "{line}");
        }
        for line in ["docker compose down", "docker compose rm -v", "docker volume rm down", "docker compose -v down"] {
            assert!(!deletes_volumes(&words(line)), "{line}");
        }
        assert_eq!(named(&words("docker compose -f a.yml --file=b.yml down")), [Some("a.yml"), Some("b.yml")]);
    }
}
