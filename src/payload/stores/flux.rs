//! Reads Flux: queries read, and the functions that write or send are few.

use crate::effect::{Class, Effect};
use crate::payload::reason::Reason;
use crate::payload::sql::dialect::FLUX;
use crate::payload::sql::lexer::{Kind, Lexer};
use crate::payload::{HOLE, Outcome};
use crate::text::Text;

const OPAQUE: Reason = Reason::new("flux.opaque", Effect::Opaque, "runs Flux that cannot be read first");
const DELETE: Reason = Reason::new("flux.delete", Effect::Drop, "deletes points");

/// Functions that write or send something.
const WRITING: &[&str] =
    &["to", "wideTo", "post", "put", "patch", "do", "send", "message", "endpoint", "publish", "notify"];

/// Reads a script.
pub fn read(text: &Text) -> Outcome {
    let mut outcome = Outcome::read_only();
    let mut lexer = Lexer::new(text.as_str(), FLUX);
    let mut word = "";
    let mut is_start = true;
    while let Some(token) = lexer.next() {
        let raw = text.as_str().get(token.start..token.end).unwrap_or("");
        match token.kind {
            Kind::Unterminated => outcome.find(&OPAQUE, text.locate(token.span()), ""),
            Kind::Word if is_start && raw.contains(HOLE) => outcome.find(&OPAQUE, text.locate(token.span()), ""),
            Kind::Sign(b'(') if word == "delete" => outcome.find(&DELETE, text.locate(token.span()), ""),
            Kind::Sign(b'(') if WRITING.contains(&word) => outcome.raise(Class::Mutating),
            _ => {}
        }
        word = if token.kind == Kind::Word { raw } else { "" };
        is_start = false;
    }
    outcome
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pipelines_read_until_they_write() {
        let cases = [
            ("from(bucket:\"metrics\") |> range(start:-1h) |> drop(columns: [\"host\"])", Class::ReadOnly),
            ("from(bucket:\"a\") // to()\n|> filter(fn: (r) => r._field == \"to(\")", Class::ReadOnly),
            ("from(bucket:\"a\") |> to(bucket: \"b\")", Class::Mutating),
            ("\u{FFFC}", Class::Destructive),
        ];
        for (code, class) in cases {
            assert_eq!(read(&Text::request(code)).class, class, "{code}");
        }
    }
}
