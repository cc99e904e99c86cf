//! Lists, conditions and branches: every way through them is followed, and the states that they end in are joined.

use super::endless::{outcome, outcome_of, takes_all};
use super::follower::{Fail, Follower};
use super::state::{Mark, Snapshot};
use super::step::Arg;
use crate::shell::ast::{ArmEnd, CaseArm, Command, CommandKind, Condition, Connector, Item, Pipeline, Script};

impl<'a> Follower<'a, '_> {
    /// Follows a script for what it does.
    pub(super) fn script(&mut self, script: &'a Script) {
        for item in &script.items {
            if self.is_exhausted() {
                return;
            }
            self.item(item);
        }
    }

    /// Follows a whole program, of which bash reads a line when it ran those before.
    pub(super) fn lines(&mut self, script: &'a Script) {
        for item in &script.items {
            if self.is_exhausted() {
                return;
            }
            self.item(item);
            self.line += u32::from(item.ends_line);
        }
    }

    /// Follows a script whose success matters: the live state is the one after it succeeded, and what is returned
    /// is relative to `mark`.
    pub(super) fn script_ends(&mut self, script: &'a Script, mark: &Mark<'a>) -> Fail<'a> {
        let Some((last, before)) = script.items.split_last() else { return Fail::Never };
        for item in before {
            self.item(item);
        }
        if last.background {
            self.item(last);
            return Fail::Never;
        }
        self.list(last, mark)
    }

    /// Follows a script that decides what runs next.
    pub(super) fn condition(&mut self, script: &'a Script, mark: &Mark<'a>) -> Fail<'a> {
        self.conditions += 1;
        let fail = self.script_ends(script, mark);
        self.conditions -= 1;
        fail
    }

    /// Follows one and-or list for what it does.
    fn item(&mut self, item: &'a Item) {
        if item.background {
            return self.in_background(|follower| follower.item_here(item));
        }
        self.item_here(item);
    }

    fn item_here(&mut self, item: &'a Item) {
        if item.rest.is_empty() {
            let fail = self.pipeline(&item.first, None);
            return if item.first.negated { self.go_on(fail, None) } else { self.settle(fail, None) };
        }
        let mark = self.mark();
        let fail = self.list(item, &mark);
        self.go_on(fail, Some(&mark));
    }

    /// Goes on whether a command succeeded or not, unless `set -e` ends the shell when it did not.
    pub(super) fn settle(&mut self, fail: Fail<'a>, mark: Option<&Mark<'a>>) {
        if !self.ends_on_failure() {
            self.go_on(fail, mark);
        }
    }

    /// Whether a command that fails here ends the shell.
    fn ends_on_failure(&self) -> bool {
        self.state.registers.options.errexit && self.conditions == 0 && !self.state.registers.dead
    }

    /// Goes on whether a command succeeded or not.
    fn go_on(&mut self, fail: Fail<'a>, mark: Option<&Mark<'a>>) {
        match fail {
            Fail::Same | Fail::Never => {}
            Fail::Place(place) => {
                let joined = self.state.registers.place.join(&place);
                self.state.go(joined);
            }
            Fail::Ways(mut ways) => {
                if let Some(mark) = mark {
                    ways.push(self.snapshot(mark));
                    self.resume(mark, ways);
                }
            }
        }
    }

    /// The states after a command failed, relative to `mark`.
    pub(super) fn ways_of_failure(&mut self, fail: Fail<'a>, mark: &Mark<'a>) -> Vec<Snapshot<'a>> {
        match fail {
            Fail::Never => Vec::new(),
            Fail::Ways(ways) => ways,
            Fail::Same => vec![self.snapshot(mark)],
            Fail::Place(place) => {
                let mut snapshot = self.snapshot(mark);
                snapshot.registers.place = place;
                snapshot.registers.context = None;
                vec![snapshot]
            }
        }
    }

    /// Goes on from `ways`; when there are none, what comes is followed as what control cannot reach.
    fn resume_or_dead(&mut self, mark: &Mark<'a>, ways: Vec<Snapshot<'a>>) {
        if ways.is_empty() {
            self.state.registers.dead = true;
        } else {
            self.resume(mark, ways);
        }
    }

    /// Follows an and-or list.
    fn list(&mut self, item: &'a Item, mark: &Mark<'a>) -> Fail<'a> {
        let guarded = !item.rest.is_empty();
        self.conditions += u32::from(guarded);
        let mut fail = self.pipeline(&item.first, Some(mark));
        let mut failed: Vec<Snapshot<'a>> = Vec::new();
        let mut succeeded: Vec<Snapshot<'a>> = Vec::new();
        let (mut before, mut sure) = (&item.first, true);
        for (index, (connector, pipeline)) in item.rest.iter().enumerate() {
            let earlier = self.ways_of_failure(fail, mark);
            failed.extend(earlier);
            if *connector == Connector::Or {
                succeeded.push(self.snapshot(mark));
                let ways = std::mem::take(&mut failed);
                self.resume_or_dead(mark, ways);
            } else if !succeeded.is_empty() {
                // `a || b && c`: c runs after either.
                let mut ways = std::mem::take(&mut succeeded);
                ways.push(self.snapshot(mark));
                self.resume(mark, ways);
            }
            if index + 1 == item.rest.len() {
                self.conditions -= u32::from(guarded);
            }
            sure &= outcome_of(before) == Some(*connector == Connector::And);
            before = pipeline;
            fail = self.optionally(sure, |follower| follower.pipeline(pipeline, Some(mark)));
        }
        // `set -e` sees the last pipeline of a list only.
        if self.ends_on_failure() && !item.rest.last().is_some_and(|(_, pipeline)| pipeline.negated) {
            fail = Fail::Never;
        }
        if failed.is_empty() && succeeded.is_empty() {
            return fail;
        }
        failed.extend(self.ways_of_failure(fail, mark));
        if !succeeded.is_empty() {
            succeeded.push(self.snapshot(mark));
            self.resume(mark, succeeded);
        }
        Fail::Ways(failed)
    }

    /// Follows one command of any kind. `mark` is given when its success matters.
    pub(super) fn command(&mut self, command: &'a Command, mark: Option<&Mark<'a>>) -> Fail<'a> {
        self.spend(16);
        self.deeper(Fail::Same, |follower| match &command.kind {
            CommandKind::Simple(simple) => follower.simple(simple, &command.redirects, command.span, mark),
            CommandKind::Function { name, body } => {
                follower.define(name, body, command);
                Fail::Never
            }
            _ if command.redirects.is_empty() => follower.compound(command, mark),
            _ => follower.redirected(&command.redirects, |follower| follower.compound(command, mark)),
        })
    }

    fn compound(&mut self, command: &'a Command, mark: Option<&Mark<'a>>) -> Fail<'a> {
        match &command.kind {
            CommandKind::Simple(_) | CommandKind::Function { .. } => Fail::Same,
            CommandKind::Group(script) => self.group(script, mark),
            CommandKind::Subshell(script) => {
                self.subshell(|follower| follower.script(script));
                Fail::Same
            }
            CommandKind::If { branches, otherwise } => {
                self.branches(branches, otherwise.as_ref());
                Fail::Same
            }
            CommandKind::While { until, condition, body } => {
                self.while_loop(*until, condition, body, command.span);
                Fail::Same
            }
            CommandKind::For { select, name, words, body } => {
                self.for_loop(*select, name, words.as_deref(), body, command.span);
                Fail::Same
            }
            CommandKind::ArithmeticFor { init, condition, update, body } => {
                self.arithmetic_for([init, condition, update].map(|part| &**part), body, command.span);
                Fail::Same
            }
            CommandKind::Case { subject, arms } => {
                self.visit(subject);
                self.arms(arms);
                Fail::Same
            }
            CommandKind::Arithmetic(expression) => {
                self.arithmetic(expression);
                Fail::Same
            }
            CommandKind::Conditional(condition) => {
                self.test(condition);
                Fail::Same
            }
            CommandKind::Coprocess { name, body } => {
                self.coprocess(name.as_deref(), body);
                Fail::Never
            }
        }
    }

    /// `{ …; }`: runs here.
    fn group(&mut self, script: &'a Script, mark: Option<&Mark<'a>>) -> Fail<'a> {
        match mark {
            Some(mark) => self.script_ends(script, mark),
            None => {
                self.script(script);
                Fail::Same
            }
        }
    }

    /// `if`: each branch from where the conditions before it failed.
    fn branches(&mut self, branches: &'a [(Script, Script)], otherwise: Option<&'a Script>) {
        let mark = self.mark();
        let mut ends = Vec::with_capacity(branches.len() + 1);
        let mut reached = true;
        for (condition, body) in branches {
            let fail = self.optionally(reached, |follower| follower.condition(condition, &mark));
            let failed = self.ways_of_failure(fail, &mark);
            let outcome = outcome(condition);
            self.optionally(reached && outcome == Some(true), |follower| follower.script(body));
            reached &= outcome == Some(false);
            ends.push(self.snapshot(&mark));
            self.resume_or_dead(&mark, failed);
        }
        if let Some(body) = otherwise {
            self.optionally(reached, |follower| follower.script(body));
        }
        ends.push(self.snapshot(&mark));
        self.resume(&mark, ends);
    }

    /// The arms of `case`: each may be taken, and none of them.
    fn arms(&mut self, arms: &'a [CaseArm]) {
        let mark = self.mark();
        let mut ends = vec![self.snapshot(&mark)];
        let (mut fallen, mut continued): (Option<Snapshot<'a>>, Vec<Snapshot<'a>>) = (None, Vec::new());
        let sure = takes_all(arms);
        for arm in arms {
            for pattern in &arm.patterns {
                self.visit(pattern);
            }
            let mut starts = vec![self.snapshot(&mark)];
            starts.extend(fallen.take());
            starts.extend(continued.iter().cloned());
            self.resume(&mark, starts);
            self.optionally(sure, |follower| follower.script(&arm.body));
            let end = self.snapshot(&mark);
            match arm.end {
                ArmEnd::FallThrough => fallen = Some(end.clone()),
                ArmEnd::Continue => continued.push(end.clone()),
                ArmEnd::Break => {}
            }
            ends.push(end);
            self.state.undo(&mark);
        }
        self.resume(&mark, ends);
    }

    /// `[[ … ]]`: only what runs inside it matters.
    fn test(&mut self, condition: &'a Condition) {
        self.deeper((), |follower| match condition {
            Condition::Not(inner) => follower.test(inner),
            Condition::And(left, right) | Condition::Or(left, right) => {
                follower.test(left);
                follower.test(right);
            }
            Condition::Unary { operator, operand } => {
                let values = follower.visit(operand);
                if operator == "-v" {
                    follower.subscripts(&values);
                }
            }
            Condition::Binary { operator, left, right } => {
                let mut values = follower.visit(left);
                values.extend(follower.visit(right));
                if matches!(operator.as_str(), "-eq" | "-ne" | "-lt" | "-le" | "-gt" | "-ge") {
                    follower.evaluate_all(&values);
                }
            }
            Condition::Word(word) => {
                follower.visit(word);
            }
        });
    }

    /// Follows what stands inside a pipeline of one command, or of several.
    fn pipeline(&mut self, pipeline: &'a Pipeline, mark: Option<&Mark<'a>>) -> Fail<'a> {
        let fail = match pipeline.commands.as_slice() {
            [] => return Fail::Never,
            [command] if pipeline.negated => {
                self.conditions += 1;
                let fail = self.command(command, mark);
                self.conditions -= 1;
                fail
            }
            [command] => return self.command(command, mark),
            commands => {
                self.stages(commands, None);
                Fail::Same
            }
        };
        match mark {
            Some(mark) if pipeline.negated => self.negate(fail, mark),
            _ => fail,
        }
    }

    /// `!`: success and failure change places.
    fn negate(&mut self, fail: Fail<'a>, mark: &Mark<'a>) -> Fail<'a> {
        if matches!(fail, Fail::Same) {
            return Fail::Same;
        }
        let failed = self.ways_of_failure(fail, mark);
        let succeeded = self.snapshot(mark);
        self.resume_or_dead(mark, failed);
        Fail::Ways(vec![succeeded])
    }

    /// Words that are looked at, and whose substitutions run: what they may be.
    fn visit(&mut self, word: &'a crate::shell::ast::Word) -> Vec<Arg> {
        self.rounds(|follower| follower.single(word))
    }
}
