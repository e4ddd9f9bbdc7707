//! A file that stands as base64 in one member of a JSON object, read as it comes: `{"Content": "TyBw…"}`.
//!
//! Request Tracker hands out its attachments so. Nothing of the answer is kept but four characters of base64, so that memory does
//! not grow with the file. It reads what a JSON writer makes and does not judge the rest: a member that never comes, or is no
//! base64, is an answer that broke off.

use bytes::{BufMut as _, Bytes, BytesMut};

/// A member is not there whole, or is no base64.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct NotThere;

/// The reader.
#[derive(Debug)]
pub(super) struct Member {
    name: &'static str,
    /// How many objects and arrays are open.
    depth: usize,
    /// The last name in the outermost object, as far as it may be ours.
    key: Vec<u8>,
    at: At,
    /// Bits of base64 that are no whole byte yet, and how many.
    bits: u32,
    count: u32,
    padded: bool,
    done: bool,
}

/// Where in the JSON the next byte stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum At {
    /// In the outermost object, before a name.
    BeforeKey,
    /// After the name and its colon, and within everything that is no text.
    BeforeValue,
    Text(Role),
    /// After a backslash.
    Escape(Role),
    /// Within `\u0000`: the digits that are left, and what they said so far.
    Unicode(Role, u8, u32),
}

/// Whose text it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Role {
    Key,
    File,
    Other,
}

impl Member {
    pub(super) fn new(name: &'static str) -> Self {
        let at = At::BeforeValue;
        Self { name, depth: 0, key: Vec::new(), at, bits: 0, count: 0, padded: false, done: false }
    }

    /// The bytes of the file that are in this piece of the answer.
    pub(super) fn decode(&mut self, piece: &[u8]) -> Result<Bytes, NotThere> {
        let mut file = BytesMut::with_capacity(piece.len() / 4 * 3 + 3);
        for byte in piece {
            self.step(*byte, &mut file)?;
        }
        Ok(file.freeze())
    }

    /// After the last piece.
    pub(super) fn end(&self) -> Result<(), NotThere> {
        if self.done { Ok(()) } else { Err(NotThere) }
    }

    fn step(&mut self, byte: u8, file: &mut BytesMut) -> Result<(), NotThere> {
        match self.at {
            At::BeforeKey | At::BeforeValue => self.between(byte),
            At::Text(role) if byte == b'"' => self.text_ends(role)?,
            At::Text(role) if byte == b'\\' => self.at = At::Escape(role),
            At::Text(role) => self.character(role, byte, file)?,
            At::Escape(role) => {
                self.at = At::Text(role);
                match byte {
                    b'u' => self.at = At::Unicode(role, 4, 0),
                    b'b' | b'f' | b'n' | b'r' | b't' => self.character(role, b'\n', file)?,
                    other => self.character(role, other, file)?,
                }
            }
            At::Unicode(role, left, said) => {
                let digit = char::from(byte).to_digit(16).ok_or(NotThere)?;
                let said = said * 16 + digit;
                self.at = At::Unicode(role, left - 1, said);
                if left == 1 {
                    self.at = At::Text(role);
                    // What is no ASCII is neither base64 nor in a name of ours.
                    self.character(role, u8::try_from(said).unwrap_or(u8::MAX), file)?;
                }
            }
        }
        Ok(())
    }

    fn between(&mut self, byte: u8) {
        match byte {
            b'{' | b'[' => {
                self.depth = self.depth.saturating_add(1);
                self.at = if self.depth == 1 && byte == b'{' { At::BeforeKey } else { At::BeforeValue };
            }
            b'}' | b']' => self.depth = self.depth.saturating_sub(1),
            b',' if self.depth == 1 => self.at = At::BeforeKey,
            b'"' if self.at == At::BeforeKey => {
                self.key.clear();
                self.at = At::Text(Role::Key);
            }
            b'"' => {
                let ours = self.depth == 1 && !self.done && self.key == self.name.as_bytes();
                self.at = At::Text(if ours { Role::File } else { Role::Other });
            }
            _ => {}
        }
    }

    fn text_ends(&mut self, role: Role) -> Result<(), NotThere> {
        self.at = At::BeforeValue;
        if role == Role::File {
            // Six bits are left of four characters that were cut after the first.
            if self.count >= 6 {
                return Err(NotThere);
            }
            self.done = true;
        }
        Ok(())
    }

    fn character(&mut self, role: Role, byte: u8, file: &mut BytesMut) -> Result<(), NotThere> {
        match role {
            Role::Other => Ok(()),
            Role::Key => {
                // One more than ours has is enough to be another.
                if self.key.len() <= self.name.len() {
                    self.key.push(byte);
                }
                Ok(())
            }
            Role::File => self.base64(byte, file),
        }
    }

    fn base64(&mut self, byte: u8, file: &mut BytesMut) -> Result<(), NotThere> {
        let value = match byte {
            b'A'..=b'Z' => byte - b'A',
            b'a'..=b'z' => byte - b'a' + 26,
            b'0'..=b'9' => byte - b'0' + 52,
            b'+' => 62,
            b'/' => 63,
            b'=' => {
                self.padded = true;
                return Ok(());
            }
            b' ' | b'\n' | b'\r' | b'\t' => return Ok(()),
            _ => return Err(NotThere),
        };
        if self.padded {
            return Err(NotThere);
        }
        self.bits = (self.bits << 6 | u32::from(value)) & 0xFFF;
        self.count += 6;
        if self.count >= 8 {
            self.count -= 8;
            file.put_u8(u8::try_from(self.bits >> self.count & 0xFF).unwrap_or_default());
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use base64::{Engine as _, engine::general_purpose::STANDARD};
    use serde_json::json;

    use super::*;

    /// What comes of the answer, in pieces of `size` bytes.
    fn decoded(answer: &str, size: usize) -> Result<Vec<u8>, NotThere> {
        let mut member = Member::new("Content");
        let mut file = Vec::new();
        for piece in answer.as_bytes().chunks(size) {
            file.extend_from_slice(&member.decode(piece)?);
        }
        member.end().map(|()| file)
    }

    fn check(answer: &str, expected: Option<&[u8]>) {
        for size in [1, 2, 3, 7, 1000] {
            assert_eq!(decoded(answer, size).ok().as_deref(), expected, "{answer} in pieces of {size}");
        }
    }

    #[test]
    fn the_member_is_found_wherever_it_stands() {
        check(r#"{"Content":"b2xh"}"#, Some(b"ola"));
        check("{ \"id\" : 5,\n \"Content\" : \"b2xhIQ==\\n\", \"Parent\" : \"0\" }", Some(b"ola!"));
        check(r#"{"a":{"Content":"eA=="},"b":["Content","eA=="],"c":"Content","Content":"b2xh"}"#, Some(b"ola"));
        check(r#"{"x\"Content":"eA==","Con":"eA==","Contents":"eA==","Content":"b2\/h"}"#, Some(b"o\x6f\xe1"));
        check(r#"{"\u0043ontent":"b2xh\u000A\u003d"}"#, Some(b"ola"));
        check(r#"{"Content":""}"#, Some(b""));
        // The first counts, and what stands after it is not read any more.
        check(r#"{"Content":"b2xh","Content":"!"}"#, Some(b"ola"));
    }

    #[test]
    fn a_member_that_is_not_there_is_no_file() {
        for answer in [
            "",
            "{}",
            "<html>",
            r#"["Content","b2xh"]"#,
            r#"{"Content":null}"#,
            r#"{"Content":5,"x":"b2xh"}"#,
            r#"{"content":"b2xh"}"#,
            r#"{"Content":"b2xh"#,
            r#"{"Content":"b2x!"}"#,
            r#"{"Content":"b2xhb"}"#,
            r#"{"Content":"b2xh=b2xh"}"#,
            r#"{"Content":"b2x\u0142"}"#,
            r#"{"Content":"b2x\u00zz"}"#,
            r#"{"Content":{"Content":"b2xh"}}"#,
        ] {
            check(answer, None);
        }
    }

    #[test]
    fn every_byte_comes_through() {
        let bytes: Vec<u8> = (0..=255).cycle().take(1000).collect();
        for length in [0, 1, 2, 3, 4, 255, 1000] {
            let file = &bytes[..length];
            let lines: Vec<String> =
                STANDARD.encode(file).as_bytes().chunks(76).map(|line| String::from_utf8_lossy(line).into()).collect();
            check(&json!({ "Headers": "a: \"b\\c\"\nç", "Content": lines.join("\n") }).to_string(), Some(file));
        }
    }
}
