//! Histories that found something on the code of their time. Each test run plays them again. A change of the simulation makes another
//! history of a seed: what it stands for is also a broken bridge, or a test in `verdict/tests.rs`.

/// The seed, and what it found.
pub(crate) const FOUND: &[(u64, &str)] = &[
    (33, "a ticket that is handed out again: the next conversation is never heard"),
    (39, "a notice that the helpdesk refuses: parked, with the words beside it"),
    (65, "a redirect that Blip refuses for good: nobody is told, and the words wait"),
    (69, "a message that no ticket is there for: nine openings"),
    (73, "a call that began too close to the function's limit"),
    (105, "one notice to the customer, twice"),
    (158, "a greeting twice, since the look before it failed"),
    (161, "answers that were delivered, and their agent told that they were not, since a look found them again"),
    (168, "files of a silent host: the function is killed again and again"),
    (178, "receipts that push the customer's words out"),
    (186, "a file that is given up at its first real try"),
    (218, "a late note on the old ticket for who was sent back 25 s before"),
    (228, "the parts after one that is refused are never posted"),
    (285, "a message that no ticket is there for: six openings"),
    (679, "answers of six parts push each other out, and are sent again"),
    (820, "many parts, and a slow other side: killed within a message"),
    (1465, "answers that hooks told are sent again by the poller"),
    (1495, "two copies in one merged batch"),
    (1662, "two copies in one merged batch"),
    (2077, "a refusal that nobody is told of within an hour"),
    (2139, "answers of six parts are sent again after they were confirmed"),
    (3_011_701, "answers that a look found again, and that the run forgot before their turn"),
    (3_017_482, "more parts than a run can ask Blip about: it never ends"),
    (3_036_874, "words that were sent before their ticket was taken up again"),
    (3_096_916, "a lost file among what arrived, and its agent is not told"),
    (1_006_738, "two tickets of one customer in one batch: the judge's own false alarm"),
];
