//! Who a customer is.

/// An invented customer. `identity` is the address on the channel, `5531…@wa.gw.msging.net`.
#[derive(Clone, Debug)]
pub struct Profile {
    pub name: String,
    pub identity: String,
    pub phone: Option<String>,
    pub email: Option<String>,
    /// Whether the bot's contacts know the customer; the channel's directory always does.
    pub has_contact: bool,
}

impl Profile {
    /// A customer on `WhatsApp`; `phone` is digits with country code.
    pub fn whatsapp(name: &str, phone: &str) -> Self {
        Self::on("wa.gw.msging.net", name, phone, Some(format!("+{phone}")))
    }

    /// A customer on Messenger, known by a number that says nothing.
    pub fn messenger(name: &str, number: &str) -> Self {
        Self::on("messenger.gw.msging.net", name, number, None)
    }

    /// A visitor of the chat widget: `{uuid}.{bot}@0mn.io`.
    pub fn blip_chat(name: &str) -> Self {
        Self::on("0mn.io", name, &format!("{}.demobot", uuid::Uuid::new_v4()), None)
    }

    /// A customer of a company's own site, known by the site's name only.
    pub(crate) fn site(name: &str) -> Self {
        Self::on("site.example.com", name, "nobody", None)
    }

    /// With an e-mail address.
    #[must_use]
    pub fn email(mut self, email: &str) -> Self {
        self.email = Some(email.to_owned());
        self
    }

    /// Known to the channel's directory only.
    #[must_use]
    pub fn without_contact(mut self) -> Self {
        self.has_contact = false;
        self
    }

    fn on(domain: &str, name: &str, account: &str, phone: Option<String>) -> Self {
        let (name, identity) = (name.to_owned(), format!("{account}@{domain}"));
        Self { name, identity, phone, email: None, has_contact: true }
    }

    pub(crate) fn domain(&self) -> &str {
        self.identity.split_once('@').map_or("", |(_, domain)| domain)
    }
}
