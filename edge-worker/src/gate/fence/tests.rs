//! The rules, by thousands of random schedules: an origin, callers, a gate that is evicted now and then, and lost, late
//! and overlapping everything. A read must not show less than what its caller can have known to be there. Without any one
//! of the rules that this is about, some schedule breaks that.

use std::collections::HashMap;

use proptest::prelude::*;
use proptest::strategy::ValueTree as _;
use proptest::test_runner::TestRunner;

use super::*;

/// Something that happens next; numbers choose among what is possible then.
#[derive(Clone, Debug)]
enum Step {
    Wait(i64),
    Read(usize),
    /// The origin looks at its data for a read.
    Look(usize),
    AnswerRead(usize),
    LoseRead(usize),
    Change {
        changes: bool,
    },
    Commit(usize),
    AnswerChange(usize),
    LoseChange(usize),
    /// Something changes that did not pass the gate.
    ChangeOutside,
    Tell,
    /// Other data, as after a restore, with a lower version.
    Restore,
    Evict,
}

fn step() -> impl Strategy<Value = Step> {
    let which = || any::<prop::sample::Index>().prop_map(|index| index.index(64));
    prop_oneof![
        2 => prop_oneof![4 => 0..3_000i64, 1 => 20_000..80_000i64].prop_map(Step::Wait),
        6 => (0..2usize).prop_map(Step::Read),
        4 => which().prop_map(Step::Look),
        4 => which().prop_map(Step::AnswerRead),
        1 => which().prop_map(Step::LoseRead),
        3 => prop::bool::weighted(0.8).prop_map(|changes| Step::Change { changes }),
        3 => which().prop_map(Step::Commit),
        3 => which().prop_map(Step::AnswerChange),
        1 => which().prop_map(Step::LoseChange),
        1 => Just(Step::ChangeOutside),
        1 => Just(Step::Tell),
        1 => prop::bool::weighted(0.1).prop_map(|restore| if restore { Step::Restore } else { Step::Evict }),
    ]
}

/// The data: its version in its epoch, and a number that every change of any kind counts on.
#[derive(Clone, Copy, Debug)]
struct Data {
    state: u64,
    version: i64,
    epoch: usize,
}

/// A name for each: none ever comes back.
const EPOCHS: &str = "abcdefghijklmnopqrstuvwxyz";

impl Data {
    fn seen(&self) -> Seen<'static> {
        Seen {
            version: Some(self.version),
            epoch: EPOCHS.get(self.epoch..=self.epoch),
        }
    }
}

struct Read {
    key: usize,
    ticket: Ticket,
    looked: Option<Data>,
    /// What each of those who wait must be shown at least.
    floors: Vec<u64>,
}

struct Change {
    number: u64,
    began_ms: i64,
    changes: bool,
    committed: Option<Data>,
    /// Its caller was told that nobody knows.
    is_lost: bool,
}

struct World {
    rules: Rules,
    now_ms: i64,
    data: Data,
    fence: Fence,
    stored: String,
    entries: HashMap<usize, (Mark, u64)>,
    reads: Vec<Read>,
    changes: Vec<Change>,
    /// What everybody can know to be there.
    known: u64,
    fetched: usize,
    violation: Option<String>,
}

impl World {
    fn new(rules: Rules) -> Self {
        let (fence, _) = Fence::load(None, rules, 0);
        Self {
            rules,
            now_ms: 0,
            data: Data {
                state: 1,
                version: 100,
                epoch: 0,
            },
            stored: fence.to_json(),
            fence,
            entries: HashMap::new(),
            reads: Vec::new(),
            changes: Vec::new(),
            known: 0,
            fetched: 0,
            violation: None,
        }
    }

    fn store_if(&mut self, follows: Follows) {
        if follows.store {
            self.stored = self.fence.to_json();
        }
    }

    fn show(&mut self, state: u64, floor: u64, how: &str) {
        if state < floor && self.violation.is_none() {
            self.violation = Some(format!("{how} showed {state} where {floor} was known"));
        }
        self.known = self.known.max(state);
    }

    fn commit_something(&mut self) {
        self.data.state += 1;
        self.data.version += 1;
    }

    fn read(&mut self, key: usize) {
        let floor = self.known;
        if let Some((mark, state)) = self.entries.get(&key).copied()
            && self.fence.is_current(&mark, self.now_ms)
        {
            return self.show(state, floor, "a hit");
        }
        let fence = &self.fence;
        // The newest flight of the key is the one that a gate keeps for joining.
        let newest = self.reads.iter_mut().rev().find(|read| read.key == key);
        if let Some(read) = newest.filter(|read| fence.may_join(&read.ticket)) {
            return read.floors.push(floor);
        }
        self.fetched += 1;
        self.reads.push(Read {
            key,
            ticket: fence.begin_read(self.now_ms),
            looked: None,
            floors: vec![floor],
        });
    }

    fn answer_read(&mut self, read: &Read, data: Data) {
        let end = self
            .fence
            .end_read(&read.ticket, data.seen(), 60, self.now_ms);
        self.store_if(end.follows);
        if let Some(mark) = end.mark {
            self.entries.insert(read.key, (mark, data.state));
        }
        for floor in &read.floors {
            self.show(data.state, *floor, "a fetch");
        }
    }

    fn lose(change: &mut Change, known: &mut u64) {
        change.is_lost = true;
        if let Some(data) = change.committed {
            *known = (*known).max(data.state);
        }
    }

    fn run(&mut self, step: &Step) {
        fn pick<T>(all: &[T], which: usize, fits: impl Fn(&T) -> bool) -> Option<usize> {
            let fitting: Vec<usize> = (0..all.len()).filter(|&place| fits(&all[place])).collect();
            (!fitting.is_empty()).then(|| fitting[which % fitting.len()])
        }
        match *step {
            Step::Wait(ms) => self.now_ms += ms,
            Step::Read(key) => self.read(key),
            Step::Look(which) => {
                if let Some(place) = pick(&self.reads, which, |read| read.looked.is_none()) {
                    self.reads[place].looked = Some(self.data);
                }
            }
            Step::AnswerRead(which) => {
                if let Some(place) = pick(&self.reads, which, |read| read.looked.is_some()) {
                    let read = self.reads.remove(place);
                    if let Some(data) = read.looked {
                        self.answer_read(&read, data);
                    }
                }
            }
            Step::LoseRead(which) => {
                if let Some(place) = pick(&self.reads, which, |_| true) {
                    self.reads.remove(place);
                }
            }
            Step::Change { changes } => {
                let number = self.fence.begin_change(self.now_ms);
                self.stored = self.fence.to_json();
                self.changes.push(Change {
                    number,
                    began_ms: self.now_ms,
                    changes,
                    committed: None,
                    is_lost: false,
                });
            }
            Step::Commit(which) => {
                let now_ms = self.now_ms;
                // The origin commits nothing later than it may.
                let fits = |change: &Change| {
                    change.committed.is_none() && now_ms < change.began_ms + LOST_MS
                };
                if let Some(place) = pick(&self.changes, which, fits) {
                    if self.changes[place].changes {
                        self.commit_something();
                    }
                    let data = self.data;
                    let change = &mut self.changes[place];
                    change.committed = Some(data);
                    if change.is_lost {
                        self.known = self.known.max(data.state);
                    }
                }
            }
            Step::AnswerChange(which) => {
                let fits = |change: &Change| change.committed.is_some() && !change.is_lost;
                if let Some(place) = pick(&self.changes, which, fits) {
                    let change = self.changes.remove(place);
                    if let Some(data) = change.committed {
                        let ended = Ended::Answered(data.seen());
                        let follows = self.fence.end_change(change.number, ended);
                        self.store_if(follows);
                        self.known = self.known.max(data.state);
                    }
                }
            }
            Step::LoseChange(which) => {
                if let Some(place) = pick(&self.changes, which, |change| !change.is_lost) {
                    let follows = self
                        .fence
                        .end_change(self.changes[place].number, Ended::Lost);
                    self.store_if(follows);
                    Self::lose(&mut self.changes[place], &mut self.known);
                }
            }
            Step::ChangeOutside => self.commit_something(),
            Step::Tell => {
                let follows = self.fence.hear(self.data.seen());
                self.store_if(follows);
                self.known = self.known.max(self.data.state);
            }
            Step::Restore if self.data.epoch + 1 == EPOCHS.len() => {}
            Step::Restore => {
                self.data = Data {
                    state: self.data.state + 1,
                    version: 50,
                    epoch: self.data.epoch + 1,
                };
                // Nothing that was asked of the former data is answered by it any more.
                self.changes.retain(|change| change.committed.is_some());
            }
            Step::Evict => {
                (self.fence, _) = Fence::load(Some(&self.stored), self.rules, self.now_ms);
                self.stored = self.fence.to_json();
                self.reads.clear();
                for change in &mut self.changes {
                    if !change.is_lost {
                        Self::lose(change, &mut self.known);
                    }
                }
            }
        }
    }
}

fn violation(rules: Rules, steps: &[Step]) -> Option<String> {
    let mut world = World::new(rules);
    for step in steps {
        world.run(step);
    }
    world.violation
}

fn schedules(count: usize) -> impl Iterator<Item = Vec<Step>> {
    let mut runner = TestRunner::deterministic();
    let strategy = prop::collection::vec(step(), 5..80);
    (0..count).filter_map(move |_| {
        let tree = strategy.new_tree(&mut runner).ok()?;
        Some(tree.current())
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(20_000))]

    #[test]
    fn no_read_shows_less_than_was_known(steps in prop::collection::vec(step(), 1..80)) {
        prop_assert_eq!(violation(Rules::ALL, &steps), None);
    }
}

#[test]
fn without_any_one_of_the_rules_some_schedule_shows_less() {
    let rules = [
        Rule::HigherVersionEnds,
        Rule::OverlapIsNotKept,
        Rule::LostAnswerWaits,
        Rule::EvictionLoses,
        Rule::NewsEnds,
        Rule::JoinOnlyLater,
    ];
    for rule in rules {
        let found =
            schedules(20_000).position(|steps| violation(Rules::without(rule), &steps).is_some());
        assert!(found.is_some(), "nothing notices that {rule:?} is not kept");
    }
}

/// How many fetches and hits there are in a fixed course: what the two rules save that break nothing when missing.
fn fetched(rules: Rules) -> usize {
    let mut world = World::new(rules);
    let answer = [Step::Look(0), Step::AnswerRead(0)];
    let unchanged = [
        Step::Change { changes: false },
        Step::Commit(0),
        Step::AnswerChange(0),
    ];
    let reads = std::iter::repeat_n(Step::Read(0), 10);
    for step in reads.clone().chain(answer).chain(unchanged).chain(reads) {
        world.run(&step);
    }
    world.fetched
}

#[test]
fn ten_readers_cost_one_fetch_and_an_unchanged_version_ends_nothing() {
    assert_eq!(fetched(Rules::ALL), 1);
    assert_eq!(fetched(Rules::without(Rule::FetchOnce)), 10);
    assert_eq!(fetched(Rules::without(Rule::UnchangedEndsNothing)), 2);
}

fn answered(version: i64) -> Ended<'static> {
    Ended::Answered(Seen {
        version: Some(version),
        epoch: None,
    })
}

fn seen(version: i64) -> Seen<'static> {
    Seen {
        version: Some(version),
        epoch: None,
    }
}

fn fence() -> Fence {
    Fence::load(None, Rules::ALL, 0).0
}

#[test]
fn news_are_what_changed_after_the_gate_knew_something() {
    let mut fence = fence();
    assert_eq!(fence.hear(seen(7)).news, None);
    let number = fence.begin_change(0);
    assert_eq!(fence.end_change(number, answered(8)).news, Some(8));
    assert_eq!(fence.hear(seen(8)), Follows::default());
    assert_eq!(fence.hear(seen(3)), Follows::default());
    let other = Seen {
        version: Some(3),
        epoch: Some("other"),
    };
    assert_eq!(fence.hear(other).news, Some(3));
    assert_eq!(fence.kept.version, Some(3));
}

#[test]
fn an_answer_is_kept_for_as_long_as_the_origin_says_and_never_over_a_minute() {
    let mut fence = fence();
    for (allowed, kept_ms) in [(7, 7_000), (60, 60_000), (3_600, 60_000)] {
        let ticket = fence.begin_read(1_000);
        let mark = fence
            .end_read(&ticket, seen(1), allowed, 1_500)
            .mark
            .unwrap();
        assert!(fence.is_current(&mark, 1_000 + kept_ms - 1));
        assert!(!fence.is_current(&mark, 1_000 + kept_ms));
    }
    for none in [0, -1] {
        let ticket = fence.begin_read(1_000);
        assert_eq!(fence.end_read(&ticket, seen(1), none, 1_500).mark, None);
    }
}

#[test]
fn after_a_lost_answer_nothing_is_current_until_it_can_no_longer_be_committed() {
    let mut fence = fence();
    let ticket = fence.begin_read(0);
    let mark = fence.end_read(&ticket, seen(1), 60, 0).mark.unwrap();
    let number = fence.begin_change(10);
    assert!(fence.is_current(&mark, 20));
    let _ = fence.end_change(number, Ended::Lost);
    assert!(!fence.is_current(&mark, 20));
    let ticket = fence.begin_read(10 + LOST_MS - 1);
    assert!(!fence.may_join(&ticket));
    // It began too early, although it ends late enough.
    assert_eq!(
        fence.end_read(&ticket, seen(1), 60, 10 + LOST_MS).mark,
        None
    );
    let ticket = fence.begin_read(10 + LOST_MS);
    assert!(
        fence
            .end_read(&ticket, seen(1), 60, 10 + LOST_MS)
            .mark
            .is_some()
    );
}

#[test]
fn a_refused_change_costs_no_answer_that_is_kept() {
    let mut fence = fence();
    let ticket = fence.begin_read(0);
    let mark = fence.end_read(&ticket, seen(1), 60, 0).mark.unwrap();
    let number = fence.begin_change(0);
    assert!(fence.end_change(number, Ended::Refused).store);
    assert!(fence.is_current(&mark, 1));
}

#[test]
fn what_is_unreadable_is_a_new_fence_whose_eras_are_beyond_all_others() {
    let (mut old, is_new) = Fence::load(None, Rules::ALL, 1_000);
    assert!(is_new);
    let ticket = old.begin_read(1_000);
    let mark = old.end_read(&ticket, seen(1), 60, 1_000).mark.unwrap();
    let (same, is_new) = Fence::load(Some(&old.to_json()), Rules::ALL, 2_000);
    assert!(!is_new && same.is_current(&mark, 2_000));
    for text in ["", "{}", "null", "{\"version\":1}"] {
        let (other, is_new) = Fence::load(Some(text), Rules::ALL, 2_000);
        assert!(is_new && !other.is_current(&mark, 2_000), "{text}");
    }
}
