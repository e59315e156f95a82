//! The health report and the memory that keeps its probes rare: at most one a second behind it, however
//! many ask. The memory is an isolate's own.

use serde::{Deserialize, Serialize};

use crate::answer::Answer;

/// How long a report is given out before the origin is asked again, in milliseconds.
const FRESH_MS: i64 = 1_000;

/// After how many milliseconds the deadline of a probe has passed for sure; whoever made it is gone.
const PROBE_LOST_MS: i64 = 4_000;

/// What the origin says of itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OriginHealth {
    /// `ok`, or another word when it is not.
    pub status: String,
    /// `ok`, or another word when the database is not.
    #[serde(default = "unknown")]
    pub database: String,
    /// The number of the newest migration.
    #[serde(default)]
    pub migration: Option<i64>,
}

fn unknown() -> String {
    "unknown".to_owned()
}

impl OriginHealth {
    /// An origin that does not answer.
    pub fn unreachable() -> Self {
        Self {
            status: "unreachable".to_owned(),
            database: unknown(),
            migration: None,
        }
    }

    /// Reads the origin's own report; anything else is an origin that does not answer.
    pub fn parse(json: &str) -> Self {
        serde_json::from_str(json).unwrap_or_else(|_| Self::unreachable())
    }

    fn is_ok(&self) -> bool {
        self.status == "ok" && self.database == "ok"
    }
}

#[derive(Serialize)]
struct EdgeHealth {
    status: &'static str,
}

#[derive(Serialize)]
struct Report<'a> {
    status: &'static str,
    version: &'static str,
    edge: EdgeHealth,
    origin: &'a OriginHealth,
}

/// The answer of `GET /health`: 200 `ok`, or 503 `degraded` when the origin or its database is away.
pub fn answer(origin: &OriginHealth) -> Answer {
    let (code, status) = if origin.is_ok() {
        (200, "ok")
    } else {
        (503, "degraded")
    };
    let report = Report {
        status,
        version: env!("CARGO_PKG_VERSION"),
        edge: EdgeHealth { status: "ok" },
        origin,
    };
    // Strings and numbers only: writing cannot fail.
    let text = serde_json::to_string(&report).unwrap_or_default();
    let answer = Answer::new(code)
        .with("content-type", "application/json")
        .with("cache-control", "no-store")
        .with_text(text);
    if code == 503 {
        answer.with("retry-after", "5")
    } else {
        answer
    }
}

/// What to do for one request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// Give out what is known.
    Known(OriginHealth),
    /// Ask the origin, then call [`Probes::finish`].
    Probe,
    /// Somebody is asking: look again shortly.
    Wait,
}

/// The last report of the origin, and the probe under way.
#[derive(Debug, Default)]
pub struct Probes {
    known: Option<(OriginHealth, i64)>,
    probing_since_ms: Option<i64>,
}

impl Probes {
    /// What to do at `now_ms` (Unix milliseconds).
    pub fn step(&mut self, now_ms: i64) -> Step {
        if let Some((health, at_ms)) = &self.known
            && now_ms - at_ms < FRESH_MS
        {
            return Step::Known(health.clone());
        }
        match self.probing_since_ms {
            Some(since_ms) if now_ms - since_ms < PROBE_LOST_MS => Step::Wait,
            _ => {
                self.probing_since_ms = Some(now_ms);
                Step::Probe
            }
        }
    }

    /// Keeps what the probe found.
    pub fn finish(&mut self, health: OriginHealth, now_ms: i64) {
        self.known = Some((health, now_ms));
        self.probing_since_ms = None;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ok() -> OriginHealth {
        OriginHealth::parse(r#"{"status":"ok","database":"ok","migration":3}"#)
    }

    #[test]
    fn a_healthy_origin_is_200_and_anything_else_503() {
        let answer = answer(&ok());
        assert_eq!(answer.status, 200);
        assert_eq!(
            answer.text.unwrap(),
            format!(
                r#"{{"status":"ok","version":"{}","edge":{{"status":"ok"}},"origin":{{"status":"ok","database":"ok","migration":3}}}}"#,
                env!("CARGO_PKG_VERSION")
            )
        );
        for json in [
            "",
            "<html>",
            "[]",
            "{}",
            r#"{"status":"ok"}"#,
            r#"{"status":"degraded","database":"down"}"#,
        ] {
            let answer = super::answer(&OriginHealth::parse(json));
            assert_eq!(
                (answer.status, answer.find("cache-control")),
                (503, Some("no-store")),
                "{json}"
            );
            assert!(answer.text.unwrap().starts_with(r#"{"status":"degraded""#));
        }
    }

    #[test]
    fn many_who_ask_make_one_probe_a_second() {
        let mut probes = Probes::default();
        assert_eq!(probes.step(0), Step::Probe);
        assert_eq!(probes.step(1), Step::Wait);
        probes.finish(ok(), 50);
        assert_eq!(probes.step(1_049), Step::Known(ok()));
        assert_eq!(probes.step(1_050), Step::Probe);
    }

    #[test]
    fn a_probe_whose_asker_has_gone_is_made_again() {
        let mut probes = Probes::default();
        assert_eq!(probes.step(0), Step::Probe);
        assert_eq!(probes.step(PROBE_LOST_MS - 1), Step::Wait);
        assert_eq!(probes.step(PROBE_LOST_MS), Step::Probe);
        assert_eq!(probes.step(PROBE_LOST_MS + 1), Step::Wait);
    }
}
