//! Argument lists are read as the programs read them: one group of spellings for each mechanism.

use guard::effect::Class::{self, Destructive, Mutating, ReadOnly};
use guard::facts::NoFacts;
use guard::judge::judge;
use guard::request::{Request, Subject};
use guard::shell::Dialect;

/// A mechanism, and command lines with the class that they have only if it works.
type Group = (&'static str, &'static [(&'static str, Class)]);

const GROUPS: &[Group] = &[
    (
        "clusters, with a value in the same word or the next",
        &[
            ("git push -fu origin main", Destructive),
            ("git branch -vD x", Destructive),
            ("tar cIf 'rm -rf x' a.tar b", Destructive),
            ("sudo -nux rm src", Destructive),
            ("sudo -nu x rm src", Destructive),
            ("psql -Atc 'drop table x'", Destructive),
            ("psql -Atc 'select 1'", ReadOnly),
            ("curl -sXDELETE http://h/x", Destructive),
            ("strace -fo log rm src", Destructive),
            ("python -Bc 'import os; os.remove(\"x\")'", Destructive),
            ("python -c'import os; os.remove(\"x\")'", Destructive),
            ("bash -ec 'rm src'", Destructive),
            ("zip -rm x.zip src", Destructive),
            ("rsync -ae 'sh -c \"rm -rf x\"' a b:c", Destructive),
            ("make -nj4 destroy", ReadOnly),
            ("git push -o -f", Mutating),
            ("git commit -am rm", Mutating),
        ],
    ),
    (
        "long options with values, and their abbreviations",
        &[
            ("git reset --har", Destructive),
            ("git reset --ha HEAD~1", Destructive),
            ("git switch --disc main", Destructive),
            ("rm --recurs --fo src", Destructive),
            ("truncate --siz=0 f", Destructive),
            ("rsync -av --del a/ b/", Destructive),
            ("timeout --kill 5 10 rm src", Destructive),
            ("sort --compress-prog='rm -rf x' f", Destructive),
            ("cp --target=/etc a", Destructive),
            ("gh api --method=DELETE repos/o/r", Destructive),
            ("psql --comm 'DROP TABLE x'", Destructive),
            ("env --split-string='rm -rf src'", Destructive),
            ("git push --push-option=-f", Mutating),
            ("kubectl delete pod x --dry-run=client", ReadOnly),
            ("kubectl delete pod x --dry-run=none", Destructive),
            ("terraform apply -auto-approve=false", Mutating),
        ],
    ),
    (
        "an abbreviation of several options counts as each",
        &[
            ("git push --fo", Destructive),
            ("curl --req DELETE http://h/x", Destructive),
            ("gpg --delete-secret-k x", Destructive),
        ],
    ),
    (
        "the end of the options",
        &[
            ("rm -- -rf", Destructive),
            ("git log -- --delete", ReadOnly),
            ("grep -e --delete f", ReadOnly),
            ("git checkout -- x", Destructive),
            ("kubectl exec -it p -- rm -rf /x", Destructive),
            ("kubectl exec p -c c -- ls", ReadOnly),
            ("docker run --rm -it alpine rm -rf /x", Mutating),
            ("bash -c -- 'rm src'", Destructive),
        ],
    ),
    (
        "options behind operands, and where they end with the first",
        &[
            ("rm node_modules -rf", Mutating),
            ("rm src -rf --one-file", Destructive),
            ("ssh h -p 22 rm -rf src", Destructive),
            ("xargs -n 1 echo rm", ReadOnly),
            ("systemctl stop x --user", Mutating),
            ("env A=1 nice rm -f src", Destructive),
            ("timeout 10 ls -f", ReadOnly),
        ],
    ),
    (
        "numbers, plus signs and old styles",
        &[
            ("nice -5 rm src", Destructive),
            ("head -5 f", ReadOnly),
            ("tail +5 f", ReadOnly),
            ("vim +'!rm -rf x' f", Destructive),
            ("bash +x -c 'rm src'", Destructive),
            ("tar xf a.tar", Mutating),
            ("tar tvfz a.tar", ReadOnly),
            ("tar cf a.tar --remove src", Destructive),
            ("ps aux", ReadOnly),
            ("dd if=/dev/zero of=/dev/sda bs=1M", Destructive),
            ("dd bs=1 if=a of=b", Mutating),
            ("kill -9 -1", Destructive),
            ("kill -KILL 1", Destructive),
            ("kill -0 1", ReadOnly),
            ("date +%s", ReadOnly),
        ],
    ),
    (
        "expressions with each of their commands",
        &[
            ("find . -name x -exec echo {} ';' -exec rm {} +", Destructive),
            ("find . -name x -execdir rm {} ';'", Destructive),
            ("find . -delete -name x", Destructive),
            ("find -L . -name '*.o' -delete", Mutating),
            ("find . '(' -name a -o -name b ')' -delete", Destructive),
            ("find . -fprint x", Mutating),
        ],
    ),
    (
        "options in front of subcommands",
        &[
            ("git -C d -P --git-dir x status", ReadOnly),
            ("git -C d reset --hard", Destructive),
            ("git -P -p -C a -C b reset --hard", Destructive),
            ("kubectl -n delete get pods", ReadOnly),
            ("kubectl --context c -nx delete po/y", Destructive),
            ("docker -H tcp://x:1 volume rm x", Destructive),
            ("docker --context=c volume rm x", Destructive),
            ("terraform -chdir=x destroy", Destructive),
            ("aws --profile p --region r s3 rm s3://b/k", Destructive),
            ("aws --no-cli-pager --output json rds delete-db-instance --db-instance-identifier x", Destructive),
            ("gcloud --quiet projects delete x", Destructive),
            ("cargo +nightly publish", Destructive),
            ("npm --prefix d run db:drop", Destructive),
        ],
    ),
    (
        "subcommands in subcommands, and names for them",
        &[
            ("docker container rm -fv x", Destructive),
            ("gh -R o/r repo delete x --yes", Destructive),
            ("git remote rm x", Mutating),
            ("vault kv metadata delete x", Destructive),
            ("clickhouse client --query='drop table x'", Destructive),
            ("helm --kube-context c del y", Destructive),
            ("nats stream rm x -f", Destructive),
            ("zfs destroy -nv x", ReadOnly),
        ],
    ),
    (
        "programs and code in options and variables",
        &[
            ("git -c core.pager='rm -rf x' log", Destructive),
            ("git -c alias.x='!rm -rf src' x", Destructive),
            ("git -c alias.wipe='reset --hard' wipe", Destructive),
            ("git grep -O'rm -rf x' y", Destructive),
            ("git rebase --exec='rm -rf src' main", Destructive),
            ("git clone -u 'rm -rf x' h:y", Destructive),
            ("tar --checkpoint=1 --checkpoint-action=exec='rm -rf x' -cf a b", Destructive),
            ("ssh -oProxyCommand='rm -rf x' h", Destructive),
            ("rg --pre=rm y", Destructive),
            ("man -P'rm -rf x' ls", Destructive),
            ("GIT_SSH_COMMAND='rm -rf x' git fetch", Destructive),
            ("PAGER='rm -rf x' git log", Destructive),
            ("LD_PRELOAD=./x.so ls", Destructive),
            ("sed 's/a/rm -rf x/e' f", Destructive),
            ("gdb -batch -ex 'shell rm x' y", Destructive),
        ],
    ),
    (
        "what is not listed",
        &[
            ("git frobnicate", Mutating),
            ("kubectl frobnicate", Mutating),
            ("sort --frobnicate f", Mutating),
            ("ls --frobnicate", Mutating),
            ("cat --frobnicate f", Mutating),
            ("wc -l --frobnicate f", Mutating),
            ("df --frobnicate", Mutating),
            ("ls -la --color=always --group-dir", ReadOnly),
            ("tail -20f log", ReadOnly),
            // Where any option is harmless, one that says what it does is not.
            ("aws ec2 describe-instances --filters x", ReadOnly),
            ("gh issue list --fix", Mutating),
            ("mlflow models delete x", Destructive),
            ("mlflow models serve -m delete", Mutating),
            ("docker logs rm", ReadOnly),
            ("frobctl unknown nuke", Destructive),
            ("frobctl --dry-run nuke", Destructive),
            ("frobctl status", Mutating),
            ("frobctl --help", ReadOnly),
            // An option that looks like `-o` and is none.
            ("nmap -\u{43e} x", Mutating),
            ("java -\u{43e} x", Mutating),
        ],
    ),
    (
        "a known command line in the arguments of an unknown program",
        &[
            ("unbuffer rm -rf x", Destructive),
            ("frob run -- rm -rf src", Destructive),
            ("frob --opt rm -rf src", Destructive),
            ("entr rm src", Destructive),
        ],
    ),
    (
        "programs by their base name and family",
        &[
            ("/usr/bin/rm -rf src", Destructive),
            ("../bin/rm src", Destructive),
            ("python3.11 -c 'import shutil; shutil.rmtree(\"x\")'", Destructive),
            ("python3.12 --version", ReadOnly),
            ("clang-17 -c x.c", Mutating),
            ("npx prisma@5 db push --accept-data-loss", Destructive),
        ],
    ),
];

#[test]
fn every_spelling_counts() {
    let mut wrong = Vec::new();
    for (mechanism, lines) in GROUPS {
        for (text, class) in *lines {
            let subject = Subject::Shell { text: (*text).to_owned(), dialect: Dialect::Bash };
            let found = judge(&Request { subject, arguments: Vec::new() }, &NoFacts).class;
            if found != *class {
                wrong.push(format!("{mechanism}: {text}: expected {class}, found {found}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// A command line is made of each folder that `find` starts in; what are too many to read is asked about.
#[test]
fn more_found_paths_than_can_be_read_are_no_way_past() {
    let found = |starts: usize, last: &str| {
        let starts: String = (0..starts).map(|number| format!("a{number} ")).collect();
        let text = format!("find {starts}{last} -exec cat {{}} x y ';'");
        judge(&Request { subject: Subject::Shell { text, dialect: Dialect::Bash }, arguments: Vec::new() }, &NoFacts)
            .class
    };
    assert_eq!(found(100, "b"), ReadOnly);
    assert_eq!(found(900, "b"), Destructive);
}
