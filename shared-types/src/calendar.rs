//! The credential of the calendar feed on the wire.

use jiff::Timestamp;
use jiff::civil::Date;
use serde::Serialize;

use crate::time;

/// The path of the feed, and with `PUBLIC_URL` before it the audience of its tokens: they hold nowhere else, and no
/// other credential holds there.
pub const FEED_PATH: &str = "/api/calendar.ics";

/// Whether a feed is open, and since when.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CalendarToken {
    /// Whether there is a token that holds.
    pub exists: bool,
    /// When it was made.
    #[serde(serialize_with = "time::serialize_option")]
    #[cfg_attr(feature = "openapi", schema(required))]
    pub created_at: Option<Timestamp>,
    /// When it ends.
    #[serde(serialize_with = "time::serialize_option")]
    #[cfg_attr(feature = "openapi", schema(required))]
    pub expires_at: Option<Timestamp>,
    /// The last day (UTC) on which a calendar read the feed.
    #[serde(serialize_with = "time::serialize_day")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>, format = Date, required))]
    pub last_used_on: Option<Date>,
    /// The address of the feed, with the token in it. Only in the answer that makes it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = String, required = false))]
    pub url: Option<String>,
}
