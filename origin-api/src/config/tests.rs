//! What a start accepts, and what it says about what it does not.

use std::collections::{BTreeMap, BTreeSet};
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;

use super::*;

const SIGNING: &str = "edge-1=q83vEjRWeJCrze8SNFZ4kKvN7xI0VniQ8TJUdpi63P8=";
const CALLBACK: &str = "callback-1=PUAXw+hDiVqStwqnTRt+vJyYLM8uxJaMwM1V8Sr0Zgw=";
const TOKEN: &str = "token-1=nWGxne/9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A=";

/// A folder of the test's own, removed at its end.
struct Folder(PathBuf);

impl Folder {
    fn new(test: &str) -> Self {
        let path =
            std::env::temp_dir().join(format!("mindflow-config-{}-{test}", std::process::id()));
        std::fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    fn file(&self, name: &str, content: &str) -> String {
        let path = self.0.join(name);
        std::fs::write(&path, content).unwrap();
        std::fs::set_permissions(&path, PermissionsExt::from_mode(0o600)).unwrap();
        path.to_str().unwrap().to_owned()
    }

    fn variables(&self) -> BTreeMap<&'static str, String> {
        BTreeMap::from([
            (
                "DATABASE_URL",
                "postgresql://app@db.test/mindflow".to_owned(),
            ),
            ("PUBLIC_URL", "https://mindflow.test/".to_owned()),
            ("ORIGIN_AUTHORITY", "origin.test:8443".to_owned()),
            ("SIGNING_KEYS_FILE", self.file("signing", SIGNING)),
            ("CALLBACK_KEYS_FILE", self.file("callback", CALLBACK)),
            ("TOKEN_KEYS_FILE", self.file("token", TOKEN)),
        ])
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        std::fs::remove_dir_all(&self.0).unwrap();
    }
}

fn read(variables: &BTreeMap<&str, String>) -> Result<Config, String> {
    Config::from_lookup(|name| variables.get(name).cloned())
        .map_err(|problems| problems.to_string())
}

fn refused(variables: &BTreeMap<&str, String>) -> String {
    read(variables).err().expect("the configuration is refused")
}

#[test]
fn no_filter_lets_the_lines_of_the_mcp_sdk_through() {
    for log in ["info", "trace", "rmcp=trace"] {
        let filter: Targets = filter_of(log).unwrap();
        for level in [tracing::Level::DEBUG, tracing::Level::INFO] {
            assert!(
                !filter.would_enable("rmcp::service", &level),
                "{log} {level}"
            );
        }
    }
    assert!(
        filter_of("trace")
            .unwrap()
            .would_enable("origin_api", &tracing::Level::TRACE)
    );
    assert!(filter_of("origin_api=loud").is_none());
}

#[test]
fn what_must_be_given_is_enough() {
    let folder = Folder::new("enough");
    let config = read(&folder.variables()).unwrap();
    assert_eq!(config.listen.to_string(), "127.0.0.1:8788");
    assert_eq!(config.public_url, "https://mindflow.test");
    assert_eq!(config.origin_authority, "origin.test:8443");
    assert_eq!(config.database.pool_size, 16);
    assert_eq!(config.database.statements, Statements::Prepared);
    assert_eq!(config.database.owner.get_user(), Some("app"));
    assert_eq!(config.token_keys_poll, Duration::from_secs(10));
    assert_eq!(config.drain, Duration::from_secs(20));
    assert_eq!(config.password_hashing_concurrency, 2);
    let days = |days: i64| SignedDuration::from_hours(24 * days);
    assert_eq!(
        (config.sessions.idle, config.sessions.absolute),
        (days(30), days(180))
    );
    assert_eq!(Some(config.rates.login_per_address), Rate::parse("10/900"));
    assert_eq!(Some(config.rates.login_per_email), Rate::parse("30/3600"));
    assert_eq!(Some(config.rates.refresh_failures), Rate::parse("30/3600"));
}

#[test]
fn every_problem_is_told_at_once_with_its_variable() {
    let told = refused(&BTreeMap::from([
        ("LISTEN", "8788".to_owned()),
        ("DATABASE_POOL_SIZE", "0".to_owned()),
        ("DATABASE_STATEMENTS", "both".to_owned()),
        ("LOG", "info=loud=er".to_owned()),
        ("DRAIN_SECONDS", "-1".to_owned()),
        ("CLEAN_UP_SECONDS", "0".to_owned()),
        ("TOKEN_KEYS_POLL_SECONDS", "0".to_owned()),
        ("PASSWORD_HASHING_CONCURRENCY", "65".to_owned()),
        ("MIGRATION_DATABASE_URL", "mysql://root@db.test".to_owned()),
        ("SIGNING_KEYS_FILE", "/nowhere/signing".to_owned()),
    ]));
    let lines: Vec<&str> = told
        .lines()
        .skip(1)
        .map(|line| {
            line.split_whitespace()
                .next()
                .unwrap()
                .trim_end_matches(':')
        })
        .collect();
    assert_eq!(
        lines,
        [
            "LISTEN",
            "DATABASE_URL",
            "MIGRATION_DATABASE_URL",
            "DATABASE_POOL_SIZE",
            "DATABASE_STATEMENTS",
            "PUBLIC_URL",
            "ORIGIN_AUTHORITY",
            "SIGNING_KEYS_FILE",
            "CALLBACK_KEYS_FILE",
            "TOKEN_KEYS_FILE",
            "TOKEN_KEYS_POLL_SECONDS",
            "LOG",
            "DRAIN_SECONDS",
            "CLEAN_UP_SECONDS",
            "PASSWORD_HASHING_CONCURRENCY",
        ]
    );
}

#[test]
fn addresses_are_an_origin_without_a_path_or_a_person() {
    let folder = Folder::new("addresses");
    for bad in [
        "mindflow.test",
        "ftp://mindflow.test",
        "https://",
        "https://mindflow.test/app",
        "https://Mindflow.test",
        "https://a@mindflow.test",
    ] {
        let mut variables = folder.variables();
        variables.insert("PUBLIC_URL", bad.to_owned());
        assert!(refused(&variables).contains("PUBLIC_URL"), "{bad}");
    }
    for bad in [
        "https://origin.test",
        "origin.test/",
        "Origin.test",
        ":8443",
    ] {
        let mut variables = folder.variables();
        variables.insert("ORIGIN_AUTHORITY", bad.to_owned());
        assert!(refused(&variables).contains("ORIGIN_AUTHORITY"), "{bad}");
    }
}

#[test]
fn a_secret_that_others_may_read_or_that_is_weak_is_refused_and_never_shown() {
    let folder = Folder::new("secrets");
    let variables = folder.variables();
    std::fs::set_permissions(
        &variables["TOKEN_KEYS_FILE"],
        PermissionsExt::from_mode(0o640),
    )
    .unwrap();
    let told = refused(&variables);
    assert!(told.contains("chmod 0600"), "{told}");

    let canary = "canary-change-me-canary-change-me-canary";
    for name in ["SIGNING_KEYS_FILE", "CALLBACK_KEYS_FILE", "TOKEN_KEYS_FILE"] {
        let mut variables = folder.variables();
        variables.insert(name, folder.file("weak", canary));
        let told = refused(&variables);
        assert!(told.contains(name) && !told.contains(canary), "{told}");
    }
}

#[test]
fn each_direction_of_the_hop_has_secrets_of_its_own() {
    let folder = Folder::new("directions");
    let mut variables = folder.variables();
    let same = SIGNING.replace("edge-1", "callback-1");
    variables.insert("CALLBACK_KEYS_FILE", folder.file("callback", &same));
    let told = refused(&variables);
    assert!(
        told.contains("CALLBACK_KEYS_FILE has a secret of SIGNING_KEYS_FILE"),
        "{told}"
    );
}

#[test]
fn the_token_keys_are_read_anew_only_from_a_file_that_could_have_been_started_with() {
    let folder = Folder::new("anew");
    let path = PathBuf::from(folder.file("token", TOKEN));
    assert!(read_token_keys(&path).is_ok());
    let told =
        |content: &str| read_token_keys(Path::new(&folder.file("token", content))).unwrap_err();
    let canary = "canary-change-me-canary-change-me-canary";
    assert!(!told(canary).contains("canary"), "{}", told(canary));
    assert!(told("").starts_with("TOKEN_KEYS_FILE: there is no key"));
    folder.file("token", TOKEN);
    std::fs::set_permissions(&path, PermissionsExt::from_mode(0o644)).unwrap();
    assert!(read_token_keys(&path).unwrap_err().contains("chmod 0600"));
}

#[test]
fn a_password_comes_from_its_file_and_is_never_shown() {
    let folder = Folder::new("password");
    let mut variables = folder.variables();
    variables.insert(
        "DATABASE_PASSWORD_FILE",
        folder.file("password", "a-canary-of-a-password\n"),
    );
    let database = read(&variables).unwrap().database;
    assert_eq!(
        database.app.get_password(),
        Some("a-canary-of-a-password".as_bytes())
    );
    assert!(!format!("{:?}", database.app).contains("canary"));
    variables.insert("DATABASE_PASSWORD_FILE", folder.file("password", "short"));
    assert!(refused(&variables).contains("DATABASE_PASSWORD_FILE"));
}

#[test]
fn mail_is_sent_logged_or_off() {
    let folder = Folder::new("mail");
    let with = |changes: &[(&'static str, String)]| {
        let mut variables = folder.variables();
        variables.extend(changes.iter().cloned());
        variables
    };
    let url = |url: &str| ("SMTP_URL", url.to_owned());
    let from = ("MAIL_FROM", "MindFlow <mindflow@example.com>".to_owned());
    let password = (
        "SMTP_PASSWORD_FILE",
        folder.file("smtp", "a-canary-of-a-password\n"),
    );

    assert!(matches!(read(&with(&[])).unwrap().mail, Mail::Off));
    let local = ("PUBLIC_URL", "http://localhost:8787".to_owned());
    assert!(matches!(read(&with(&[local])).unwrap().mail, Mail::Logged));
    let smtp = [url("smtps://me@mail.test"), from.clone(), password.clone()];
    let mail = read(&with(&smtp)).unwrap().mail;
    assert!(!format!("{mail:?}").contains("canary"));
    let Mail::Smtp(smtp) = mail else {
        panic!("{mail:?}")
    };
    let login = smtp.login.unwrap();
    assert_eq!(
        login,
        ("me".to_owned(), "a-canary-of-a-password".to_owned())
    );

    for (variables, wrong) in [
        (vec![url("mail.test"), from.clone()], "SMTP_URL"),
        (vec![url("smtps://mail.test")], "MAIL_FROM"),
        (
            vec![url("smtps://mail.test"), ("MAIL_FROM", "me".to_owned())],
            "MAIL_FROM",
        ),
        (
            vec![url("smtps://me@mail.test"), from.clone()],
            "SMTP_PASSWORD_FILE",
        ),
        (
            vec![url("smtps://mail.test"), from.clone(), password],
            "SMTP_URL",
        ),
        (
            vec![
                url("smtps://me@mail.test"),
                from,
                ("SMTP_PASSWORD_FILE", folder.file("empty", "\n")),
            ],
            "SMTP_PASSWORD_FILE",
        ),
    ] {
        let told = refused(&with(&variables));
        assert!(told.contains(wrong) && !told.contains("canary"), "{told}");
    }
}

#[test]
fn migrate_healthcheck_and_public_keys_need_only_their_own_part() {
    let folder = Folder::new("parts");
    let variables = folder.variables();
    let only = |wanted: &'static str| {
        let value = variables.get(wanted).cloned();
        move |name: &str| value.clone().filter(|_| name == wanted)
    };
    assert!(Database::from_lookup(only("DATABASE_URL")).is_ok());
    assert!(token_keys(only("TOKEN_KEYS_FILE")).is_ok());
    assert!(token_keys_file(only("TOKEN_KEYS_FILE")).is_ok());
    assert!(listen(only("LISTEN")).is_ok());
}

/// The origin's variables in `.env.example`, which operators copy, are exactly those that are read.
#[test]
fn the_example_of_an_environment_names_what_is_read() {
    let example = include_str!("../../../.env.example");
    let section = example
        .split("\n# --- ")
        .find(|section| section.starts_with("The origin (origin-api)"));
    let named = section
        .unwrap()
        .lines()
        .filter(|line| !line.starts_with('#'));
    let named: BTreeSet<&str> = named
        .filter_map(|line| line.split_once('='))
        .map(|(name, _)| name)
        .collect();
    assert_eq!(named, BTreeSet::from(NAMES));
}
