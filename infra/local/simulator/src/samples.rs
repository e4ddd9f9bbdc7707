//! Files to send: they begin as their type does, so that who looks at the bytes agrees with the MIME type, and go on with bytes
//! of every value that depend on the size. No viewer would show them.

/// `image/jpeg` of this many bytes.
pub fn jpeg(size: usize) -> Vec<u8> {
    filled(b"\xFF\xD8\xFF\xE0\x00\x10JFIF\x00", size)
}

/// `image/png` of this many bytes.
pub fn png(size: usize) -> Vec<u8> {
    filled(b"\x89PNG\r\n\x1A\n\x00\x00\x00\x0DIHDR", size)
}

/// `application/pdf` of this many bytes.
pub fn pdf(size: usize) -> Vec<u8> {
    filled(b"%PDF-1.7\n", size)
}

/// `video/mp4` of this many bytes.
pub fn mp4(size: usize) -> Vec<u8> {
    filled(b"\0\0\0\x18ftypisom\0\0\x02\0isomiso2", size)
}

/// `audio/ogg; codecs=opus`, a voice note, of this many bytes.
pub fn voice(size: usize) -> Vec<u8> {
    filled(b"OggS\x00\x02\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\x01\x13OpusHead", size)
}

fn filled(beginning: &[u8], size: usize) -> Vec<u8> {
    let mut state = u64::try_from(size).unwrap_or(u64::MAX) | 1;
    let noise = std::iter::repeat_with(|| {
        // xorshift64 (Marsaglia, 2003)
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state.to_be_bytes()[0]
    });
    beginning.iter().copied().chain(noise).take(size).collect()
}
