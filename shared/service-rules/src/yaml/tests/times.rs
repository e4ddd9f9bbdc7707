//! Hours, and all that is counted in time.

/// Documents, and a part of each line of the answer, as in the table beside it.
pub(super) const CASES: &[(&str, &[&str])] = &[
    (
        "version: 1\nhours:\n  week:\n    mon-fri: ['09:00-12:00', 13:00-18:00]\n    sat: [9:00-13:00]\n  holidays: {calendar: BR, also: [07-09, 2026-12-24], optional: [carnival]}\n  open: [2026-12-19 09:00-18:00]\n  closed: [12-28 to 01-02, 2026-12-24 13:00-24:00]\n  source: {from: zendesk}\nnight: 22:00-07:00\nsilence: {agent_silent: {note_after: 15m}}\nrating: {asked_by: bridge}",
        &[],
    ),
    ("version: 1\nnight: none", &[]),
    (
        "version: 1\nhours:\n  week:\n    seg: ['09:00-12:00']\n    mon-fri: 09:00-12:00\n    sat: ['9h-13h', 10:00-10:00]\n    sun:\n  zone: Sao Paulo\n  closed: [24/12/2026, 2026-02-30]\n  open: [2026-12-19]\n  holidays: {calendar: br, optional: [carnaval], also: [natal]}\n  outside: tickets\n",
        &[
            "line 4, column 5: hours.week.seg: there is no such key; write days such as `mon`, `mon-fri` or `sat-sun`",
            "line 5, column 14: hours.week.mon-fri: `09:00-12:00` is not allowed; write a list (`- ` before each)",
            "line 6, column 11: hours.week.sat[0]: `9h-13h` is not allowed; write a range of times such as `09:00-18:00`",
            "hours.week.sat[1]: `10:00-10:00` is not allowed; the range ends when it begins",
            "hours.week.sun: has no value; write a list",
            "hours.closed[0]: `24/12/2026` is not allowed; write a date (`2026-12-24`), dates",
            "hours.closed[1]: `2026-02-30` is not allowed; there is no such day in the calendar",
            "hours.open[0]: `2026-12-19` is not allowed; write a date and a range of times",
            "hours.holidays.calendar: `br` is not allowed; did you mean `BR`?",
            "hours.holidays.optional[0]: `carnaval` is not allowed; did you mean `carnival`?",
            "hours.holidays.also[0]: `natal` is not allowed; write a date such as `2026-12-24`",
            "hours.outside: `tickets` is not allowed; did you mean `ticket`?",
        ],
    ),
    (
        "version: 1\nqueues: {a: {name: A}}\nhours:\n  zone: Sao Paulo\n  week: {mon-fri: ['09:00-12:00', '11:00-18:00'], fri: ['09:00-10:00']}\n  holidays: {optional: [carnival], not: [11-20]}\n  by_queue:\n    b: {zone: x, week: {}}\n    a: {source: {from: blip, schedule: ' '}}\nwaiting: {by_queue: {c: false}}\nrating: {by_queue: {d: bridge}}\nnight: 00:00-24:00\n",
        &[
            "hours.zone: there is no time zone of this name; did you mean `America/Sao_Paulo`?",
            "hours.week.mon-fri: `09:00-12:00` and `11:00-18:00` overlap",
            "hours.week.fri: `fri` stands in `mon-fri`, too; write each day once",
            "hours.holidays.optional: counts only with `calendar: BR`",
            "hours.holidays.not: counts only with `calendar: BR`",
            "line 8, column 5: hours.by_queue.b: there is no queue `b`; did you mean `a`?",
            "hours.by_queue.b.zone: there is no time zone of this name",
            "hours.by_queue.b.week: has no times; write some, or take `week` away",
            "hours.by_queue.a.source.schedule: is empty",
            "waiting.by_queue.c: there is no queue `c`",
            "rating.by_queue.d: there is no queue `d`",
            "night: the whole day is night",
        ],
    ),
    (
        "version: 1\nsilence:\n  unanswered: {warn_after: 2h, hand_back_after: 90m, count: open}\n  customer_silent: {warn_after: 10 m}\n",
        &[
            "silence.unanswered.count: `open` is not allowed; write `clock` or `open_hours`",
            "silence.customer_silent.warn_after: `10 m` is not allowed; write a time such as `45s`",
        ],
    ),
    (
        "version: 1\nsilence:\n  unanswered: {warn_after: 2h, hand_back_after: 90m}\n  agent_silent: {note_after: 30s}\n  customer_silent: {warn_after: 10m, tag: ''}\n  by_channel: {watsapp: {customer_silent: {warn_after: 1h, close_after: 1h}}}\n",
        &[
            "silence.unanswered.hand_back_after: must be longer than `warn_after`, which is 2h",
            "silence.customer_silent.warn_after: warns of a closing that never comes; write `close_after`, too",
            "silence.customer_silent.tag: is empty",
            "silence.by_channel.watsapp: there is no channel of this name; did you mean `whatsapp`?",
            "silence.by_channel.watsapp.customer_silent.close_after: must be longer than `warn_after`, which is 1h",
        ],
    ),
    (
        "version: 1\nsilence: {agent_silent: {note_after: 30s}}\nleaving: {ask_back: false}",
        &[
            "warning: silence.agent_silent.note_after: is shorter than a minute",
            "warning: leaving.ask_back: is never used",
        ],
    ),
    // What is taken and probably not meant.
    (
        "version: 1\nsilence:\n  unanswered: {warn_after: 10m, hand_back_after: 1d}\n  customer_silent: {warn_after: 23h59m, close_after: 24h}\n  by_channel: {email: {customer_silent: {close_after: 2d}}}\n",
        &[
            "line 3, column 33: warning: silence.unanswered.hand_back_after: is too late on WhatsApp",
            "line 4, column 41: warning: silence.customer_silent.close_after: is too late on WhatsApp",
        ],
    ),
    (
        "version: 1\nsilence:\n  customer_silent: {close_after: 3d}\n  by_channel: {WA.gw.msging.net: {customer_silent: {warn_after: 24h, close_after: 25h}}}\n",
        &[
            "warning: silence.by_channel.WA.gw.msging.net.customer_silent.warn_after: is too late on WhatsApp",
            "warning: silence.by_channel.WA.gw.msging.net.customer_silent.close_after: is too late on WhatsApp",
        ],
    ),
    (
        "version: 1\nsilence:\n  customer_silent: {close_after: 3d}\n  by_channel: {whatsapp: {customer_silent: {}}}\n",
        &[],
    ),
    (
        "version: 1\nhours: {outside: bot, holidays: {calendar: BR, not: [11-20, 11-21, 07-09]}}\n",
        &[
            "line 2, column 1: warning: hours: has no `week`, so it is open day and night",
            "warning: hours.holidays.not[1]: is no holiday of the calendar",
            "warning: hours.holidays.not[2]: is no holiday of the calendar",
        ],
    ),
    (
        "version: 1\nqueues: {a: {name: A}, b: {name: B}}\nhours: {by_queue: {a: {source: {from: blip}}, b: {week: {mon: ['09:00-10:00']}}}}\n",
        &["warning: hours.by_queue.a.source: has no `week` beside it"],
    ),
    (
        "version: 1\nhours: {source: {from: zendesk}}\n",
        &["line 2, column 9: warning: hours.source: has no `week` beside it"],
    ),
    (
        "version: 1\nqueues: {a: {name: A}}\nhours: {closed: [12-24], by_queue: {a: {week: {mon: ['09:00-10:00']}}}}\n",
        &[],
    ),
    (
        "version: 1\nqueues: {a: {name: A}}\nrating: {asked_by: helpdesk, wait: 59s, by_queue: {a: helpdesk}}\nreopening: {within: 30m, thanks: [valeu, obrigado por tudo mesmo, '...']}\ntexts: {en: {next_in_line: You are next, transferred: false}, es: {transferred: Fue derivado}}\n",
        &[
            "warning: rating.wait: is shorter than a minute",
            "warning: reopening.thanks[1]: is never found",
            "warning: reopening.thanks[2]: is never found",
        ],
    ),
    ("version: 1\nqueues: {a: {name: A}}\nrating: {field: CSAT, by_queue: {a: bridge}}\n", &[]),
    (
        "version: 1\nrating: {asked_by: helpdesk, field: CSAT}\n",
        &["warning: rating.field: is never used, as Ponte asks for no rating (`asked_by: bridge`)"],
    ),
    ("version: 1\nrating: {asked_by: bridge, field: ' '}\n", &["rating.field: is empty"]),
    (
        "version: 1\nleaving: {words: [sair, ''], ask_back: maybe}\nreopening: {within: 30, thanks: ['']}\nwaiting: {tell: yes}\n",
        &[
            "leaving.ask_back: `maybe` is not allowed; write true or false",
            "reopening.within: `30` is not allowed; write a time such as",
            "waiting.tell: `yes` is not allowed; write true or false",
        ],
    ),
];
