//! Changing the file of token keys: `origin-api admin keys rotate` and `retire`.
//!
//! What the file is to hold is made as text, so that comments stay, and read as at a start before it replaces the file
//! in one step: a reader sees the old file or the new one, whatever fails in between.

use std::fmt;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Write as _};
use std::os::unix::fs::{MetadataExt as _, OpenOptionsExt as _, fchown};
use std::path::{Path, PathBuf};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jiff::Timestamp;
use jiff::tz::Offset;

use super::{KeysError, RETIRED, TokenKeys};
use crate::app::Rng;

/// Why the file was left as it is.
#[derive(Debug)]
pub enum EditError {
    /// It cannot be read or written.
    Io(PathBuf, io::Error),
    /// Somebody else is changing it, or was and never ended.
    Busy(PathBuf),
    /// It holds, or would hold, what no origin accepts.
    Keys(KeysError),
    /// It has no key of this id.
    Unknown(String),
    /// This key signs.
    Signs(String),
    /// This key is retired already.
    Retired(String),
}

impl fmt::Display for EditError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Io(path, error) => write!(f, "{}: {error}", path.display()),
            Self::Busy(path) => write!(
                f,
                "{} is there: another change is under way, or was interrupted; then remove that file, the keys are as before",
                path.display()
            ),
            Self::Keys(error) => error.fmt(f),
            Self::Unknown(id) => write!(f, "there is no key {id}"),
            Self::Signs(id) => write!(
                f,
                "{id} is the key that signs; run origin-api admin keys rotate first, and retire {id} some minutes later"
            ),
            Self::Retired(id) => write!(f, "{id} is retired already"),
        }
    }
}

impl std::error::Error for EditError {}

impl From<KeysError> for EditError {
    fn from(error: KeysError) -> Self {
        Self::Keys(error)
    }
}

/// Puts a new key first in the file; gives its id and that of the key which was first.
///
/// # Errors
/// See [`EditError`]; the file is as before.
pub fn rotate(path: &Path, now: Timestamp, rng: &dyn Rng) -> Result<(String, String), EditError> {
    let mut seed = [0; 32];
    let mut label = [0; 3];
    rng.fill(&mut seed);
    rng.fill(&mut label);
    let day = Offset::UTC.to_datetime(now).date().strftime("%Y%m%d");
    let [a, b, c] = label;
    let id = format!("token-{day}-{a:02x}{b:02x}{c:02x}");
    let mut former = String::new();
    edit(path, |text| {
        TokenKeys::parse(text)?
            .signing()
            .id()
            .clone_into(&mut former);
        Ok(format!("{id}={}\n{text}", STANDARD.encode(seed)))
    })?;
    Ok((id, former))
}

/// Drops the private half of the key `id`.
///
/// # Errors
/// See [`EditError`]; the file is as before.
pub fn retire(path: &Path, id: &str) -> Result<(), EditError> {
    edit(path, |text| without_private_half(text, id))
}

fn without_private_half(text: &str, id: &str) -> Result<String, EditError> {
    let keys = TokenKeys::parse(text)?;
    let key = keys.keys.iter().find(|key| key.id == id);
    let key = key.ok_or_else(|| EditError::Unknown(id.to_owned()))?;
    if keys.signing().id() == id {
        return Err(EditError::Signs(id.to_owned()));
    }
    if key.private.is_none() {
        return Err(EditError::Retired(id.to_owned()));
    }
    let retired = format!("{id}={RETIRED}{}", STANDARD.encode(key.public.as_bytes()));
    let is_it = |line: &&str| {
        line.trim()
            .split_once('=')
            .is_some_and(|(other, _)| other == id)
    };
    let lines = text
        .lines()
        .map(|line| if is_it(&line) { retired.as_str() } else { line });
    Ok(lines.flat_map(|line| [line, "\n"]).collect())
}

/// Replaces the file by what `change` makes of its text, with the same mode and owner.
fn edit(
    path: &Path,
    change: impl FnOnce(&str) -> Result<String, EditError>,
) -> Result<(), EditError> {
    let failed = |error| EditError::Io(path.to_owned(), error);
    // A link is followed, so that the file changes and not what leads to it.
    let path = fs::canonicalize(path).map_err(failed)?;
    let failed = |error| EditError::Io(path.clone(), error);
    // Made before the file is read and for one only: it is also the lock between two changes.
    let new = path.with_added_extension("new");
    let mut file = match OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(&new)
    {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
            return Err(EditError::Busy(new));
        }
        Err(error) => return Err(EditError::Io(new, error)),
    };
    let replace = || {
        let text = fs::read_to_string(&path).map_err(failed)?;
        let changed = change(&text)?;
        TokenKeys::parse(&changed)?;
        replace(&path, &new, &mut file, &changed).map_err(failed)
    };
    let replaced = replace();
    if replaced.is_err() {
        // What stays behind is told by the next try.
        let _ = fs::remove_file(&new);
    }
    replaced
}

fn replace(path: &Path, new: &Path, file: &mut File, text: &str) -> io::Result<()> {
    let before = fs::metadata(path)?;
    let made = file.metadata()?;
    if (before.uid(), before.gid()) != (made.uid(), made.gid()) {
        fchown(&*file, Some(before.uid()), Some(before.gid()))?;
    }
    file.set_permissions(before.permissions())?;
    file.write_all(text.as_bytes())?;
    file.sync_all()?;
    fs::rename(new, path)?;
    // The name is on the disk when its folder is.
    path.parent()
        .map_or(Ok(()), |folder| File::open(folder)?.sync_all())
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    const A: &str = "a=nWGxne/9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A=";

    /// A folder of the test's own with a file of keys, removed at its end.
    struct Folder(PathBuf);

    impl Folder {
        fn new(test: &str, keys: &str, mode: u32) -> Self {
            let path =
                std::env::temp_dir().join(format!("mindflow-keys-{}-{test}", std::process::id()));
            fs::create_dir_all(&path).unwrap();
            let folder = Self(path);
            fs::write(folder.keys(), keys).unwrap();
            fs::set_permissions(folder.keys(), fs::Permissions::from_mode(mode)).unwrap();
            folder
        }

        fn keys(&self) -> PathBuf {
            self.0.join("token_keys")
        }

        fn text(&self) -> String {
            fs::read_to_string(self.keys()).unwrap()
        }
    }

    impl Drop for Folder {
        fn drop(&mut self) {
            fs::remove_dir_all(&self.0).unwrap();
        }
    }

    /// Different bytes each time, none of them random.
    struct Counting(std::sync::atomic::AtomicU8);

    impl Rng for Counting {
        fn fill(&self, bytes: &mut [u8]) {
            for byte in bytes {
                *byte = self
                    .0
                    .fetch_add(1, std::sync::atomic::Ordering::SeqCst)
                    .wrapping_mul(73)
                    ^ 0x5a;
            }
        }
    }

    fn rotated(folder: &Folder, rng: &Counting) -> (String, String) {
        rotate(&folder.keys(), "2026-11-22T12:00:00Z".parse().unwrap(), rng).unwrap()
    }

    #[test]
    fn a_rotation_puts_a_new_key_first_and_keeps_all_else_of_the_file() {
        for mode in [0o600, 0o400] {
            let before = format!("# Ours since 2025.\n\n{A}\n");
            let folder = Folder::new(&format!("rotate-{mode:o}"), &before, mode);
            let rng = Counting(0.into());
            let (id, former) = rotated(&folder, &rng);
            assert!(id.starts_with("token-20261122-") && id.len() == 21, "{id}");
            assert_eq!(former, "a");
            assert_eq!(TokenKeys::parse(&folder.text()).unwrap().signing().id(), id);
            assert!(folder.text().ends_with(&before));
            let (newer, former) = rotated(&folder, &rng);
            assert_eq!(former, id);
            assert_ne!(newer, id);
            let metadata = fs::metadata(folder.keys()).unwrap();
            assert_eq!(metadata.permissions().mode() & 0o777, mode);
            let names = fs::read_dir(&folder.0).unwrap();
            assert_eq!(names.count(), 1, "nothing is left beside it");
        }
    }

    #[test]
    fn a_link_to_the_file_stays_one() {
        let folder = Folder::new("link", A, 0o600);
        let link = folder.0.join("link");
        std::os::unix::fs::symlink(folder.keys(), &link).unwrap();
        rotate(&link, Timestamp::UNIX_EPOCH, &Counting(0.into())).unwrap();
        assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
        assert_eq!(folder.text().lines().count(), 2);
    }

    #[test]
    fn retiring_a_key_drops_its_private_half_only() {
        let folder = Folder::new("retire", &format!("{A}\n# the end"), 0o600);
        let before = TokenKeys::parse(&folder.text()).unwrap();
        let signed = before.signing().sign(b"message");
        let (id, _) = rotated(&folder, &Counting(0.into()));
        retire(&folder.keys(), "a").unwrap();
        let keys = TokenKeys::parse(&folder.text()).unwrap();
        assert_eq!(keys.signing().id(), id);
        assert!(keys.verify("a", b"message", &signed));
        assert!(!folder.text().contains(A) && folder.text().ends_with("# the end\n"));
        let refused = |id: &str| retire(&folder.keys(), id).unwrap_err();
        assert!(matches!(refused("a"), EditError::Retired(_)));
        assert!(matches!(refused("b"), EditError::Unknown(_)));
        assert!(matches!(refused(&id), EditError::Signs(_)));
        assert_eq!(TokenKeys::parse(&folder.text()).unwrap(), keys);
    }

    #[test]
    fn what_cannot_be_changed_stays_as_it_is_and_says_why() {
        let folder = Folder::new("refused", A, 0o600);
        assert!(matches!(
            retire(&folder.keys(), "a"),
            Err(EditError::Signs(_))
        ));
        let busy = folder.0.join("token_keys.new");
        fs::write(&busy, "").unwrap();
        let rng = Counting(0.into());
        let told = rotate(&folder.keys(), Timestamp::UNIX_EPOCH, &rng).unwrap_err();
        assert!(
            told.to_string().contains("token_keys.new is there"),
            "{told}"
        );
        fs::remove_file(&busy).unwrap();
        fs::write(folder.keys(), "change-me").unwrap();
        let told = rotate(&folder.keys(), Timestamp::UNIX_EPOCH, &rng).unwrap_err();
        assert!(matches!(told, EditError::Keys(KeysError::Malformed(1))));
        assert_eq!(folder.text(), "change-me");
        assert!(!busy.exists());
        let nowhere = folder.0.join("nowhere");
        assert!(matches!(
            rotate(&nowhere, Timestamp::UNIX_EPOCH, &rng),
            Err(EditError::Io(..))
        ));
    }
}
