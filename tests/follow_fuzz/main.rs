//! Runs random programs in a real bash, and checks that every command it runs is among the steps that guard's
//! following of the text gives. `GUARD_FUZZ_SECONDS` and `GUARD_FUZZ_SEED` make longer and other runs.

mod bash;
mod compare;
mod generate;
#[path = "../shell_fuzz/random.rs"]
mod random;

use bash::Bash;
use compare::World;
use guard::facts::NoFacts;
use guard::follow::step::Action;
use guard::follow::{Start, follow};
use guard::text::Text;
use random::Random;

/// Programs that one bash runs.
const BATCH: usize = 150;

fn number(name: &str, default: u64) -> u64 {
    std::env::var(name).ok().and_then(|value| value.parse().ok()).unwrap_or(default)
}

#[derive(Default)]
struct Tally {
    programs: usize,
    calls: usize,
    unreadable: usize,
    hidden: Vec<String>,
}

impl Tally {
    fn check(&mut self, bash: &Bash, number: usize, program: &str, calls: &[bash::Call]) {
        self.programs += 1;
        let path = |path: std::path::PathBuf| path.to_string_lossy().into_owned();
        let world = World { start: path(bash.start(number)), home: path(bash.home()) };
        let followed = follow(&Text::request(program), &Start::default(), &NoFacts, &|_| Vec::new());
        let unread = |step: &guard::follow::step::Step| match &step.action {
            Action::Command(command) => command.argv.first().is_some_and(|word| word.has_hole()),
            _ => true,
        };
        self.unreadable += usize::from(followed.steps.iter().any(unread));
        for call in calls {
            self.calls += 1;
            if !world.allows(&followed.steps, call) {
                self.hidden.push(format!("{program}\n--> {call:?}\n"));
                break;
            }
        }
    }
}

#[test]
fn every_command_that_bash_runs_is_among_the_steps() {
    let Some(bash) = Bash::find() else { return println!("there is no bash 5.2 to compare with") };
    let mut random = Random::new(number("GUARD_FUZZ_SEED", 1));
    let seconds = number("GUARD_FUZZ_SECONDS", 0);
    let start = std::time::Instant::now();
    let mut tally = Tally::default();
    loop {
        let programs: Vec<String> = (0..BATCH).map(|_| generate::program(&mut random)).collect();
        for (number, calls) in bash.run(&programs).iter().enumerate() {
            tally.check(&bash, number, &programs[number], calls);
        }
        if start.elapsed().as_secs() >= seconds && tally.programs >= 600 || tally.hidden.len() > 40 {
            break;
        }
    }
    println!(
        "{} programs, {} calls, {} programs with code that is not read",
        tally.programs, tally.calls, tally.unreadable
    );
    tally.hidden.sort_by_key(String::len);
    assert!(
        tally.hidden.is_empty(),
        "{} programs with a hidden command:\n{}",
        tally.hidden.len(),
        tally.hidden[..tally.hidden.len().min(12)].join("\n")
    );
    assert!(tally.calls > tally.programs, "the programs run something");
}
