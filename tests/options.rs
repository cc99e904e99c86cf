//! Whatever options a shell is given, nothing runs that was not judged: random argument lists, with a program as text,
//! as a file and on standard input, each of which says so when it runs, and the journal, which says what was judged.

#[path = "support/compare.rs"]
mod compare;
#[path = "support/home.rs"]
mod home;

use std::fs;

use compare::{feed, shown};
use home::{Home, guard, text};

/// Options of every kind, operands, and things that are neither, between blanks.
const WORDS: &str = "\
-c -c -c -l -x -e +e -o pipefail -O extglob --norc --posix -- - -s -lc -ec -euc -Z --bad -n +n +x -oc -co errexit --rcfile
--noprofile -norc --login missing -no noexec +o +c -cs -sc -ic -D --version -r -p --verbose -v +O -u -oO +s -i --debug
--pretty-print -t file.sh ./file.sh file.sh ./file.sh";

/// The three programs, by the word that each prints. They compute it, so that showing their text is not running them.
const PROGRAMS: [(&str, &str); 3] =
    [("text42", "echo text$((40 + 2))"), ("file42", "echo file$((40 + 2))"), ("input42", "echo input$((40 + 2))")];

/// A sequence that is the same in every run.
struct Random(u64);

impl Random {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).expect("31 bits") % limit
    }
}

#[test]
fn nothing_runs_that_was_not_judged() {
    let home = Home::new();
    let [(_, argument), (_, file), (_, input)] = PROGRAMS;
    home.file("file.sh", file);
    let programs = [guard().to_path_buf(), home.link("bash"), home.link("dash")];
    let words: Vec<&str> = WORDS.split_whitespace().chain([argument, argument, argument, "a b", ""]).collect();
    let mut random = Random(42);
    let mut ran = 0;
    for round in 0..400 {
        let program = &programs[round % programs.len()];
        let words: Vec<&str> = (0..1 + random.below(5)).map(|_| words[random.below(words.len())]).collect();
        let _ = fs::remove_dir_all(home.path("state"));
        let run = feed(home.command("setsid").arg(program).args(&words), input);
        let said = text(&run.stdout) + &text(&run.stderr);
        let judged: Vec<String> = home.journal().iter().map(|record| record["text"].to_string()).collect();
        for (printed, program) in PROGRAMS {
            if said.contains(printed) {
                ran += 1;
                assert!(judged.iter().any(|text| text.contains(program)), "{words:?}: {judged:?}\n{}", shown(&run));
            }
        }
    }
    assert!(ran > 50, "only {ran} of the programs ran");
}
