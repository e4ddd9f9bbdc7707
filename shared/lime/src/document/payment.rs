//! Bills, what became of them, and receipts.
//!
//! Amounts are kept as they came, never calculated with: money in a floating number is for showing only.

use serde_json::Value;

use crate::record::record;

record! {
    /// `application/vnd.lime.invoice+json` (docs.blip.ai, content-types/payment-invoice, 2023).
    Invoice
    needs {}
    may {
        /// When it was made: ISO 8601.
        created: String = "created",
        /// When it falls due: ISO 8601.
        due_to: String = "dueTo",
        /// ISO 4217.
        currency: String = "currency",
        /// The sum, in `currency`.
        total: Value = "total",
        /// What is billed.
        items: Vec<InvoiceItem> = "items",
    }
}

record! {
    /// A line of a bill or a receipt.
    InvoiceItem
    needs {}
    may {
        /// How many.
        quantity: Value = "quantity",
        /// The price of one.
        unit: Value = "unit",
        /// ISO 4217.
        currency: String = "currency",
        /// The sum of the line.
        total: Value = "total",
        /// What it is.
        description: String = "description",
    }
}

record! {
    /// `application/vnd.lime.invoice-status+json` (docs.blip.ai, content-types/invoice-status, 2023).
    InvoiceStatus
    needs {
        /// `completed`, `cancelled`, `refunded`.
        status: String = "status",
    }
    may {
        /// When: ISO 8601.
        date: String = "date",
        /// The payment channel's own number.
        code: String = "code",
    }
}

record! {
    /// `application/vnd.lime.payment-receipt+json` (docs.blip.ai, content-types/payment-receipt, 2023).
    PaymentReceipt
    needs {}
    may {
        /// When: ISO 8601.
        paid_on: String = "paidOn",
        /// The payment channel's own number.
        code: String = "code",
        /// How it was paid.
        method: PaymentMethod = "method",
        /// ISO 4217.
        currency: String = "currency",
        /// The sum, in `currency`.
        total: Value = "total",
        /// What was paid.
        items: Vec<InvoiceItem> = "items",
    }
}

record! {
    /// How something was paid.
    PaymentMethod
    needs {}
    may {
        /// For people.
        name: String = "name",
    }
}
