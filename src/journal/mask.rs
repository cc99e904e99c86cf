//! Masks secrets in texts that are kept or shown.
//!
//! Most commands hold no secret, and guard runs once for each command, so a text is first searched for plain words;
//! only where one is found, the expressions that know the word are compiled.

use std::borrow::Cow;
use std::cell::OnceCell;
use std::ops::Range;

use regex::bytes::{Regex, RegexBuilder};

/// What stands in the place of a secret.
const MASK: &str = "***";

/// A kind of secret: the words without which there is none, and an expression whose groups are the secrets.
struct Kind {
    words: &'static [&'static str],
    expression: &'static str,
}

/// A value in one of the shell's or JSON's quotes, or bare. A variable is no secret.
macro_rules! value {
    () => {
        r#"(?:\\?"([^"$\\][^"\\]*)|'([^'$][^']*)|([^ \t\r\n"'$&|;<>(){}\\,][^ \t\r\n"'&|;<>()\\,]*))"#
    };
}

/// The words of names whose values are secret.
const NAMES: &[&str] = &[
    "passw",
    "passp",
    "_pass",
    "_pwd",
    "secret",
    "token",
    "_key",
    "-key",
    "apikey",
    "accesskey",
    "privatekey",
    "accountkey",
    "authkey",
    "credential",
    "signature",
    "cookie",
];

/// Every kind. The expressions see the bytes of the text in lower case; what is not ASCII only ever stands inside a value.
const KINDS: [Kind; 12] = [
    // NAME=value, "name": "value", name: value, ?name=value
    Kind {
        words: NAMES,
        expression: concat!(
            r#"(?:passw(?:or)?d|passphrase|_pass|_pwd|secret|token|api[_-]?key|access[_-]?key|private[_-]?key|account[_-]?key"#,
            r#"|encryption[_-]?key|auth[_-]?key|credentials?|signature|cookie)(?:[_-][a-z0-9]+)*"#,
            r#"\\?["']?[ \t]*[:=][ \t]*"#,
            value!()
        ),
    },
    // --password value
    Kind {
        words: NAMES,
        expression: concat!(
            r#"[ \t]--?[a-z0-9-]*(?:passw(?:or)?d|passphrase|secret|token|api-?key|access-?key|private-?key|auth-?key)"#,
            r#"(?:-[a-z0-9]+)*[ \t]+"#,
            r#"(?:-[^ ]*|"#,
            value!(),
            ")"
        ),
    },
    // A header that names its scheme, or a bare value that is too long to be one.
    Kind {
        words: &["authorization"],
        expression: concat!(
            r#"authorization\\?["']?[ \t]*[:=][ \t]*\\?["']?(?:(?:bearer|basic|token|digest|apikey|negotiate)[ \t]+([^ \t\r\n"'$&|;<>(){}\\,]+)"#,
            r#"|([^ \t\r\n"'$&|;<>(){}\\,]{12,}))"#,
        ),
    },
    Kind { words: &["bearer"], expression: r"bearer[ \t]+([a-z0-9._~+/=-]{6,})" },
    // A password, or a lone token, before the host of a URL.
    Kind {
        words: &["://"],
        expression: r#"://(?:[^ \t\r\n/:@"'$]*:([^ \t\r\n/@"'$][^ \t\r\n/@"']*)|([^ \t\r\n/:@"'$]{20,}))@"#,
    },
    // -pSECRET, -p SECRET, -a SECRET, -u user:SECRET
    Kind {
        words: &["mysql", "mariadb", "7z"],
        expression: concat!(r#"(?:mysql|mariadb|7z)[a-z_-]*(?:[ \t][^|;&\n]*?)?[ \t]-p"#, value!()),
    },
    Kind {
        words: &["sshpass", "docker", "podman", "redis-cli", "zip", "htpasswd"],
        expression: concat!(
            r#"(?:sshpass(?:[ \t][^|;&\n]*?)?[ \t]-p[ \t]*|(?:docker|podman)[ \t]+login(?:[ \t][^|;&\n]*?)?[ \t]-p[ \t]*|redis-cli(?:[ \t][^|;&\n]*?)?[ \t]-a[ \t]+"#,
            r#"|zip(?:[ \t][^|;&\n]*?)?[ \t]-p[ \t]+|htpasswd[ \t]+-[a-z]*b[a-z]*[ \t]+[^ \t]+[ \t]+[^ \t]+[ \t]+)"#,
            value!()
        ),
    },
    Kind {
        words: &["curl", "wget", "http"],
        expression: r#"[ \t](?:-u|--user|--proxy-user|-a|--auth)[ \t=]*["']?[^ \t\r\n:"'$]+:([^ \t\r\n"'$][^ \t\r\n"']*)"#,
    },
    // Tokens that say what they are.
    Kind {
        words: &[
            "akia",
            "asia",
            "ghp_",
            "gho_",
            "ghu_",
            "ghs_",
            "ghr_",
            "github_pat_",
            "glpat-",
            "xox",
            "sk-",
            "sk_",
            "rk_",
            "aiza",
            "npm_",
            "pypi-",
            "eyj",
            "hf_",
            "dop_v1_",
            "ya29.",
            "age-secret-key-",
            "whsec_",
            "pass:",
        ],
        expression: concat!(
            r"\b((?:akia|asia)[0-9a-z]{12,}|gh[pousr]_[0-9a-z]{16,}|github_pat_[0-9a-z_]{16,}|glpat-[0-9a-z_-]{12,}|xox[a-z]-[0-9a-z-]{8,}",
            r"|[sr]k[-_][0-9a-z_-]{16,}|aiza[0-9a-z_-]{20,}|npm_[0-9a-z]{20,}|pypi-[0-9a-z_-]{16,}|eyj[0-9a-z_-]{8,}\.[0-9a-z_.-]{8,}",
            r"|hf_[0-9a-z]{16,}|dop_v1_[0-9a-f]{16,}|ya29\.[0-9a-z_-]{16,}|age-secret-key-[0-9a-z]{16,}|whsec_[0-9a-z+/=]{16,})",
            r#"|pass:([^ \t\r\n"'$][^ \t\r\n"']*)"#
        ),
    },
    // echo SECRET | program that reads it
    Kind {
        words: &["sudo", "password-stdin", "chpasswd", "passwd"],
        expression: concat!(
            r"(?:echo|printf)[ \t]+(?:-[a-z]+[ \t]+)*",
            value!(),
            r#"["']?[ \t]*\|[ \t]*(?:sudo[ \t][^|;&\n]*?-s|[^|;&\n]*--password-stdin|(?:sudo[ \t]+)?(?:chpasswd|passwd))"#
        ),
    },
    // Names and values as two words, and secrets of any name.
    Kind {
        words: &["aws_", "from-literal", "secret set"],
        expression: concat!(
            r"(?:aws_(?:secret_access_key|session_token)[ \t]+|--from-literal[ =][^ \t=]+=|secret[ \t]+set[ \t][^|;&\n]*?(?:-b|--body)[ \t=]+)",
            value!()
        ),
    },
    // A block without its end was cut.
    Kind {
        words: &["private key"],
        expression: r"-----begin[a-z0-9 ]* private key(?: block)?-----((?s:.)*?)(?:-----end|\z)",
    },
];

/// Masks texts; what it has compiled, it keeps for the next one.
#[derive(Default)]
pub struct Masker {
    compiled: [OnceCell<Option<Regex>>; KINDS.len()],
}

impl Masker {
    /// The text with its secrets masked.
    pub fn mask<'t>(&self, text: &'t str) -> Cow<'t, str> {
        let lower = text.to_ascii_lowercase();
        let mut secrets = Vec::new();
        for (kind, compiled) in KINDS.iter().zip(&self.compiled) {
            if !kind.words.iter().any(|word| lower.contains(word)) {
                continue;
            }
            match compiled.get_or_init(|| kind.compile()) {
                Some(expression) => secrets.extend(groups(expression, &lower)),
                // Not reached: a test compiles every kind. Rather nothing than a secret.
                None => return Cow::Borrowed(MASK),
            }
        }
        match secrets.is_empty() {
            true => Cow::Borrowed(text),
            false => Cow::Owned(without(text, secrets)),
        }
    }
}

impl Kind {
    /// Without Unicode an expression compiles in a fraction of the time.
    fn compile(&self) -> Option<Regex> {
        RegexBuilder::new(self.expression).unicode(false).build().ok()
    }
}

/// Where the groups of an expression stand in a text.
fn groups(expression: &Regex, text: &str) -> Vec<Range<usize>> {
    let captures = expression.captures_iter(text.as_bytes());
    captures.flat_map(|found| found.iter().skip(1).flatten().map(|group| group.range()).collect::<Vec<_>>()).collect()
}

/// The text with a mask in the place of each range; ranges that touch share one.
fn without(text: &str, mut ranges: Vec<Range<usize>>) -> String {
    ranges.sort_by_key(|range| range.start);
    let mut masked = String::with_capacity(text.len());
    let mut done = 0;
    for range in ranges.into_iter().filter(|range| !range.is_empty()) {
        if range.start >= done {
            masked.push_str(text.get(done..range.start).unwrap_or_default());
            masked.push_str(MASK);
        }
        done = done.max(range.end);
    }
    masked.push_str(text.get(done..).unwrap_or_default());
    masked
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_expression_compiles() {
        for kind in KINDS {
            assert!(kind.compile().is_some(), "{}", kind.expression);
            assert!(kind.words.iter().all(|word| *word == word.to_ascii_lowercase()));
        }
    }

    #[test]
    fn secrets_are_masked() {
        let cases = [
            ("curl -H 'Authorization: Bearer abc123def' https://h/", "curl -H 'Authorization: Bearer ***' https://h/"),
            ("curl -H \"authorization: Basic dXNlcjpwYXNz\"", "curl -H \"authorization: Basic ***\""),
            ("curl -H 'Authorization: token 0123456789'", "curl -H 'Authorization: token ***'"),
            ("curl -H 'X-Api-Key: s3cr3t' h", "curl -H 'X-Api-Key: ***' h"),
            ("curl -H 'Cookie: sid=abc; b=c' h", "curl -H 'Cookie: ***; b=c' h"),
            ("git clone https://me:hunter2@github.com/a/b", "git clone https://me:***@github.com/a/b"),
            ("git push https://ghp_0123456789abcdefghij@github.com/a", "git push https://***@github.com/a"),
            (
                "psql postgres://u:p%40ss@db:5432/x -c 'DROP TABLE t'",
                "psql postgres://u:***@db:5432/x -c 'DROP TABLE t'",
            ),
            ("redis-cli -u redis://:hunter2@h FLUSHALL", "redis-cli -u redis://:***@h FLUSHALL"),
            ("PGPASSWORD=hunter2 psql", "PGPASSWORD=*** psql"),
            ("export DB_PASSWORD='two words'; ls", "export DB_PASSWORD='***'; ls"),
            ("API_KEY=\"a b\" ./x", "API_KEY=\"***\" ./x"),
            ("MYSQL_PWD=x1 mysql", "MYSQL_PWD=*** mysql"),
            ("AWS_SECRET_ACCESS_KEY=wJalrXUtnFEMI/K7MDENG aws s3 ls", "AWS_SECRET_ACCESS_KEY=*** aws s3 ls"),
            ("echo AKIAIOSFODNN7EXAMPLE", "echo ***"),
            ("tool --password hunter2 --force", "tool --password *** --force"),
            ("tool --password=hunter2 --force", "tool --password=*** --force"),
            ("tool --api-key 'hunter 2' x", "tool --api-key '***' x"),
            ("tool --token --force", "tool --token --force"),
            ("mysql -u root -phunter2 -e 'DROP DATABASE x'", "mysql -u root -p*** -e 'DROP DATABASE x'"),
            ("mysqldump -phunter2 db", "mysqldump -p*** db"),
            ("sshpass -p hunter2 ssh h rm x", "sshpass -p *** ssh h rm x"),
            ("docker login -u me -p hunter2 reg", "docker login -u me -p *** reg"),
            ("redis-cli -h h -a hunter2 FLUSHALL", "redis-cli -h h -a *** FLUSHALL"),
            ("curl -u me:hunter2 -X DELETE h", "curl -u me:*** -X DELETE h"),
            ("curl --user 'me:hunter2' h", "curl --user 'me:***' h"),
            ("curl 'https://h/?access_token=abc&x=1'", "curl 'https://h/?access_token=***&x=1'"),
            ("curl -d '{\"password\": \"hunter2\", \"a\": 1}' h", "curl -d '{\"password\": \"***\", \"a\": 1}' h"),
            ("curl -d \"{\\\"token\\\":\\\"hunter2\\\"}\" h", "curl -d \"{\\\"token\\\":\\\"***\\\"}\" h"),
            ("x eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.abc y", "x *** y"),
            ("openssl enc -d -pass pass:hunter2 -in f", "openssl enc -d -pass pass:*** -in f"),
            (
                "cat <<E\n-----BEGIN RSA PRIVATE KEY-----\nabc\ndef\n-----END RSA PRIVATE KEY-----\nE",
                "cat <<E\n-----BEGIN RSA PRIVATE KEY-----***-----END RSA PRIVATE KEY-----\nE",
            ),
            ("echo '-----BEGIN OPENSSH PRIVATE KEY-----\nabc", "echo '-----BEGIN OPENSSH PRIVATE KEY-----***"),
            ("echo hunter2 | sudo -S rm x", "echo *** | sudo -S rm x"),
            (
                "echo \"hunter2\" | docker login -u me --password-stdin",
                "echo \"***\" | docker login -u me --password-stdin",
            ),
            ("echo 'root:hunter2' | sudo chpasswd", "echo '***' | sudo chpasswd"),
            ("aws configure set aws_secret_access_key abc/def", "aws configure set aws_secret_access_key ***"),
            (
                "kubectl create secret generic x --from-literal=a=hunter2",
                "kubectl create secret generic x --from-literal=a=***",
            ),
            ("gh secret set X --body hunter2", "gh secret set X --body ***"),
            ("É PASSWORD=é rm É", "É PASSWORD=*** rm É"),
        ];
        for (text, expected) in cases {
            assert_eq!(Masker::default().mask(text), expected);
        }
    }

    #[test]
    fn what_is_no_secret_stays() {
        let cases = [
            "rm -rf src",
            "echo done | sudo tee f",
            "echo monkey --force | passwords.txt",
            "curl -H \"Authorization: Bearer $T\" -d '{\"query\":\"mutation { volumeDelete }\"}'",
            "PGPASSWORD=$PW psql",
            "PGPASSWORD=\"$PW\" psql",
            "git clone ssh://git@github.com/a/b",
            "cd \"$PWD\" && OLDPWD=/x ls",
            "kubectl get secret db",
            "grep -rn password src",
            "ssh -p 22 h && mkdir -p a/b",
            "docker run -p 80:80 img",
            "mysql --port 3306 -h h",
            "train --tokenizer=bert",
            "git commit -m 'the key to success'",
            "curl https://h:8080/x@y",
        ];
        for text in cases {
            assert_eq!(Masker::default().mask(text), text);
        }
    }
}
