//! The profile's golden vectors, computed by another implementation: ours must sign the same bytes and accept them.
#![expect(
    clippy::unwrap_used,
    reason = "a test fails by panicking, in its helpers too"
)]

use serde_json::Value;
use shared_types::signature::{
    Keys, Message, Nonce, NonceWindow, Tag, content_digest, sign, verify,
};

const CREATED_SECONDS: i64 = 1_763_834_400;
/// The nonce each vector was made with: 16 counting bytes from here.
const FIRST_NONCE_BYTES: [u8; 3] = [0, 16, 32];

struct Vector {
    method: String,
    authority: String,
    path: String,
    query: String,
    headers: Vec<(String, String)>,
    body: String,
    base: String,
    signature_input: String,
    signature: String,
    nonce: Nonce,
}

impl Vector {
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
}

fn golden() -> (Keys, Vec<Vector>) {
    let golden: Value =
        serde_json::from_str(include_str!("golden/signature-profile.json")).unwrap();
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let keys = format!(
        "{}={}",
        text(&golden["key_id"]),
        text(&golden["key_base64"])
    );
    let vectors = golden["vectors"].as_array().unwrap();
    assert_eq!(vectors.len(), FIRST_NONCE_BYTES.len());
    let vectors = vectors
        .iter()
        .zip(FIRST_NONCE_BYTES)
        .map(|(vector, first_nonce_byte)| {
            let request = &vector["request"];
            let headers = request["headers"].as_object().unwrap();
            Vector {
                method: text(&request["method"]),
                authority: text(&request["authority"]),
                path: text(&request["path"]),
                query: text(&request["query"])
                    .strip_prefix('?')
                    .unwrap()
                    .to_owned(),
                headers: headers
                    .iter()
                    .map(|(name, value)| (name.clone(), text(value)))
                    .collect(),
                body: text(&request["body"]),
                base: text(&vector["signature_base"]),
                signature_input: text(&vector["signature_input"]),
                signature: text(&vector["signature"]),
                nonce: std::array::from_fn(|index| first_nonce_byte + u8::try_from(index).unwrap()),
            }
        });
    (Keys::parse(&keys).unwrap(), vectors.collect())
}

#[test]
fn signing_a_golden_request_gives_the_golden_fields() {
    let (keys, vectors) = golden();
    for vector in &vectors {
        let headers = vector.headers();
        let signed = sign(
            &vector.message(&headers),
            &keys,
            Tag::Edge,
            CREATED_SECONDS,
            &vector.nonce,
        )
        .unwrap();
        assert_eq!(signed.signature_input, vector.signature_input);
        assert_eq!(signed.signature, vector.signature);
    }
}

#[test]
fn the_golden_base_is_what_is_signed() {
    let (_, vectors) = golden();
    for vector in &vectors {
        let headers = vector.headers();
        let params = vector.signature_input.strip_prefix("edge=").unwrap();
        let base =
            shared_types::signature::signature_base(&vector.message(&headers), params).unwrap();
        assert_eq!(base, vector.base);
    }
}

#[test]
fn a_golden_request_is_accepted_once() {
    let (keys, vectors) = golden();
    let mut window = NonceWindow::default();
    for vector in &vectors {
        let mut headers = vector.headers();
        headers.push(("signature-input", &vector.signature_input));
        headers.push(("signature", &vector.signature));
        headers.push(("host", "an.edge.example"));
        let message = vector.message(&headers);
        let now_ms = CREATED_SECONDS * 1000 + 5;
        let mut check = || {
            verify(
                &message,
                &keys,
                Tag::Edge,
                now_ms,
                |nonce, expires_seconds| window.remember(nonce, expires_seconds, now_ms),
            )?
            .with_body(vector.body.as_bytes())
        };
        let verified = check().unwrap();
        let sent = |name| headers.iter().find(|field| field.0 == name).unwrap().1;
        assert_eq!(
            content_digest(vector.body.as_bytes()),
            sent("content-digest")
        );
        assert_eq!(verified.request_id.to_string(), sent("x-request-id"));
        assert_eq!(verified.caller.to_string(), sent("mindflow-caller"));
        assert_eq!(
            verified.client_address.to_string(),
            sent("mindflow-client-address")
        );
        assert_eq!(
            verified.accepted_at_ms.to_string(),
            sent("mindflow-accepted-at")
        );
        assert_eq!(&*verified.key_id, "test-shared-secret");
        assert_eq!(check().unwrap_err().as_str(), "replayed");
    }
    assert_eq!(window.len(), vectors.len());
}
