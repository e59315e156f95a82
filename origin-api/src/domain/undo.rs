//! Whether a change of tasks can be undone: nothing that came later may stand against it.

use std::collections::BTreeMap;

use shared_types::id::TaskId;

/// What undoing a change does to one task.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a fact of its own, found by the database"
)]
pub struct Step {
    /// Whether the task is there now, and not deleted.
    pub is_there: bool,
    /// Whether it will be.
    pub will_be_there: bool,
    /// Whether it is as the change left it, but for what follows from time and preferences.
    pub is_as_left: bool,
    /// Whether it is to be linked to a task that it is not linked to now.
    pub links_anew: bool,
    /// What it will be a subtask of, and whether that is there now.
    pub parent: Option<(TaskId, bool)>,
    /// What it will depend on.
    pub depends_on: Vec<TaskId>,
}

/// The links of a task that is there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Links {
    /// What it is a subtask of.
    pub parent_id: Option<TaskId>,
    /// What it depends on.
    pub depends_on: Vec<TaskId>,
}

/// The task that stands against it, because a later change made it so: one that has changed, or one that is to be a
/// subtask's parent and is gone.
pub fn obstacle(steps: &BTreeMap<TaskId, Step>) -> Option<TaskId> {
    let mut found: Vec<TaskId> = steps
        .iter()
        .filter_map(|(id, step)| {
            if !step.is_as_left {
                return Some(*id);
            }
            let (parent, is_there) = step.parent.filter(|_| step.will_be_there)?;
            let is_there = steps
                .get(&parent)
                .map_or(is_there, |parent| parent.will_be_there);
            (!is_there).then_some(parent)
        })
        .collect();
    found.sort_unstable();
    found.first().copied()
}

/// The tasks that go. A subtask of theirs that does not would lose its parent.
pub fn going(steps: &BTreeMap<TaskId, Step>) -> impl Iterator<Item = TaskId> {
    let goes = |step: &Step| step.is_there && !step.will_be_there;
    steps
        .iter()
        .filter_map(move |(id, step)| goes(step).then_some(*id))
}

/// The tasks from which a circle could be closed; none where no link is new.
pub fn beginnings(steps: &BTreeMap<TaskId, Step>) -> Vec<TaskId> {
    let is_new = |step: &&Step| step.will_be_there && (step.links_anew || !step.is_there);
    if !steps.values().any(|step| is_new(&step)) {
        return Vec::new();
    }
    let depended_on = steps.values().flat_map(|step| &step.depends_on);
    steps.keys().chain(depended_on).copied().collect()
}

/// The tasks of a circle in which each would wait for the next, over dependencies and subtasks together, were the steps
/// taken. `links` are those of every task that can be reached from the [`beginnings`] as it is now.
pub fn circle(
    steps: &BTreeMap<TaskId, Step>,
    links: BTreeMap<TaskId, Links>,
) -> Option<Vec<TaskId>> {
    let waits_for = waits_for(steps, links);
    let mut states: BTreeMap<TaskId, State> = BTreeMap::new();
    for &begin in steps.keys() {
        // The way from `begin`, each task with the ones that it waits for and that were not looked at.
        let mut way = vec![(begin, Vec::new())];
        if states.contains_key(&begin) {
            continue;
        }
        enter(begin, &waits_for, &mut states, &mut way);
        while let Some((task, rest)) = way.last_mut() {
            let Some(next) = rest.pop() else {
                states.insert(*task, State::Done);
                way.pop();
                continue;
            };
            match states.get(&next) {
                Some(State::Done) => {}
                Some(State::OnTheWay) => {
                    let circle = way.iter().map(|(task, _)| *task);
                    return Some(circle.skip_while(|task| *task != next).collect());
                }
                None => {
                    way.push((next, Vec::new()));
                    enter(next, &waits_for, &mut states, &mut way);
                }
            }
        }
    }
    None
}

#[derive(Clone, Copy)]
enum State {
    OnTheWay,
    Done,
}

fn enter(
    task: TaskId,
    waits_for: &BTreeMap<TaskId, Vec<TaskId>>,
    states: &mut BTreeMap<TaskId, State>,
    way: &mut [(TaskId, Vec<TaskId>)],
) {
    states.insert(task, State::OnTheWay);
    if let Some((_, rest)) = way.last_mut() {
        rest.extend(waits_for.get(&task).into_iter().flatten());
    }
}

/// What each task would wait for: its dependencies and its subtasks.
fn waits_for(
    steps: &BTreeMap<TaskId, Step>,
    mut links: BTreeMap<TaskId, Links>,
) -> BTreeMap<TaskId, Vec<TaskId>> {
    for (id, step) in steps {
        links.remove(id);
        if step.will_be_there {
            let links_of_step = Links {
                parent_id: step.parent.map(|(parent, _)| parent),
                depends_on: step.depends_on.clone(),
            };
            links.insert(*id, links_of_step);
        }
    }
    let mut waits_for: BTreeMap<TaskId, Vec<TaskId>> = BTreeMap::new();
    for (id, links) in links {
        if let Some(parent) = links.parent_id {
            waits_for.entry(parent).or_default().push(id);
        }
        waits_for.entry(id).or_default().extend(links.depends_on);
    }
    // One that is not there holds nothing up, whatever it waits for.
    waits_for
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    fn id(number: u128) -> TaskId {
        TaskId(Uuid::from_u128(number))
    }

    /// A step that changes fields of a task that is there.
    fn step() -> Step {
        Step {
            is_there: true,
            will_be_there: true,
            is_as_left: true,
            ..Step::default()
        }
    }

    fn linked(parent: Option<u128>, on: &[u128]) -> Step {
        Step {
            parent: parent.map(|parent| (id(parent), true)),
            depends_on: on.iter().copied().map(id).collect(),
            links_anew: true,
            ..step()
        }
    }

    fn links(parent: Option<u128>, on: &[u128]) -> Links {
        Links {
            parent_id: parent.map(id),
            depends_on: on.iter().copied().map(id).collect(),
        }
    }

    #[test]
    fn what_changed_since_stands_against_it() {
        let changed = Step {
            is_as_left: false,
            ..step()
        };
        let steps = BTreeMap::from([(id(1), step()), (id(2), changed)]);
        assert_eq!(obstacle(&steps), Some(id(2)));
        assert_eq!(obstacle(&BTreeMap::from([(id(1), step())])), None);
    }

    #[test]
    fn a_task_goes_that_is_there_and_will_not_be() {
        let goes = Step {
            will_be_there: false,
            ..step()
        };
        let is_gone = Step {
            is_there: false,
            ..goes.clone()
        };
        let steps = BTreeMap::from([(id(1), step()), (id(2), goes), (id(3), is_gone)]);
        assert_eq!(going(&steps).collect::<Vec<_>>(), [id(2)]);
    }

    #[test]
    fn a_parent_that_is_gone_stands_against_it_unless_it_comes_back_too() {
        let comes = |parent: Option<(TaskId, bool)>| Step {
            is_there: false,
            parent,
            ..step()
        };
        let child = comes(Some((id(1), false)));
        let alone = BTreeMap::from([(id(2), child.clone())]);
        assert_eq!(obstacle(&alone), Some(id(1)));
        let both = BTreeMap::from([(id(1), comes(None)), (id(2), child)]);
        assert_eq!(obstacle(&both), None);
        let goes = Step {
            will_be_there: false,
            ..step()
        };
        let under_one_that_goes = BTreeMap::from([(id(1), goes), (id(2), linked(Some(1), &[]))]);
        assert_eq!(obstacle(&under_one_that_goes), Some(id(1)));
    }

    #[test]
    fn a_circle_is_looked_for_only_where_a_link_is_new() {
        let depends = Step {
            links_anew: false,
            ..linked(None, &[2])
        };
        assert_eq!(beginnings(&BTreeMap::from([(id(1), depends.clone())])), []);
        let comes = Step {
            is_there: false,
            ..depends
        };
        let mut found = beginnings(&BTreeMap::from([(id(1), comes)]));
        found.sort_unstable();
        assert_eq!(found, [id(1), id(2)]);
    }

    #[test]
    fn a_circle_leads_over_dependencies_and_subtasks() {
        // 1 is to depend on 2 again; 2 has the subtask 3, which depends on 1 by now.
        let steps = BTreeMap::from([(id(1), linked(None, &[2]))]);
        let now = BTreeMap::from([
            (id(1), links(None, &[])),
            (id(2), links(None, &[])),
            (id(3), links(Some(2), &[1])),
        ]);
        let mut circle = circle(&steps, now).unwrap();
        circle.sort_unstable();
        assert_eq!(circle, [id(1), id(2), id(3)]);
    }

    #[test]
    fn what_is_left_of_a_circle_by_the_step_itself_is_none() {
        // Swaps who depends on whom.
        let steps = BTreeMap::from([(id(1), linked(None, &[2])), (id(2), linked(None, &[]))]);
        let now = BTreeMap::from([(id(1), links(None, &[])), (id(2), links(None, &[1]))]);
        assert_eq!(circle(&steps, now), None);
    }

    #[test]
    fn a_task_that_goes_closes_no_circle() {
        let goes = Step {
            will_be_there: false,
            ..linked(None, &[1])
        };
        let steps = BTreeMap::from([(id(1), linked(None, &[2])), (id(2), goes)]);
        assert_eq!(circle(&steps, BTreeMap::new()), None);
    }

    #[test]
    fn a_long_chain_is_walked_without_recursion() {
        let comes = |number: u128| Step {
            is_there: false,
            ..linked(None, &[number + 1])
        };
        let steps: BTreeMap<_, _> = (0..100_000).map(|n| (id(n), comes(n))).collect();
        assert_eq!(circle(&steps, BTreeMap::new()), None);
        let closed = BTreeMap::from([(id(100_000), links(None, &[0]))]);
        assert_eq!(
            circle(&steps, closed).map(|circle| circle.len()),
            Some(100_001)
        );
    }
}
