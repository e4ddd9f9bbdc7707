//! What is deployed runs on Amazon Linux 2023.

use std::path::Path;

/// The glibc of Amazon Linux 2023.
const NEWEST: (u32, u32) = (2, 34);

#[test]
fn no_function_needs_a_newer_glibc_than_amazon_linux_2023_has() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let functions = std::fs::read_dir(root.join("functions")).unwrap().map(|entry| entry.unwrap().file_name());
    let functions: Vec<String> = functions.map(|name| name.into_string().unwrap()).collect();
    assert!(functions.len() >= 10, "{functions:?}");
    for function in functions {
        let path = root.join("target/local/lambda").join(&function).join("bootstrap");
        let binary = std::fs::read(&path).unwrap_or_else(|_| panic!("{function} is not built: run `make test`"));
        let needed = glibc_versions(&binary);
        assert!(!needed.is_empty(), "{function} names no glibc version: the test reads it wrongly");
        for version in needed {
            assert!(version <= NEWEST, "{function} needs glibc {}.{}", version.0, version.1);
        }
    }
}

/// The versions of the symbols that a binary asks of glibc: `GLIBC_2.17` in its string table.
fn glibc_versions(binary: &[u8]) -> Vec<(u32, u32)> {
    let name = b"GLIBC_";
    let starts = binary.windows(name.len()).enumerate().filter(|(_, window)| window == name).map(|(at, _)| at);
    starts
        .filter_map(|at| {
            let rest: String = binary[at + name.len()..]
                .iter()
                .take(8)
                .map(|&b| char::from(b))
                .take_while(|c| c.is_ascii_digit() || *c == '.')
                .collect();
            let mut numbers = rest.split('.').map(str::parse);
            Some((numbers.next()?.ok()?, numbers.next()?.ok()?))
        })
        .collect()
}

#[test]
fn the_test_finds_a_version_that_is_too_new() {
    assert_eq!(glibc_versions(b"\0GLIBC_2.38\0GLIBC_PRIVATE\0GLIBC_2.2.5\0"), [(2, 38), (2, 2)]);
    assert!((2, 38) > NEWEST && (2, 2) < NEWEST);
}
