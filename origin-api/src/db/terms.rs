//! On what terms a change is asked: once only, and of which versions.

/// On what terms a change is asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Terms {
    /// Under what its answer is kept.
    pub key: Option<Key>,
    /// The versions that `If-Match` accepts; `None` when any will do.
    pub versions: Option<Vec<i64>>,
}

/// Under what an answer is kept, so that it can be given again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Key {
    /// The caller's key.
    pub key: String,
    /// SHA-256 over method, path, query and body: a key may not be used for another request.
    pub request_hash: [u8; 32],
}
