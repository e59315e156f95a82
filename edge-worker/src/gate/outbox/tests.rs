use super::*;
use crate::route::Nature;
use proptest::prelude::*;

const TASK: &str = "0198c5a0-0000-7000-8000-0000000000aa";

fn forward(method: &str, path: &str, query: &str) -> Forward {
    Forward {
        nature: Nature::MayWait,
        method: method.to_owned(),
        query: query.to_owned(),
        ..Forward::anonymous_get(path, "r", "192.0.2.1", 1_000)
    }
}

fn checked(template: &str, method: &str, query: &str, body: &str) -> Result<Checked, Unfit> {
    let path = template.replace("{id}", TASK);
    check(template, &forward(method, &path, query), body.as_bytes())
}

fn fields(result: Result<Checked, Unfit>) -> Vec<String> {
    match result {
        Err(Unfit::Invalid(errors)) => errors.into_iter().map(|error| error.field).collect(),
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_change_is_checked_as_the_origin_checks_it() {
    let create = |body| checked("/api/tasks", "POST", "", body);
    assert_eq!(create(r#"{"title":"Milk"}"#), Ok(Checked::default()));
    let named = format!(r#"{{"id":"{TASK}","title":"Milk","client_token":"k"}}"#);
    let expected = Checked {
        key: Some("k".to_owned()),
        task: Some(TASK.to_owned()),
    };
    assert_eq!(create(&named), Ok(expected));
    assert_eq!(create("{"), Err(Unfit::NotJson));
    assert_eq!(fields(create("{}")), ["title"]);
    assert_eq!(
        fields(create(r#"{"title":" ","priority":6,"colour":1}"#)),
        ["title", "priority", "colour"]
    );
    assert_eq!(fields(create("[]")), [""]);

    let about_it = Ok(Checked {
        key: None,
        task: Some(TASK.to_owned()),
    });
    for (template, method, query, body) in [
        ("/api/tasks/{id}", "PATCH", "", r#"{"priority":5}"#),
        ("/api/tasks/{id}", "PUT", "", r#"{"title":"Milk"}"#),
        (
            "/api/tasks/{id}/complete",
            "POST",
            "",
            r#"{"cascade":true}"#,
        ),
        ("/api/tasks/{id}/snooze", "POST", "", r#"{"hours":1.5}"#),
        ("/api/tasks/{id}/snooze", "POST", "hours=2", ""),
        ("/api/tasks/{id}/start", "POST", "", " \n"),
        ("/api/tasks/{id}/not-now", "POST", "", "{}"),
    ] {
        assert_eq!(
            checked(template, method, query, body),
            about_it,
            "{template}"
        );
    }
    let wrong = [
        ("/api/tasks/{id}", "PATCH", "", r#"{"title":null}"#, "title"),
        ("/api/tasks/{id}", "PUT", "", "{}", "title"),
        (
            "/api/tasks/{id}/complete",
            "POST",
            "",
            r#"{"cascade":1}"#,
            "cascade",
        ),
        ("/api/tasks/{id}/snooze", "POST", "hours=soon", "", "hours"),
        ("/api/tasks/{id}/snooze", "POST", "until=1", "", "until"),
        ("/api/tasks/{id}/start", "POST", "hours=1", "", "hours"),
        (
            "/api/tasks/{id}/start",
            "POST",
            "",
            r#"{"now":true}"#,
            "now",
        ),
    ];
    for (template, method, query, body, field) in wrong {
        assert_eq!(
            fields(checked(template, method, query, body)),
            [field],
            "{template}"
        );
    }
}

#[test]
fn a_path_that_names_no_task_is_refused_after_the_json_and_before_the_fields() {
    let check = |body: &str| {
        let forward = forward("PATCH", "/api/tasks/17", "");
        check("/api/tasks/{id}", &forward, body.as_bytes())
    };
    assert_eq!(check("{"), Err(Unfit::NotJson));
    assert_eq!(check(r#"{"priority":9}"#), Err(Unfit::NoSuchTask));
}

#[test]
fn the_key_in_the_header_and_the_token_in_the_body_say_the_same() {
    let check = |key: &str, body: &str| {
        let mut forward = forward("POST", "/api/tasks", "");
        forward
            .fields
            .push(("idempotency-key".to_owned(), key.to_owned()));
        check("/api/tasks", &forward, body.as_bytes())
    };
    let key = |result: Result<Checked, Unfit>| result.unwrap().key;
    assert_eq!(key(check("k", r#"{"title":"x"}"#)).as_deref(), Some("k"));
    assert_eq!(
        key(check("k", r#"{"title":"x","client_token":"k"}"#)).as_deref(),
        Some("k")
    );
    assert_eq!(
        key(check("gate:1", r#"{"title":"x","client_token":"k"}"#)).as_deref(),
        Some("k")
    );
    assert_eq!(key(check("gate:1", r#"{"title":"x"}"#)), None);
    assert_eq!(
        fields(check("k", r#"{"title":"x","client_token":"other"}"#)),
        ["client_token"]
    );
    assert_eq!(
        fields(check("k", r#"{"title":"x","client_token":7}"#)),
        ["client_token"]
    );
    assert_eq!(
        fields(check(&"k".repeat(256), r#"{"title":"x"}"#)),
        ["Idempotency-Key"]
    );
}

#[test]
fn what_was_applied_is_done_and_what_was_refused_says_why() {
    let problem = br#"{"type":"urn:mindflow:problem:conflict","title":"t","status":409,"detail":"It is deleted.","request_id":"r"}"#;
    assert_eq!(judge(200, b"{}", 0), Sent::Applied);
    assert_eq!(judge(201, b"", 7), Sent::Applied);
    assert_eq!(
        judge(409, problem, 0),
        Sent::Refused("It is deleted.".to_owned())
    );
    assert!(matches!(judge(400, b"<html>", 0), Sent::Refused(because) if because.contains("400")));
    for status in [408, 425, 429, 503] {
        assert_eq!(judge(status, problem, 0), Sent::Later);
    }
}

#[test]
fn one_that_the_origin_fails_on_is_given_up_after_eight_times() {
    for failures in 0..MOST_FAILURES - 1 {
        assert_eq!(judge(500, b"", failures), Sent::Failed);
    }
    assert!(matches!(
        judge(502, b"", MOST_FAILURES - 1),
        Sent::Refused(_)
    ));
}

#[test]
fn tries_come_less_often_and_never_less_than_every_quarter_of_a_minute() {
    assert_eq!(
        [0, 1, 2, 3, 4, 5, 6, 99].map(pause_ms),
        [500, 1_000, 2_000, 4_000, 8_000, 15_000, 15_000, 15_000]
    );
}

#[test]
fn it_is_shown_as_it_stands_and_not_for_ever() {
    let mut change = Accepted {
        id: "p".to_owned(),
        forward: forward("POST", "/api/tasks", ""),
        key: None,
        given_digest: String::new(),
        location: String::new(),
        failures: 0,
        refused: None,
    };
    assert_eq!(change.shown().state, PendingState::Waiting);
    assert_eq!(change.shown().accepted_at.as_millisecond(), 1_000);
    assert!(!change.is_too_old(1_000 + LONGEST_MS - 1) && change.is_too_old(1_000 + LONGEST_MS));
    assert!(!change.is_forgotten(i64::MAX));
    change.refused = Some(("Gone.".to_owned(), 5_000));
    let shown = change.shown();
    assert_eq!(
        (shown.state, shown.because.as_deref()),
        (PendingState::Refused, Some("Gone."))
    );
    assert!(!change.is_forgotten(5_000 + SHOWN_MS - 1) && change.is_forgotten(5_000 + SHOWN_MS));
}

#[test]
fn one_that_is_given_up_keeps_nothing_that_could_be_sent_in_its_callers_name() {
    let mut change = Accepted {
        id: "7".to_owned(),
        forward: forward("PATCH", "/api/tasks/x", "a=b"),
        key: Some("k".to_owned()),
        given_digest: "d".to_owned(),
        location: "/api/tasks/x".to_owned(),
        failures: 0,
        refused: None,
    };
    let token = ("authorization".to_owned(), "Bearer canary".to_owned());
    change.forward.fields.push(token);
    let before = change.shown();
    change.refuse("no".to_owned(), 5);
    let kept = serde_json::to_string(&change).unwrap();
    assert!(
        !kept.contains("canary") && !kept.contains("192.0.2.1"),
        "{kept}"
    );
    let shown = Pending {
        state: PendingState::Refused,
        because: Some("no".to_owned()),
        ..before
    };
    assert_eq!(change.shown(), shown);
}

#[test]
fn a_creation_gets_an_id_and_is_otherwise_left_as_it_is() {
    let with =
        |body: &str| with_id(body.as_bytes(), "i").map(|bytes| String::from_utf8(bytes).unwrap());
    assert_eq!(
        with(r#"{"title":"x"}"#).as_deref(),
        Some(r#"{"id":"i","title":"x"}"#)
    );
    assert_eq!(with(" {\n} ").as_deref(), Some(" {\"id\":\"i\"\n} "));
    for left in [
        r#"{"id":"own"}"#,
        r#"{"id":null}"#,
        "[]",
        "7",
        "{",
        "",
        "\"{\"",
    ] {
        assert_eq!(with(left), None, "{left}");
    }
}

proptest! {
    #[test]
    fn nothing_that_is_sent_makes_it_panic(body in ".{0,64}", query in ".{0,32}", path in ".{0,32}") {
        for (method, template) in [("POST", "/api/tasks"), ("PATCH", "/api/tasks/{id}"), ("POST", "/api/tasks/{id}/snooze")] {
            let _ = check(template, &forward(method, &path, &query), body.as_bytes());
        }
        if let Some(with) = with_id(body.as_bytes(), "i") {
            let value: Value = serde_json::from_slice(&with).unwrap();
            prop_assert_eq!(&value["id"], "i");
        }
    }
}
