//! Everything that is held of a customer, as a folder: `customer.json`, and each file under `files/`.
//!
//! Nothing of it goes to the terminal, and the folder's name is made of the key. The export changes nothing; what is in the queues
//! is given back in its order.

use std::{
    fs::{self, File, OpenOptions},
    io::{self, Write as _},
    path::{Path, PathBuf},
};

use futures_util::StreamExt as _;
use ponte::{
    clock::{Clock, SystemClock, Timestamp},
    media::Bucket as _,
    message::CustomerKey,
    relay::ports::FileBytes,
    store::{Item, customer_items},
};
use serde::Serialize;
use serde_json::Value;

use super::{
    Counts, Unseen,
    files::{self, Files},
    items, number,
    ownership::Ownership,
    queues::{Found, Then, through},
};
use crate::{Entry, OperationError, Place, QueueName, Stack, parked::scan::Copy};

/// What of a file's name goes into ours, in characters from its end. A file system takes 255 bytes, and a character has up to four.
const MAX_NAME: usize = 50;

/// What an export wrote into its folder.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Exported {
    pub key: CustomerKey,
    pub folder: PathBuf,
    pub counts: Counts,
    /// Messages that could not be looked at, and may be missing from the export.
    pub unseen: Vec<Unseen>,
}

/// `customer.json`.
#[derive(Serialize)]
struct Document {
    exported_at: String,
    stack: String,
    key: CustomerKey,
    /// All items of the table: the conversation, the ways back from its tickets, the outbox of the REST channel.
    items: Vec<Value>,
    messages: Vec<Message>,
    files: Vec<Stored>,
    /// What could not be seen, and may be the customer's.
    unseen: Vec<Unseen>,
}

/// A message in a queue, in full.
#[derive(Serialize)]
struct Message {
    queue: QueueName,
    place: Place,
    id: String,
    since: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
    body: Value,
}

/// A file beside the document.
#[derive(Serialize)]
struct Stored {
    /// Below the folder.
    file: String,
    /// What its link ends with.
    id: String,
    name: String,
    #[serde(rename = "type")]
    mime: String,
    bytes: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    since: Option<String>,
}

/// The folder that is taken where none is named: it says nothing to who does not have the key.
pub fn folder(key: &CustomerKey) -> PathBuf {
    PathBuf::from(format!("ponte-{}", key.as_str()))
}

/// Writes all that is held of a customer into the folder `to`, which must be empty or not there.
pub async fn export(stack: &Stack, key: &CustomerKey, to: &Path) -> Result<Exported, OperationError> {
    let items = items::of(stack, key).await?;
    let files = files::of(stack, key).await?;
    let mut mine = Ownership::of(stack, key, &items);
    let found = through(stack, &mut mine, Then::Keep).await?;
    let counts = Counts { items: number(&items), files: number(&files.keys), messages: number(&found.copies) };
    if counts.is_nothing() && found.unseen.is_empty() {
        return Err(OperationError::NotFound(format!("nothing is held of {}", key.as_str())));
    }
    empty(to)?;
    let entry =
        Entry { what: "customer.export".into(), ids: vec![key.as_str()], counts: Some(counts), ..Entry::default() };
    let held = Held { items, files, found };
    stack.audit.around(&entry, write(stack, key, to, counts, held)).await
}

/// All that was found.
struct Held {
    items: Vec<Item>,
    files: Files,
    found: Found,
}

/// Writes it into the folder.
async fn write(
    stack: &Stack,
    key: &CustomerKey,
    to: &Path,
    counts: Counts,
    held: Held,
) -> Result<Exported, OperationError> {
    let Held { items, files, found } = held;
    make(&to.join("files")).map_err(|error| failed(to, &error))?;
    let mut stored = Vec::new();
    for (at, (key, since)) in files.keys.iter().enumerate() {
        let open = stack.files.open(key).await.map_err(|failure| OperationError::Failed(failure.to_string()))?;
        // Its days may have ended meanwhile.
        let Some(file) = open else { continue };
        let path = format!("files/{:04}-{}", at + 1, tame(&file.name));
        let said = (file.name.clone(), file.mime.clone());
        let bytes = save(&to.join(&path), file).await.map_err(|error| failed(to, &error))?;
        let id = key.strip_prefix("media/").unwrap_or(key).replace('/', "-");
        stored.push(Stored { file: path, id, name: said.0, mime: said.1, bytes, since: since.clone() });
    }
    let document = Document {
        exported_at: SystemClock.now().rfc3339(),
        stack: stack.name.clone(),
        key: key.clone(),
        items: items.iter().map(customer_items::shown).collect(),
        messages: found.copies.into_iter().map(message).collect(),
        files: stored,
        unseen: found.unseen.clone(),
    };
    let text = serde_json::to_vec_pretty(&document).map_err(|error| OperationError::Failed(error.to_string()))?;
    let written = create(&to.join("customer.json")).and_then(|mut file| file.write_all(&text));
    written.map_err(|error| failed(to, &error))?;
    Ok(Exported { key: key.clone(), folder: to.to_owned(), counts, unseen: found.unseen })
}

fn message((place, copy): (Place, Copy)) -> Message {
    let Copy { queue, id, parked_at, reason, body, .. } = copy;
    let body = serde_json::from_str(&body).unwrap_or(Value::String(body));
    Message { queue, place, id, since: Timestamp::rfc3339(parked_at), reason, body }
}

/// Refuses a folder that has anything in it.
fn empty(folder: &Path) -> Result<(), OperationError> {
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(failed(folder, &error)),
    };
    if entries.count() == 0 {
        return Ok(());
    }
    Err(OperationError::Usage(format!("{} is not empty: name another folder, --to DIR", folder.display())))
}

/// Makes a folder that only its owner may look into.
fn make(folder: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}

/// Makes a file that only its owner may read.
fn create(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

/// Writes a file piece by piece. How many bytes it has.
async fn save(path: &Path, mut file: FileBytes) -> io::Result<u64> {
    let mut to = create(path)?;
    let mut bytes = 0;
    while let Some(piece) = file.bytes.next().await {
        let piece = piece?;
        to.write_all(&piece)?;
        bytes += number(&piece);
    }
    Ok(bytes)
}

/// The end of a name, with nothing in it that means anything to a file system.
fn tame(name: &str) -> String {
    let plain = |c: char| if c.is_alphanumeric() || " .-_()".contains(c) { c } else { '_' };
    let skipped = name.chars().count().saturating_sub(MAX_NAME);
    name.chars().skip(skipped).map(plain).collect()
}

fn failed(folder: &Path, error: &io::Error) -> OperationError {
    OperationError::Failed(format!("{} cannot be written: {error}", folder.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_of_a_file_leads_nowhere_else() {
        assert_eq!(tame("Certidão (1).pdf"), "Certidão (1).pdf");
        assert_eq!(tame("../../etc/passwd"), ".._.._etc_passwd");
        assert_eq!(tame("a\\b:c\0d.txt"), "a_b_c_d.txt");
        assert_eq!(tame(&format!("{}.pdf", "é".repeat(300))), format!("{}.pdf", "é".repeat(46)));
    }

    #[test]
    fn a_folder_that_is_not_empty_is_refused_and_a_new_one_is_its_owners() {
        let folder = std::env::temp_dir().join(format!("ponte-export-{}", std::process::id()));
        empty(&folder).unwrap();
        make(&folder.join("files")).unwrap();
        assert_eq!(empty(&folder).unwrap_err().code(), 2);
        create(&folder.join("a")).unwrap();
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
            assert_eq!((mode(&folder), mode(&folder.join("a"))), (0o700, 0o600));
        }
        fs::remove_dir_all(&folder).unwrap();
    }

    #[test]
    fn the_folder_is_called_by_the_key() {
        let key = CustomerKey::new("0123456789abcdef0123456789abcdef");
        assert_eq!(folder(&key), Path::new("ponte-0123456789abcdef0123456789abcdef"));
    }
}
