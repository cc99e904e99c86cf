//! Judges a request: what it would do, without running it.
//!
//! Takes a [`Request`] and the [`Facts`] of a machine, gives a [`Report`]. This is the loop: text is followed into
//! steps, the rules assess each step, and the code that a step carries comes back in at the top, within limits.

mod carried;
mod ledger;
mod steps;
mod subject;

use crate::effect::{Class, Effect, Finding};
use crate::facts::Facts;
use crate::follow::step::Context;
use crate::place::Bearings;
use crate::request::{Node, Report, Request};
use crate::rules::library::Library;
use crate::rules::own::is_fixed;
use crate::span::Span;
use crate::stake::{Changes, Stake};
use crate::text::Text;
use ledger::Ledger;

/// How deep carried code is judged.
const MAX_DEPTH: usize = 12;

/// How many commands are assessed for one request.
const MAX_COMMANDS: usize = 20_000;

/// How much is looked for at most of what is at stake in one request.
pub(crate) const MAX_STAKES: usize = 256;

/// Judges `request` by the rules that come with guard, with what `facts` knows.
pub fn judge(request: &Request, facts: &dyn Facts) -> Report {
    judge_by(request, &Library::default(), facts)
}

/// Judges `request` by the rules of `library`, with what `facts` knows.
pub fn judge_by(request: &Request, library: &Library, facts: &dyn Facts) -> Report {
    let bearings = Bearings { home: facts.home(), start: facts.folder(), own: facts.own_folders() };
    let mut judge = Judge {
        rules: library,
        facts,
        bearings,
        commands: 0,
        parsed: true,
        unrecognised: false,
        read_by_dash: false,
        stakes: Vec::new(),
    };
    let (text, mut judged) = judge.subject(request);
    judged.settle(library);
    let mut findings = judged.findings;
    findings.sort_by(|one, other| other.class.cmp(&one.class).then(one.span.cmp(&other.span)));
    findings.dedup();
    Report {
        text,
        class: judged.class,
        findings,
        parsed: judge.parsed,
        unrecognised: judge.unrecognised,
        tree: judged.nodes,
        changes: judged.changes,
        stakes: judge.stakes,
        direct: None,
    }
}

/// Counts rules as a user or project says that they count; gives the class that follows.
fn settled(findings: &mut [Finding], class: Class, rules: &Library) -> Class {
    let highest = |findings: &[Finding]| findings.iter().map(|finding| finding.class).max();
    let before = highest(findings);
    let mut changed = false;
    for finding in findings.iter_mut() {
        let Some(recount) = rules.recount(&finding.rule, finding.class) else { continue };
        changed = true;
        finding.class = recount.class;
        finding.effect = recount.effect;
        if !recount.because.is_empty() {
            finding.because = recount.because.into();
        }
        if !recount.instead.is_empty() {
            finding.instead = Some(recount.instead.into());
        }
    }
    let after = highest(findings).unwrap_or(Class::ReadOnly);
    match before {
        // The findings are why it had this class.
        Some(before) if changed && before == class => after.max(class.min(Class::Mutating)),
        _ => class.max(after),
    }
}

/// Where a command stands: what is around it, and how deep it is carried.
#[derive(Clone, Copy)]
struct Site<'s> {
    context: &'s Context,
    /// The outputs of the steps around it, as far as they are known.
    texts: Option<&'s [Option<Text>]>,
    depth: usize,
}

impl<'s> Site<'s> {
    /// What is carried from here.
    fn deeper(self) -> Site<'s> {
        Site { depth: self.depth + 1, ..self }
    }

    /// The same with nothing known of the steps around it.
    fn apart(self) -> Site<'s> {
        Site { texts: None, ..self }
    }
}

/// What is known while one request is judged.
struct Judge<'a> {
    rules: &'a Library,
    facts: &'a dyn Facts,
    bearings: Bearings<'a>,
    /// Commands assessed so far.
    commands: usize,
    /// Whether every text was understood.
    parsed: bool,
    /// Whether a program was met that no rule knows.
    unrecognised: bool,
    /// Whether the code that comes next may be read by dash.
    read_by_dash: bool,
    /// What is at stake.
    stakes: Vec<Stake>,
}

impl Judge<'_> {
    /// Adds what is at stake, up to a bound.
    fn stake(&mut self, stakes: impl IntoIterator<Item = Stake>) {
        for stake in stakes {
            if self.stakes.len() < MAX_STAKES && !self.stakes.contains(&stake) {
                self.stakes.push(stake);
            }
        }
    }
}

/// What judging a piece of code gave.
#[derive(Debug)]
struct Judged {
    class: Class,
    findings: Vec<Finding>,
    nodes: Vec<Node>,
    changes: Changes,
}

impl Judged {
    fn read_only() -> Judged {
        Judged { class: Class::ReadOnly, findings: Vec::new(), nodes: Vec::new(), changes: Changes::default() }
    }

    /// Code that cannot be read.
    fn opaque(rule: &'static str, span: Span, because: &'static str) -> Judged {
        Judged::alone(rule, Effect::Opaque, span, "code that cannot be read", because)
    }

    /// Processes that are started without end.
    fn endless(span: Span, because: &'static str) -> Judged {
        Judged::alone("shell.endless", Effect::Disrupt, span, "processes without end", because)
    }

    /// One finding that no command makes.
    fn alone(rule: &'static str, effect: Effect, span: Span, label: &str, because: &'static str) -> Judged {
        let finding = crate::rules::destructive(rule, effect, span, "", because);
        let node = Node {
            label: label.to_owned(),
            class: Class::Destructive,
            because: because.to_owned(),
            span,
            children: Vec::new(),
        };
        let changes = Changes::besides();
        Judged { class: Class::Destructive, findings: vec![finding], nodes: vec![node], changes }
    }

    /// Counts rules as a user or project says that they count.
    fn settle(&mut self, rules: &Library) {
        let class = settled(&mut self.findings, self.class, rules);
        self.changes.besides |= class > self.class;
        self.class = class;
    }

    /// Leaves nothing but what no user may change.
    fn keep_fixed(&mut self) {
        self.findings.retain(|finding| is_fixed(&finding.rule));
        self.class = self.findings.iter().map(|finding| finding.class).max().unwrap_or(Class::ReadOnly);
        if self.findings.is_empty() {
            self.nodes.clear();
        }
    }

    /// What was judged of the text from `start` on, with its places counted from there. What earlier text brings about
    /// only there, such as a function that is called, has its place at the start.
    fn since(self, start: usize) -> Judged {
        fn shift(span: &mut Span, start: usize) {
            let [from, to] = [span.start, span.end].map(|place| (place as usize).saturating_sub(start));
            *span = Span::new(from, to);
        }
        fn shift_nodes(nodes: &mut [Node], start: usize) {
            for node in nodes {
                shift(&mut node.span, start);
                shift_nodes(&mut node.children, start);
            }
        }
        let Judged { class, mut findings, mut nodes, changes } = self;
        findings.iter_mut().for_each(|finding| shift(&mut finding.span, start));
        nodes.retain(|node| node.span.end as usize > start);
        shift_nodes(&mut nodes, start);
        Judged { class, findings, nodes, changes }
    }

    fn merge(&mut self, other: Judged) {
        // Whatever changes something without saying what may change anything.
        self.changes.besides |= other.class > Class::ReadOnly && other.changes.paths.is_empty();
        self.changes.merge(other.changes);
        self.class = self.class.max(other.class);
        append(&mut self.findings, other.findings);
        append(&mut self.nodes, other.nodes);
    }
}

/// Puts the one behind the other; most often there is nothing to put it behind.
fn append<T>(all: &mut Vec<T>, more: Vec<T>) {
    match all.is_empty() {
        true => *all = more,
        false => all.extend(more),
    }
}
