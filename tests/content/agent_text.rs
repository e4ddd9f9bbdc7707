//! Agents' texts as the customer reads them.

use std::fmt::Write as _;

use ponte::message::text::{Format, plain};
use serde::Deserialize;

use super::check_page;

/// One body of `tests/fixtures/agent-text/bodies.json`.
#[derive(Deserialize)]
struct Sent {
    source: String,
    format: Format,
    body: String,
}

#[test]
fn every_body_is_read() {
    let bodies: Vec<Sent> = serde_json::from_str(include_str!("../fixtures/agent-text/bodies.json")).unwrap();
    let mut all = String::new();
    for Sent { source, format, body } in bodies {
        let shown = plain(&body, format);
        assert!(!shown.text.trim().is_empty(), "{source}");
        writeln!(all, "# {source}").unwrap();
        for line in shown.text.lines() {
            writeln!(all, "{}", format!("    {line}").trim_end()).unwrap();
        }
        for image in shown.images {
            writeln!(all, "image: {image}").unwrap();
        }
        writeln!(all).unwrap();
    }
    insta::with_settings!({ prepend_module_to_snapshot => false, omit_expression => true }, {
        insta::assert_snapshot!("agent_text", all);
    });
}

#[test]
fn the_page_says_what_becomes_of_html() {
    let rows = [
        ("bold", "Vence <b>hoje</b>, <strong>sem falta</strong>"),
        ("italic", "<i>um</i> e <em>outro</em>"),
        ("struck", "<s>um</s> <del>dois</del> <strike>três</strike>"),
        ("code in a line", "o código <code>A1</code>, a tecla <kbd>F5</kbd>"),
        ("code of several lines", "<pre>um\n  dois</pre>"),
        ("emphasis within a word", "10<b>%</b>x"),
        ("empty emphasis, blanks at its ends", "a<b></b><b> b </b>c"),
        ("emphasis over several lines", "<b>um<br>dois</b>"),
        ("a heading", "<h2>Prazo</h2>hoje"),
        ("paragraphs", "<p>um</p><p>dois</p>"),
        ("lines", "um<br>dois<div>três</div>"),
        ("many empty lines", "um<br><br><br><p>&nbsp;</p>dois"),
        ("white space", "  um \n\t dois "),
        ("a list", "<ul><li>um<ul><li>dois</li></ul></li></ul>"),
        ("a numbered list", "<ol start=\"3\"><li>um</li><li>dois</li></ol>"),
        ("a quotation", "<blockquote>um<br>dois</blockquote>"),
        ("a link", "<a href=\"https://x.example/a\">aqui</a>"),
        ("a link that is its own text", "<a href=\"https://x.example/\">https://x.example</a>"),
        ("a mail address", "<a href=\"mailto:a@x.example?subject=oi\">escreva</a>"),
        ("a telephone number", "<a href=\"tel:+551140028922\">+55 11 4002-8922</a>"),
        ("a link that leads nowhere from a chat", "<a href=\"#fim\">fim</a> <a href=\"javascript:x()\">abrir</a>"),
        ("a picture", "<img src=\"https://x.example/1.png\" alt=\"o recibo\">"),
        ("a picture of an emoji", "oi <img src=\"https://x.example/e.png\" alt=\"😀\">"),
        (
            "a picture in the message itself, or a tracking pixel",
            "<img src=\"cid:1\"><img src=\"https://x.example/p\" width=\"1\">",
        ),
        ("a video, a frame", "<iframe src=\"https://video.example/1\"></iframe>"),
        ("a table", "<table><tr><th>Item</th><th>R$</th></tr><tr><td>frete</td><td>5</td></tr></table>"),
        ("a rule", "um<hr>dois"),
        ("entities", "&lt;b&gt; &ccedil;&#227;o &amp;amp;"),
        ("scripts, styles, titles, comments", "<title>a</title><style>b</style>um<script>c</script><!-- d -->"),
        ("any other element", "<u>um</u> <x-new>dois</x-new>"),
    ];
    check_page("table of HTML", &table(Format::Html, &rows));
}

#[test]
fn the_page_says_what_becomes_of_markdown() {
    let rows = [
        ("emphasis", "**um** *dois* ~~três~~ `quatro`"),
        ("emphasis within a word", "2*3*4"),
        ("names with underscores", "snake_case_names, __init__.py"),
        ("addresses", "**Guia:** https://wiki.example/Guia_-_Peca_(completo), _ana_@x.example"),
        ("formulas", "(2*3)*(4*5), (*) obrigatório, (*) também"),
        ("a heading", "# Prazo\nhoje"),
        ("a line break", "**um**\ndois"),
        ("a list", "* um\n* dois"),
        ("a numbered list", "1) um\n3) dois"),
        ("a list whose numbers are all the first", "1. um\n1. dois"),
        ("a quotation", "> **um**\n> dois"),
        ("code", "```sh\num\n```"),
        ("links", "[aqui](https://x.example) <https://y.example>"),
        ("a picture", "![o recibo](https://x.example/1.png)"),
        ("escapes and entities", "\\*um\\* &amp;"),
        ("HTML", "Oi <nome><br>tudo bem?"),
        ("text in which Markdown finds nothing", "um  \n\n\n    dois"),
    ];
    check_page("table of Markdown", &table(Format::Markdown, &rows));
}

fn table(format: Format, rows: &[(&str, &str)]) -> Vec<Vec<String>> {
    let head = vec![["what", "comes", "is read as"].map(str::to_owned).to_vec()];
    let rows = rows.iter().map(|(what, input)| {
        let shown = plain(input, format);
        let files = shown.images.iter().map(|image| format!("and the file {}", cell(image)));
        let text = Some(shown.text).filter(|text| !text.is_empty()).map(|text| cell(&text));
        let said: Vec<String> = text.into_iter().chain(files).collect();
        let said = if said.is_empty() { "nothing".to_owned() } else { said.join(" ") };
        vec![(*what).to_owned(), cell(input), said]
    });
    head.into_iter().chain(rows).collect()
}

/// Code in a cell of a table; `⏎` is a line break.
fn cell(text: &str) -> String {
    let text = text.replace('\n', "⏎").replace('\t', "⇥").replace('|', "\\|");
    let fence = if text.contains('`') { "````" } else { "`" };
    let blank = if text.starts_with([' ', '`']) || text.ends_with([' ', '`']) { " " } else { "" };
    format!("{fence}{blank}{text}{blank}{fence}")
}
