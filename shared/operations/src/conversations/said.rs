//! What a person says who means a customer: a telephone as people write it, a ticket's number, a name on the channel. Pure.
//!
//! A telephone has several spellings on the wire. In Brazil a mobile number has nine digits behind its area code since 2016, and an
//! account of WhatsApp that is older may still be called by eight; nobody publishes which. So each spelling is looked for, and what is
//! found by more than one is shown, not chosen from.

use ponte::{
    hash::HashKey,
    lime::{Identity, Node},
    message::{CustomerKey, TicketId},
};

/// Fewer digits are no telephone with its area code, more are none at all (ITU-T E.164).
const DIGITS: std::ops::RangeInclusive<usize> = 8..=15;
/// What people put between digits.
const BETWEEN: &str = "+()[].-/\u{2010}\u{2011}\u{2012}\u{2013}\u{2014}";
/// What stands before a telephone that was copied from a link (RFC 3966; WhatsApp's own links).
const SCHEMES: [&str; 4] = ["tel:", "whatsapp:", "https://wa.me/", "wa.me/"];
/// The channels whose names are telephones (docs.blip.ai, channels, 2023; `docs/ARCHITECTURE.md` has who else is on Blip).
const TELEPHONES: [&str; 5] =
    ["wa.gw.msging.net", "sms.gw.msging.net", "take.io", "tangram.com.br", "googlercs.gw.msging.net"];

/// The words, without blanks around them.
#[derive(Clone, PartialEq, Eq)]
pub struct Said(String);

impl std::fmt::Debug for Said {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Said(…)")
    }
}

impl Said {
    /// `None` when nothing is said.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        (!text.is_empty() && !text.chars().any(char::is_control)).then(|| Self(text.to_owned()))
    }

    /// The helpdesk's ticket that may be meant: `#4711` is how people write 4711, and a ticket's page in the browser ends with its number.
    pub(super) fn tickets(&self) -> Vec<TicketId> {
        let bare = match self.0.split_once("://") {
            Some((_, page)) => page.rsplit(['/', '=', '#', '?']).find(|part| !part.is_empty()).unwrap_or_default(),
            None => self.0.trim_start_matches('#').trim_start(),
        };
        let mut tickets = vec![TicketId::new(self.0.clone())];
        if bare != self.0 && !bare.is_empty() {
            tickets.push(TicketId::new(bare));
        }
        tickets
    }

    /// The address that it is when its `@` is percent-encoded, as one stands in another.
    pub(super) fn address(&self) -> Option<Node> {
        Node::parse(&self.0.replace("%40", "@")).ok()
    }

    /// The keys that it may lead to by itself: Blip's ticket, and the router's number of a customer.
    pub(super) fn keys(&self, key: &HashKey) -> Vec<CustomerKey> {
        let addresses =
            ["desk.msging.net", "tunnel.msging.net"].map(|domain| Node::parse(&format!("{}@{domain}", self.0)));
        addresses.into_iter().flatten().map(|address| CustomerKey::of(&address, key)).collect()
    }

    /// What the customer may be called.
    pub(super) fn names(&self) -> Names {
        Names { exact: vec![self.0.clone()], telephones: spellings(&self.0) }
    }
}

/// What a customer may be called on a channel.
#[derive(Clone, Default, PartialEq, Eq)]
pub(super) struct Names {
    /// On any channel.
    exact: Vec<String>,
    /// Where names are telephones.
    telephones: Vec<String>,
}

impl std::fmt::Debug for Names {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Names({}, {})", self.exact.len(), self.telephones.len())
    }
}

impl Names {
    /// Those of an address: its name, as a telephone too; and the whole of it, which is how a channel of e-mail writes its customers
    /// (`maria%40example.com@mailgun.gw.msging.net`).
    pub(super) fn of_address(address: &Node) -> Self {
        let encoded = address.identity().as_str().replacen('@', "%40", 1);
        let more = encoded.contains('+').then(|| encoded.replace('+', "%2B"));
        Self { exact: std::iter::once(encoded).chain(more).collect(), telephones: Vec::new() }
    }

    /// The identities on the channel of this domain.
    pub(super) fn on(&self, domain: &str) -> impl Iterator<Item = Identity> {
        let telephones = if has_telephones(domain) { self.telephones.as_slice() } else { &[] };
        let names = self.exact.iter().chain(telephones);
        names.filter_map(move |name| Identity::parse(&format!("{name}@{domain}")).ok())
    }
}

/// The identities that an address on a channel may be written as: itself, and the other spellings of its telephone.
pub(super) fn identities(address: &Node) -> Vec<Identity> {
    let mut all = vec![address.identity()];
    if has_telephones(address.domain()) {
        let others = spellings(address.name()).into_iter();
        all.extend(others.filter_map(|name| Identity::parse(&format!("{name}@{}", address.domain())).ok()));
    }
    all
}

fn has_telephones(domain: &str) -> bool {
    TELEPHONES.iter().any(|one| one.eq_ignore_ascii_case(domain))
}

/// The spellings of a telephone on the wire: digits with the country's code, in Brazil with the ninth digit and without. None, if it
/// is no telephone.
fn spellings(text: &str) -> Vec<String> {
    let text = SCHEMES.iter().find_map(|scheme| text.strip_prefix(scheme)).unwrap_or(text);
    let between = |c: char| c.is_whitespace() || BETWEEN.contains(c);
    if !text.chars().all(|c| c.is_ascii_digit() || between(c)) {
        return Vec::new();
    }
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    let abroad = text.trim_start().trim_start_matches(['(', '[']).starts_with('+') || digits.starts_with("00");
    // The zeros with which one dials out of a town or a country.
    let digits = digits.trim_start_matches('0').to_owned();
    if !DIGITS.contains(&digits.len()) {
        return Vec::new();
    }
    let mut all = Vec::new();
    let mut add = |number: String| {
        if !all.contains(&number) {
            all.push(number);
        }
    };
    // An area code and eight or nine digits: somebody in Brazil who leaves the country out.
    if !abroad && matches!(digits.len(), 10 | 11) {
        let number = format!("55{digits}");
        other_spelling(&number).into_iter().for_each(&mut add);
        add(number);
    }
    // As in "+55 (0) 31 …".
    let number = match digits.strip_prefix("550") {
        Some(rest) => format!("55{rest}"),
        None => digits,
    };
    other_spelling(&number).into_iter().for_each(&mut add);
    add(number);
    all
}

/// A Brazilian mobile number with the ninth digit, or without it. Eight digits that begin with 2 to 5 are of a fixed line, somebody else's.
fn other_spelling(number: &str) -> Option<String> {
    let local = number.strip_prefix("55")?;
    let (area, local) = local.split_at_checked(2)?;
    let is_mobile = |local: &str| matches!(local.as_bytes().first(), Some(b'6'..=b'9'));
    match local.len() {
        9 => local.strip_prefix('9').filter(|short| is_mobile(short)).map(|short| format!("55{area}{short}")),
        8 if is_mobile(local) => Some(format!("55{area}9{local}")),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_telephone_is_understood_however_it_is_written() {
        for text in [
            "+55 31 98888-0002",
            "5531988880002",
            "31988880002",
            "(31) 98888-0002",
            "(031) 9.8888.0002",
            "0 31 98888 0002",
            "+55 (0)31 98888-0002",
            "0055 31 98888 0002",
            "55-31-98888-0002",
            "+55\u{a0}31\u{a0}98888\u{2011}0002",
            "[31] 98888/0002",
            "(+55) 31 98888 0002",
            "tel:+55-31-98888-0002",
            "whatsapp:+5531988880002",
            "https://wa.me/5531988880002",
            // Without the ninth digit.
            "+55 31 8888-0002",
            "3188880002",
            "553188880002",
            "(31) 8888.0002",
        ] {
            let found = spellings(text);
            for wanted in ["5531988880002", "553188880002"] {
                assert!(found.iter().any(|one| one == wanted), "{text}: {found:?}");
            }
        }
    }

    #[test]
    fn nobody_elses_number_is_made_of_one() {
        // A fixed line is no mobile number without its ninth digit, and the other way round.
        assert_eq!(spellings("+55 31 3333-0002"), ["553133330002"]);
        assert_eq!(spellings("+55 11 93333-0002"), ["5511933330002"]);
        // Another country's.
        assert_eq!(spellings("+351 912 345 678"), ["351912345678"]);
        assert_eq!(spellings("+1 (415) 555-0100"), ["14155550100"]);
        // No telephone.
        for text in ["", "4711", "T-1001", "maria", "12345678901234567", "31 98888-0002 ramal 5", "٣١٩٨٨٨٨٠٠٠٢"]
        {
            assert_eq!(spellings(text), [""; 0], "{text}");
        }
    }

    #[test]
    fn a_telephone_is_one_only_where_names_are_telephones() {
        let names = Said::parse("31 98888-0002").unwrap().names();
        let on = |domain: &str| names.on(domain).map(|one| one.as_str().to_owned()).collect::<Vec<_>>();
        assert!(on("WA.gw.msging.net").contains(&"553188880002@WA.gw.msging.net".to_owned()));
        // There a number is somebody's id.
        assert_eq!(on("telegram.gw.msging.net"), ["31 98888-0002@telegram.gw.msging.net"]);
        let address = |text: &str| Node::parse(text).unwrap();
        assert_eq!(identities(&address("123456789@telegram.gw.msging.net")).len(), 1);
        assert_eq!(identities(&address("5531988880002@wa.gw.msging.net")).len(), 3);
        let mail = Names::of_address(&address("maria@example.com"));
        let mail: Vec<Identity> = mail.on("mailgun.gw.msging.net").collect();
        assert_eq!(mail, [Identity::parse("maria%40example.com@mailgun.gw.msging.net").unwrap()]);
    }

    #[test]
    fn a_ticket_is_written_with_its_sign_or_without() {
        let tickets = |text: &str| Said::parse(text).unwrap().tickets();
        assert_eq!(tickets("4711"), [TicketId::new("4711")]);
        assert_eq!(tickets("# 4711"), [TicketId::new("# 4711"), TicketId::new("4711")]);
        assert_eq!(tickets("https://x.example/agent/tickets/4711/")[1], TicketId::new("4711"));
        assert_eq!(tickets("https://x.example/Ticket/Display.html?id=4711")[1], TicketId::new("4711"));
        assert!(Said::parse(" ").is_none() && Said::parse("a\u{0}b").is_none());
    }
}
