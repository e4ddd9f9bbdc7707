//! The page in two languages shows one program.

#[test]
fn both_pages_show_the_same_program() {
    let program = |page: &str| {
        let path = format!("{}/../docs/helpdesks/{page}", env!("CARGO_MANIFEST_DIR"));
        let page = std::fs::read_to_string(path).unwrap();
        let (_, rest) = page.split_once("```python\n").expect("a program");
        rest.split_once("```").expect("its end").0.to_owned()
    };
    assert_eq!(program("webhook.md"), program("webhook.pt-BR.md"));
}
