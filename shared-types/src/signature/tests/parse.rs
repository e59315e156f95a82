//! The two signature fields and their parameters.

use super::*;

#[test]
fn exactly_one_signature_in_our_serialisation() {
    let draft = Draft::valid();
    let check = |headers: &[(&str, &str)]| draft.check(headers, Tag::Edge).unwrap_err();
    assert_eq!(check(&[]), Refusal::Unsigned);
    let input = "edge=();created=1";
    let signature = "edge=:AA==:";
    for headers in [
        &[("signature", signature)][..],
        &[("signature-input", input)],
        &[
            ("signature-input", input),
            ("signature", signature),
            ("Signature", signature),
        ],
        &[
            ("signature-input", input),
            ("signature-input", input),
            ("signature", signature),
        ],
        &[
            ("signature-input", "edge=(), sig1=()"),
            ("signature", signature),
        ],
        &[
            ("signature-input", input),
            ("signature", "edge=:AA==:, sig1=:AA==:"),
        ],
        &[
            ("signature-input", input),
            ("signature", "edge=:AA==:, edge=:AA==:"),
        ],
        &[("signature-input", input), ("signature", "sig1=:AA==:")],
        &[("signature-input", input), ("signature", "edge=AA==")],
        &[("signature-input", input), ("signature", "edge=:")],
        &[
            ("signature-input", "sig1=();created=1"),
            ("signature", signature),
        ],
        &[
            ("signature-input", "edge=(;created=1"),
            ("signature", signature),
        ],
        &[("signature-input", "edge"), ("signature", signature)],
        &[("signature-input", ""), ("signature", "")],
    ] {
        assert_eq!(check(headers), Refusal::NotOneSignature, "{headers:?}");
    }
}

#[test]
fn parameters_are_complete_in_order_and_canonical() {
    let cases: [fn(&mut Draft); 16] = [
        |draft| draft.created = String::new(),
        |draft| draft.created = "-1".to_owned(),
        |draft| draft.created = "01763834400".to_owned(),
        |draft| draft.created = "1763834400.0".to_owned(),
        |draft| draft.created = "\"1763834400\"".to_owned(),
        |draft| draft.created = "1763834400176383".to_owned(),
        |draft| draft.created = "1763834400;created=1763834400".to_owned(),
        |draft| draft.expires = "+1763834460".to_owned(),
        |draft| draft.nonce = String::new(),
        |draft| draft.nonce = "AAECAwQFBgcICQoLDA0ODw==".to_owned(),
        |draft| draft.nonce = "AAECAwQFBgcICQoLDA0ODx".to_owned(),
        |draft| draft.nonce = "AAECAwQFBgcICQoLDA0OD".to_owned(),
        |draft| draft.nonce = "A".repeat(44),
        |draft| draft.key_id = "o\\ld",
        |draft| draft.end = " ",
        |draft| draft.end = ";tag=\"mindflow-edge\"",
    ];
    for (index, change) in cases.into_iter().enumerate() {
        assert_eq!(refusal(change), Some(Refusal::Parameters), "case {index}");
    }
}

#[test]
fn the_window_is_closed_to_the_millisecond() {
    let at = |now_ms| refusal(|draft| draft.now_ms = now_ms);
    assert_eq!(at((CREATED - 30) * 1000), None);
    assert_eq!(at((CREATED - 30) * 1000 - 1), Some(Refusal::CreatedAhead));
    assert_eq!(at((CREATED + 90) * 1000), None);
    assert_eq!(at((CREATED + 90) * 1000 + 1), Some(Refusal::Expired));
    assert_eq!(at(i64::MAX), Some(Refusal::Expired));
    assert_eq!(at(i64::MIN), Some(Refusal::CreatedAhead));
    let lifetime = |seconds: i64| refusal(|draft| draft.expires = (CREATED + seconds).to_string());
    assert_eq!(lifetime(0), None);
    assert_eq!(lifetime(-1), Some(Refusal::Lifetime));
    assert_eq!(lifetime(61), Some(Refusal::Lifetime));
    let expires = |text: &str| refusal(|draft| draft.expires = text.to_owned());
    assert_eq!(expires("999999999999999"), Some(Refusal::Lifetime));
    assert_eq!(expires("0"), Some(Refusal::Expired));
}
