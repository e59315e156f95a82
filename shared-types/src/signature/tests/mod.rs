//! One request, broken in every way the profile knows: each [`Refusal`] is reached, and in signing order.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::*;

mod fields;
mod meaning;
mod parse;

const KEYS: &str = "new=qf3Uu2mrVbC7tQrpIv4VjLUzRrhgVb8KkmNVZQWBfS0=\n\
    old=uzvJfB4u3N0Jy4T7NZ75MDVcr8zSTInedJtkgcu46YW4XByzNJjxBdtjUkdJPBtbmHhIDi6pcl8jsasjlTMtDQ==";
const CREATED: i64 = 1_763_834_400;
const CALLER: &str = "kind=\"access\", user=\"0198c5a0-0000-7000-8000-0000000000aa\", \
    credential=\"0198c5a0-0000-7000-8000-0000000000bb\", scopes=\"tasks:read tasks:write\"";

fn keys() -> Keys {
    Keys::parse(KEYS).unwrap()
}

/// A request as an attacker, or a faulty signer who has the key, could make it: the HMAC is right over whatever it
/// says unless `mac_fault` is set.
struct Draft {
    path: &'static str,
    headers: Vec<(String, String)>,
    /// What the list covers, in this order, instead of the derived components and all of `headers`.
    covered: Option<Vec<String>>,
    label: &'static str,
    created: String,
    expires: String,
    nonce: String,
    key_id: &'static str,
    tag: &'static str,
    end: &'static str,
    mac_fault: bool,
    replayed: bool,
    body: &'static [u8],
    now_ms: i64,
    /// Added after signing.
    added: Vec<(String, String)>,
}

impl Draft {
    fn valid() -> Self {
        let headers = [
            ("content-digest", &*content_digest(b"{}")),
            ("x-request-id", "0198c5a0-0000-7000-8000-000000000001"),
            ("mindflow-caller", CALLER),
            ("mindflow-client-address", "2001:db8::7"),
            ("mindflow-accepted-at", "1763834400123"),
            ("authorization", "Bearer header.payload.signature"),
            ("content-type", "application/json"),
        ];
        Self {
            path: "/api/tasks/1",
            headers: headers
                .map(|(name, value)| (name.to_owned(), value.to_owned()))
                .into(),
            covered: None,
            label: "edge",
            created: CREATED.to_string(),
            expires: (CREATED + 60).to_string(),
            nonce: "AAECAwQFBgcICQoLDA0ODw".to_owned(),
            key_id: "old",
            tag: "mindflow-edge",
            end: "",
            mac_fault: false,
            replayed: false,
            body: b"{}",
            now_ms: CREATED * 1000,
            added: Vec::new(),
        }
    }

    fn set(&mut self, name: &str, value: &str) {
        self.headers.retain(|(known, _)| known != name);
        self.headers.push((name.to_owned(), value.to_owned()));
        let place = |name: &str| super::fields::names().position(|known| known == name);
        self.headers.sort_by_key(|(name, _)| place(name));
    }

    fn add(&mut self, name: &str, value: &str) {
        self.added.push((name.to_owned(), value.to_owned()));
    }

    fn names(&self) -> Vec<String> {
        let derived = base::DERIVED.iter().map(|name| (*name).to_owned());
        derived
            .chain(self.headers.iter().map(|(name, _)| name.clone()))
            .collect()
    }

    fn verify(&self) -> Result<Verified, Refusal> {
        let quoted = self.covered.clone().unwrap_or_else(|| self.names());
        let quoted: Vec<_> = quoted.iter().map(|name| format!("\"{name}\"")).collect();
        let params = format!(
            "({});created={};expires={};nonce=\"{}\";keyid=\"{}\";tag=\"{}\"{}",
            quoted.join(" "),
            self.created,
            self.expires,
            self.nonce,
            self.key_id,
            self.tag,
            self.end
        );
        let keys = keys();
        let key = keys.find(self.key_id).unwrap_or(keys.signing_key());
        let mut base = format!(
            "\"@method\": PUT\n\"@authority\": origin.test\n\"@path\": {}\n\"@query\": ?a=b\n",
            self.path
        );
        for (name, value) in &self.headers {
            base.extend([
                "\"", name, "\": ", value, "
",
            ]);
        }
        let mut mac = key.mac(&format!("{base}\"@signature-params\": {params}"));
        mac[31] ^= u8::from(self.mac_fault);
        let signature_input = format!("{}={params}", self.label);
        let signature = format!("{}=:{}:", self.label, STANDARD.encode(mac));
        let all = self.headers.iter().chain(&self.added);
        let mut headers: Vec<(&str, &str)> = all.map(|(name, value)| (&**name, &**value)).collect();
        headers.extend([
            ("signature", &*signature),
            ("signature-input", &*signature_input),
        ]);
        self.check(&headers, Tag::Edge)
    }

    fn check(&self, headers: &[(&str, &str)], tag: Tag) -> Result<Verified, Refusal> {
        let message = Message {
            method: "PUT",
            authority: "origin.test",
            path: self.path,
            query: "a=b",
            headers,
        };
        verify(&message, &keys(), tag, self.now_ms, |_, _| !self.replayed)?.with_body(self.body)
    }
}

fn refusal(change: impl FnOnce(&mut Draft)) -> Option<Refusal> {
    let mut draft = Draft::valid();
    change(&mut draft);
    draft.verify().err()
}

#[test]
fn a_valid_request_says_who_when_and_from_where() {
    let verified = Draft::valid().verify().unwrap();
    assert_eq!(verified.caller.to_string(), CALLER);
    assert_eq!(
        verified.request_id.to_string(),
        "0198c5a0-0000-7000-8000-000000000001"
    );
    assert_eq!(verified.client_address.to_string(), "2001:db8::7");
    assert_eq!(verified.accepted_at_ms, 1_763_834_400_123);
    assert_eq!(verified.created_seconds, CREATED);
    assert_eq!(
        &*verified.key_id, "old",
        "every key verifies, not only the signing one"
    );
}

/// Every fault is there at once; the first is named, then mended, until none is left.
#[test]
fn the_checks_come_in_the_profile_order() {
    type Fault = (Refusal, fn(&mut Draft));
    let faults: [Fault; 15] = [
        (Refusal::NotOneSignature, |draft| draft.label = "other"),
        (Refusal::Parameters, |draft| {
            draft.end = ";alg=\"hmac-sha256\"";
        }),
        (Refusal::Tag, |draft| draft.tag = "mindflow-origin"),
        (Refusal::UnknownKey, |draft| draft.key_id = "older"),
        (Refusal::CreatedAhead, |draft| {
            draft.now_ms = (CREATED - 31) * 1000;
        }),
        (Refusal::Lifetime, |draft| {
            draft.expires = (CREATED + 61).to_string();
        }),
        (
            Refusal::Message(MessageFault::UnknownMindflowField),
            |draft| draft.add("mindflow-admin", "1"),
        ),
        (Refusal::Uncovered("accept"), |draft| {
            draft.add("accept", "*/*");
        }),
        (Refusal::Mac, |draft| draft.mac_fault = true),
        (Refusal::Replayed, |draft| draft.replayed = true),
        (Refusal::Digest, |draft| draft.body = b"{ }"),
        (Refusal::AcceptedAt, |draft| {
            draft.set("mindflow-accepted-at", "1");
        }),
        (Refusal::RequestId, |draft| draft.set("x-request-id", "1")),
        (Refusal::ClientAddress, |draft| {
            draft.set("mindflow-client-address", "here");
        }),
        (Refusal::Caller, |draft| {
            draft.set("mindflow-caller", "kind=\"root\"");
        }),
    ];
    for first in 0..faults.len() {
        let mut draft = Draft::valid();
        for (_, apply) in &faults[first..] {
            apply(&mut draft);
        }
        assert_eq!(draft.verify().err(), Some(faults[first].0));
    }
}

#[test]
fn a_reason_has_a_label_and_names_its_component() {
    let faults = [
        (
            MessageFault::Repeated("accept"),
            "repeated_field",
            Some("accept"),
        ),
        (
            MessageFault::UnknownMindflowField,
            "unknown_mindflow_field",
            None,
        ),
        (
            MessageFault::Missing("accept"),
            "missing_field",
            Some("accept"),
        ),
        (MessageFault::Value("accept"), "bad_value", Some("accept")),
    ];
    for (fault, label, component) in faults {
        let refusal = Refusal::from(fault);
        assert_eq!((refusal.as_str(), refusal.component()), (label, component));
        assert_eq!(refusal.to_string(), fault.to_string());
    }
    let refusal = Refusal::Uncovered("accept");
    assert_eq!(
        (refusal.as_str(), refusal.component()),
        ("uncovered", Some("accept"))
    );
    assert_eq!(
        refusal.to_string(),
        "`accept` is not covered by the signature"
    );
    assert_eq!(
        (Refusal::Mac.to_string(), Refusal::Mac.component()),
        ("mac".to_owned(), None)
    );
}
