#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| ponte_fuzz_targets::file(bytes));
