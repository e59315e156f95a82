//! What single cells of a row mean.

/// The text without the labels at its end, and these in their order.
pub(super) fn without_labels(content: &str) -> (&str, Vec<String>) {
    let mut text = content.trim_end();
    let mut labels = Vec::new();
    while let Some((before, word)) = text.rsplit_once(char::is_whitespace) {
        let Some(label) = word.strip_prefix('@').filter(|label| !label.is_empty()) else {
            break;
        };
        labels.push(label.to_owned());
        text = before.trim_end();
    }
    labels.reverse();
    (text, labels)
}

/// Todoist counts from 1, the most urgent, to 4, where nothing was said.
pub(super) fn priority(given: &str, notes: &mut Vec<String>) -> u8 {
    match given {
        "1" => 5,
        "2" => 4,
        "3" | "" => 3,
        "4" => 2,
        _ => {
            notes.push(format!(
                "its PRIORITY is {given:?}, and not 1 to 4; taken as 3"
            ));
            3
        }
    }
}

pub(super) fn effort(duration: &str, unit: &str, notes: &mut Vec<String>) -> Option<u16> {
    if duration.is_empty() || duration.eq_ignore_ascii_case("none") {
        return None;
    }
    let minutes_each = match unit.to_ascii_lowercase().as_str() {
        "minute" | "minutes" | "" => Some(1),
        "day" | "days" => Some(24 * 60),
        _ => None,
    };
    let minutes = duration.parse::<u64>().ok().zip(minutes_each);
    let minutes = minutes.and_then(|(number, each)| number.checked_mul(each));
    let effort = minutes
        .and_then(|minutes| u16::try_from(minutes).ok())
        .filter(|minutes| (1..=10_080).contains(minutes));
    if effort.is_none() {
        notes.push(format!(
            "its DURATION of {duration:?} {unit:?} is not taken: an estimate is 1 to 10,080 minutes"
        ));
    }
    effort
}
