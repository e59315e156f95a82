//! What a request says once its signature holds: when, and for whom.

use super::*;
use crate::caller::{CredentialKind, Identity};
use crate::id::{CredentialId, UserId};
use crate::scope::{Scope, Scopes};

#[test]
fn accepted_at_is_at_most_30_s_ahead_of_created_and_24_h_before_it() {
    let created_ms = CREATED * 1000;
    let at = |ms: i64| refusal(|draft| draft.set("mindflow-accepted-at", &ms.to_string()));
    assert_eq!(at(created_ms + 30_000), None);
    assert_eq!(at(created_ms + 30_001), Some(Refusal::AcceptedAt));
    assert_eq!(at(created_ms - 86_400_000), None);
    assert_eq!(at(created_ms - 86_400_001), Some(Refusal::AcceptedAt));
    for text in [
        "",
        "-1",
        "01763834400123",
        "1763834400.123",
        "1763834400123 0",
        "9999999999999999999",
    ] {
        let refused = refusal(|draft| draft.set("mindflow-accepted-at", text));
        assert_eq!(refused, Some(Refusal::AcceptedAt), "{text}");
    }
}

#[test]
fn a_caller_goes_with_its_tag_and_its_authorization() {
    let with = |caller: &str, authorization: Option<&str>| {
        refusal(|draft| {
            draft.set("mindflow-caller", caller);
            draft.headers.retain(|(name, _)| name != "authorization");
            if let Some(value) = authorization {
                draft.set("authorization", value);
            }
        })
    };
    let anonymous = "kind=\"anonymous\"";
    assert_eq!(with(CALLER, Some("bearer token")), None);
    assert_eq!(with(CALLER, None), Some(Refusal::Credential));
    assert_eq!(with(CALLER, Some("Basic YTpi")), Some(Refusal::Credential));
    assert_eq!(with(anonymous, None), None);
    assert_eq!(with(anonymous, Some("Basic YTpi")), None);
    assert_eq!(
        with(anonymous, Some("Bearer token")),
        Some(Refusal::Credential)
    );
    assert_eq!(with("kind=\"origin\"", None), Some(Refusal::Caller));
}

#[test]
fn the_origin_signs_with_its_own_tag_for_itself_only() {
    let callback = |caller, signed_for, verified_for| {
        let mut draft = Draft::valid();
        draft.set("mindflow-caller", caller);
        draft.headers.retain(|(name, _)| name != "authorization");
        let mut headers: Vec<_> = draft
            .headers
            .iter()
            .map(|(name, value)| (&**name, &**value))
            .collect();
        let (method, authority, path, query) = ("PUT", "origin.test", "/api/tasks/1", "a=b");
        let message = Message {
            method,
            authority,
            path,
            query,
            headers: &headers,
        };
        let signed = sign(&message, &keys(), signed_for, CREATED, &[7; 16]).unwrap();
        headers.push(("signature-input", &signed.signature_input));
        headers.push(("signature", &signed.signature));
        draft
            .check(&headers, verified_for)
            .map(|verified| verified.caller.to_string())
    };
    let origin = "kind=\"origin\"";
    assert_eq!(
        callback(origin, Tag::Origin, Tag::Origin),
        Ok(origin.to_owned())
    );
    assert_eq!(callback(origin, Tag::Origin, Tag::Edge), Err(Refusal::Tag));
    assert_eq!(callback(origin, Tag::Edge, Tag::Origin), Err(Refusal::Tag));
    assert_eq!(
        callback("kind=\"anonymous\"", Tag::Origin, Tag::Origin),
        Err(Refusal::Caller)
    );
}

#[test]
fn a_credential_must_be_the_caller_in_every_part() {
    let shown = Identity {
        kind: CredentialKind::Access,
        user: UserId::parse("0198c5a0-0000-7000-8000-0000000000aa").unwrap(),
        credential: CredentialId::parse("0198c5a0-0000-7000-8000-0000000000bb").unwrap(),
        scopes: Scopes::of(&[Scope::TasksRead, Scope::TasksWrite]),
    };
    let verified = Draft::valid().verify().unwrap();
    assert_eq!(verified.check_credential(&shown), Ok(()));
    let other = "0198c5a0-0000-7000-8000-0000000000cc";
    for different in [
        Identity {
            kind: CredentialKind::Key,
            ..shown
        },
        Identity {
            user: UserId::parse(other).unwrap(),
            ..shown
        },
        Identity {
            credential: CredentialId::parse(other).unwrap(),
            ..shown
        },
        Identity {
            scopes: Scopes::all(),
            ..shown
        },
        Identity {
            scopes: Scopes::default(),
            ..shown
        },
    ] {
        assert_eq!(
            verified.check_credential(&different),
            Err(Refusal::Credential)
        );
    }
}
