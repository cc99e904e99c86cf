//! What a command runs from files of the project is read, when facts may be asked: scripts, tasks, statements.

#[path = "support/compare.rs"]
mod compare;
#[path = "support/home.rs"]
mod home;

use compare::{output, shown};
use home::Home;
use serde_json::Value;

/// A project with code in files of every kind that is read.
fn project() -> Home {
    let home = Home::new();
    for (name, content) in [
        (
            "package.json",
            r#"{"scripts": {"list": "ls -la", "build": "tsc -p .", "prelint": "rm -rf src", "lint": "ls", "test": "ls",
                "posttest": "git push --force", "db:drop": "echo nothing", "start": "rm -rf src", "args": "rm"}}"#,
        ),
        ("deno.json", r#"{"tasks": {"look": "ls", "wipe": "rm -rf src"}}"#),
        ("composer.json", r#"{"scripts": {"look": "ls", "wipe": ["@look", "rm -rf src"]}}"#),
        (
            "Makefile",
            "OUT = build\nall: look\n\nlook:\n\t@ls $(OUT)\n\nclean:\n\trm -rf $(OUT)\n\nwipe: look\n\trm -rf src\n\nfar:\n\t$(MAKE) -C sub\n",
        ),
        ("sub/Makefile", "x:\n\trm -rf src\n"),
        ("other.mk", "x:\n\tls\ny:\n\trm -rf src\n"),
        ("justfile", "look:\n    ls\nwipe target='src':\n    rm -rf {{target}}\n"),
        ("Taskfile.yml", "version: '3'\ntasks:\n  look: ls\n  wipe:\n    cmds:\n      - rm -rf src\n"),
        ("look.sql", "SELECT * FROM users;\n"),
        ("wipe.sql", "-- tidy up\nDROP TABLE users;\n"),
        ("look.py", "print(open('a').read())\n"),
        ("wipe.py", "import shutil\nshutil.rmtree('src')\n"),
        ("look.js", "console.log(1)\n"),
        ("wipe.js", "require('fs').rmSync('src', {recursive: true})\n"),
        ("look.sh", "#!/bin/sh\nls\n"),
        ("wipe.sh", "#!/usr/bin/env bash\nrm -rf src\n"),
        ("wipe", "#!/usr/bin/env python3\nimport os\nos.remove('data.csv')\n"),
        ("look.rb", "#!/usr/bin/ruby\nputs 1\n"),
        ("query.graphql", "mutation { volumeDelete(id: 1) }"),
        ("tool.bin", "\u{1}\u{2}"),
    ] {
        home.file(name, content);
    }
    home
}

fn class(home: &Home, text: &str, with_facts: bool) -> String {
    let mut command = home.guard(&[]);
    command.args(["check", "--json"]);
    if !with_facts {
        command.arg("--no-facts");
    }
    let run = output(command.arg(text));
    let verdict: Value = serde_json::from_slice(&run.stdout).unwrap_or_default();
    assert!(verdict["class"].is_string(), "{text}: {}", shown(&run));
    verdict["class"].as_str().map(str::to_owned).expect("a class")
}

#[test]
fn the_text_of_a_file_decides() {
    let home = project();
    let mut wrong = Vec::new();
    for (text, expected) in [
        ("npm run list", "read-only"),
        ("npm run build", "mutating"),
        ("npm run lint", "destructive"),
        ("npm test", "destructive"),
        ("npm start", "destructive"),
        ("npm run db:drop", "read-only"),
        ("npm run args -- -rf src", "destructive"),
        ("npm run missing", "mutating"),
        ("npm --prefix sub run list", "mutating"),
        ("pnpm list", "read-only"),
        ("pnpm test", "destructive"),
        ("yarn start", "destructive"),
        ("yarn build", "mutating"),
        ("pnpm lint", "destructive"),
        ("pnpm run list", "read-only"),
        ("yarn lint", "destructive"),
        ("yarn run list", "read-only"),
        ("bun run start", "destructive"),
        ("deno task look", "read-only"),
        ("deno task wipe", "destructive"),
        ("composer look", "read-only"),
        ("composer run-script wipe", "destructive"),
        ("make", "read-only"),
        ("make look", "read-only"),
        ("make clean", "mutating"),
        ("make OUT=src clean", "destructive"),
        ("make wipe", "destructive"),
        ("make -n wipe", "read-only"),
        ("make far", "destructive"),
        ("make -C sub", "destructive"),
        ("cd sub && make x", "destructive"),
        ("make -f other.mk x", "read-only"),
        ("make -f other.mk y", "destructive"),
        ("make missing", "mutating"),
        ("just look", "read-only"),
        ("just", "read-only"),
        ("just wipe", "destructive"),
        ("just wipe build", "mutating"),
        ("task look", "read-only"),
        ("task wipe", "destructive"),
        ("psql -f look.sql shop", "read-only"),
        ("psql -f wipe.sql shop", "destructive"),
        ("psql shop < wipe.sql", "destructive"),
        ("mysql shop < wipe.sql", "destructive"),
        ("sqlite3 app.db '.read wipe.sql'", "destructive"),
        ("python3 look.py", "read-only"),
        ("python3 wipe.py", "destructive"),
        ("node look.js", "read-only"),
        ("node wipe.js", "destructive"),
        ("bash look.sh", "read-only"),
        ("bash wipe.sh", "destructive"),
        ("./wipe.sh", "destructive"),
        ("./wipe", "destructive"),
        ("./look.sh", "read-only"),
        ("ruby look.rb", "read-only"),
        ("./tool.bin", "mutating"),
        ("./missing.sh", "mutating"),
        ("gh api graphql -F query=@query.graphql", "destructive"),
    ] {
        let got = class(&home, text, true);
        if got != expected {
            wrong.push(format!("{text}: expected {expected}, got {got}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn without_facts_the_text_of_the_command_decides() {
    let home = project();
    for (text, expected) in [
        ("npm run list", "mutating"),
        ("npm run db:drop", "destructive"),
        ("npm start", "mutating"),
        ("make wipe", "destructive"),
        ("make look", "mutating"),
        ("just look", "mutating"),
        ("psql -f wipe.sql shop", "mutating"),
        ("python3 look.py", "mutating"),
        ("bash wipe.sh", "mutating"),
        ("./look.sh", "mutating"),
    ] {
        assert_eq!(class(&home, text, false), expected, "{text}");
    }
}

#[test]
fn the_volumes_that_go_are_read_from_the_compose_file() {
    let home = Home::new();
    home.file("compose.yaml", "services: {db: {image: postgres}}\nvolumes:\n  data:\n  old: {external: true}\n");
    home.file("live.yml", "volumes: {orders: {name: live-orders}}\n");
    for (text, shown_volumes) in [
        ("docker compose down -v", Some("volumes data")),
        ("docker compose -f live.yml down --volumes", Some("volumes live-orders (looks like production)")),
        ("docker-compose -f compose.yaml -f live.yml down -v", Some("volumes data, live-orders")),
        ("docker compose rm -fv", None),
    ] {
        let run = output(home.guard(&[]).args(["explain", "--facts", text]));
        let told = shown(&run);
        match shown_volumes {
            Some(volumes) => assert!(told.contains(volumes), "{text}: {told}"),
            None => assert!(!told.contains("volumes data"), "{text}: {told}"),
        }
    }
}

#[test]
fn what_the_same_text_writes_is_read_without_facts() {
    let home = Home::new();
    for (text, expected) in [
        ("printf 'x:\\n\\trm -rf src\\n' > Makefile && make x", "destructive"),
        ("echo 'rm -rf src' > go.sh && sh go.sh", "destructive"),
    ] {
        assert_eq!(class(&home, text, false), expected, "{text}");
    }
}
