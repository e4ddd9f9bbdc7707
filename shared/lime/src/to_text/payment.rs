//! The words of bills, receipts and codes to copy.
//!
//! Amounts are shown as they came, with their currency.

use serde_json::Value;

use super::facts;
use super::page::{Page, joined, scalar};
use crate::{CopyAndPaste, Invoice, InvoiceItem, InvoiceStatus, PaymentReceipt};

/// A bill: its lines, the sum, the day it falls due.
pub(super) fn invoice(invoice: &Invoice, page: &mut Page) {
    page.line("[invoice]");
    items(invoice.items.as_deref(), page);
    page.line(&amount(invoice.total.as_ref(), invoice.currency.as_deref()));
    page.line(invoice.due_to.as_deref().unwrap_or(""));
    facts::write(&invoice.unread(), page);
}

/// What became of a bill.
pub(super) fn status(status: &InvoiceStatus, page: &mut Page) {
    page.line(&joined(["[invoice]", &status.status]));
    page.lines([status.date.as_deref(), status.code.as_deref()]);
    facts::write(&status.unread(), page);
}

/// A receipt: how, what, how much, when.
pub(super) fn receipt(receipt: &PaymentReceipt, page: &mut Page) {
    let method = receipt.method.as_ref().and_then(|method| method.name.as_deref());
    page.line(&joined(["[payment]", method.unwrap_or("")]));
    items(receipt.items.as_deref(), page);
    page.line(&amount(receipt.total.as_ref(), receipt.currency.as_deref()));
    page.lines([receipt.paid_on.as_deref(), receipt.code.as_deref()]);
    facts::write(&receipt.unread(), page);
}

/// A code to copy, the code last and alone on its line.
pub(super) fn copy_and_paste(code: &CopyAndPaste, page: &mut Page) {
    let button = code.button.as_ref();
    page.lines([
        code.header.as_deref(),
        code.body.as_deref(),
        code.footer.as_deref(),
        button.and_then(|button| button.text.as_deref()),
        button.and_then(|button| button.value.as_deref()),
    ]);
    facts::write(&code.unread(), page);
}

fn items(items: Option<&[InvoiceItem]>, page: &mut Page) {
    for item in items.unwrap_or_default() {
        let quantity = item.quantity.as_ref().map(count).unwrap_or_default();
        let total = amount(item.total.as_ref(), item.currency.as_deref());
        let others = facts::inline(&Value::Object(item.unread()));
        page.line(&joined([quantity.as_str(), item.description.as_deref().unwrap_or(""), &total, &others]));
    }
}

/// `2 ×`; a whole number that came as `2.0` is still a whole number.
fn count(quantity: &Value) -> String {
    let quantity = scalar(quantity);
    format!("{} ×", quantity.strip_suffix(".0").unwrap_or(&quantity))
}

fn amount(total: Option<&Value>, currency: Option<&str>) -> String {
    let Some(total) = total else {
        return String::new();
    };
    joined([scalar(total).as_str(), currency.unwrap_or("")])
}
