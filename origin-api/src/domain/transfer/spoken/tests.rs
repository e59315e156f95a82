use super::*;
use crate::domain::recurrence::Rule;
use proptest::prelude::*;

/// A Friday.
const TODAY: Date = date(2026, 11, 27);

fn said(text: &str) -> Option<String> {
    let spoken = read(text, TODAY)?;
    let time = spoken
        .time
        .map_or(String::new(), |time| format!(" {}", time.strftime("%H:%M")));
    let rule = spoken.rule.map_or(String::new(), |rule| format!(" {rule}"));
    let mark = if spoken.from_completion { "!" } else { "" };
    Some(format!("{}{time}{rule}{mark}", spoken.day))
}

#[test]
fn single_days_are_understood() {
    for (text, expected) in [
        ("2026-12-01", "2026-12-01"),
        ("2026-12-01 17:00", "2026-12-01 17:00"),
        ("today", "2026-11-27"),
        ("Tomorrow at 9am", "2026-11-28 09:00"),
        ("friday", "2026-12-04"),
        ("next Mon", "2026-11-30"),
        ("next week", "2026-11-30"),
        ("next month", "2026-12-01"),
        ("in 3 days", "2026-11-30"),
        ("in 2 weeks", "2026-12-11"),
        ("30 Nov", "2026-11-30"),
        ("Nov 27", "2026-11-27"),
        ("26 November", "2027-11-26"),
        ("feb 29", "2028-02-29"),
        ("Dec 1, 2027 5:30 pm", "2027-12-01 17:30"),
        ("1 sept. 2028", "2028-09-01"),
        ("12th Jan 12am", "2027-01-12 00:00"),
        ("sat noon", "2026-11-28 12:00"),
    ] {
        assert_eq!(said(text).as_deref(), Some(expected), "{text}");
    }
}

#[test]
fn recurrences_are_understood_and_begin_on_a_day_of_theirs() {
    for (text, expected) in [
        ("every day", "2026-11-27 FREQ=DAILY"),
        ("daily", "2026-11-27 FREQ=DAILY"),
        ("every friday", "2026-11-27 FREQ=WEEKLY;BYDAY=FR"),
        (
            "every fri at 17:00",
            "2026-11-27 17:00 FREQ=WEEKLY;BYDAY=FR",
        ),
        (
            "ev wed, mon and Wednesday",
            "2026-11-30 FREQ=WEEKLY;BYDAY=MO,WE",
        ),
        (
            "every other tuesday",
            "2026-12-01 FREQ=WEEKLY;INTERVAL=2;BYDAY=TU",
        ),
        (
            "every weekday",
            "2026-11-27 FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR",
        ),
        ("every weekend", "2026-11-28 FREQ=WEEKLY;BYDAY=SA,SU"),
        ("every 2 weeks", "2026-11-27 FREQ=WEEKLY;INTERVAL=2"),
        (
            "every 2 weeks on monday",
            "2026-11-30 FREQ=WEEKLY;INTERVAL=2;BYDAY=MO",
        ),
        ("every! 3 days", "2026-11-27 FREQ=DAILY;INTERVAL=3!"),
        ("after 10 days", "2026-11-27 FREQ=DAILY;INTERVAL=10!"),
        ("every month", "2026-11-27 FREQ=MONTHLY"),
        ("every 15th", "2026-12-15 FREQ=MONTHLY;BYMONTHDAY=15"),
        (
            "every 3 months on the 1st",
            "2026-12-01 FREQ=MONTHLY;INTERVAL=3;BYMONTHDAY=1",
        ),
        (
            "every last day of the month",
            "2026-11-30 FREQ=MONTHLY;BYMONTHDAY=-1",
        ),
        ("every 1st monday", "2026-12-07 FREQ=MONTHLY;BYDAY=1MO"),
        ("every last friday", "2026-11-27 FREQ=MONTHLY;BYDAY=-1FR"),
        ("every quarter", "2026-11-27 FREQ=MONTHLY;INTERVAL=3"),
        ("every year", "2026-11-27 FREQ=YEARLY"),
        (
            "every 24 Dec",
            "2026-12-24 FREQ=YEARLY;BYMONTH=12;BYMONTHDAY=24",
        ),
        (
            "every feb 29",
            "2028-02-29 FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29",
        ),
        ("every morning", "2026-11-27 09:00 FREQ=DAILY"),
        (
            "every day starting 1 Dec until Dec 24",
            "2026-12-01 FREQ=DAILY;UNTIL=20261224",
        ),
    ] {
        assert_eq!(said(text).as_deref(), Some(expected), "{text}");
        assert!(
            Rule::parse(&read(text, TODAY).unwrap().rule.unwrap()).is_ok(),
            "{text}"
        );
    }
}

#[test]
fn what_is_not_understood_as_a_whole_gives_nothing() {
    for text in [
        "",
        "soon",
        "every",
        "every blue moon",
        "30 feb",
        "feb 30 2026",
        "tomorrow or so",
        "9am",
        "9am 10am",
        "every 0 days",
        "every 31 feb",
        "13/12/2026",
        "every 2 fridays ago",
        "25:00",
        "tomorrow 13pm",
        "jeden Freitag",
        "every day until",
        "every day until mon until tue",
        "99999 nov",
    ] {
        assert_eq!(said(text), None, "{text}");
    }
}

proptest! {
    #[test]
    fn nothing_makes_it_panic(text in "\\PC{0,60}") {
        read(&text, TODAY);
    }

    #[test]
    fn words_in_any_order_give_a_rule_or_nothing(
        words in proptest::collection::vec(proptest::sample::select(vec![
            "every", "every!", "other", "2", "day", "weeks", "month", "monday", "fri", "last", "1st", "15th", "nov", "30",
            "at", "5pm", "starting", "until", "2026-12-01", "in", "next", "year", "9999",
        ]), 1..7)
    ) {
        if let Some(rule) = read(&words.join(" "), TODAY).and_then(|spoken| spoken.rule) {
            prop_assert!(Rule::parse(&rule).is_ok(), "{rule}");
        }
    }
}
