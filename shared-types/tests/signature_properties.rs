//! Properties of the signed hop over arbitrary requests: what is signed is accepted, and nothing else is.
#![expect(
    clippy::unwrap_used,
    reason = "a test fails by panicking, in its helpers too"
)]

use proptest::prelude::*;
use proptest::sample::Index;
use shared_types::signature::{
    COVERED_IF_PRESENT, Keys, Message, Refusal, Tag, content_digest, sign, signature_base, verify,
};

const KEYS: &str = "new=qf3Uu2mrVbC7tQrpIv4VjLUzRrhgVb8KkmNVZQWBfS0=\n\
    old=uzvJfB4u3N0Jy4T7NZ75MDVcr8zSTInedJtkgcu46YW4XByzNJjxBdtjUkdJPBtbmHhIDi6pcl8jsasjlTMtDQ==";

/// A request on the wire.
#[derive(Clone, Debug)]
struct Request {
    method: String,
    authority: String,
    path: String,
    query: String,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
    created_seconds: i64,
}

impl Request {
    fn message<'a>(&'a self, headers: &'a [(&'a str, &'a str)]) -> Message<'a> {
        Message {
            method: &self.method,
            authority: &self.authority,
            path: &self.path,
            query: &self.query,
            headers,
        }
    }

    fn headers(&self) -> Vec<(&str, &str)> {
        self.headers
            .iter()
            .map(|(name, value)| (&**name, &**value))
            .collect()
    }

    fn sign(&mut self, nonce: [u8; 16]) {
        let keys = Keys::parse(KEYS).unwrap();
        let headers = self.headers();
        let signed = sign(
            &self.message(&headers),
            &keys,
            Tag::Edge,
            self.created_seconds,
            &nonce,
        );
        let signed = signed.unwrap();
        self.headers
            .push(("signature-input".to_owned(), signed.signature_input));
        self.headers
            .push(("signature".to_owned(), signed.signature));
    }

    fn verify(&self) -> Result<(), Refusal> {
        let keys = Keys::parse(KEYS).unwrap();
        let headers = self.headers();
        let now_ms = self.created_seconds * 1000;
        let head = verify(&self.message(&headers), &keys, Tag::Edge, now_ms, |_, _| {
            true
        })?;
        head.with_body(&self.body).map(|_| ())
    }

    /// Everything that is covered, as bytes to tamper with.
    fn parts(&mut self) -> Vec<&mut String> {
        let derived = [
            &mut self.method,
            &mut self.authority,
            &mut self.path,
            &mut self.query,
        ];
        derived
            .into_iter()
            .chain(self.headers.iter_mut().map(|(_, value)| value))
            .collect()
    }
}

prop_compose! {
    fn id()(bytes in any::<u128>()) -> String {
        let hex = format!("{bytes:032x}");
        format!("{}-{}-{}-{}-{}", &hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..])
    }
}

fn caller() -> impl Strategy<Value = (String, Option<&'static str>)> {
    let user = (
        prop::sample::select(vec!["access", "key", "session"]),
        id(),
        id(),
        prop::sample::select(vec!["", "tasks:read", "tasks:read tasks:write account"]),
    );
    prop_oneof![
        Just(("kind=\"anonymous\"".to_owned(), None)),
        user.prop_map(|(kind, user, credential, scopes)| {
            let caller = format!(
                "kind=\"{kind}\", user=\"{user}\", credential=\"{credential}\", scopes=\"{scopes}\""
            );
            (caller, Some("Bearer a.b.c"))
        }),
    ]
}

prop_compose! {
    fn request()(
        (method, authority, path, query) in (
            "[A-Z]{1,8}",
            "[a-z0-9.-]{1,20}(:[0-9]{1,5})?",
            "/[!\"$-<>@-~]{0,40}",
            "[!\"$-~]{0,40}",
        ),
        request_id in id(),
        (caller, authorization) in caller(),
        client_address in any::<std::net::IpAddr>(),
        created_seconds in 1_000_000_000_i64..4_000_000_000,
        accepted_before_ms in -30_000_i64..=86_400_000,
        optional in prop::collection::btree_map(
            prop::sample::select(&COVERED_IF_PRESENT[1..]),
            "([!-~]([ -~\t]{0,30}[!-~])?)?",
            0..COVERED_IF_PRESENT.len(),
        ),
        body in prop::collection::vec(any::<u8>(), 0..200),
    ) -> Request {
        let accepted_at_ms = created_seconds * 1000 - accepted_before_ms;
        let always = [
            ("content-digest", content_digest(&body)),
            ("x-request-id", request_id),
            ("mindflow-caller", caller),
            ("mindflow-client-address", client_address.to_string()),
            ("mindflow-accepted-at", accepted_at_ms.to_string()),
        ];
        let authorization = authorization.map(|value| ("authorization", value.to_owned()));
        let headers = always.into_iter().chain(authorization).chain(optional);
        let headers = headers.map(|(name, value)| (name.to_owned(), value)).collect();
        Request { method, authority, path, query, headers, body, created_seconds }
    }
}

fn signed_request() -> impl Strategy<Value = Request> {
    (request(), any::<[u8; 16]>()).prop_map(|(mut request, nonce)| {
        request.sign(nonce);
        request
    })
}

proptest! {
    #[test]
    fn what_is_signed_is_accepted_in_any_order_of_fields(
        (request, headers) in signed_request().prop_flat_map(|request| {
            let headers = Just(request.headers.clone()).prop_shuffle();
            (Just(request), headers)
        })
    ) {
        prop_assert_eq!(Request { headers, ..request }.verify(), Ok(()));
    }

    #[test]
    fn a_changed_byte_of_anything_covered_is_refused(
        mut request in signed_request(),
        part in any::<Index>(),
        place in any::<Index>(),
        byte in b' '..=b'~',
        insert in any::<bool>(),
    ) {
        let mut parts = request.parts();
        let part = part.get_mut(&mut parts);
        let place = place.index(part.len() + 1);
        let end = if insert { place } else { part.len().min(place + 1) };
        let replacement = char::from(byte).to_string();
        prop_assume!(part[place..end] != replacement);
        part.replace_range(place..end, &replacement);
        prop_assert!(request.verify().is_err());
    }

    #[test]
    fn a_removed_byte_of_anything_covered_is_refused(
        mut request in signed_request(),
        part in any::<Index>(),
        place in any::<Index>(),
    ) {
        let mut parts = request.parts();
        parts.retain(|part| !part.is_empty());
        let part = part.get_mut(&mut parts);
        part.remove(place.index(part.len()));
        prop_assert!(request.verify().is_err());
    }

    #[test]
    fn a_changed_body_is_refused(
        mut request in signed_request(),
        other in prop::collection::vec(any::<u8>(), 0..200),
    ) {
        prop_assume!(request.body != other);
        request.body = other;
        prop_assert_eq!(request.verify(), Err(Refusal::Digest));
    }

    #[test]
    fn a_removed_repeated_or_renamed_field_is_refused(
        request in signed_request(),
        field in any::<Index>(),
        other in any::<Index>(),
    ) {
        let field = field.index(request.headers.len());
        let mut removed = request.clone();
        removed.headers.remove(field);
        prop_assert!(removed.verify().is_err());

        let mut repeated = request.clone();
        repeated.headers.push(request.headers[field].clone());
        prop_assert!(repeated.verify().is_err());

        let mut renamed = request;
        let name = *other.get(&COVERED_IF_PRESENT);
        prop_assume!(renamed.headers[field].0 != name);
        name.clone_into(&mut renamed.headers[field].0);
        prop_assert!(renamed.verify().is_err());
    }

    #[test]
    fn an_added_field_of_the_lists_is_refused(
        mut request in signed_request(),
        name in prop::sample::select(&COVERED_IF_PRESENT[..]),
        unknown in "[a-z-]{1,12}",
    ) {
        let there = request.headers.iter().any(|(known, _)| known == name);
        request.headers.push((name.to_owned(), "1".to_owned()));
        let refused = request.verify();
        prop_assert!(refused.is_err());
        prop_assert_eq!(refused == Err(Refusal::Uncovered(name)), !there);
        request.headers.pop();
        request.headers.push((format!("mindflow-{unknown}"), "1".to_owned()));
        prop_assert!(request.verify().is_err());
    }

    #[test]
    fn two_requests_never_share_a_base(one in request(), other in request()) {
        let base = |request: &Request| {
            let headers = request.headers();
            signature_base(&request.message(&headers), "()").unwrap()
        };
        prop_assert_eq!(base(&one), base(&one.clone()));
        prop_assert_ne!(base(&one), base(&other));
    }

    #[test]
    fn arbitrary_signature_fields_are_refused_without_a_panic(
        mut request in request(),
        input in prop_oneof![any::<String>(), "edge=\\((\"[@a-z-]{1,8}\" ?){0,4}\\)(;[a-z]{1,7}=(\"\\PC{0,9}\"|[0-9-]{1,18})){0,6}"],
        signature in prop_oneof![any::<String>(), "edge=:[A-Za-z0-9+/=]{0,50}:"],
        caller in prop_oneof![any::<String>(), "kind=\"[a-z]{1,6}\"(, [a-z]{4,9}=\"[ -~]{0,40}\"){0,4}"],
    ) {
        request.headers.retain(|(name, _)| name != "mindflow-caller");
        for (name, value) in [("signature-input", input), ("signature", signature), ("mindflow-caller", caller)] {
            request.headers.push((name.to_owned(), value));
        }
        prop_assert!(request.verify().is_err());
    }
}
