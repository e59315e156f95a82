//! The formula of the ranking, version 1: what a task's figures are worth, in whole hundredths of a point.
//!
//! Only additions, multiplications, divisions and square roots, which IEEE 754 rounds the same way
//! everywhere, so two machines never disagree about a hundredth.

use shared_types::best::{Factor, Points};
use shared_types::weights::Weights;

/// The version of the formula; it changes whenever the same inputs would give another score.
pub const RANKING_VERSION: u8 = 1;

/// Minutes that a task without an estimate is taken to need.
pub(super) const ASSUMED_EFFORT_MINUTES: u32 = 30;

/// The constant that a factor carries in the formula.
const fn constant(factor: Factor) -> f64 {
    match factor {
        Factor::Urgency => 40.0,
        Factor::Importance => 30.0,
        Factor::Fit => 12.0,
        Factor::Unblocks | Factor::Started => 8.0,
        Factor::TimeOfDay => 6.0,
        Factor::Small => 4.0,
        Factor::Age => 1.5,
        Factor::NotNow => 15.0,
    }
}

/// The constant of a factor times the user's weight for it.
fn scaled(weights: &Weights, factor: Factor) -> f64 {
    constant(factor) * weights.of(factor)
}

/// The most that a factor can give; `None` where there is no limit.
pub(super) fn limit(weights: &Weights, factor: Factor) -> Option<Points> {
    match factor {
        Factor::Age => None,
        Factor::NotNow => Some(Points(0)),
        _ => Some(Points(hundredths(scaled(weights, factor)))),
    }
}

/// The figures of one task that the formula weighs.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Figures {
    /// `U`, 0 to 1.
    pub(super) urgency: f64,
    /// `P`, 0 to 1.
    pub(super) importance: f64,
    /// `F`, 0 to 1.
    pub(super) fit: f64,
    /// `n`.
    pub(super) unblocks: u32,
    pub(super) started: bool,
    /// `C`, 0 to 1.
    pub(super) time_of_day: f64,
    /// `e` in minutes.
    pub(super) effort_minutes: u32,
    pub(super) age_days: f64,
    /// `h`; `None` when the user never put the task off.
    pub(super) hours_since_not_now: Option<f64>,
}

/// The parts of a score in hundredths of a point, in the order of [`Factor::ALL`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Parts([i32; 9]);

impl Parts {
    /// The points of one factor, in hundredths.
    pub const fn hundredths(&self, factor: Factor) -> i32 {
        self.0[factor as usize]
    }

    /// The score in hundredths: the sum of the rounded parts, so that they add up exactly as shown.
    pub fn score(&self) -> i32 {
        self.0.iter().sum()
    }
}

impl Figures {
    pub(super) fn parts(&self, weights: &Weights) -> Parts {
        Parts(Factor::ALL.map(|factor| hundredths(scaled(weights, factor) * self.share(factor))))
    }

    /// What the factor's scaled constant is multiplied by.
    fn share(&self, factor: Factor) -> f64 {
        match factor {
            Factor::Urgency => self.urgency * (0.4 + 0.6 * self.importance),
            Factor::Importance => self.importance,
            Factor::Fit => self.fit,
            Factor::Unblocks => 1.0 - halved(f64::from(self.unblocks)),
            Factor::Started => f64::from(u8::from(self.started)),
            Factor::TimeOfDay => self.time_of_day,
            Factor::Small => 1.0 / (1.0 + f64::from(self.effort_minutes) / 30.0),
            Factor::Age => self.age_days.sqrt(),
            Factor::NotNow => -self
                .hours_since_not_now
                .map_or(0.0, |hours| halved(hours / 4.0)),
        }
    }
}

/// `u(s)`: how urgent a date is when `slack_minutes` working minutes remain beside the work itself.
pub(super) fn urgency(slack_minutes: f64) -> f64 {
    if slack_minutes >= 0.0 {
        0.9 / (1.0 + slack_minutes / 960.0)
    } else {
        0.9 + 0.1 * -slack_minutes / (-slack_minutes + 2400.0)
    }
}

/// `P` of a priority from 1 to 5.
pub(super) fn importance(priority: u8) -> f64 {
    (f64::from(priority) - 1.0) / 4.0
}

/// `F`: the part of the work that fits the free time; all of it when that is unknown.
pub(super) fn fit(free_minutes: Option<u32>, effort_minutes: u32) -> f64 {
    free_minutes.map_or(1.0, |free| {
        (f64::from(free) / f64::from(effort_minutes.max(1))).min(1.0)
    })
}

/// `2^-x` for `x >= 0`. Not `f64::exp2`, whose last bit is the platform's choice.
fn halved(x: f64) -> f64 {
    if x > 64.0 {
        return 0.0;
    }
    let mut whole = 1.0;
    let mut rest = x;
    while rest >= 1.0 {
        whole *= 0.5;
        rest -= 1.0;
    }
    if rest == 0.0 {
        return whole;
    }
    let exponent = -rest * std::f64::consts::LN_2;
    // The Taylor series of e^y by Horner; |y| < 0.7, so 18 terms reach the last bit.
    whole
        * (1..=18)
            .rev()
            .fold(1.0, |sum, term| 1.0 + sum * exponent / f64::from(term))
}

/// Whole hundredths, half away from zero.
#[expect(
    clippy::cast_possible_truncation,
    reason = "a score is far below 21 million points"
)]
fn hundredths(points: f64) -> i32 {
    (points * 100.0).round() as i32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn halving_agrees_with_the_platform() {
        for step in 0..6_500_u32 {
            let x = f64::from(step) / 100.0;
            assert!((halved(x) - (-x).exp2()).abs() < 1e-15, "2^-{x}");
        }
        assert!(halved(64.1).abs() < f64::EPSILON);
    }

    #[test]
    fn urgency_is_continuous_where_a_date_passes() {
        assert!((urgency(0.0) - 0.9).abs() < 1e-12);
        assert!((urgency(-1e-9) - 0.9).abs() < 1e-9);
        assert!(urgency(-1e12) < 1.0);
    }

    #[test]
    fn halves_are_rounded_away_from_zero() {
        assert_eq!([hundredths(0.125), hundredths(-0.125)], [13, -13]);
    }

    #[test]
    fn limits_are_the_scaled_constants() {
        let doubled = Weights::from_hundredths([200; 9]).unwrap();
        let limits = Factor::ALL.map(|factor| limit(&doubled, factor).map(|points| points.0));
        assert_eq!(
            limits,
            [
                Some(8000),
                Some(6000),
                Some(2400),
                Some(1600),
                Some(1600),
                Some(1200),
                Some(800),
                None,
                Some(0)
            ]
        );
    }
}
