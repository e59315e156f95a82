//! Parameters of OAuth requests: each at most once, and one without a value is none (RFC 6749 §3.1).

use std::collections::BTreeMap;

use super::refusal::{Code, Refusal};

/// The parameters of a query or a form.
#[derive(Debug, Default)]
pub struct Params {
    /// `None`: given more than once.
    values: BTreeMap<String, Option<String>>,
}

impl Params {
    /// Reads `application/x-www-form-urlencoded`.
    pub fn parse(encoded: &[u8]) -> Self {
        let mut values = BTreeMap::new();
        for (name, value) in form_urlencoded::parse(encoded) {
            if value.is_empty() {
                continue;
            }
            values
                .entry(name.into_owned())
                .and_modify(|first| *first = None)
                .or_insert_with(|| Some(value.into_owned()));
        }
        Self { values }
    }

    /// The parameter `name`, if it is there.
    ///
    /// # Errors
    /// `invalid_request` when it is there more than once: which one is meant, two readers could disagree about.
    pub fn find(&self, name: &str) -> Result<Option<&str>, Refusal> {
        match self.values.get(name) {
            None => Ok(None),
            Some(Some(value)) => Ok(Some(value)),
            Some(None) => Err(Refusal::new(
                Code::InvalidRequest,
                format!("Send {name} once."),
            )),
        }
    }

    /// The parameter `name`.
    ///
    /// # Errors
    /// `invalid_request` when it is missing, or there more than once.
    pub fn get(&self, name: &str) -> Result<&str, Refusal> {
        self.find(name)?
            .ok_or_else(|| Refusal::new(Code::InvalidRequest, format!("{name} is required.")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_parameter_is_there_once_or_not_at_all() {
        let params = Params::parse(b"a=1&b=&c=x+y%21&d=1&d=1&e=");
        assert_eq!(params.get("a"), Ok("1"));
        assert_eq!(params.find("b"), Ok(None));
        assert_eq!(params.get("c"), Ok("x y!"));
        assert_eq!(params.find("d").unwrap_err().code, Code::InvalidRequest);
        assert_eq!(params.get("e").unwrap_err().code, Code::InvalidRequest);
        assert_eq!(params.find("f"), Ok(None));
    }
}
