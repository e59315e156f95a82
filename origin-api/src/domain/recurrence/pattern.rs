//! Which days and times a rule names, once everything that it leaves out is taken from the start.

use jiff::civil::{Date, DateTime, Weekday};

use super::rule::{ByDay, Frequency, Rule};

/// The rule's lists, completed.
#[derive(Clone, Debug)]
pub(super) struct Pattern {
    pub(super) months: Vec<i16>,
    week_numbers: Vec<i16>,
    year_days: Vec<i16>,
    month_days: Vec<i16>,
    days: Vec<ByDay>,
    /// Whether a number in BYDAY counts in the month, rather than in the year.
    days_in_month: bool,
    week_start: Weekday,
    /// Empty for an hourly rule without BYHOUR: any hour.
    pub(super) hours: Vec<i16>,
    pub(super) minutes: Vec<i16>,
    pub(super) seconds: Vec<i16>,
}

impl Pattern {
    /// RFC 5545 takes from the start what the rule does not say: the day of the year, month or week, and the time.
    pub(super) fn new(rule: &Rule, start: DateTime) -> Self {
        let or = |list: &[i16], default: i8| {
            if list.is_empty() {
                vec![i16::from(default)]
            } else {
                list.to_vec()
            }
        };
        let mut pattern = Self {
            months: rule.months.clone(),
            week_numbers: rule.week_numbers.clone(),
            year_days: rule.year_days.clone(),
            month_days: rule.month_days.clone(),
            days: rule.days.clone(),
            days_in_month: rule.frequency == Frequency::Monthly || !rule.months.is_empty(),
            week_start: rule.week_start,
            hours: if rule.frequency == Frequency::Hourly {
                rule.hours.clone()
            } else {
                or(&rule.hours, start.hour())
            },
            minutes: or(&rule.minutes, start.minute()),
            seconds: or(&rule.seconds, start.second()),
        };
        let no_day =
            rule.year_days.is_empty() && rule.month_days.is_empty() && rule.days.is_empty();
        let same_weekday = ByDay {
            nth: None,
            weekday: start.weekday(),
        };
        match rule.frequency {
            Frequency::Yearly if no_day && rule.week_numbers.is_empty() => {
                pattern.months = or(&rule.months, start.month());
                pattern.month_days = vec![start.day().into()];
            }
            Frequency::Monthly if no_day => pattern.month_days = vec![start.day().into()],
            Frequency::Yearly | Frequency::Weekly if no_day => pattern.days = vec![same_weekday],
            _ => {}
        }
        pattern
    }

    /// Whether the rule names this day.
    pub(super) fn names(&self, date: Date) -> bool {
        self.names_month(date)
            && self.names_month_day(date.day(), date)
            && self.names_weekday(date)
            && self.names_year_day(date)
            && self.names_week(date)
    }

    /// The days that the rule names of the month that starts on `first`.
    pub(super) fn named_in_month(&self, first: Date) -> impl Iterator<Item = Date> {
        let days = if self.names_month(first) {
            first.days_in_month()
        } else {
            0
        };
        // The cheapest test first: it spares making most days.
        (1..=days)
            .filter(move |day| self.names_month_day(*day, first))
            .filter_map(move |day| Date::new(first.year(), first.month(), day).ok())
            .filter(|date| self.names(*date))
    }

    /// Whether the rule names any day of this month, as far as BYMONTH goes.
    pub(super) fn names_month(&self, date: Date) -> bool {
        self.months.is_empty() || self.months.contains(&i16::from(date.month()))
    }

    fn names_month_day(&self, day: i8, month: Date) -> bool {
        let of = || month.days_in_month().into();
        self.month_days.is_empty() || names(&self.month_days, day.into(), of())
    }

    fn names_year_day(&self, date: Date) -> bool {
        self.year_days.is_empty() || names(&self.year_days, date.day_of_year(), date.days_in_year())
    }

    fn names_weekday(&self, date: Date) -> bool {
        let is_nth = |nth: i16| {
            let (day, of) = if self.days_in_month {
                (i16::from(date.day()), i16::from(date.days_in_month()))
            } else {
                (date.day_of_year(), date.days_in_year())
            };
            nth == (day - 1) / 7 + 1 || nth == -((of - day) / 7 + 1)
        };
        let weekday = date.weekday();
        self.days.is_empty()
            || self
                .days
                .iter()
                .any(|by_day| by_day.weekday == weekday && by_day.nth.is_none_or(is_nth))
    }

    /// A week belongs to the year that has at least four of its days; weeks start on WKST.
    fn names_week(&self, date: Date) -> bool {
        if self.week_numbers.is_empty() {
            return true;
        }
        let weekday = i16::from(date.weekday().since(self.week_start));
        // Day of the year of the week's fourth day, which is in the week's own year.
        let fourth = date.day_of_year() - weekday + 3;
        let (fourth, length) = if fourth < 1 {
            let length = days_in_year(date.year() - 1);
            (fourth + length, length)
        } else if fourth > date.days_in_year() {
            let length = days_in_year(date.year() + 1);
            (fourth - date.days_in_year(), length)
        } else {
            (fourth, date.days_in_year())
        };
        let number = (fourth - 1) / 7 + 1;
        let weeks = number + (length - fourth) / 7;
        names(&self.week_numbers, number, weeks)
    }
}

/// Whether a list has the number, counted from the start or, negative, from the end.
fn names(list: &[i16], number: i16, of: i16) -> bool {
    list.contains(&number) || list.contains(&(number - of - 1))
}

fn days_in_year(year: i16) -> i16 {
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    365 + i16::from(leap)
}
