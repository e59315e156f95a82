//! The signature base of RFC 9421 section 2.5: one line for each covered component, then the parameters.
//! Both sides build it here and nowhere else.

use super::Message;
use super::fields::{Fields, MessageFault};

/// A signature base under construction. The caller guarantees that no value has a line break in it; the profile
/// does so through [`Fields::collect`] and [`derived`].
#[derive(Debug)]
pub(super) struct Base(String);

impl Base {
    pub(super) fn with_capacity(bytes: usize) -> Self {
        Self(String::with_capacity(bytes))
    }

    /// Appends the line of one component.
    pub(super) fn line(&mut self, name: &str, value: &str) {
        for part in ["\"", name, "\": ", value, "\n"] {
            self.0.push_str(part);
        }
    }

    /// Appends the last line, which has no line break. `params` is the inner list with its parameters.
    pub(super) fn finish(mut self, params: &str) -> String {
        self.0.push_str("\"@signature-params\": ");
        self.0.push_str(params);
        self.0
    }
}

/// The derived components that open every covered list, in order.
pub(super) const DERIVED: [&str; 4] = ["@method", "@authority", "@path", "@query"];

/// Checks what the derived components are made of. Spaces and line breaks in any of them, or a `?` in the path,
/// would let two requests share one base.
pub(super) fn check_derived(message: &Message<'_>) -> Result<(), MessageFault> {
    let visible = |text: &str| text.bytes().all(|byte| byte.is_ascii_graphic());
    if message.method.is_empty() || !message.method.bytes().all(|byte| byte.is_ascii_uppercase()) {
        return Err(MessageFault::Value("@method"));
    }
    let authority = message.authority;
    if authority.is_empty()
        || !visible(authority)
        || authority.bytes().any(|byte| byte.is_ascii_uppercase())
    {
        return Err(MessageFault::Value("@authority"));
    }
    if !message.path.starts_with('/') || !visible(message.path) || message.path.contains(['?', '#'])
    {
        return Err(MessageFault::Value("@path"));
    }
    if !visible(message.query) || message.query.contains('#') {
        return Err(MessageFault::Value("@query"));
    }
    Ok(())
}

/// The signature base of a request under the profile, to look at or to compare: [`super::sign`] and
/// [`super::verify`] build the same. `params` is the inner list with its parameters, as in `Signature-Input` after
/// the label.
pub fn signature_base(message: &Message<'_>, params: &str) -> Result<String, MessageFault> {
    check_derived(message)?;
    Ok(profile_base(
        message,
        &Fields::collect(message.headers)?,
        params,
    ))
}

/// The base of a request that was checked. `params` is the inner list with its parameters, as sent.
pub(super) fn profile_base(message: &Message<'_>, fields: &Fields<'_>, params: &str) -> String {
    const LINE_OVERHEAD: usize = 32;
    let size = fields
        .present()
        .map(|(_, value)| value.len() + LINE_OVERHEAD)
        .sum::<usize>();
    let derived =
        message.authority.len() + message.path.len() + message.query.len() + 4 * LINE_OVERHEAD;
    let mut base = Base::with_capacity(size + derived + params.len());
    base.line("@method", message.method);
    base.line("@authority", message.authority);
    base.line("@path", message.path);
    base.query_line(message.query);
    for (name, value) in fields.present() {
        base.line(name, value);
    }
    base.finish(params)
}

impl Base {
    /// The `@query` line: `?` and the raw query, `?` alone when there is none (RFC 9421 section 2.2.7).
    fn query_line(&mut self, query: &str) {
        for part in ["\"@query\": ?", query, "\n"] {
            self.0.push_str(part);
        }
    }
}

#[cfg(test)]
mod tests {
    use base64::Engine as _;
    use base64::engine::general_purpose::STANDARD;
    use serde_json::Value;

    use super::*;
    use crate::signature::{Keys, content_digest};

    fn golden() -> Value {
        serde_json::from_str(include_str!("../../tests/golden/signature-rfc9421.json")).unwrap()
    }

    fn text<'a>(value: &'a Value, name: &str) -> &'a str {
        value[name].as_str().unwrap()
    }

    #[test]
    fn the_base_of_rfc_9421_b_2_5_is_built_from_its_components() {
        let mut base = Base::with_capacity(0);
        base.line("date", "Tue, 20 Apr 2021 02:07:55 GMT");
        base.line("@authority", "example.com");
        base.line("content-type", "application/json");
        let params = "(\"date\" \"@authority\" \"content-type\");created=1618884473;keyid=\"test-shared-secret\"";
        assert_eq!(
            base.finish(params),
            text(&golden()["vectors"][0], "signature_base")
        );
    }

    #[test]
    fn a_query_line_is_a_question_mark_and_the_raw_query() {
        let line = |query| {
            let mut base = Base::with_capacity(0);
            base.query_line(query);
            base.0
        };
        assert_eq!(
            line("param=Value&Pet=dog"),
            "\"@query\": ?param=Value&Pet=dog\n"
        );
        assert_eq!(line(""), "\"@query\": ?\n");
    }

    #[test]
    fn every_rfc_9421_vector_has_the_golden_signature() {
        let golden = golden();
        let file = format!(
            "{}={}",
            text(&golden, "key_id"),
            text(&golden, "key_base64")
        );
        let keys = Keys::parse(&file).unwrap();
        let vectors = golden["vectors"].as_array().unwrap();
        assert_eq!(vectors.len(), 3);
        for vector in vectors {
            let mac = keys.signing_key().mac(text(vector, "signature_base"));
            assert_eq!(
                STANDARD.encode(mac),
                text(vector, "signature_base64"),
                "{}",
                vector["name"]
            );
        }
    }

    #[test]
    fn every_content_digest_is_the_golden_one() {
        let golden = golden();
        let digests = golden["content_digests"].as_array().unwrap();
        assert_eq!(digests.len(), 2);
        for digest in digests {
            let expected = format!("sha-256=:{}:", text(digest, "sha256_base64"));
            assert_eq!(content_digest(text(digest, "body").as_bytes()), expected);
        }
    }
}
