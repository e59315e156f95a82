//! The user's time: which instant a date means, and how much working time lies between two instants.
//!
//! Working time is counted in milliseconds that really pass, so a clock change inside the working day counts
//! with its true length. It is computed in closed form by weeks: neither days nor weeks are walked.

use std::fmt;

use jiff::Timestamp;
use jiff::civil::{Date, DateTime, time};
use jiff::tz::{Offset, TimeZone};
use shared_types::task::PreferredTime;
use shared_types::time::WhenValue;

const MINUTE_MS: i64 = 60_000;
const DAY_MS: i64 = 24 * 60 * MINUTE_MS;

/// Beyond this distance a clock change is not looked up: an hour there moves no score by a hundredth.
const CLOCK_CHANGE_HORIZON_MS: i64 = 50 * 366 * DAY_MS;

/// The daily working window and the days it is kept on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WorkingHours {
    start_ms: i64,
    length_ms: i64,
    works: [bool; 7],
    /// Working days before each day of the week, Monday first.
    days_before: [i64; 7],
    days_a_week: i64,
}

impl WorkingHours {
    /// Minutes of the day, and the working days from Monday to Sunday.
    ///
    /// `None` when that leaves no working minute: no day, or an end that is not after the start and within the day.
    pub fn new(start_minute: u16, end_minute: u16, works: [bool; 7]) -> Option<Self> {
        let mut days_a_week = 0;
        let days_before = works.map(|works| {
            let before = days_a_week;
            days_a_week += i64::from(works);
            before
        });
        (days_a_week > 0 && start_minute < end_minute && end_minute <= 24 * 60).then(|| Self {
            start_ms: i64::from(start_minute) * MINUTE_MS,
            length_ms: i64::from(end_minute - start_minute) * MINUTE_MS,
            works,
            days_before,
            days_a_week,
        })
    }

    /// Working milliseconds up to a wall clock on a timeline without clock changes.
    ///
    /// `local_ms` counts wall-clock milliseconds from 1970-01-01, and so does the answer from some Monday.
    fn until(&self, local_ms: i64) -> i64 {
        // 1970-01-01 was a Thursday, the fourth day of a week that starts on Monday.
        let day = local_ms.div_euclid(DAY_MS) + 3;
        let of_day = local_ms.rem_euclid(DAY_MS);
        let (week, weekday) = (day.div_euclid(7), day_of_week(day));
        let today = if self.works[weekday] {
            (of_day - self.start_ms).clamp(0, self.length_ms)
        } else {
            0
        };
        (week * self.days_a_week + self.days_before[weekday]) * self.length_ms + today
    }

    /// The length of a working day in minutes.
    pub(super) fn day_minutes(&self) -> u32 {
        u32::try_from(self.length_ms / MINUTE_MS).unwrap_or(u32::MAX)
    }

    fn works_on(&self, date: Date) -> bool {
        self.works[usize::from(date.weekday().to_monday_zero_offset().unsigned_abs())]
    }
}

impl fmt::Display for WorkingHours {
    /// "Monday to Friday, 09:00 to 17:00"; days that do not follow each other are listed.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const DAYS: [&str; 7] = [
            "Monday",
            "Tuesday",
            "Wednesday",
            "Thursday",
            "Friday",
            "Saturday",
            "Sunday",
        ];
        let days: Vec<&str> = DAYS
            .into_iter()
            .zip(self.works)
            .filter_map(|(day, works)| works.then_some(day))
            .collect();
        let together = DAYS.windows(days.len()).any(|run| run == days);
        match days.as_slice() {
            [first, _, .., last] if together && days.len() > 2 => write!(f, "{first} to {last}")?,
            _ => f.write_str(&days.join(", "))?,
        }
        let clock = |ms: i64| (ms / MINUTE_MS / 60, ms / MINUTE_MS % 60);
        let (start, end) = (clock(self.start_ms), clock(self.start_ms + self.length_ms));
        write!(
            f,
            ", {:02}:{:02} to {:02}:{:02}",
            start.0, start.1, end.0, end.1
        )
    }
}

impl Default for WorkingHours {
    /// 09:00 to 17:00, Monday to Friday.
    fn default() -> Self {
        let works = [true, true, true, true, true, false, false];
        Self {
            start_ms: 9 * 60 * MINUTE_MS,
            length_ms: 8 * 60 * MINUTE_MS,
            works,
            days_before: [0, 1, 2, 3, 4, 5, 5],
            days_a_week: 5,
        }
    }
}

#[expect(clippy::cast_possible_truncation, reason = "0 to 6")]
const fn day_of_week(day: i64) -> usize {
    day.rem_euclid(7) as usize
}

/// The instant at which a planned or hard date passes: for a day, the end of the working day, or of the calendar
/// day where that is no working day.
pub fn end_of(when: WhenValue, zone: &TimeZone, hours: &WorkingHours) -> Timestamp {
    match when {
        WhenValue::Day(date) if hours.works_on(date) => {
            let end_minute = (hours.start_ms + hours.length_ms) / MINUTE_MS;
            if end_minute == 24 * 60 {
                day_after(date, zone)
            } else {
                at_minute(date, end_minute, zone)
            }
        }
        WhenValue::Day(date) => day_after(date, zone),
        other => start_of(other, zone),
    }
}

/// The instant at which a gate with this date opens: for a day, its first instant.
pub fn start_of(when: WhenValue, zone: &TimeZone) -> Timestamp {
    match when {
        WhenValue::Day(date) => instant(date.at(0, 0, 0, 0), zone),
        WhenValue::Local(local) => instant(local, zone),
        WhenValue::Instant(at) => at,
    }
}

fn day_after(date: Date, zone: &TimeZone) -> Timestamp {
    date.tomorrow()
        .map_or(Timestamp::MAX, |next| instant(next.at(0, 0, 0, 0), zone))
}

fn at_minute(date: Date, minute: i64, zone: &TimeZone) -> Timestamp {
    let clock = i8::try_from(minute / 60)
        .and_then(|hour| i8::try_from(minute % 60).map(|minute| (hour, minute)));
    let (hour, minute) = clock.expect("a minute of the day");
    instant(date.to_datetime(time(hour, minute, 0, 0)), zone)
}

/// A wall clock that a clock change skips means the same clock before the change; one that happens twice, the first.
fn instant(local: DateTime, zone: &TimeZone) -> Timestamp {
    // Only the first and last days of the years -9999 and 9999 are out of range.
    let outermost = if local.year() < 0 {
        Timestamp::MIN
    } else {
        Timestamp::MAX
    };
    zone.to_timestamp(local).unwrap_or(outermost)
}

/// Working time in one zone, counted from the instant of one ranking.
pub(super) struct Calendar<'a> {
    zone: &'a TimeZone,
    hours: &'a WorkingHours,
    /// Clock changes that add or skip working time: the instant, and the sum of what they skip up to then.
    skips: Vec<(i64, i64)>,
    /// The position of now.
    now: i64,
}

impl<'a> Calendar<'a> {
    /// Counts exactly between `first` and `last`, up to 50 years on either side of `now`.
    pub(super) fn new(
        zone: &'a TimeZone,
        hours: &'a WorkingHours,
        now: Timestamp,
        first: Timestamp,
        last: Timestamp,
    ) -> Self {
        let now_ms = now.as_millisecond();
        let first = first.max(milliseconds(now_ms - CLOCK_CHANGE_HORIZON_MS));
        let last = last.min(milliseconds(now_ms + CLOCK_CHANGE_HORIZON_MS));
        let mut skips = Vec::new();
        let mut skipped = 0;
        let mut offset = zone.to_offset(first);
        for change in zone
            .following(first)
            .take_while(|change| change.timestamp() <= last)
        {
            let at = change.timestamp().as_millisecond();
            let clock = |offset: Offset| hours.until(at + i64::from(offset.seconds()) * 1000);
            let skip = clock(change.offset()) - clock(offset);
            offset = change.offset();
            if skip != 0 {
                skipped += skip;
                skips.push((at, skipped));
            }
        }
        let mut calendar = Self {
            zone,
            hours,
            skips,
            now: 0,
        };
        calendar.now = calendar.position(now);
        calendar
    }

    /// Working minutes from now to an instant; negative when it is past.
    #[expect(
        clippy::cast_precision_loss,
        reason = "20,000 years of milliseconds are under 2^53"
    )]
    pub(super) fn working_minutes(&self, to: Timestamp) -> f64 {
        (self.position(to) - self.now) as f64 / 60_000.0
    }

    /// Working milliseconds up to an instant, from a start that is the same for all instants.
    fn position(&self, at: Timestamp) -> i64 {
        let at_ms = at.as_millisecond();
        let local_ms = at_ms + i64::from(self.zone.to_offset(at).seconds()) * 1000;
        let passed = self.skips.partition_point(|&(change, _)| change <= at_ms);
        let skipped = passed.checked_sub(1).map_or(0, |last| self.skips[last].1);
        self.hours.until(local_ms) - skipped
    }
}

fn milliseconds(ms: i64) -> Timestamp {
    let bounds = (
        Timestamp::MIN.as_millisecond(),
        Timestamp::MAX.as_millisecond(),
    );
    Timestamp::from_millisecond(ms.clamp(bounds.0, bounds.1)).unwrap_or(Timestamp::MAX)
}

/// The first minute of the day in a part of the day, and the first after it.
pub(super) const fn window_minutes(preferred: PreferredTime) -> (i64, i64) {
    match preferred {
        PreferredTime::Morning => (6 * 60, 12 * 60),
        PreferredTime::Afternoon => (12 * 60, 18 * 60),
        PreferredTime::Evening => (18 * 60, 22 * 60),
    }
}

/// `C`: 1 inside the window, falling to 0 over the hour before it and the hour after it.
///
/// The distance is time that really passes: on Easter Island clocks change at 22:00, and by the wall clock
/// the fit would jump there.
#[expect(
    clippy::cast_precision_loss,
    reason = "at most two days of milliseconds"
)]
pub(super) fn closeness(preferred: PreferredTime, now: Timestamp, zone: &TimeZone) -> f64 {
    let today = zone.to_datetime(now).date();
    // No clock change is known that puts now within an hour of another day's window.
    let at = |minute| at_minute(today, minute, zone).as_millisecond();
    let (start, end) = window_minutes(preferred);
    let now = now.as_millisecond();
    let distance_ms = (at(start) - now).max(now - at(end)).max(0);
    (1.0 - distance_ms as f64 / 3_600_000.0).max(0.0)
}
