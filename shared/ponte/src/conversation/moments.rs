//! Moments of a record, some of which are there: a bit for each, and those that are there in 4 bytes each, in Unix seconds.

/// Which of the moments are there, from the lowest bit on, and their bytes.
pub(super) fn pack<const N: usize>(moments: [Option<i64>; N]) -> (u8, Vec<u8>) {
    let (mut present, mut bytes) = (0, Vec::new());
    for (at, moment) in moments.into_iter().enumerate() {
        if let Some(moment) = moment {
            present |= 1 << at;
            bytes.extend(u32::try_from(moment).unwrap_or_default().to_be_bytes());
        }
    }
    (present, bytes)
}

/// The moments again. What is missing is not there.
pub(super) fn unpack<const N: usize>(present: u8, bytes: &[u8]) -> [Option<i64>; N] {
    let (moments, _) = bytes.as_chunks::<4>();
    let mut moments = moments.iter();
    std::array::from_fn(|at| {
        let moment = if present & (1 << at) == 0 { None } else { moments.next() };
        moment.map(|bytes| i64::from(u32::from_be_bytes(*bytes)))
    })
}
