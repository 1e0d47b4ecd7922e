//! The loop of `--batch`: JSON lines in, one JSON line out for each. A line that cannot be read is answered as well,
//! with its `error`, so that a program that waits for every answer never waits in vain; the others are answered all the
//! same, and the exit code says in the end that some were bad.

use std::io::{BufRead, BufReader, BufWriter, ErrorKind, Read, Write};

use serde::de::{DeserializeOwned, Deserializer, IgnoredAny, Visitor};
use serde::{Deserialize, Serialize};

use super::output::json;
use crate::domain::failure::{Failure, FailureKind};

/// The longest line, in bytes: a text of ten megabytes with every byte escaped fits, an endless line does not fill the
/// memory.
const LONGEST: u64 = 128 << 20;

/// The most bad lines that the failure names one by one.
const MOST_NAMED: usize = 5;

/// What a batch is about.
#[derive(Clone, Copy, Debug)]
pub struct Batch {
    /// What is attempted, as a phrase for failures.
    pub attempted: &'static str,
    /// What a line looks like, for people who wrote another.
    pub shape: &'static str,
}

impl Batch {
    /// Answers every line that is not blank, in order. `answer` gets what the line asks; its `id`, of any type, is
    /// copied as it is written.
    ///
    /// # Errors
    /// Where the input cannot be read or the output not be written; after everything else is answered, where lines were
    /// bad. A reader that has gone is no failure.
    pub fn run<Asked: DeserializeOwned, Answer: Serialize>(
        self,
        input: &mut dyn Read,
        out: &mut dyn Write,
        mut answer: impl FnMut(&Asked) -> Result<Answer, String>,
    ) -> Result<(), Failure> {
        let mut input = BufReader::with_capacity(1 << 16, input);
        let mut out = BufWriter::with_capacity(1 << 16, out);
        let mut bad = Bad::default();
        match lines(&mut input, &mut out, &mut bad, |line| {
            let asked: Asked = serde_json::from_str(line).map_err(|error| unplaced(&error))?;
            answer(&asked)
        }) {
            Ok(()) => bad.failure(self),
            Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(()),
            Err(error) => Err(Failure::new(FailureKind::Local, self.attempted, error.to_string())),
        }
    }
}

/// Lines that could not be answered.
#[derive(Default)]
struct Bad {
    count: usize,
    of: usize,
    named: Vec<String>,
}

impl Bad {
    fn take(&mut self, why: String) {
        self.count += 1;
        if self.named.len() < MOST_NAMED {
            self.named.push(why);
        }
    }

    fn failure(&self, batch: Batch) -> Result<(), Failure> {
        if self.count == 0 {
            return Ok(());
        }
        let more = match self.count - self.named.len() {
            0 => String::new(),
            more => format!("; and {more} more"),
        };
        let verb = if self.count == 1 { "is" } else { "are" };
        let cause = format!("{} of {} lines {verb} bad: {}{more}", self.count, self.of, self.named.join("; "));
        Err(Failure::new(FailureKind::Usage, batch.attempted, cause)
            .hint(format!("Each line is an object {}. The other lines were answered.", batch.shape)))
    }
}

fn lines<Answer: Serialize>(
    input: &mut BufReader<&mut dyn Read>,
    out: &mut BufWriter<&mut dyn Write>,
    bad: &mut Bad,
    mut answer: impl FnMut(&str) -> Result<Answer, String>,
) -> std::io::Result<()> {
    let mut line = Vec::new();
    let mut number = 0_usize;
    loop {
        // Nothing is held back while a program may be waiting for it.
        if !input.buffer().contains(&b'\n') {
            out.flush()?;
        }
        line.clear();
        if input.by_ref().take(LONGEST).read_until(b'\n', &mut line)? == 0 {
            return out.flush();
        }
        number += 1;
        let whole = line.ends_with(b"\n") || (line.len() as u64) < LONGEST;
        // Windows' tools begin a file with a mark.
        let text = line.strip_prefix(b"\xef\xbb\xbf").filter(|_| number == 1).unwrap_or(&line).trim_ascii();
        if text.is_empty() && whole {
            continue;
        }
        bad.of += 1;
        // Bytes that are no UTF-8 become U+FFFD, as GitHub would store them.
        let text = String::from_utf8_lossy(text);
        let result = if whole { answer(&text) } else { Err(format!("is longer than {LONGEST} bytes")) };
        let answered = match result {
            Ok(answer) => serde_json::to_string(&answer)?,
            Err(why) => {
                let why = format!("line {number}: {why}");
                let answered = serde_json::json!({ "error": why }).to_string();
                bad.take(why);
                answered
            }
        };
        // An answer is an object: the id takes the place of its brace.
        write(out, &format!("{{\"id\":{},{}\n", id(&text).unwrap_or("null"), answered.get(1..).unwrap_or_default()))?;
        if !whole {
            input.skip_until(b'\n')?;
        }
    }
}

/// Writes an answer, harmless to terminals.
fn write(out: &mut impl Write, answered: &str) -> std::io::Result<()> {
    if answered.bytes().all(|byte| byte < 0x7f) {
        return out.write_all(answered.as_bytes());
    }
    out.write_all(json::harmless(answered).as_bytes())
}

/// The `id` of an object as it is written: numbers of any length keep their digits.
fn id(line: &str) -> Option<&str> {
    let mut rest = line.strip_prefix('{')?.trim_ascii_start();
    loop {
        let (name, after) = value(rest)?;
        let (found, after) = value(after.trim_ascii_start().strip_prefix(':')?.trim_ascii_start())?;
        if name == "\"id\"" {
            return Some(found);
        }
        rest = after.trim_ascii_start().strip_prefix(',')?.trim_ascii_start();
    }
}

/// The JSON value at the start of a text, and what follows it.
fn value(text: &str) -> Option<(&str, &str)> {
    let mut values = serde_json::Deserializer::from_str(text).into_iter::<IgnoredAny>();
    values.next()?.ok()?;
    text.split_at_checked(values.byte_offset())
}

/// What serde says, without the line number that is always 1.
fn unplaced(error: &serde_json::Error) -> String {
    error.to_string().replace(" at line 1 column ", " at column ")
}

/// Reads a text: `null` is empty (as GitHub's REST API writes it), half a surrogate pair is U+FFFD (as Go reads it).
///
/// # Errors
/// Where there is no text.
pub fn text<'de, D: Deserializer<'de>>(from: D) -> Result<String, D::Error> {
    from.deserialize_option(Text)
}

struct Text;

impl<'de> Visitor<'de> for Text {
    type Value = String;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("a string")
    }

    fn visit_none<E>(self) -> Result<String, E> {
        Ok(String::new())
    }

    fn visit_some<D: Deserializer<'de>>(self, from: D) -> Result<String, D::Error> {
        from.deserialize_bytes(self)
    }

    fn visit_bytes<E>(self, bytes: &[u8]) -> Result<String, E> {
        Ok(match std::str::from_utf8(bytes) {
            Ok(text) => text.to_owned(),
            Err(_) => halves_replaced(bytes),
        })
    }
}

/// Three bytes of the form ED A0..BF xx stand for half a surrogate pair.
fn halves_replaced(bytes: &[u8]) -> String {
    let mut whole = Vec::with_capacity(bytes.len());
    let mut rest = bytes;
    while let Some((first, after)) = rest.split_first() {
        if let (0xed, [0xa0..=0xbf, _, after @ ..]) = (*first, after) {
            whole.extend_from_slice("\u{fffd}".as_bytes());
            rest = after;
        } else {
            whole.push(*first);
            rest = after;
        }
    }
    String::from_utf8_lossy(&whole).into_owned()
}

/// Reads a list; `null` is empty, as Go writes it.
///
/// # Errors
/// Where there is no such list.
pub fn list<'de, D: Deserializer<'de>, Item: Deserialize<'de>>(from: D) -> Result<Vec<Item>, D::Error> {
    Ok(Option::deserialize(from)?.unwrap_or_default())
}
