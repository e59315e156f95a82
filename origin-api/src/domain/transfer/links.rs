//! Whether the links of what comes in hold together: each leads to a task that is there, and no task would wait for
//! itself, over dependencies and subtasks together.

use std::collections::{HashMap, HashSet};

use shared_types::id::TaskId;
use shared_types::validate::FieldError;

use super::{Import, MOST_ERRORS};

/// What a task waits for: its dependencies by itself, and through its parent, which waits for it.
#[derive(Clone, Debug)]
pub struct Links {
    /// The task that it is a subtask of.
    pub parent: Option<TaskId>,
    /// What it depends on.
    pub depends_on: Vec<TaskId>,
}

/// Every link of `import` that cannot be. `present` are the tasks outside of it that are there; `others` the links of
/// all tasks that are there, those that the import writes over among them.
#[expect(
    clippy::implicit_hasher,
    reason = "both are made for this and have the default one"
)]
pub fn check(
    import: &Import,
    present: &HashSet<TaskId>,
    others: HashMap<TaskId, Links>,
) -> Vec<FieldError> {
    let own: HashSet<TaskId> = import.tasks.iter().map(|draft| draft.task.id).collect();
    let is_there = |id: &TaskId| own.contains(id) || present.contains(id);
    let mut errors = Vec::new();
    for draft in &import.tasks {
        let content = &draft.task.content;
        if let Some(parent) = content.parent_id.filter(|id| !is_there(id)) {
            let message =
                format!("is {parent}, which is neither in the document nor one of your tasks");
            errors.push(import.error(draft.line, "parent_id", &message));
        }
        for id in content.depends_on.iter().filter(|id| !is_there(id)) {
            let message =
                format!("has {id}, which is neither in the document nor one of your tasks");
            errors.push(import.error(draft.line, "depends_on", &message));
        }
        if errors.len() >= MOST_ERRORS {
            return errors;
        }
    }
    if errors.is_empty() {
        let waiting = in_cycles(import, others);
        let drafts = import
            .tasks
            .iter()
            .filter(|draft| waiting.contains(&draft.task.id));
        errors.extend(drafts.take(MOST_ERRORS).map(|draft| {
            let field = if draft.task.content.depends_on.is_empty() {
                "parent_id"
            } else {
                "depends_on"
            };
            import.error(
                draft.line,
                field,
                "makes the task wait for itself, because a task waits for its dependencies and its subtasks",
            )
        }));
    }
    errors
}

/// The tasks that wait for themselves: what is left when those are taken away, again and again, that wait for nothing,
/// or that nothing waits for.
fn in_cycles(import: &Import, mut links: HashMap<TaskId, Links>) -> HashSet<TaskId> {
    for draft in &import.tasks {
        let content = &draft.task.content;
        let own = Links {
            parent: content.parent_id,
            depends_on: content.depends_on.clone(),
        };
        links.insert(draft.task.id, own);
    }
    let mut awaited: HashMap<TaskId, Vec<TaskId>> = HashMap::new();
    let mut waiting: HashMap<TaskId, Vec<TaskId>> = HashMap::new();
    for (id, own) in &links {
        let for_others = own.depends_on.iter().map(|other| (*id, *other));
        let for_it = own.parent.map(|parent| (parent, *id));
        for (waits, is_awaited) in for_others.chain(for_it) {
            awaited.entry(waits).or_default().push(is_awaited);
            waiting.entry(is_awaited).or_default().push(waits);
        }
    }
    let mut left: HashSet<TaskId> = awaited.keys().chain(waiting.keys()).copied().collect();
    take_away(&mut left, &awaited, &waiting);
    take_away(&mut left, &waiting, &awaited);
    left
}

/// Takes those away that have nothing left in `ahead`; who is before them is in `behind`.
fn take_away(
    left: &mut HashSet<TaskId>,
    ahead: &HashMap<TaskId, Vec<TaskId>>,
    behind: &HashMap<TaskId, Vec<TaskId>>,
) {
    let mut open: HashMap<TaskId, usize> = HashMap::with_capacity(left.len());
    for id in left.iter() {
        let number = ahead.get(id).map_or(0, |all| {
            all.iter().filter(|other| left.contains(other)).count()
        });
        open.insert(*id, number);
    }
    let mut free: Vec<TaskId> = open
        .iter()
        .filter(|(_, number)| **number == 0)
        .map(|(id, _)| *id)
        .collect();
    while let Some(id) = free.pop() {
        left.remove(&id);
        for before in behind
            .get(&id)
            .into_iter()
            .flatten()
            .filter(|before| left.contains(before))
        {
            if let Some(number) = open.get_mut(before) {
                *number -= 1;
                if *number == 0 {
                    free.push(*before);
                }
            }
        }
    }
}
