//! A model of tasks that wait for each other, in which a cycle is found by taking away what waits for nothing.

use proptest::prelude::*;
use serde_json::Value;

/// A task as the model has it; links are positions among the tasks.
#[derive(Clone, Debug, Default)]
pub struct Node {
    pub id: Value,
    pub parent: Option<usize>,
    pub depends_on: Vec<usize>,
    pub is_done: bool,
    pub is_gone: bool,
}

/// What is done; positions are taken modulo the number of tasks.
#[derive(Clone, Debug)]
pub enum Step {
    Create(Option<usize>, Vec<usize>),
    Relink(usize, Names, Option<usize>, Vec<usize>),
    Complete(usize, bool),
    Reopen(usize),
    Delete(usize),
}

/// What a change of links names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Names {
    Parent,
    DependsOn,
    Both,
    /// Every field: a PUT.
    All,
}

pub fn steps() -> impl Strategy<Value = Step> {
    let at = 0..1000_usize;
    let parent = prop::option::of(at.clone());
    let depends_on = prop::collection::vec(at.clone(), 0..3);
    let names = prop::sample::select(vec![
        Names::Parent,
        Names::DependsOn,
        Names::Both,
        Names::All,
    ]);
    prop_oneof![
        3 => (parent.clone(), depends_on.clone()).prop_map(|(parent, on)| Step::Create(parent, on)),
        16 => (at.clone(), names, parent, depends_on)
            .prop_map(|(at, names, parent, on)| Step::Relink(at, names, parent, on)),
        1 => (at.clone(), any::<bool>()).prop_map(|(at, cascade)| Step::Complete(at, cascade)),
        2 => at.clone().prop_map(Step::Reopen),
        1 => at.prop_map(Step::Delete),
    ]
}

#[derive(Clone, Debug)]
pub struct Model(pub Vec<Node>);

impl Model {
    pub fn is_open_below(&self, at: usize) -> bool {
        self.below(at).iter().any(|&below| !self.0[below].is_done)
    }

    pub fn below(&self, at: usize) -> Vec<usize> {
        let mut all = Vec::new();
        for (child, node) in self.0.iter().enumerate() {
            if node.parent == Some(at) && !node.is_gone {
                all.push(child);
                all.extend(self.below(child));
            }
        }
        all
    }

    /// Takes away, again and again, what waits for nothing that is left.
    pub fn has_cycle(&self) -> bool {
        let mut left: Vec<usize> = (0..self.0.len())
            .filter(|&at| !self.0[at].is_gone)
            .collect();
        loop {
            let waits = |at: usize| {
                left.iter().any(|&other| {
                    self.0[at].depends_on.contains(&other) || self.0[other].parent == Some(at)
                })
            };
            let rest: Vec<usize> = left.iter().copied().filter(|&at| waits(at)).collect();
            if rest.is_empty() || rest.len() == left.len() {
                return !rest.is_empty();
            }
            left = rest;
        }
    }

    /// The fields that may be named when the task at `at` becomes `wanted`; none when it may.
    pub fn faults(&self, at: usize, wanted: &Node) -> Vec<&'static str> {
        let had = self.0.get(at).cloned().unwrap_or_default();
        let is_missing = |other: &usize| self.0.get(*other).is_none_or(|node| node.is_gone);
        let new_parent = wanted.parent.filter(|_| wanted.parent != had.parent);
        let is_new = |other: &&usize| !had.depends_on.contains(*other);
        let mut faults = Vec::new();
        if new_parent.is_some_and(|parent| is_missing(&parent) || self.0[parent].is_done) {
            faults.push("parent_id");
        }
        if wanted.depends_on.iter().filter(is_new).any(is_missing) {
            faults.push("depends_on");
        }
        if faults.is_empty() {
            let mut after = self.clone();
            after.0.resize(after.0.len().max(at + 1), Node::default());
            after.0[at] = wanted.clone();
            if after.has_cycle() {
                let by_dependency = wanted.depends_on.iter().any(|other| is_new(&other));
                faults.push(if by_dependency {
                    "depends_on"
                } else {
                    "parent_id"
                });
            }
        }
        faults
    }
}
