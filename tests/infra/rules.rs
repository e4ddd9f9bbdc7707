//! The service rules that the local stack starts with.

use std::{fs, path::Path};

#[test]
fn the_local_stacks_rules_are_their_yaml() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../infra/local");
    let read = service_rules::read(&fs::read(folder.join("service.yaml")).unwrap()).expect("they can be read");
    assert_eq!(read.warnings, [], "without a warning");
    let json = format!("{}\n", read.rules.to_json().unwrap());
    let file = folder.join("service.json");
    if std::env::var_os("PONTE_WRITE_DOCS").is_some() {
        fs::write(&file, &json).unwrap();
    }
    assert_eq!(fs::read_to_string(&file).unwrap_or_default(), json, "PONTE_WRITE_DOCS=1 makes it anew");
}
