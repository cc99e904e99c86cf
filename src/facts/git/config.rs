//! git's configuration files, as far as settings are read from them here.

/// The settings of a file, as `section.key` or `section.subsection.key` in lower case (the subsection aside), in order.
pub fn settings(text: &str) -> Vec<(String, String)> {
    let mut settings = Vec::new();
    let mut section = String::new();
    let mut lines = text.lines();
    while let Some(line) = lines.next() {
        let mut line = line.trim().to_owned();
        while line.ends_with('\\') {
            line.pop();
            line.push_str(lines.next().unwrap_or_default());
        }
        let mut rest = line.as_str();
        if let Some((name, behind)) = rest.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
            section = section_name(name);
            rest = behind.trim();
        }
        if rest.is_empty() || rest.starts_with(['#', ';']) {
            continue;
        }
        // A key without a value is true.
        let (key, value) = rest.split_once('=').unwrap_or((rest, "true"));
        settings.push((format!("{section}.{}", key.trim().to_ascii_lowercase()), plain(value.trim())));
    }
    settings
}

fn section_name(name: &str) -> String {
    match name.split_once(char::is_whitespace) {
        Some((section, sub)) => format!("{}.{}", section.to_ascii_lowercase(), plain(sub.trim())),
        None => name.to_ascii_lowercase(),
    }
}

/// A value without its quotes, escapes and comment.
fn plain(value: &str) -> String {
    let mut plain = String::new();
    let mut quoted = false;
    let mut characters = value.chars();
    while let Some(c) = characters.next() {
        match c {
            '"' => quoted = !quoted,
            '\\' => plain.extend(characters.next().map(|c| match c {
                'n' => '\n',
                't' => '\t',
                c => c,
            })),
            '#' | ';' if !quoted => break,
            c => plain.push(c),
        }
    }
    plain.trim_end().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_are_read_as_git_reads_them() {
        let text =
            "; a comment\n[core]\n\tfileMode = false # here\n\tbare\n[remote \"Up.Stream\"] url = \"a;b\" \\\n c\n";
        let expected = [("core.filemode", "false"), ("core.bare", "true"), ("remote.Up.Stream.url", "a;b  c")];
        assert_eq!(settings(text), expected.map(|(key, value)| (key.to_owned(), value.to_owned())));
    }
}
