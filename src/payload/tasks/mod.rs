//! Reads the files in which projects keep their tasks: what runs when a task is asked for by its name.
//!
//! Takes the text of such a file and names, gives the lines that a shell gets. Which program reads which file, and how
//! it is told a name, stands in the rules.

mod composer;
mod justfile;
mod makefile;
mod packages;
mod taskfile;

pub use super::task_file::TaskFile;

/// How many lines one request may run.
const MAX_LINES: usize = 400;
/// How deep tasks may need other tasks.
const MAX_DEPTH: usize = 40;

/// One thing that a task does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Line {
    /// A line for a shell. What is not known of it is written as a variable that nobody has set.
    Shell(String),
    /// Something that is not read here.
    Unknown,
}

/// The lines of tasks, as they are found.
#[derive(Default)]
struct Lines {
    lines: Vec<Line>,
    steps: usize,
}

impl Lines {
    /// Whether another task may be followed; otherwise something unknown runs.
    fn enter(&mut self, depth: usize) -> bool {
        self.steps += 1;
        let fits = depth <= MAX_DEPTH && self.steps <= MAX_LINES && self.lines.len() <= MAX_LINES;
        if !fits && self.lines.last() != Some(&Line::Unknown) {
            self.lines.push(Line::Unknown);
        }
        fits
    }

    fn push(&mut self, line: Line) {
        self.lines.push(line);
    }
}

/// What stands for a part of a line that is not known.
const UNKNOWN: &str = "${GUARD_UNKNOWN}";

/// What the tasks of these names do, or the default task when there is no name; `None` when the file does not tell.
/// `values` are variables set on the command line, `arguments` go to the last task.
pub fn read(
    file: TaskFile,
    text: &str,
    names: &[&str],
    values: &[(&str, &str)],
    arguments: &[String],
) -> Option<Vec<Line>> {
    let mut lines = match file {
        TaskFile::PackageJson => packages::scripts(text, names, arguments)?,
        TaskFile::DenoJson => packages::deno(text, names, arguments)?,
        TaskFile::ComposerJson => composer::scripts(text, names, arguments)?,
        TaskFile::Makefile => makefile::recipes(text, names, values)?,
        TaskFile::Justfile => justfile::recipes(text, names, values, arguments)?,
        TaskFile::Taskfile => taskfile::commands(text, names, values)?,
    };
    if lines.len() > MAX_LINES {
        lines.truncate(MAX_LINES);
        lines.push(Line::Unknown);
    }
    Some(lines)
}

/// A line with the arguments that are given to it.
fn with_arguments(line: &str, arguments: &[String]) -> Line {
    Line::Shell(std::iter::once(line).chain(arguments.iter().map(String::as_str)).collect::<Vec<_>>().join(" "))
}

/// Text with the values of the names that stand in `{{…}}`.
fn filled<'v>(text: &str, value: impl Fn(&str) -> Option<&'v String>) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some(open) = rest.find("{{") {
        out.push_str(rest.get(..open).unwrap_or(""));
        let inner = rest.get(open + 2..).unwrap_or("");
        let length = inner.find("}}").unwrap_or(inner.len());
        let name = inner.get(..length).unwrap_or("").trim();
        out.push_str(value(name).map_or(UNKNOWN, String::as_str));
        rest = inner.get((length + 2).min(inner.len())..).unwrap_or("");
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(file: TaskFile, text: &str, names: &[&str]) -> String {
        match read(file, text, names, &[("SET", "given")], &[]) {
            Some(lines) => lines
                .iter()
                .map(|line| match line {
                    Line::Shell(line) => line.as_str(),
                    Line::Unknown => "?",
                })
                .collect::<Vec<_>>()
                .join(" | "),
            None => "-".to_owned(),
        }
    }

    #[test]
    fn scripts_run_with_what_stands_before_and_after() {
        let text =
            r#"{"scripts": {"prebuild": "rm -rf dist", "build": "tsc", "postbuild": "cp a b", "x": "npm run build"}}"#;
        assert_eq!(shown(TaskFile::PackageJson, text, &["build"]), "rm -rf dist | tsc | cp a b");
        assert_eq!(shown(TaskFile::PackageJson, text, &["x"]), "npm run build");
        assert_eq!(shown(TaskFile::PackageJson, text, &["nothing"]), "-");
        assert_eq!(shown(TaskFile::PackageJson, "{", &["build"]), "-");
        let given = read(TaskFile::PackageJson, text, &["x"], &[], &["--force".to_owned()]);
        assert_eq!(given, Some(vec![Line::Shell("npm run build --force".to_owned())]));
    }

    #[test]
    fn other_json_files_hold_tasks_too() {
        let deno = "{// a comment\n \"tasks\": {\"a\": \"deno lint\", \"b\": {\"command\": \"rm x\", \"dependencies\": [\"a\"]},},}";
        assert_eq!(shown(TaskFile::DenoJson, deno, &["b"]), "deno lint | rm x");
        let composer = r#"{"scripts": {"t": ["@php a.php", "@u", "App\\Tool::run"], "u": "phpunit"}}"#;
        assert_eq!(shown(TaskFile::ComposerJson, composer, &["t"]), "php a.php | phpunit | ?");
    }

    #[test]
    fn a_makefile_runs_the_recipes_of_what_is_asked_for_and_of_what_that_needs() {
        let text = "OUT := build\nALL = $(OUT)/a\nSET = no\n.PHONY: all\nall: dep\n\t@echo $(ALL) $@\n\ndep:\n\t-rm -rf $(OUT) \\\n\t  more\n\t$(RM) $(SET) $(shell date) $$HOME\nother: ; touch x\n%.o: %.c\n\tcc $<\n";
        assert_eq!(
            shown(TaskFile::Makefile, text, &[]),
            "rm -rf build    more | rm -f given ${GUARD_UNKNOWN} $HOME | echo build/a all"
        );
        assert_eq!(shown(TaskFile::Makefile, text, &["other"]), "touch x");
        assert_eq!(shown(TaskFile::Makefile, text, &["a.o"]), "cc ${GUARD_UNKNOWN}");
        assert_eq!(shown(TaskFile::Makefile, text, &["nothing"]), "-");
        assert_eq!(shown(TaskFile::Makefile, "a: b\nb: a\n\ttrue\n", &["a"]), "true");
    }

    #[test]
    fn a_justfile_runs_recipes_with_their_parameters() {
        let text = "dir := 'src'\n\n# comment\nbuild target='x': dep\n    @echo {{dir}} {{target}}\n    rm -rf {{dir}}/{{other}}\n\ndep:\n    touch a\n\nscript:\n    #!/usr/bin/env bash\n    for f in *; do rm $f; done\n\npy:\n    #!/usr/bin/env python3\n    print(1)\n";
        assert_eq!(shown(TaskFile::Justfile, text, &["build"]), "touch a | echo src x | rm -rf src/${GUARD_UNKNOWN}");
        assert_eq!(shown(TaskFile::Justfile, text, &[]), "touch a | echo src x | rm -rf src/${GUARD_UNKNOWN}");
        assert_eq!(shown(TaskFile::Justfile, text, &["script"]), "for f in *; do rm $f; done\n");
        assert_eq!(shown(TaskFile::Justfile, text, &["py"]), "?");
        let given = read(TaskFile::Justfile, text, &["build"], &[], &["lib".to_owned()]);
        assert!(given.is_some_and(|lines| lines.contains(&Line::Shell("echo src lib".to_owned()))));
    }

    #[test]
    fn a_taskfile_runs_commands_and_other_tasks() {
        let text = "version: '3'\nvars:\n  DIR: src\ntasks:\n  default:\n    deps: [dep]\n    cmds:\n      - rm -rf {{.DIR}}\n      - cmd: echo {{.X}}\n      - task: other\n  dep: touch a\n  other:\n    cmd: ls\n";
        assert_eq!(shown(TaskFile::Taskfile, text, &[]), "touch a | rm -rf src | echo ${GUARD_UNKNOWN} | ls");
        assert_eq!(shown(TaskFile::Taskfile, text, &["other"]), "ls");
        assert_eq!(shown(TaskFile::Taskfile, "tasks: [", &["other"]), "-");
    }
}
