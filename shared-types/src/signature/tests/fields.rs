//! Which fields must be covered, and what their values may be.

use super::*;

#[test]
fn every_field_of_the_lists_that_is_there_must_be_covered() {
    for name in COVERED_IF_PRESENT
        .into_iter()
        .filter(|name| !matches!(*name, "authorization" | "content-type"))
    {
        assert_eq!(
            refusal(|draft| draft.add(name, "1")),
            Some(Refusal::Uncovered(name))
        );
        assert_eq!(refusal(|draft| draft.set(name, "1")), None);
        assert_eq!(
            refusal(|draft| draft.add(&name.to_uppercase(), "1")),
            Some(Refusal::Uncovered(name))
        );
    }
    for name in ALWAYS_COVERED
        .into_iter()
        .chain(["authorization", "content-type"])
    {
        let repeated = Some(Refusal::Message(MessageFault::Repeated(name)));
        assert_eq!(refusal(|draft| draft.add(name, "1")), repeated);
        let dropped = refusal(|draft| {
            let names = draft.names().into_iter().filter(|known| known != name);
            draft.covered = Some(names.collect());
        });
        assert_eq!(dropped, Some(Refusal::Uncovered(name)));
    }
    for name in ALWAYS_COVERED {
        let missing = refusal(|draft| draft.headers.retain(|(known, _)| known != name));
        assert_eq!(missing, Some(Refusal::Message(MessageFault::Missing(name))));
    }
    assert_eq!(refusal(|draft| draft.add("if-none-match", "\"1\"")), None);
    assert_eq!(refusal(|draft| draft.add("x-forwarded-for", "1")), None);
    for name in [
        "mindflow-",
        "mindflow-user",
        "MINDFLOW-Scopes",
        "mindflow-caller2",
    ] {
        let unknown = Some(Refusal::Message(MessageFault::UnknownMindflowField));
        assert_eq!(refusal(|draft| draft.add(name, "1")), unknown);
    }
}

#[test]
fn the_covered_list_is_exactly_the_profile_one() {
    let covered = |change: fn(&mut Vec<String>)| {
        refusal(|draft| {
            let mut names = draft.names();
            change(&mut names);
            draft.covered = Some(names);
        })
    };
    assert_eq!(covered(|_| {}), None);
    assert_eq!(
        covered(|names| names.swap(0, 1)),
        Some(Refusal::CoveredList)
    );
    assert_eq!(
        covered(|names| names.swap(9, 10)),
        Some(Refusal::CoveredList)
    );
    assert_eq!(
        covered(|names| names.push("accept".to_owned())),
        Some(Refusal::CoveredList)
    );
    assert_eq!(
        covered(|names| names.push("host".to_owned())),
        Some(Refusal::CoveredList)
    );
    assert_eq!(
        covered(|names| names.push("@method".to_owned())),
        Some(Refusal::CoveredList)
    );
    assert_eq!(
        covered(|names| names[4] += "\";sf;x=\""),
        Some(Refusal::Uncovered("content-digest"))
    );
    assert_eq!(
        covered(|names| names[0].insert(0, ' ')),
        Some(Refusal::Uncovered("@method"))
    );
    assert_eq!(
        covered(|names| drop(names.remove(3))),
        Some(Refusal::Uncovered("@query"))
    );
    assert_eq!(covered(Vec::clear), Some(Refusal::Uncovered("@method")));
}

#[test]
fn a_value_that_could_forge_a_line_is_refused_on_both_sides() {
    for value in [
        "a\nb", "a\r\nb", "\u{fffd}", " a", "a\t", "a\0", "a\u{7f}", "ü",
    ] {
        let bad = MessageFault::Value("accept");
        assert_eq!(
            refusal(|draft| draft.set("accept", value)),
            Some(Refusal::Message(bad)),
            "{value:?}"
        );
        assert!(!is_signable_value(value));
    }
    for value in ["", "a", "a b\tc", "!~"] {
        assert_eq!(
            refusal(|draft| draft.set("accept", value)),
            None,
            "{value:?}"
        );
        assert!(is_signable_value(value));
    }
    for path in ["", "tasks", "/a?b", "/a b", "/a\n\"@query\": ?"] {
        let bad = MessageFault::Value("@path");
        assert_eq!(
            refusal(|draft| draft.path = path),
            Some(Refusal::Message(bad)),
            "{path:?}"
        );
    }
    let valid = Message {
        method: "GET",
        authority: "origin.test",
        path: "/",
        query: "",
        headers: &[],
    };
    let fault =
        |message: Message<'_>| sign(&message, &keys(), Tag::Edge, CREATED, &[0; 16]).unwrap_err();
    assert_eq!(fault(valid), MessageFault::Missing("content-digest"));
    for method in ["", "get", "GET ", "GET\n\"@path\": /"] {
        assert_eq!(
            fault(Message { method, ..valid }),
            MessageFault::Value("@method")
        );
    }
    for authority in ["", "Origin.test", "origin.test\n", "origin test"] {
        assert_eq!(
            fault(Message { authority, ..valid }),
            MessageFault::Value("@authority")
        );
    }
    for path in ["", "*", "tasks", "/a b", "/a?b", "/a#b", "/ü", "/\n"] {
        assert_eq!(
            fault(Message { path, ..valid }),
            MessageFault::Value("@path")
        );
    }
    for query in ["a b", "a#b", "ü", "a\nb"] {
        assert_eq!(
            fault(Message { query, ..valid }),
            MessageFault::Value("@query")
        );
    }
}
