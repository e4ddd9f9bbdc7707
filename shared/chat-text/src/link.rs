//! What a customer can use of a link or of a picture's source.

use percent_encoding::percent_decode_str;

/// The schemes whose address is shown without the scheme.
const ADDRESSES: [&str; 3] = ["mailto:", "tel:", "sms:"];

/// What is shown of a link: a web address whole, a mail address or telephone number alone. None for what leads nowhere from
/// a chat: anchors, relative links, scripts.
pub(super) fn shown(href: &str) -> Option<String> {
    if let Some(url) = web(href) {
        return Some(url);
    }
    let href = tidy(href);
    let address = ADDRESSES.iter().find_map(|scheme| after(&href, scheme))?;
    let address = address.split('?').next().unwrap_or_default();
    let address: String = percent_decode_str(address).decode_utf8_lossy().chars().filter(|c| !c.is_control()).collect();
    Some(address.trim().to_owned()).filter(|address| !address.is_empty())
}

/// An absolute link to the web. A link without a scheme (`//host/path`) gets `https`.
pub(super) fn web(href: &str) -> Option<String> {
    let href = tidy(href);
    let url = if href.starts_with("//") { format!("https:{href}") } else { href };
    let host = after(&url, "https://").or_else(|| after(&url, "http://"))?;
    if host.is_empty() { None } else { Some(url) }
}

/// Whether a link's text already says where it leads.
pub(super) fn says(text: &str, address: &str) -> bool {
    let is_number = address.chars().all(|c| c.is_ascii_digit() || "+-() .".contains(c));
    if is_number {
        return digits(text) == digits(address);
    }
    bare(text).eq_ignore_ascii_case(bare(address))
}

/// As the URL standard reads an attribute: no blanks around it, no line breaks or tabs inside; a space would end it in a chat.
fn tidy(href: &str) -> String {
    href.trim().chars().filter(|c| !c.is_control()).collect::<String>().replace(char::is_whitespace, "%20")
}

/// What follows this scheme, in any case.
fn after<'a>(href: &'a str, scheme: &str) -> Option<&'a str> {
    let (start, rest) = href.split_at_checked(scheme.len())?;
    start.eq_ignore_ascii_case(scheme).then_some(rest)
}

fn bare(address: &str) -> &str {
    let address = address.trim();
    let address = after(address, "https://").or_else(|| after(address, "http://")).unwrap_or(address);
    address.strip_suffix('/').unwrap_or(address)
}

fn digits(text: &str) -> String {
    text.chars().filter(|c| !"-() .".contains(*c) && !c.is_whitespace()).collect()
}
