//! Reads variables and the files they name, and remembers what was wrong with each.

use std::fmt;
use std::path::Path;
use std::time::Duration;

use super::{NAMES, Problems};

/// What a variable that names a key file must be.
pub(super) const KEY_FILE: &str = "the path of a file with a key a line";

/// Reads variables and remembers what was wrong with them.
pub(super) struct Reader<'a> {
    lookup: &'a dyn Fn(&str) -> Option<String>,
    problems: Vec<String>,
}

impl<'a> Reader<'a> {
    pub(super) fn new(lookup: &'a dyn Fn(&str) -> Option<String>) -> Self {
        Self {
            lookup,
            problems: Vec::new(),
        }
    }

    pub(super) fn finish<T>(self, value: Option<T>) -> Result<T, Problems> {
        match value {
            Some(value) if self.problems.is_empty() => Ok(value),
            _ => Err(Problems(self.problems)),
        }
    }

    pub(super) fn text(&self, name: &str) -> Option<String> {
        debug_assert!(NAMES.contains(&name), "{name} is not in NAMES");
        (self.lookup)(name)
            .map(|text| text.trim().to_owned())
            .filter(|text| !text.is_empty())
    }

    pub(super) fn required<T>(
        &mut self,
        name: &str,
        expected: &str,
        parse: impl Fn(&str) -> Option<T>,
    ) -> Option<T> {
        let Some(text) = self.text(name) else {
            self.problems
                .push(format!("{name} is not set; it must be {expected}"));
            return None;
        };
        self.parsed(name, &text, expected, parse)
    }

    pub(super) fn or_default<T>(
        &mut self,
        name: &str,
        default: &str,
        expected: &str,
        parse: impl Fn(&str) -> Option<T>,
    ) -> Option<T> {
        let text = self.text(name).unwrap_or_else(|| default.to_owned());
        self.parsed(name, &text, expected, parse)
    }

    fn parsed<T>(
        &mut self,
        name: &str,
        text: &str,
        expected: &str,
        parse: impl Fn(&str) -> Option<T>,
    ) -> Option<T> {
        let value = parse(text);
        if value.is_none() {
            self.problems.push(format!("{name} must be {expected}"));
        }
        value
    }

    /// A key file that only its owner can read, parsed; its content never enters a message.
    pub(super) fn keys<T, E: fmt::Display>(
        &mut self,
        name: &str,
        parse: impl Fn(&str) -> Result<T, E>,
    ) -> Option<T> {
        let path = self.required(name, KEY_FILE, |path| Some(path.to_owned()))?;
        let content = self.secret_file(name, &path)?;
        parse(&content)
            .map_err(|error| self.problems.push(format!("{name}: {error}")))
            .ok()
    }

    fn secret_file(&mut self, name: &str, path: &str) -> Option<String> {
        secret_file(name, Path::new(path))
            .map_err(|problem| self.problems.push(problem))
            .ok()
    }

    /// Says what is wrong with variables together.
    pub(super) fn refuse<T>(&mut self, problem: &str) -> Option<T> {
        self.problems.push(problem.to_owned());
        None
    }

    /// The password in the file that `name` names, which only its owner can read.
    pub(super) fn password(&mut self, name: &str) -> Option<String> {
        let path = self.text(name)?;
        let password = self.secret_file(name, &path)?;
        let password = password.trim_end_matches(['\r', '\n']);
        if password.is_empty() {
            return self.refuse(&format!("{name}: {path} is empty"));
        }
        Some(password.to_owned())
    }

    pub(super) fn postgres(
        &mut self,
        name: &str,
        password_file: &str,
    ) -> Option<tokio_postgres::Config> {
        let mut config =
            self.required(name, "as in postgresql://role@host:5432/database", |text| {
                text.parse::<tokio_postgres::Config>()
                    .ok()
                    .filter(|config| !config.get_hosts().is_empty())
            })?;
        if let Some(path) = self.text(password_file) {
            let password = self.secret_file(password_file, &path)?;
            let password = password.trim_end_matches(['\r', '\n']);
            if password.len() < 8 {
                self.problems.push(format!("{password_file}: {path} holds fewer than 8 characters; make one with openssl rand -hex 32"));
                return None;
            }
            config.password(password);
        }
        if config.get_user().is_none() {
            self.problems.push(format!(
                "{name} names no role; write postgresql://role@host/database"
            ));
            return None;
        }
        // For each of several hosts, so that a dead one leaves time for the next (`db::CONNECT`).
        if config.get_connect_timeout().is_none() {
            config.connect_timeout(Duration::from_secs(1));
        }
        config
            .application_name("mindflow-origin")
            .keepalives_idle(Duration::from_secs(30))
            .tcp_user_timeout(Duration::from_secs(10));
        Some(config)
    }
}

/// The content of the file that the variable `name` names, if only its owner can read it.
pub(super) fn secret_file(name: &str, path: &Path) -> Result<String, String> {
    let shown = path.display();
    let content = match others_may_read(path) {
        Ok(true) => {
            return Err(format!(
                "{name}: {shown} may be read by others; run chmod 0600 on it"
            ));
        }
        Ok(false) => std::fs::read_to_string(path),
        Err(error) => Err(error),
    };
    content.map_err(|error| format!("{name}: {shown} cannot be read: {error}"))
}

#[cfg(unix)]
fn others_may_read(path: &Path) -> std::io::Result<bool> {
    use std::os::unix::fs::PermissionsExt as _;
    Ok(std::fs::metadata(path)?.permissions().mode() & 0o077 != 0)
}

#[cfg(not(unix))]
fn others_may_read(path: &Path) -> std::io::Result<bool> {
    std::fs::metadata(path).map(|_| false)
}
