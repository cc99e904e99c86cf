//! The files in which tools keep what they reach: contexts, profiles, projects, workspaces.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde::Deserialize;

use super::compose;
use super::machine::read_regular;
use super::reach::Around;
use super::reach::table::Source;
use crate::stake::ReachStake;

/// A larger file is not read.
const LIMIT: usize = 1024 * 1024;

/// What a file says; `key` is the variable that is asked for.
pub fn read(source: Source, key: &str, stake: &ReachStake, around: &Around<'_>) -> Option<String> {
    let files = Files { stake, around };
    match source {
        Source::Kubeconfig => files.kubeconfig(),
        Source::Aws => files.aws(),
        Source::Gcloud => files.gcloud(),
        Source::Azure => files.azure(),
        Source::Terraform => files.terraform(),
        Source::Docker => files.docker(),
        Source::Compose => files.compose(),
        Source::Dotenv => [".env.local", ".env", "prisma/.env"].iter().find_map(|name| files.dotenv(name, key)),
    }
    .filter(|value| !value.is_empty())
}

struct Files<'f> {
    stake: &'f ReachStake,
    around: &'f Around<'f>,
}

impl Files<'_> {
    fn variable(&self, name: &str) -> Option<String> {
        let set = self.stake.variables.iter().rev().find(|(set, _)| set == name);
        match set {
            Some((_, value)) => value.clone(),
            None => (self.around.variable)(name),
        }
        .filter(|value| !value.is_empty())
    }

    fn at_home(&self, name: &str) -> Option<PathBuf> {
        self.around.home.map(|home| Path::new(home).join(name))
    }

    fn in_folder(&self, name: &str) -> Option<PathBuf> {
        self.stake.folder.as_ref().map(|folder| Path::new(folder).join(name))
    }

    fn text(path: Option<PathBuf>) -> Option<String> {
        String::from_utf8(read_regular(&path?, LIMIT)?).ok()
    }

    /// The current context, with the server of its cluster. The first file that names one counts.
    fn kubeconfig(&self) -> Option<String> {
        let named = self.variable("KUBECONFIG");
        let paths: Vec<PathBuf> = match &named {
            Some(list) => list.split(':').filter(|path| !path.is_empty()).map(PathBuf::from).collect(),
            None => self.at_home(".kube/config").into_iter().collect(),
        };
        paths.into_iter().find_map(|path| current_context(&Files::text(Some(path))?))
    }

    fn aws(&self) -> Option<String> {
        let profile = self.variable("AWS_PROFILE").unwrap_or_else(|| "default".to_owned());
        let path = self.variable("AWS_CONFIG_FILE").map(PathBuf::from).or_else(|| self.at_home(".aws/config"));
        let section = if profile == "default" { profile } else { format!("profile {profile}") };
        ini(&Files::text(path)?, &section, "region")
    }

    fn gcloud(&self) -> Option<String> {
        let folder = self.variable("CLOUDSDK_CONFIG").map(PathBuf::from).or_else(|| self.at_home(".config/gcloud"))?;
        let active = self.variable("CLOUDSDK_ACTIVE_CONFIG_NAME");
        let active = active.or_else(|| Files::text(Some(folder.join("active_config"))));
        let active = active.unwrap_or_else(|| "default".to_owned());
        let file = folder.join("configurations").join(format!("config_{}", active.trim()));
        ini(&Files::text(Some(file))?, "core", "project")
    }

    fn azure(&self) -> Option<String> {
        #[derive(Deserialize)]
        struct Profile {
            subscriptions: Vec<Subscription>,
        }
        #[derive(Deserialize)]
        #[serde(rename_all = "camelCase")]
        struct Subscription {
            name: String,
            #[serde(default)]
            is_default: bool,
        }
        let text = Files::text(self.at_home(".azure/azureProfile.json"))?;
        let profile: Profile = serde_json::from_str(text.trim_start_matches('\u{feff}')).ok()?;
        profile.subscriptions.into_iter().find(|known| known.is_default).map(|known| known.name)
    }

    fn terraform(&self) -> Option<String> {
        let folder = self.variable("TF_DATA_DIR").unwrap_or_else(|| ".terraform".to_owned());
        let name = Files::text(self.in_folder(&format!("{folder}/environment")));
        name.map(|name| name.trim().to_owned()).or_else(|| Some("default".to_owned()))
    }

    fn docker(&self) -> Option<String> {
        #[derive(Deserialize)]
        #[serde(rename_all = "camelCase")]
        struct Config {
            current_context: Option<String>,
        }
        let folder = self.variable("DOCKER_CONFIG").map(PathBuf::from).or_else(|| self.at_home(".docker"))?;
        serde_json::from_str::<Config>(&Files::text(Some(folder.join("config.json")))?).ok()?.current_context
    }

    /// The volumes that go with `docker compose down -v`.
    fn compose(&self) -> Option<String> {
        let words: Vec<Option<&str>> = self.stake.words.iter().map(Option::as_deref).collect();
        if !compose::deletes_volumes(&words) {
            return None;
        }
        let listed = self.variable("COMPOSE_FILE");
        let mut files: Vec<Option<&str>> = compose::named(&words);
        if files.is_empty() {
            files = listed.iter().flat_map(|list| list.split(':')).map(Some).collect();
        }
        if files.is_empty() {
            let there = |name: &&str| self.in_folder(name).is_some_and(|path| path.is_file());
            files = compose::FILES.into_iter().find(there).map(Some).into_iter().collect();
        }
        let mut names = Vec::new();
        for file in files {
            match file.and_then(|name| Files::text(self.in_folder(name))) {
                Some(text) => names.extend(compose::volumes(&text)),
                None => names.push("?".to_owned()),
            }
        }
        (!names.is_empty()).then(|| names.join(", "))
    }

    fn dotenv(&self, name: &str, key: &str) -> Option<String> {
        let text = Files::text(self.in_folder(name))?;
        text.lines().find_map(|line| {
            let (name, value) = line.trim().trim_start_matches("export ").split_once('=')?;
            (name.trim() == key).then(|| value.trim().trim_matches(['"', '\'']).to_owned())
        })
    }
}

/// The context that a kubeconfig names, with its server.
fn current_context(text: &str) -> Option<String> {
    #[derive(Deserialize)]
    struct Config {
        #[serde(rename = "current-context", default)]
        current: String,
        #[serde(default)]
        contexts: Vec<Named<Context>>,
        #[serde(default)]
        clusters: Vec<Named<Cluster>>,
    }
    #[derive(Deserialize)]
    struct Named<T> {
        name: String,
        #[serde(alias = "context", alias = "cluster")]
        what: T,
    }
    #[derive(Deserialize)]
    struct Context {
        cluster: String,
    }
    #[derive(Deserialize)]
    struct Cluster {
        #[serde(default)]
        server: String,
    }
    let config: Config = serde_yaml::from_str(text).ok()?;
    if config.current.is_empty() {
        return None;
    }
    let context = config.contexts.iter().find(|known| known.name == config.current);
    let cluster = context.and_then(|context| config.clusters.iter().find(|known| known.name == context.what.cluster));
    Some(match cluster {
        Some(cluster) if !cluster.what.server.is_empty() => format!("{} ({})", config.current, cluster.what.server),
        _ => config.current,
    })
}

/// The value of a key in a section.
fn ini(text: &str, section: &str, key: &str) -> Option<String> {
    let mut values: BTreeMap<String, String> = BTreeMap::new();
    let mut inside = false;
    for line in text.lines().map(str::trim) {
        if let Some(name) = line.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
            inside = name.trim() == section;
        } else if let Some((name, value)) = line.split_once('=').filter(|_| inside && !line.starts_with(['#', ';'])) {
            values.insert(name.trim().to_owned(), value.trim().to_owned());
        }
    }
    values.remove(key)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_current_context_of_a_kubeconfig_is_named_with_its_server() {
        let text = "
apiVersion: v1
clusters: [{name: c1, cluster: {server: 'https://10.0.0.1'}}, {name: c2, cluster: {server: 'https://prod.example'}}]
contexts: [{name: dev, context: {cluster: c1, user: u}}, {name: live, context: {cluster: c2, user: u}}]
current-context: live
users: [{name: u, user: {token: secret}}]
";
        assert_eq!(current_context(text).as_deref(), Some("live (https://prod.example)"));
        assert_eq!(current_context("current-context: alone").as_deref(), Some("alone"));
        assert_eq!(current_context("current-context: ''"), None);
    }

    #[test]
    fn files_of_sections_are_read() {
        let text = "[default]\nregion = eu\n# region = no\n[profile live]\nregion=us\n";
        assert_eq!(ini(text, "profile live", "region").as_deref(), Some("us"));
        assert_eq!(ini(text, "default", "region").as_deref(), Some("eu"));
        assert_eq!(ini(text, "other", "region"), None);
    }
}
