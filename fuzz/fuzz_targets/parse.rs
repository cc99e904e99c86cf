#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| guard_fuzz::targets::parse_text(data));
