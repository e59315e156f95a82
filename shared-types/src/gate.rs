//! What the origin tells a user's gate at the edge (signing.md): which of the user's credentials hold no more.

use serde::{Deserialize, Serialize};

use crate::id::{CredentialId, UserId};

/// The content of `Mindflow-Gate-Effects`. Applying it twice, or after a later one, changes nothing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct GateEffects {
    /// Whose gate is meant.
    pub user: UserId,
    /// Credentials of an older generation than this hold no more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub generation: Option<i64>,
    /// Credentials that hold no more.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub revoke: Vec<Revoked>,
    /// The account is gone: nothing of it holds ever again, and nothing else of it is kept.
    #[serde(default)]
    pub purge: bool,
}

/// A credential that was revoked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Revoked {
    /// The credential's own id.
    pub id: CredentialId,
    /// When all of its tokens have ended by themselves, in Unix seconds: until then it has to be remembered.
    pub until: i64,
}

/// The answer to `GET /internal/gate-state`: what a gate that knows nothing yet must know.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct GateState {
    /// The user's generation.
    pub generation: i64,
    /// Credentials of this generation that were revoked and have not ended by themselves.
    pub revoked: Vec<Revoked>,
    /// The user's version.
    pub version: i64,
    /// Which data that is, as in `Mindflow-Epoch`; an earlier release of the origin does not say it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub epoch: Option<String>,
}

/// The body of `POST /internal/invalidate`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Invalidation {
    /// Whose gate is meant.
    pub user: UserId,
    /// The user's version.
    pub version: i64,
    /// Which data that is, as in `Mindflow-Epoch`; an earlier release of the origin does not say it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub epoch: Option<String>,
    /// What else there is to know.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub effects: Option<GateEffects>,
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn effects_are_written_as_the_profile_says_and_absent_parts_may_be_left_out() {
        let id = "0198c5a0-0000-7000-8000-0000000000aa";
        let effects = GateEffects {
            user: UserId::parse(id).unwrap(),
            generation: Some(3),
            revoke: vec![Revoked {
                id: CredentialId::parse(id).unwrap(),
                until: 7,
            }],
            purge: false,
        };
        let text = json!({"user": id, "generation": 3, "revoke": [{"id": id, "until": 7}], "purge": false});
        assert_eq!(serde_json::to_value(&effects).unwrap(), text);
        assert_eq!(
            serde_json::from_value::<GateEffects>(text).unwrap(),
            effects
        );

        let least: GateEffects = serde_json::from_value(json!({ "user": id })).unwrap();
        assert_eq!(
            (least.generation, least.revoke, least.purge),
            (None, vec![], false)
        );
    }

    #[test]
    fn both_sides_understand_an_earlier_release_that_knows_no_epoch() {
        let id = "0198c5a0-0000-7000-8000-0000000000aa";
        let state = json!({"generation": 1, "revoked": [], "version": 2});
        let news = json!({"user": id, "version": 2});
        let read: GateState = serde_json::from_value(state.clone()).unwrap();
        assert_eq!(read.epoch, None);
        assert_eq!(serde_json::to_value(&read).unwrap(), state);
        let read: Invalidation = serde_json::from_value(news.clone()).unwrap();
        assert_eq!(read.epoch, None);
        assert_eq!(serde_json::to_value(&read).unwrap(), news);
        // And a release passes over what it does not know.
        let later = json!({"user": id, "version": 2, "epoch": "e", "later": 1});
        let read: Invalidation = serde_json::from_value(later).unwrap();
        assert_eq!(read.epoch.as_deref(), Some("e"));
    }
}
