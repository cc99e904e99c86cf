//! The table of `rules/reaches/reaches.yaml`: which programs say what they reach, and where.
//!
//! Written in YAML, checked and compiled by `build.rs`.

use serde::{Deserialize, Serialize};

/// Some programs, and where they say what they reach.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Entry {
    pub kind: String,
    pub programs: Vec<String>,
    #[serde(default)]
    pub values: Vec<String>,
    #[serde(default)]
    pub urls: Option<Urls>,
    pub names: Vec<Name>,
}

/// Where an address stands.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Urls {
    pub options: Vec<String>,
    pub variables: Vec<String>,
    pub operands: bool,
    pub from: Option<Source>,
}

/// A name, and where it stands.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Name {
    pub name: String,
    #[serde(default)]
    pub options: Vec<String>,
    #[serde(default)]
    pub operand: Option<usize>,
    #[serde(default)]
    pub variables: Vec<String>,
    #[serde(default)]
    pub from: Option<Source>,
    #[serde(default)]
    pub default: Option<String>,
}

/// A kind of file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Source {
    /// `~/.kube/config`: the current context.
    Kubeconfig,
    /// `~/.aws/config`: the region of the profile.
    Aws,
    /// `~/.config/gcloud`: the project of the active configuration.
    Gcloud,
    /// `~/.azure/azureProfile.json`: the default subscription.
    Azure,
    /// `.terraform/environment`: the workspace.
    Terraform,
    /// `~/.docker/config.json`: the current context.
    Docker,
    /// The project's compose file: the volumes that `down -v` deletes.
    Compose,
    /// `.env` beside the project: a variable.
    Dotenv,
}
