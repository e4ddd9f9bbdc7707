//! A file of rules on the disk.

use std::{
    fs::{self, File, OpenOptions},
    io::{self, ErrorKind, Read as _, Write as _},
    path::Path,
};

use operations::{OperationError, plain, rules::Checked};
use service_rules::MAX_YAML;

/// Reads a file and looks for everything that is wrong in it.
///
/// # Errors
///
/// [`OperationError::Usage`] where it cannot be read, or is so large that it can be no file of rules.
pub(crate) fn check(path: &Path) -> Result<Checked, OperationError> {
    let file = plain(&path.display().to_string());
    let bytes = bytes(path).map_err(|error| OperationError::Usage(format!("{file} cannot be read: {error}")))?;
    operations::rules::check(file, bytes)
}

/// The bytes of a file, or its first ones where it is too large: it may have no end.
pub(super) fn bytes(path: &Path) -> io::Result<Vec<u8>> {
    let most = u64::try_from(MAX_YAML).unwrap_or(u64::MAX).saturating_add(1);
    let mut bytes = Vec::new();
    File::open(path)?.take(most).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// Writes a whole file or none of it: what is there stays until all of the new is on the disk beside it. A device or a pipe is written to as it
/// is, and so is what is none of the two: that fails by itself.
pub(super) fn write(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let there = match fs::metadata(path) {
        Ok(there) if there.is_file() => Some(there),
        Err(error) if error.kind() == ErrorKind::NotFound && !path.is_symlink() => None,
        _ => return fs::write(path, bytes),
    };
    // A link keeps leading to the file that it names.
    let target = if there.is_some() { fs::canonicalize(path)? } else { path.to_owned() };
    let beside = target.with_file_name(format!(".ponte-{}.part", std::process::id()));
    let written = || {
        let mut file = OpenOptions::new().write(true).create_new(true).open(&beside)?;
        if let Some(there) = &there {
            file.set_permissions(there.permissions())?;
        }
        file.write_all(bytes)?;
        file.sync_all()?;
        fs::rename(&beside, &target)
    };
    written().inspect_err(|error| {
        if error.kind() != ErrorKind::AlreadyExists {
            let _ = fs::remove_file(&beside);
        }
    })
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::{PermissionsExt as _, symlink};

    use super::*;

    #[test]
    fn a_file_is_replaced_as_a_whole_or_not_at_all() {
        let folder = std::env::temp_dir().join(format!("ponte-rules-{}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        let (file, link) = (folder.join("service.yaml"), folder.join("link.yaml"));
        write(&file, b"first").unwrap();
        fs::set_permissions(&file, fs::Permissions::from_mode(0o640)).unwrap();
        symlink("service.yaml", &link).unwrap();
        // Whoever has it open reads to the end of what was there.
        let mut opened = File::open(&file).unwrap();
        write(&link, b"second").unwrap();
        let mut read = String::new();
        opened.read_to_string(&mut read).unwrap();
        assert_eq!((read.as_str(), fs::read(&file).unwrap().as_slice()), ("first", &b"second"[..]));
        assert!(link.is_symlink());
        assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o640);
        // Neither a folder nor a device is replaced, and nothing is left beside them.
        for wrong in [folder.clone(), folder.join("no/such.yaml"), "/dev/full".into()] {
            assert!(write(&wrong, b"third").is_err(), "{}", wrong.display());
        }
        assert_eq!(fs::read_dir(&folder).unwrap().count(), 2);
        fs::remove_dir_all(&folder).unwrap();
    }
}
