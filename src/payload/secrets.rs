//! Files that hold secrets, by their names: private keys, tokens, credentials, environment files.
//!
//! Takes a path as it is written, tells whether its content must not leave the machine. Knows nothing of whether it
//! exists.

/// Names of files that hold secrets wherever they stand.
const NAMES: &[&str] = &[
    "id_rsa",
    "id_dsa",
    "id_ecdsa",
    "id_ecdsa_sk",
    "id_ed25519",
    "id_ed25519_sk",
    "identity",
    "environ",
    ".netrc",
    "_netrc",
    ".pgpass",
    ".my.cnf",
    ".npmrc",
    ".yarnrc.yml",
    ".pypirc",
    ".git-credentials",
    ".dockercfg",
    ".htpasswd",
    ".vault-token",
    ".env",
    ".envrc",
    ".dev.vars",
    "shadow",
    "gshadow",
    "sudoers",
    "credentials",
    "credentials.json",
    "credentials.toml",
    "credentials.yml",
    "credentials.yaml",
    "credentials.csv",
    "client_secret.json",
    "application_default_credentials.json",
    "service-account.json",
    "service_account.json",
    "serviceaccount.json",
    "service-account-key.json",
    "secrets.json",
    "secrets.yml",
    "secrets.yaml",
    "secrets.toml",
    "secrets.env",
    "secrets.txt",
    "secret.txt",
    "secret.key",
    "master.key",
    "kubeconfig",
    "token",
    "token.txt",
    "token.json",
    "tokens.json",
    ".token",
    "access_token",
    "passwords.txt",
    "password.txt",
    "wallet.dat",
    "terraform.tfstate",
    "login.keychain-db",
    "login data",
    "key4.db",
    "logins.json",
    "cookies.sqlite",
    "krb5.keytab",
    "accessTokens.json",
    "msal_token_cache.json",
    "hosts.yml",
    ".bash_history",
    ".zsh_history",
    ".psql_history",
    ".mysql_history",
];

/// Names that are too common to tell anything outside the folder of a tool that keeps secrets there.
const ONLY_IN: &[(&str, &[&str])] = &[
    ("identity", &[".ssh"]),
    ("environ", &["proc"]),
    ("hosts.yml", &["gh"]),
    ("shadow", &["etc"]),
    ("gshadow", &["etc"]),
    ("sudoers", &["etc"]),
    ("token", &["serviceaccount", "secrets", ".config", ".vault"]),
];

/// Endings of names of files that hold private keys or key stores.
const ENDINGS: &[&str] = &[
    ".pem",
    ".key",
    ".p12",
    ".pfx",
    ".jks",
    ".keystore",
    ".kdbx",
    ".ppk",
    ".keytab",
    ".asc.key",
    ".tfstate",
    ".agekey",
    ".p8",
];

/// Folders whose content is secret as a whole, and what in them is not.
const FOLDERS: &[(&[&str], &[&str])] = &[
    (&[".ssh"], &["known_hosts", "config", "authorized_keys", "known_hosts.old"]),
    (&[".aws"], &["config", "cli", "models"]),
    (&[".gnupg"], &["pubring.kbx", "pubring.gpg"]),
    (&[".password-store"], &[]),
    (&[".kube"], &["cache"]),
    (&[".azure"], &[]),
    (&[".config", "gcloud"], &[]),
    (&[".config", "gh"], &[]),
    (&[".config", "op"], &[]),
    (&[".config", "doctl"], &[]),
    (&[".config", "hub"], &[]),
    (&[".local", "share", "keyrings"], &[]),
    (&["run", "secrets"], &[]),
    (&[".docker", "config.json"], &[]),
    (&[".cargo", "credentials"], &[]),
    (&[".gem", "credentials"], &[]),
    (&[".mozilla", "firefox"], &[]),
];

/// Parts of a name that say that it is a model for a secret and holds none.
const MODELS: &[&str] = &["example", "sample", "template", "dist", "tmpl", "tpl", "defaults", "schema"];

/// Whether the content of a file or folder is secret, by its path as it is written: a leading `~` or a made-up
/// folder in place of an unknown one does no harm.
pub fn is_secret_path(path: &str) -> bool {
    let components = || path.split('/').filter(|part| !part.is_empty() && *part != ".");
    let Some(name) = components().next_back() else { return false };
    // All those folders begin with a dot, but one.
    let may_be_in_folder = components().any(|part| part.starts_with('.') || part == "secrets");
    let is_secret = may_be_in_folder && in_secret_folder(&components().collect::<Vec<_>>())
        || is_environment_file(name)
        || is_secret_name(name, components())
        || has_secret_ending(name);
    is_secret && !is_public(name)
}

/// Last words of the names of variables that hold secrets.
const SECRET_WORDS: &[&str] = &["secret", "token", "password", "passwd", "passphrase", "credentials", "apikey"];

/// Words in front of `KEY` that make it a secret one.
const KEY_WORDS: &[&str] = &["api", "secret", "private", "access", "signing", "encryption", "master"];

/// Whether a variable holds a secret, by its name: `API_TOKEN`, `AWS_SECRET_ACCESS_KEY`, `DB_PASSWORD`.
pub fn is_secret_variable(name: &str) -> bool {
    let is_one_of = |word: &str, list: &[&str]| list.iter().any(|known| word.eq_ignore_ascii_case(known));
    let mut parts = name.rsplit('_');
    match parts.next() {
        Some(last) if is_one_of(last, SECRET_WORDS) => true,
        Some(last) if last.eq_ignore_ascii_case("key") => parts.next().is_some_and(|word| is_one_of(word, KEY_WORDS)),
        _ => false,
    }
}

/// Public halves of keys, and examples.
fn is_public(name: &str) -> bool {
    let parts = || name.split(['.', '-', '_']);
    let says_public = name.ends_with(".pub") || name.ends_with(".crt") || name.ends_with(".cer");
    says_public
        || parts().any(|part| part == "pub" || part == "public")
        || parts().skip(1).any(|part| MODELS.contains(&part))
}

/// `.env`, `.env.production`, `prod.env`.
fn is_environment_file(name: &str) -> bool {
    name == ".env" || name.starts_with(".env.") || (name.ends_with(".env") && name.len() > ".env".len())
}

/// `path` are the parts of the path, the name with them.
fn is_secret_name<'p>(name: &str, mut path: impl Iterator<Item = &'p str>) -> bool {
    if !NAMES.iter().any(|known| known.len() == name.len() && name.eq_ignore_ascii_case(known)) {
        return false;
    }
    match ONLY_IN.iter().find(|(known, _)| name.eq_ignore_ascii_case(known)) {
        Some((_, only)) => path.any(|folder| only.contains(&folder)),
        None => true,
    }
}

fn has_secret_ending(name: &str) -> bool {
    // A chain of certificates is as public as a certificate.
    const CERTIFICATES: &[&str] = &["cert.pem", "chain.pem", "fullchain.pem", "ca.pem", "cacert.pem", "ca-bundle.pem"];
    if CERTIFICATES.contains(&name) {
        return false;
    }
    let name = name.as_bytes();
    ENDINGS.iter().any(|known| {
        let start = name.len().checked_sub(known.len()).filter(|start| *start > 0);
        start.and_then(|start| name.get(start..)).is_some_and(|end| end.eq_ignore_ascii_case(known.as_bytes()))
    })
}

fn in_secret_folder(components: &[&str]) -> bool {
    FOLDERS.iter().any(|(folder, except)| {
        components.windows(folder.len()).enumerate().any(|(at, window)| {
            window == *folder
                && components.get(at + folder.len()).is_none_or(|next| !except.iter().any(|public| next == public))
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tells_secrets_by_their_paths() {
        let secret = [
            ".env",
            "./.env",
            ".env.production",
            "config/prod.env",
            "~/.ssh/id_rsa",
            "~/.ssh/work",
            "~/.ssh",
            "~/.ssh/",
            "id_ed25519",
            "server.key",
            "deploy.pem",
            "/home/x/.aws/credentials",
            "~/.aws/",
            "credentials.json",
            "service-account.json",
            "/etc/shadow",
            "~/.netrc",
            "~/.npmrc",
            "~/.kube/config",
            "kubeconfig",
            "~/.docker/config.json",
            "~/.config/gh/hosts.yml",
            "/proc/self/environ",
            "terraform.tfstate",
            "/run/secrets/db",
            "/var/run/secrets/kubernetes.io/serviceaccount/token",
        ];
        for path in secret {
            assert!(is_secret_path(path), "{path}");
        }
    }

    #[test]
    fn every_secret_folder_is_looked_for() {
        for (folder, _) in FOLDERS {
            assert!(folder.iter().any(|part| part.starts_with('.') || *part == "secrets"), "{folder:?}");
        }
    }

    #[test]
    fn tells_secret_variables_by_their_names() {
        for name in ["SECRET", "API_TOKEN", "AWS_SECRET_ACCESS_KEY", "DB_PASSWORD", "OPENAI_API_KEY", "token"] {
            assert!(is_secret_variable(name), "{name}");
        }
        for name in ["KEY", "SECRET_NAME", "TOKENIZER", "PRIMARY_KEY", "HOME", "", "_"] {
            assert!(!is_secret_variable(name), "{name}");
        }
    }

    #[test]
    fn tells_what_is_no_secret() {
        let open = [
            "",
            "/",
            ".env.example",
            ".env.sample",
            "env.template",
            "docs/env-variables.md",
            "~/.ssh/id_rsa.pub",
            "~/.ssh/known_hosts",
            "~/.ssh/config",
            "public.pem",
            "fullchain.pem",
            "report.pdf",
            "screenshot.png",
            "src/shadow",
            "keyboard",
            "identity",
            "environment",
            "tokenizer.json",
        ];
        for path in open {
            assert!(!is_secret_path(path), "{path}");
        }
    }
}
