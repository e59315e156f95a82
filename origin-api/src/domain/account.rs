//! What a registration must meet beyond the form of its fields: a password that is not the first to
//! be tried, and a time zone that exists.

use shared_types::account::NewUser;
use shared_types::validate::FieldError;

/// Passwords of at least 8 characters that lead every published list of leaked ones (ASVS 5.0, 6.2.4).
const COMMON: [&str; 48] = [
    "00000000",
    "0123456789",
    "0987654321",
    "11111111",
    "1111111111",
    "11223344",
    "12121212",
    "12341234",
    "12344321",
    "123123123",
    "1234567890",
    "12345678",
    "123456789",
    "1234qwer",
    "147258369",
    "1q2w3e4r",
    "1q2w3e4r5t",
    "1qaz2wsx",
    "66666666",
    "87654321",
    "88888888",
    "987654321",
    "99999999",
    "aa123456",
    "abc12345",
    "abcd1234",
    "asdfghjkl",
    "baseball",
    "changeme",
    "computer",
    "football",
    "iloveyou",
    "internet",
    "letmein1",
    "michelle",
    "mindflow",
    "password",
    "password1",
    "password123",
    "princess",
    "q1w2e3r4",
    "qwer1234",
    "qwerty123",
    "qwertyuiop",
    "samsung1",
    "starwars",
    "sunshine",
    "superman",
];

/// The registration, if it meets the rules.
///
/// # Errors
/// Every field that does not.
pub fn check(new: NewUser) -> Result<NewUser, Vec<FieldError>> {
    let mut errors = Vec::new();
    let mut refuse = |field: &str, message: &str| {
        errors.push(FieldError {
            field: field.to_owned(),
            message: message.to_owned(),
        });
    };
    let password = new.password.expose().to_lowercase();
    if COMMON.contains(&password.as_str()) || password == new.email {
        refuse(
            "password",
            "is one of the first that an attacker tries; choose another",
        );
    }
    errors.extend(check_time_zone(new.time_zone.as_deref()).err());
    if errors.is_empty() {
        Ok(new)
    } else {
        Err(errors)
    }
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
        for password in ["password", "PassWord", "12345678", "ada@example.com"] {
            assert_eq!(refused(password, "UTC"), ["password"], "{password}");
        }
        assert!(COMMON.iter().all(|password| password.len() >= 8));
    }
}
