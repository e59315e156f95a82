//! Lines of iCalendar (RFC 5545 section 3.1). Own code, because it is this much: of the libraries, `ics` 0.5 folds at 76
//! octets and lets control characters through, and `icalendar` 0.17 brings chrono and a second model of dates.

/// Octets in a line at most, without the line break.
const LINE: usize = 75;

/// Content lines.
#[derive(Debug, Default)]
pub(super) struct Lines(String);

impl Lines {
    /// Adds a line, folded where it is too long. `name` may have parameters; a text is [`escaped`] before.
    pub(super) fn add(&mut self, name: &str, value: &str) {
        let mut octets = 0;
        for character in name.chars().chain([':']).chain(value.chars()) {
            let size = character.len_utf8();
            if octets + size > LINE {
                self.0.push_str("\r\n ");
                octets = 1;
            }
            self.0.push(character);
            octets += size;
        }
        self.0.push_str("\r\n");
    }

    pub(super) fn text(self) -> String {
        self.0
    }
}

/// A value of the type TEXT (section 3.3.11). It can hold no control character but a tab, so those are left out.
pub(super) fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.replace("\r\n", "\n").chars() {
        match character {
            '\\' | ';' | ',' => escaped.extend(['\\', character]),
            '\n' | '\r' => escaped.push_str("\\n"),
            '\t' => escaped.push('\t'),
            character if character.is_control() => {}
            character => escaped.push(character),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn read_back(value: &str) -> String {
        let mut text = String::new();
        let mut characters = value.chars();
        while let Some(character) = characters.next() {
            match character {
                '\\' => match characters.next() {
                    Some('n') => text.push('\n'),
                    Some(other) => text.push(other),
                    None => panic!("a backslash ends {value:?}"),
                },
                other => text.push(other),
            }
        }
        text
    }

    #[test]
    fn what_separates_is_escaped_and_what_cannot_stand_is_left_out() {
        assert_eq!(
            escaped("a;b,c\\d\r\ne\rf\u{7}\tg"),
            "a\\;b\\,c\\\\d\\ne\\nf\tg"
        );
        assert_eq!(
            escaped("END:VCALENDAR\r\nBEGIN:VALARM"),
            "END:VCALENDAR\\nBEGIN:VALARM"
        );
    }

    #[test]
    fn a_line_of_75_octets_is_not_folded_and_a_longer_one_is_between_characters() {
        let folded = |value: &str| {
            let mut lines = Lines::default();
            lines.add("X", value);
            lines.text()
        };
        let longest = "a".repeat(73);
        assert_eq!(folded(&longest), format!("X:{longest}\r\n"));
        assert_eq!(
            folded(&format!("{longest}b")),
            format!("X:{longest}\r\n b\r\n")
        );
        assert_eq!(
            folded(&format!("{}ü", "a".repeat(72))),
            format!("X:{}\r\n ü\r\n", "a".repeat(72))
        );
    }

    proptest! {
        #[test]
        fn every_line_fits_and_every_text_is_read_back(text in "(?s).{0,300}") {
            let mut lines = Lines::default();
            lines.add("SUMMARY", &escaped(&text));
            let written = lines.text();
            let physical: Vec<&str> = written.strip_suffix("\r\n").unwrap().split("\r\n").collect();
            for line in &physical {
                prop_assert!(line.len() <= LINE && !line.contains(['\r', '\n']), "{line:?}");
            }
            let unfolded: String = physical
                .iter()
                .enumerate()
                .map(|(at, line)| if at == 0 { line } else { line.strip_prefix(' ').unwrap() })
                .collect();
            let kept: String = text
                .replace("\r\n", "\n")
                .replace('\r', "\n")
                .chars()
                .filter(|c| !c.is_control() || matches!(c, '\n' | '\t'))
                .collect();
            prop_assert_eq!(read_back(unfolded.strip_prefix("SUMMARY:").unwrap()), kept);
        }
    }
}
