//! What an account must meet beyond the form of its fields: a password that is not the first to be tried, and a
//! time zone that exists.

use std::sync::LazyLock;

use shared_types::account::{NewUser, Password};
use shared_types::validate::FieldError;

/// Passwords of at least 8 characters that lead published lists of leaked ones (ASVS 5.0, 6.2.4), sorted; where they
/// come from stands beside them.
static COMMON: LazyLock<Vec<&str>> = LazyLock::new(|| {
    include_str!("../../data/common-passwords.txt")
        .lines()
        .collect()
});

/// The registration, if it meets the rules.
///
/// # Errors
/// Every field that does not.
pub fn check(new: NewUser) -> Result<NewUser, Vec<FieldError>> {
    let checks = [
        check_password(&new.password, &new.email),
        check_time_zone(new.time_zone.as_deref()),
    ];
    let errors: Vec<_> = checks.into_iter().filter_map(Result::err).collect();
    if errors.is_empty() {
        Ok(new)
    } else {
        Err(errors)
    }
}

/// Checks that a new password is not among the first that are tried for the account of `email`.
///
/// # Errors
/// The field `password` with its remedy.
pub fn check_password(password: &Password, email: &str) -> Result<(), FieldError> {
    let password = password.expose().to_lowercase();
    if password != email && COMMON.binary_search(&password.as_str()).is_err() {
        return Ok(());
    }
    Err(FieldError {
        field: "password".to_owned(),
        message: "is one of the first that an attacker tries; choose another".to_owned(),
    })
}

/// Checks that the zone database has `name`, in the very spelling that is then stored.
///
/// # Errors
/// The field `time_zone` with its remedy.
pub fn check_time_zone(name: Option<&str>) -> Result<(), FieldError> {
    let exists = |name: &str| {
        let zone = jiff::tz::db().get(name);
        zone.is_ok_and(|zone| zone.iana_name() == Some(name))
    };
    if name.is_none_or(exists) {
        return Ok(());
    }
    Err(FieldError {
        field: "time_zone".to_owned(),
        message: "must be an IANA time zone, like Europe/Berlin".to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use shared_types::validate::parse;

    use super::*;

    fn refused(password: &str, time_zone: &str) -> Vec<String> {
        let body = serde_json::json!({ "email": "ada@example.com", "password": password, "time_zone": time_zone });
        let errors = check(parse(body).unwrap()).err().unwrap_or_default();
        errors.into_iter().map(|error| error.field).collect()
    }

    #[test]
    fn an_existing_zone_and_an_uncommon_password_pass() {
        for zone in ["UTC", "Europe/Berlin", "America/Argentina/Buenos_Aires"] {
            assert_eq!(refused("correct horse battery", zone), [""; 0], "{zone}");
        }
    }

    #[test]
    fn zones_that_do_not_exist_are_refused() {
        for zone in [
            "Mars/Olympus",
            "europe/berlin",
            "+01:00",
            "../etc/passwd",
            "Europe/Berlin\u{1}",
        ] {
            assert_eq!(
                refused("correct horse battery", zone),
                ["time_zone"],
                "{zone}"
            );
        }
    }

    #[test]
    fn the_first_guesses_are_refused_in_any_case() {
        for password in [
            "password",
            "PassWord",
            "12345678",
            "MindFlow",
            "zzzzzzz1",
            "ada@example.com",
        ] {
            assert_eq!(refused(password, "UTC"), ["password"], "{password}");
        }
    }

    #[test]
    fn the_list_is_as_its_search_needs_it_and_long_enough() {
        assert!(COMMON.is_sorted());
        assert!(COMMON.len() >= 3_000);
        for password in COMMON.iter() {
            assert!(password.chars().count() >= 8, "{password}");
            assert_eq!(password.to_lowercase(), *password);
            assert_eq!(refused(password, "UTC"), ["password"], "{password}");
        }
    }
}
