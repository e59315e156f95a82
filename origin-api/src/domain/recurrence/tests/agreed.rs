//! Random rules, with the dates that python-dateutil 2.9 gives for them: an implementation that shares no code
//! with this one. Weekly rules with BYSETPOS are left out, since it takes the first week for a shorter one.

use super::dates;

#[test]
fn another_implementation_gives_the_same_dates() {
    let mut compared = 0;
    for line in include_str!("agreed.tsv").lines() {
        let mut fields = line.split('\t');
        let mut field = || fields.next().unwrap();
        let (start, rule, expected) = (field(), field(), field());
        let count = expected.split(' ').count();
        assert_eq!(
            dates(rule, start, "UTC", count),
            expected,
            "{rule} from {start}"
        );
        compared += 1;
    }
    assert_eq!(compared, 300);
}
