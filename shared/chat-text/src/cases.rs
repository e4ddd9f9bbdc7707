//! What single elements and signs become, and where a text is cut.

use super::{Format, MAX_IMAGES, plain, split};

fn html(input: &str, expected: &str) {
    assert_eq!(plain(input, Format::Html).text, expected, "{input}");
}

fn markdown(input: &str, expected: &str) {
    assert_eq!(plain(input, Format::Markdown).text, expected, "{input}");
}

/// Markdown that passes as it was typed.
fn as_typed(input: &str) {
    markdown(input, input);
}

fn images(input: &str, format: Format, expected: &[&str]) {
    assert_eq!(plain(input, format).images, expected, "{input}");
}

fn parts(text: &str, limit: usize, expected: &[&str]) {
    assert_eq!(split(text, limit), expected, "{text:?} by {limit}");
}

#[test]
fn plain_text_is_left_alone() {
    let text = "  1) <b>*oi*</b> &amp;\r\n\n\n\nfim ";
    assert_eq!(plain(text, Format::Plain).text, text);
}

#[test]
fn emphasis_has_no_blank_inside_and_no_letter_outside() {
    html("<b>oi</b>, <i>tudo</i> <s>bem</s>?", "*oi*, _tudo_ ~bem~?");
    html("a<b> b </b>c", "a *b* c");
    html("<b> </b><b></b>x", "x");
    html("<b>W</b>orld, 10<b>a</b>", "World, 10a");
    html("(<strong>a</strong>)<em>!</em>", "(*a*)_!_");
    html("<b>2*3</b> e <i>um_nome</i>", "2*3 e um_nome");
    html("<b>a&nbsp;</b>b", "*a*\u{a0}b");
    html("*a* _b_ ~c~", "*a* _b_ ~c~");
}

#[test]
fn emphasis_nests_and_is_made_anew_on_each_line() {
    html("<b>a <i>b</i> c</b>", "*a _b_ c*");
    html("<i>a <b>b</b> c</i>", "_a *b* c_");
    html("<b><i>a</i></b>", "*_a_*");
    html("<b>a <i>b</b> c</i>", "*a _b_* _c_");
    html("<b>um<br>dois<p>três</p></b>", "*um*\n*dois*\n\n*três*");
    html("<b>a <code>b</code></b>", "*a* `b`");
    html("<h2>Prazo <b>hoje</b></h2>até 18h", "*Prazo hoje*\n\naté 18h");
}

#[test]
fn what_is_copied_from_google_docs_is_not_all_bold() {
    html("<b style=\"font-weight:normal;\" id=\"docs-internal-guid-1\"><p>a <b>b</b></p></b>", "a *b*");
}

#[test]
fn breaks_are_never_more_than_one_empty_line() {
    html("<p>a</p><p>b</p>", "a\n\nb");
    html("<p>a<br></p>\n\n<p>&nbsp;</p><p><br></p><p>b</p>", "a\n\nb");
    html("<div>a</div><div>b</div>", "a\nb");
    html("<div>a</div><div><br></div><div>b</div>", "a\n\nb");
    html("<div>a</div><div>&nbsp;</div><div>b</div>", "a\n\nb");
    html("a<br>b<br><br><br><br>c", "a\nb\n\nc");
    html("<p class=\"no-margin\">a</p>\n<p class=\"no-margin\">b</p>", "a\nb");
    html("  a \n\t b  ", "a b");
    html("<br><p> </p>a<br> ", "a");
    html("a<hr>b", "a\n\n---\n\nb");
}

#[test]
fn lists_are_set_in() {
    html("Itens:<ul><li>a</li><li><p>b</p><p>c</p></li><li></li></ul>fim", "Itens:\n\n- a\n- b\n  c\n\nfim");
    html("<ol start=3><li>a<ul><li>b<br>c</ul><li>d</ol>", "3. a\n  - b\n    c\n4. d");
    html("<li>a", "- a");
}

#[test]
fn quotes_code_and_tables() {
    html("<blockquote><p>a<br>b</p><blockquote>c</blockquote></blockquote>d", "> a\n> b\n\n> > c\n\nd");
    html("<pre>\n  a  b\n\nc\n</pre>d", "```  a  b\n\nc```\n\nd");
    html("<blockquote><pre>a\nb</pre></blockquote>", "> ```a\n> b```");
    html("<pre>a <a href='https://x.y'>b</a>", "```a b (https://x.y)```");
    html("<pre>a ``` b</pre>", "a ``` b");
    // As outside of code: some system on the way ends a text there.
    markdown("**a**\n```\nb\0c\r\n```", "*a*\n```bc```");
    html("<pre>a\0b</pre>\0c", "```ab```\n\nc");
    html(
        "<table><tr><th>Item</th><th>R$</th></tr><tr><td><p>a</p></td><td></td><td><b>5</b></td></tr></table>",
        "Item | R$\na |  | *5*",
    );
    html("<table><td>a<p>b</p></td></table>c", "a\n\nb\n\nc");
}

#[test]
fn links_keep_their_address() {
    html("<a href=\"https://x.y/a\">aqui</a>.", "aqui (https://x.y/a).");
    html("<a href=\"https://x.y/\">https://x.y</a>", "https://x.y");
    html("<a href='https://x.y/a'>x.y/a</a>", "x.y/a");
    html("<a href='//x.y/a b'>a <b>b</b> </a>c", "a *b* (https://x.y/a%20b) c");
    html("<a href='mailto:a@x.y?subject=oi'>escreva</a>, <a href='mailto:a@x.y'>a@x.y</a>", "escreva (a@x.y), a@x.y");
    html("<a href='tel:+5511988887777'>+55 (11) 98888-7777</a>", "+55 (11) 98888-7777");
    html("<a href='tel:+5511988887777'>ligue</a>", "ligue (+5511988887777)");
    html("<a href='javascript:x()'>a</a> <a href='#b'>b</a> <a href='/c'>c</a> <a>d</a>", "a b c d");
    html("<a href='https://x.y'></a>", "https://x.y");
    html("<b><a href='https://x.y'>https://x.y</a></b>", "https://x.y");
    html("<b>veja <a href='https://x.y'>aqui</a></b>", "*veja aqui* (https://x.y)");
    html("<a href='https://x.y'>a<a href='https://z.w'>b</a>", "a (https://x.y)b (https://z.w)");
    html("<iframe src='https://video.x/1'>old</iframe>", "https://video.x/1");
}

#[test]
fn pictures_leave_their_words_and_are_handed_over() {
    let picture = "Veja<img src='https://x.y/1.png' alt='o recibo'>aqui";
    html(picture, "Veja o recibo aqui");
    images(picture, Format::Html, &["https://x.y/1.png"]);
    images(
        "<img src=https://x.y/1><img src=cid:2><img src=data:image/png;base64,AA><img src=/3><img>",
        Format::Html,
        &["https://x.y/1"],
    );
    images("<img src=https://x.y/1><img src=https://x.y/1>", Format::Html, &["https://x.y/1"]);
    images("<img src=https://x.y/open.gif width=1 height=1>", Format::Html, &[]);
    images("oi <img src=https://x.y/e.png alt='😀'>", Format::Html, &[]);
    html("oi<img src=https://x.y/e.png alt='😀'>", "oi😀");
    html("<a href='https://x.y/1.png'><img src='https://x.y/1.png'></a>", "");
    html("<a href='https://x.y/2'><img src='https://x.y/1.png'></a>", "https://x.y/2");
    images("![recibo](https://x.y/1.png)", Format::Markdown, &["https://x.y/1.png"]);
    markdown("oi ![recibo](https://x.y/1.png)", "oi recibo");
}

#[test]
fn more_pictures_than_can_be_handed_over_are_links() {
    let many: Vec<String> = (0..=MAX_IMAGES).map(|number| format!("<img src=https://x.y/{number}>")).collect();
    let shown = plain(&many.concat(), Format::Html);
    assert_eq!((shown.images.len(), shown.text), (MAX_IMAGES, format!("https://x.y/{MAX_IMAGES}")));
}

#[test]
fn what_is_not_read_is_not_shown() {
    html(
        "<html><head><title>t</title><style>p{}</style></head><body>a<script>if (a<b) \"</p>\"</script></body></html>",
        "a",
    );
    html("<head><meta charset=utf-8><p>never closed", "never closed");
    html("a<!-- b -->c<template>d<template>e</template>f</template>g<svg><text>h</text></svg>i", "acgi");
    html("a<noscript><b>b</b></noscript>c<svg/>d", "acd");
}

#[test]
fn entities_are_decoded_once() {
    html("&lt;b&gt; &amp;amp; &ccedil;&#227;o &euro;&nbsp;5 &hellip; AT&T &copy", "<b> &amp; ção €\u{a0}5 … AT&T ©");
    html("a < b > c", "a < b > c");
}

#[test]
fn markdown_is_emphasis_lists_and_links() {
    markdown("**oi** *tudo* ~~bem~~ `x = 1`", "*oi* _tudo_ ~bem~ `x = 1`");
    markdown("# Prazo\nhoje", "*Prazo*\nhoje");
    markdown("* a\n* b\n  * c", "- a\n- b\n  - c");
    markdown("**x**\n- a\n- b\n\nfim", "*x*\n- a\n- b\n\nfim");
    markdown("1. a\n1. b\n1. c", "1. a\n2. b\n3. c");
    markdown("**x**\n\n2) a\n4) b", "*x*\n\n2) a\n4) b");
    markdown("> **a**\n> b\n\nc", "> *a*\n> b\n\nc");
    markdown("```sh\nls  -l\n\nx\n```\nfim", "```ls  -l\n\nx```\nfim");
    markdown(
        "[aqui](https://x.y) <https://z.w> <a@x.y> [b]\n\n[b]: https://b.c",
        "aqui (https://x.y) https://z.w a@x.y b (https://b.c)",
    );
    markdown("a\\*b &amp; **c**<br>d", "a*b & *c*\nd");
    markdown("**a\nb**", "*a*\n*b*");
    markdown("***a***", "*_a_*");
    markdown("```olá\ntudo *bem*```", "```olá\ntudo *bem*```");
    markdown("**a**\n```olá mundo\nb\n```", "*a*\n```olá mundo\nb```");
}

#[test]
fn nothing_in_an_address_is_a_sign() {
    for address in [
        "https://wiki.example/Guia_-_Trocar_uma_peca_(completo)",
        "https://x.example/_a_/*b*/~c~?q=__d__&e=*f*#_g_",
        "http://x.example/a_(b)_c_(d)",
        "HTTPS://X.EXAMPLE/_A_",
        "www.loja.example/_promo_/",
        "https://x.example/?a=1&amp;b=2&copy;=3",
        "https://x.example/[1]_[2]",
        "https://x.example/~ana~/`x`",
        "https://x.example/a_",
        "_ana_@x.example",
        "ana*maria*@loja.example",
        "__init__.py",
        "_config_.yml",
        "nota_*_final_*_.PDF",
        "(*.pdf,*.csv)",
        "\\\\servidor\\_publico_\\notas",
        "C:\\!novo\\_x_",
    ] {
        as_typed(address);
        as_typed(&format!("Veja {address}, por favor."));
        as_typed(&format!("Veja {address} e {address}"));
        as_typed(&format!("({address})"));
        markdown(&format!("**Aqui:** {address}"), &format!("*Aqui:* {address}"));
        markdown(&format!("- *um* {address}\n- {address}"), &format!("- _um_ {address}\n- {address}"));
    }
    // Around it they are.
    markdown("**https://x.example/a_b_c**", "https://x.example/a_b_c");
    markdown("*veja https://x.example/a_b aqui*", "veja https://x.example/a_b aqui");
    markdown("*veja https://x.example/_a_*, sim", "veja https://x.example/_a_, sim");
    markdown("[guia_novo_](https://x.example/a_(b)_c)", "guia_novo_ (https://x.example/a_(b)_c)");
    markdown("[https://x.example/_a_](https://x.example/_a_)", "https://x.example/_a_");
    markdown("<https://x.example/_a_> <_a_@x.example> **b**", "https://x.example/_a_ _a_@x.example *b*");
    // A sign right behind a link would become part of it.
    markdown("`https://x.example/_a_` **b**", "https://x.example/_a_ *b*");
    markdown("`__init__.py` **b**", "`__init__.py` *b*");
    markdown("```\nhttps://x.example/_a_ __init__.py\n```\n**b**", "```https://x.example/_a_ __init__.py```\n*b*");
    markdown("[a]\n\n[a]: https://x.example/_a_", "a (https://x.example/_a_)");
    markdown("_ana@x.example_ **nota_final.pdf** *relatório.pdf*", "_ana@x.example_ *nota_final.pdf* _relatório.pdf_");
    images(
        "![foto](https://x.example/_a_/b_.png) https://x.example/_c_",
        Format::Markdown,
        &["https://x.example/_a_/b_.png"],
    );
    // A letter of private use that was typed stays one.
    as_typed("\u{f0000} https://x.example/ab");
}

#[test]
fn a_formula_is_as_typed() {
    for formula in [
        "2*3*4",
        "(2*3)*(4*5)",
        "=A1*(B1+C1)*2",
        "x**2 + y**2 = 2**3**2",
        "3*x + 2*y = 10*z",
        "das 8h~12h e 13h~17h",
        "(*) obrigatório, (*) também",
        "[*] um [*] dois",
        "preço*quantidade*0,9",
        "snake_case_name, _id e __dirname",
    ] {
        as_typed(formula);
        markdown(&format!("**a** {formula}"), &format!("*a* {formula}"));
    }
}

#[test]
fn text_without_markdown_is_as_typed() {
    as_typed("1) um\n3) três\n\n\n2) dois");
    as_typed("use snake_case_names : 2*3*4 = 24  e  5 * 3");
    as_typed("5.");
    as_typed("#");
    as_typed("+ 10 de frete");
    as_typed("    recuado\n\tassim");
    as_typed("[nota]: sem ninguém");
    as_typed("Preencha <nome> e <CPF>, R$ 1.000,00 ~ 2.000,00");
    as_typed("linha um\nlinha dois  \n\n\n-----\nlinha três\r\n");
    markdown("**a**\n\n[nota]: https://x.y\n\nb", "*a*\n\n[nota]: https://x.y\n\nb");
    markdown("**a** 2*3*4 un**believ**able <nome>", "*a* 2*3*4 un**believ**able <nome>");
}

#[test]
fn a_text_is_cut_at_the_best_place() {
    parts("", 5, &[]);
    parts("abc", 3, &["abc"]);
    parts("aa bb. cc\n\ndd ee", 14, &["aa bb. cc\n\n", "dd ee"]);
    parts("aa bb. cc\ndd ee", 13, &["aa bb. cc\n", "dd ee"]);
    parts("aa bb. cc dd", 10, &["aa bb. ", "cc dd"]);
    parts("aa (bb.) cc dd", 12, &["aa (bb.) ", "cc dd"]);
    parts("aa bb cc", 7, &["aa bb ", "cc"]);
    parts("aa bb cc", 5, &["aa bb", " cc"]);
    parts("aa\n\nbb cc", 5, &["aa\n\n", "bb cc"]);
    parts("v1.2.3 abcdef", 8, &["v1.2.3 ", "abcdef"]);
    parts("abcdefg", 3, &["abc", "def", "g"]);
    parts("ab", 0, &["a", "b"]);
}

#[test]
fn a_link_is_cut_only_when_it_is_longer_than_a_part() {
    parts("veja https://x.y/abc.def?g=h, ok", 28, &["veja ", "https://x.y/abc.def?g=h, ok"]);
}

#[test]
fn a_grapheme_is_cut_only_when_it_is_longer_than_a_part() {
    parts("ab👩\u{200d}👩\u{200d}👧", 6, &["ab", "👩\u{200d}👩\u{200d}👧"]);
    parts("🇧🇷🇧🇷", 3, &["🇧🇷", "🇧🇷"]);
    parts("a\r\nb", 2, &["a", "\r\n", "b"]);
    parts("z\u{301}\u{301}\u{301}\u{301}b", 2, &["z\u{301}", "\u{301}\u{301}", "\u{301}b"]);
}
