//! Arbitrary bytes as everything a sender controls: nothing panics, what was not signed is refused, what can be
//! signed is accepted, and a caller is written as it was read.
//!
//! In `shared-types/fuzz`: `mkdir -p corpus/signature && cargo +nightly fuzz run signature corpus/signature seeds/signature`.
#![no_main]

use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use shared_types::caller::Caller;
use shared_types::signature::{Keys, Message, Tag, content_digest, sign, verify};

/// Printed here, so worth nothing; the fuzzer cannot forge an HMAC with it either.
static KEYS: LazyLock<Keys> = LazyLock::new(|| {
    Keys::parse("fuzz=qf3Uu2mrVbC7tQrpIv4VjLUzRrhgVb8KkmNVZQWBfS0=").expect("a strong key")
});
const CREATED_SECONDS: i64 = 1_763_834_400;

fuzz_target!(|data: &[u8]| {
    let Ok(text) = std::str::from_utf8(data) else {
        return;
    };
    let mut lines = text.split('\n');
    let mut next = || lines.next().unwrap_or_default();
    let (input, signature, caller) = (next(), next(), next());
    let (path, query, accepted_at, name, value) = (next(), next(), next(), next(), next());
    let body = next().as_bytes();

    if let Some(caller_read) = Caller::parse(caller) {
        assert_eq!(caller_read.to_string(), caller);
    }

    let digest = content_digest(body);
    let mut headers = vec![
        ("content-digest", &*digest),
        ("x-request-id", "0198c5a0-0000-7000-8000-000000000001"),
        ("mindflow-caller", caller),
        ("mindflow-client-address", "203.0.113.7"),
        ("mindflow-accepted-at", accepted_at),
        (name, value),
    ];
    let request = Message {
        method: "POST",
        authority: "origin.test",
        path,
        query,
        headers: &[],
    };
    let unsigned = Message {
        headers: &headers,
        ..request
    };
    let signed = sign(&unsigned, &KEYS, Tag::Edge, CREATED_SECONDS, &[7; 16]);
    let check = |headers: &[(&str, &str)]| {
        let now_ms = CREATED_SECONDS * 1000;
        let message = Message { headers, ..request };
        verify(&message, &KEYS, Tag::Edge, now_ms, |_, _| true)
            .map(|head| head.with_body(body))
            .is_ok()
    };

    headers.extend([("signature-input", input), ("signature", signature)]);
    let forged = check(&headers);
    let Ok(signed) = signed else {
        assert!(!forged, "accepted what cannot be signed");
        return;
    };
    let is_ours = input == signed.signature_input && signature == signed.signature;
    assert!(!forged || is_ours, "accepted what was not signed");

    if !["signature", "signature-input"]
        .iter()
        .any(|own| name.eq_ignore_ascii_case(own))
    {
        headers.truncate(headers.len() - 2);
        headers.extend([
            ("signature-input", &*signed.signature_input),
            ("signature", &*signed.signature),
        ]);
        assert!(check(&headers), "refused what was signed");
    }
});
