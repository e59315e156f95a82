//! What the open tasks unblock: the tasks that depend on them and their parents, through any number of steps.
//!
//! The store admits no cycle. Should one be read all the same, every answer here is still finite and the same for
//! any order of the input.

use std::collections::HashMap;

use shared_types::id::TaskId;

use super::Candidate;

/// The open tasks' links, by position in the input.
pub(super) struct Graph {
    /// The tasks that each one unblocks directly.
    unblocks: Vec<Vec<usize>>,
    /// Whether an open task that it depends on holds each one up.
    pub(super) blocked: Vec<bool>,
    /// Whether each one has a subtask that is open.
    pub(super) has_open_subtasks: Vec<bool>,
    /// The tasks that have links, each group apart.
    groups: Vec<Group>,
}

/// Tasks that are linked with each other and with no others.
struct Group {
    /// Each after all that it unblocks; those on a cycle last.
    order: Vec<usize>,
    acyclic: bool,
}

impl Graph {
    pub(super) fn new(tasks: &[Candidate<'_>]) -> Self {
        let mut graph = Self {
            unblocks: vec![Vec::new(); tasks.len()],
            blocked: vec![false; tasks.len()],
            has_open_subtasks: vec![false; tasks.len()],
            groups: Vec::new(),
        };
        if tasks
            .iter()
            .all(|task| task.parent.is_none() && task.depends_on.is_empty())
        {
            return graph;
        }
        let positions: HashMap<TaskId, usize> = tasks
            .iter()
            .enumerate()
            .map(|(at, task)| (task.id, at))
            .collect();
        // An id that is not among the open tasks is completed or deleted: it holds nothing up.
        let open = |id: &TaskId, but: usize| positions.get(id).copied().filter(|&at| at != but);
        let mut unblocked_by = vec![Vec::new(); tasks.len()];
        for (at, task) in tasks.iter().enumerate() {
            for blocker in task.depends_on.iter().filter_map(|id| open(id, at)) {
                graph.blocked[at] = true;
                graph.unblocks[blocker].push(at);
                unblocked_by[at].push(blocker);
            }
            if let Some(parent) = task.parent.as_ref().and_then(|id| open(id, at)) {
                graph.has_open_subtasks[parent] = true;
                graph.unblocks[at].push(parent);
                unblocked_by[parent].push(at);
            }
        }
        graph.groups = groups(&graph.unblocks, &unblocked_by);
        graph
    }

    /// The tasks that one unblocks directly.
    pub(super) fn direct(&self, at: usize) -> &[usize] {
        &self.unblocks[at]
    }

    /// How many other tasks each one unblocks.
    ///
    /// Within a group 64 tasks are followed at a time, one bit for each: a chain of 1,000 is walked 16 times.
    pub(super) fn counts(&self) -> Vec<u32> {
        let mut counts = vec![0; self.unblocks.len()];
        let (mut bit, mut reached) = (vec![0_u64; counts.len()], vec![0_u64; counts.len()]);
        for group in &self.groups {
            for followed in group.order.chunks(64) {
                for (place, &at) in followed.iter().enumerate() {
                    bit[at] = 1 << place;
                }
                group.settle(&mut reached, |reached, at| {
                    self.unblocks[at]
                        .iter()
                        .fold(0, |all, &next| all | reached[next] | bit[next])
                });
                for &at in &group.order {
                    counts[at] += (reached[at] & !bit[at]).count_ones();
                    reached[at] = 0;
                }
                for &at in followed {
                    bit[at] = 0;
                }
            }
        }
        counts
    }

    /// For each task, which of those that it unblocks has the highest value; of equals, the one that `before` puts
    /// first.
    pub(super) fn highest(
        &self,
        own: &[f64],
        before: impl Fn(usize, usize) -> bool,
    ) -> Vec<Option<usize>> {
        let better = |best: Option<usize>, other: usize| match best {
            Some(best) if own[best] > own[other] => Some(best),
            Some(best) if own[best] < own[other] => Some(other),
            Some(best) if best == other || before(best, other) => Some(best),
            _ => Some(other),
        };
        let mut highest = vec![None; own.len()];
        for group in &self.groups {
            group.settle(&mut highest, |highest: &[Option<usize>], at| {
                let reachable = self.unblocks[at]
                    .iter()
                    .flat_map(|&next| [Some(next), highest[next]]);
                reachable.flatten().fold(None, better)
            });
        }
        highest
    }
}

impl Group {
    /// Works each task's value out from those that it unblocks; once, unless there is a cycle to settle.
    fn settle<T: PartialEq>(&self, values: &mut [T], value: impl Fn(&[T], usize) -> T) {
        loop {
            let mut settled = true;
            for &at in &self.order {
                let new = value(values, at);
                if new != values[at] {
                    settled = self.acyclic;
                    values[at] = new;
                }
            }
            if settled {
                return;
            }
        }
    }
}

/// Takes the linked tasks apart, and orders each group from the tasks that unblock nothing backwards (Kahn).
fn groups(unblocks: &[Vec<usize>], unblocked_by: &[Vec<usize>]) -> Vec<Group> {
    let mut groups = Vec::new();
    let mut seen: Vec<bool> = unblocks
        .iter()
        .zip(unblocked_by)
        .map(|(one, other)| one.is_empty() && other.is_empty())
        .collect();
    let mut waiting: Vec<usize> = unblocks.iter().map(Vec::len).collect();
    for start in 0..unblocks.len() {
        if seen[start] {
            continue;
        }
        seen[start] = true;
        let mut tasks = vec![start];
        let mut next = 0;
        while let Some(&at) = tasks.get(next) {
            next += 1;
            for &other in unblocks[at].iter().chain(&unblocked_by[at]) {
                if !std::mem::replace(&mut seen[other], true) {
                    tasks.push(other);
                }
            }
        }
        let mut order: Vec<usize> = tasks
            .iter()
            .copied()
            .filter(|&at| waiting[at] == 0)
            .collect();
        let mut next = 0;
        while let Some(&done) = order.get(next) {
            next += 1;
            for &blocker in &unblocked_by[done] {
                waiting[blocker] -= 1;
                if waiting[blocker] == 0 {
                    order.push(blocker);
                }
            }
        }
        let acyclic = order.len() == tasks.len();
        order.extend(tasks.into_iter().filter(|&at| waiting[at] > 0));
        groups.push(Group { order, acyclic });
    }
    groups
}
