//! Decoders: base64, base32, hexadecimal, gzip.

use super::{Run, made_of_bytes};
use crate::follow::limits;
use crate::follow::step::Arg;

const BASE64: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
const BASE32: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/// `base64` and `base32`
pub(super) fn base(run: &Run<'_>) -> Option<Arg> {
    let (mut decodes, mut lenient, mut wrap) = (false, false, 76);
    let mut operands = Vec::new();
    let mut arguments = run.arguments.iter();
    while let Some(argument) = arguments.next() {
        match argument.text()? {
            "-d" | "-D" | "--decode" | "--decod" | "--deco" | "--dec" | "--de" | "--d" => decodes = true,
            "-i" | "--ignore-garbage" => lenient = true,
            "-di" | "-id" => (decodes, lenient) = (true, true),
            "-w" => wrap = arguments.next()?.text()?.parse().ok()?,
            text if text.starts_with("-w") || text.starts_with("--wrap=") => {
                wrap = text.trim_start_matches("--wrap=").trim_start_matches("-w").parse().ok()?;
            }
            text if text.len() > 1 && text.starts_with('-') => return None,
            _ => operands.push(argument),
        }
    }
    let text = run.known_input(&operands)?;
    let (alphabet, bits): (&[u8], u32) = if run.name == "base32" { (BASE32, 5) } else { (BASE64, 6) };
    let bytes = match decodes {
        true => decode(text.as_str(), alphabet, bits, lenient)?,
        false => wrapped(encode(text.as_str().as_bytes(), alphabet, bits), wrap),
    };
    made_of_bytes(bytes, &text)
}

/// `openssl base64 -d`, `openssl enc -base64 -d`
pub(super) fn openssl(run: &Run<'_>) -> Option<Arg> {
    let mut decodes = false;
    let mut base64 = false;
    let mut operands = Vec::new();
    let mut arguments = run.arguments.iter();
    let command = arguments.next()?.text()?;
    base64 |= command == "base64";
    if !matches!(command, "enc" | "base64") {
        return None;
    }
    while let Some(argument) = arguments.next() {
        match argument.text()? {
            "-d" => decodes = true,
            "-base64" | "-a" => base64 = true,
            "-A" => {}
            "-in" => operands.push(arguments.next()?),
            _ => return None,
        }
    }
    let text = run.known_input(&operands)?;
    let bytes = if decodes && base64 { decode(text.as_str(), BASE64, 6, false)? } else { return None };
    made_of_bytes(bytes, &text)
}

/// `xxd -r -p`, `xxd -p`
pub(super) fn xxd(run: &Run<'_>) -> Option<Arg> {
    let (mut reverts, mut plain) = (false, false);
    let mut operands = Vec::new();
    for argument in run.arguments {
        match argument.text()? {
            "-r" | "-revert" => reverts = true,
            "-p" | "-ps" | "-plain" | "-postscript" => plain = true,
            "-rp" | "-pr" => (reverts, plain) = (true, true),
            text if text.len() > 1 && text.starts_with('-') => return None,
            _ => operands.push(argument),
        }
    }
    if operands.len() > 1 || !plain {
        return None;
    }
    let text = run.known_input(&operands)?;
    let bytes = match reverts {
        true => unhex(text.as_str()),
        false => wrapped(hex(text.as_str().as_bytes()), 60),
    };
    made_of_bytes(bytes, &text)
}

/// `gzip -d`, `gunzip`, `zcat` of bytes that were computed. What was compressed is hardly ever UTF-8 on its way, so
/// this is for text that passes through unchanged (`-f`).
pub(super) fn gunzip(run: &Run<'_>) -> Option<Arg> {
    let forced = run.arguments.iter().any(|argument| {
        argument.text().is_some_and(|text| text == "--force" || (text.starts_with('-') && text.contains('f')))
    });
    let plain = run.arguments.iter().all(|argument| argument.text().is_some_and(|text| text.starts_with('-')));
    if forced && plain { run.input.clone() } else { None }
}

fn decode(text: &str, alphabet: &[u8], bits: u32, lenient: bool) -> Option<Vec<u8>> {
    let (mut buffer, mut held) = (0_u32, 0_u32);
    let mut bytes = Vec::with_capacity(text.len());
    for byte in text.bytes() {
        if byte == b'=' || byte == b'\n' {
            continue;
        }
        let Some(value) = alphabet.iter().position(|letter| *letter == byte) else {
            if lenient {
                continue;
            }
            return None;
        };
        buffer = (buffer << bits) | value as u32;
        held += bits;
        if held >= 8 {
            held -= 8;
            bytes.push((buffer >> held) as u8);
            buffer &= (1 << held) - 1;
        }
    }
    (bytes.len() <= limits::TEXT).then_some(bytes)
}

fn encode(bytes: &[u8], alphabet: &[u8], bits: u32) -> Vec<u8> {
    let (mut buffer, mut held) = (0_u32, 0_u32);
    let mut text = Vec::with_capacity(bytes.len() * 2);
    let letter = |value: u32| alphabet.get(value as usize).copied().unwrap_or(b'=');
    for byte in bytes {
        buffer = (buffer << 8) | u32::from(*byte);
        held += 8;
        while held >= bits {
            held -= bits;
            text.push(letter(buffer >> held));
            buffer &= (1 << held) - 1;
        }
    }
    if held > 0 {
        text.push(letter(buffer << (bits - held)));
    }
    let group = if bits == 6 { 4 } else { 8 };
    while text.len() % group != 0 {
        text.push(b'=');
    }
    text
}

fn wrapped(text: Vec<u8>, width: usize) -> Vec<u8> {
    if width == 0 {
        return text;
    }
    let mut lines = Vec::with_capacity(text.len() + text.len() / width + 1);
    for line in text.chunks(width) {
        lines.extend_from_slice(line);
        lines.push(b'\n');
    }
    lines
}

fn hex(bytes: &[u8]) -> Vec<u8> {
    bytes.iter().flat_map(|byte| format!("{byte:02x}").into_bytes()).collect()
}

/// Pairs of hexadecimal digits as bytes; anything else between them is passed over.
fn unhex(text: &str) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(text.len() / 2);
    let mut high = None;
    for c in text.chars() {
        let Some(digit) = c.to_digit(16) else { continue };
        match high.take() {
            None => high = Some(digit),
            Some(first) => bytes.push((first * 16 + digit) as u8),
        }
    }
    bytes
}
