//! What a command line reaches elsewhere: the names of the host, the database, the cluster, the account.
//!
//! Where programs say it stands in `rules/reaches/reaches.yaml`; the formats of the files they read, in `settings.rs`.
//! Passwords in addresses are never given.

pub mod table;

use super::loss::Reach;
use super::settings;
use crate::rules::archive;
use crate::stake::ReachStake;
use table::{Entry, Name, Source};

/// The compiled table.
static TABLE: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/reaches.bin"));

/// What the machine says beside the command line.
pub struct Around<'a> {
    /// A variable of the environment.
    pub variable: &'a dyn Fn(&str) -> Option<String>,
    /// The home folder.
    pub home: Option<&'a str>,
    /// Further words by which a name looks like production.
    pub production: &'a [String],
}

/// What a command line reaches; `None` when nothing is known of its program, or nothing is named.
pub fn reach(stake: &ReachStake, around: &Around<'_>) -> Option<Reach> {
    let program = stake.words.first()?.as_deref()?;
    let program = program.rsplit('/').next().unwrap_or(program);
    let entries: Vec<Entry> = archive::decode(TABLE)?;
    let entry = entries.into_iter().find(|entry| entry.programs.iter().any(|known| known == program))?;
    let line = Line { entry: &entry, stake, around };
    let mut names: Vec<(String, String)> = Vec::new();
    let url = line.url();
    for name in &entry.names {
        let from_url = url.as_ref().and_then(|url| match name.name.as_str() {
            "host" => Some(url.host.clone()),
            "database" => url.database.clone(),
            _ => None,
        });
        if let Some(value) = from_url.or_else(|| line.name(name)) {
            names.push((name.name.clone(), value));
        }
    }
    if let Some(url) = url.filter(|_| entry.kind == "http") {
        names.push(("host".to_owned(), url.host));
        names.extend(url.database.map(|path| ("path".to_owned(), format!("/{path}"))));
    }
    let production = names.iter().any(|(_, value)| looks_like_production(value, around.production));
    (!names.is_empty()).then_some(Reach { kind: entry.kind, names, production })
}

struct Line<'l> {
    entry: &'l Entry,
    stake: &'l ReachStake,
    around: &'l Around<'l>,
}

impl Line<'_> {
    fn words(&self) -> impl Iterator<Item = &str> {
        self.stake.words.iter().skip(1).map(|word| word.as_deref().unwrap_or("?"))
    }

    /// The value of the first of some options.
    fn option(&self, names: &[String]) -> Option<String> {
        let words: Vec<&str> = self.words().collect();
        words.iter().enumerate().find_map(|(at, word)| {
            names.iter().find_map(|name| match word.strip_prefix(name.as_str())? {
                "" => words.get(at + 1).map(|value| (*value).to_owned()),
                rest if name.starts_with("--") => rest.strip_prefix('=').map(str::to_owned),
                rest => Some(rest.trim_start_matches('=').to_owned()),
            })
        })
    }

    fn operands(&self) -> Vec<&str> {
        let has_value = |word: &str| {
            let own = self.entry.names.iter().flat_map(|name| &name.options).chain(&self.entry.values);
            own.chain(self.entry.urls.iter().flat_map(|urls| &urls.options)).any(|name| name == word)
        };
        let mut operands = Vec::new();
        let mut words = self.words();
        while let Some(word) = words.next() {
            if has_value(word) {
                words.next();
            } else if !word.starts_with('-') {
                operands.push(word);
            }
        }
        operands
    }

    /// A variable that the text sets, or one of the environment.
    fn variable(&self, names: &[String]) -> Option<String> {
        names.iter().find_map(|name| {
            match self.stake.variables.iter().rev().find(|(set, _)| set == name) {
                Some((_, value)) => Some(value.clone().unwrap_or_else(|| "?".to_owned())),
                None if self.stake.here => (self.around.variable)(name),
                None => None,
            }
            .filter(|value| !value.is_empty())
        })
    }

    fn name(&self, name: &Name) -> Option<String> {
        let operand = || name.operand.and_then(|at| self.operands().get(at).map(|word| (*word).to_owned()));
        let file = || name.from.filter(|_| self.stake.here).and_then(|source| self.file(source, ""));
        self.option(&name.options)
            .or_else(operand)
            .or_else(|| self.variable(&name.variables))
            .or_else(file)
            .or_else(|| name.default.clone())
    }

    fn file(&self, source: Source, key: &str) -> Option<String> {
        settings::read(source, key, self.stake, self.around)
    }

    fn url(&self) -> Option<Url> {
        let urls = self.entry.urls.as_ref()?;
        let operand = || {
            let found = self.operands().into_iter().find(|word| Url::read(word).is_some());
            found.filter(|_| urls.operands).map(str::to_owned)
        };
        let from_file = || {
            let source = urls.from.filter(|_| self.stake.here)?;
            urls.variables.iter().find_map(|name| self.file(source, name))
        };
        let option = self.option(&urls.options).filter(|value| value.contains("://"));
        Url::read(&option.or_else(operand).or_else(|| self.variable(&urls.variables)).or_else(from_file)?)
    }
}

/// An address, without what must stay secret.
struct Url {
    host: String,
    database: Option<String>,
}

impl Url {
    fn read(text: &str) -> Option<Url> {
        let (scheme, rest) = text.split_once("://")?;
        if scheme.is_empty() || !scheme.chars().all(|c| c.is_ascii_alphanumeric() || "+-.:".contains(c)) {
            return None;
        }
        let rest = rest.split(['?', '#']).next().unwrap_or_default();
        let (authority, path) = rest.split_once('/').unwrap_or((rest, ""));
        let host = authority.rsplit('@').next().unwrap_or_default();
        let path = path.trim_end_matches('/');
        let host = if host.is_empty() { "localhost" } else { host };
        Some(Url { host: host.to_owned(), database: (!path.is_empty()).then(|| path.to_owned()) })
    }
}

/// Words for what others live on.
const PRODUCTION: [&str; 4] = ["prod", "production", "prd", "live"];

/// Words in front of them that say that it is not that.
const NOT: [&str; 4] = ["non", "not", "pre", "no"];

/// Whether a name looks like production: one of its words says so.
pub fn looks_like_production(name: &str, further: &[String]) -> bool {
    let lower = name.to_lowercase();
    let words: Vec<&str> = lower.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
    words.iter().enumerate().any(|(at, word)| {
        let word = word.trim_end_matches(|c: char| c.is_ascii_digit());
        let before = at.checked_sub(1).and_then(|at| words.get(at));
        (PRODUCTION.contains(&word) || further.iter().any(|further| further == word))
            && !before.is_some_and(|before| NOT.contains(before))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(line: &str, set: &[(&str, &str)]) -> String {
        let stake = ReachStake {
            words: line.split(' ').map(|word| Some(word.to_owned())).collect(),
            variables: Vec::new(),
            folder: None,
            here: true,
        };
        let variable = |name: &str| set.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned());
        let around = Around { variable: &variable, home: None, production: &[] };
        let Some(reach) = reach(&stake, &around) else { return "nothing".to_owned() };
        let names: Vec<String> = reach.names.iter().map(|(name, value)| format!("{name}={value}")).collect();
        format!("{} {}{}", reach.kind, names.join(" "), if reach.production { " !" } else { "" })
    }

    #[test]
    fn what_is_reached_is_named() {
        for (line, set, expected) in [
            ("psql -h db1 -d shop -c x", &[][..], "database host=db1 database=shop"),
            ("psql -hdb1 shop", &[], "database host=db1 database=shop"),
            ("psql --host=db1", &[("PGDATABASE", "prod_shop")], "database host=db1 database=prod_shop !"),
            ("psql -U me shop", &[("PGHOST", "h")], "database host=h database=shop"),
            ("psql postgres://u:secret@h:5432/shop?x=1", &[], "database host=h:5432 database=shop"),
            ("dropdb shop", &[], "database host=localhost database=shop"),
            ("mysql -u root -e x live", &[], "database host=localhost database=live !"),
            (
                "prisma migrate reset",
                &[("DATABASE_URL", "mysql://u:p@prod-db/x")],
                "database host=prod-db database=x !",
            ),
            ("rails db:drop", &[("RAILS_ENV", "production")], "database environment=production !"),
            ("kubectl --context prod-eu delete ns x", &[], "cluster context=prod-eu namespace=default !"),
            ("kubectl delete pod x -n web --context=kind", &[], "cluster context=kind namespace=web"),
            ("aws s3 rb s3://x", &[("AWS_PROFILE", "preprod")], "cloud profile=preprod"),
            ("ssh -p 22 me@prod1 rm", &[], "host host=me@prod1 !"),
            (
                "curl -X DELETE https://u:p@api.example.com/v1/x",
                &[],
                "http method=DELETE host=api.example.com path=/v1/x",
            ),
            ("make x", &[], "nothing"),
        ] {
            assert_eq!(told(line, set), expected, "{line}");
        }
    }

    #[test]
    fn production_is_told_by_its_words() {
        for name in ["prod", "my-prod-db", "PRODUCTION", "prod2", "live", "eu.prod.example.com", "arn:aws:eks:x:y/prod"]
        {
            assert!(looks_like_production(name, &[]), "{name}");
        }
        for name in ["nonprod", "non-prod", "pre-prod", "preprod", "product", "staging", "delivery", "localhost"] {
            assert!(!looks_like_production(name, &[]), "{name}");
        }
    }
}
