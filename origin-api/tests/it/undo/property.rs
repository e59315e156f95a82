//! Whatever is done to tasks, undoing all of it restores every one of them, and undoing that does all of it again.
//!
//! As many sequences are tried as proptest tries cases: 256, or `PROPTEST_CASES`.

use axum::http::Method;
use jiff::SignedDuration;
use proptest::prelude::*;
use proptest::test_runner::TestRunner;
use serde_json::{Value, json};
use tokio::runtime::Runtime;

use super::{BATCH, HISTORY, PATH, UNDO, state, undo, undo_of};
use crate::support::{Client, TestApp};

/// What is done; tasks are named by their positions modulo how many there ever were, deleted ones too.
#[derive(Clone, Debug)]
enum Step {
    Create(Fields),
    Patch(usize, Fields),
    Put(usize, Fields),
    /// A step of a task's life.
    Walk(usize, &'static str, bool),
    Delete(usize),
    Batch(Vec<(usize, BatchItem)>),
    Rename(&'static str, &'static str),
    Undo,
    /// Does once more what the last change undid, if it was an undo.
    Redo,
}

#[derive(Clone, Debug)]
enum BatchItem {
    Create(Fields),
    Update(Fields),
    Complete(bool),
    Snooze,
    Delete,
}

/// What a body says.
#[derive(Clone, Debug)]
struct Fields {
    title: String,
    priority: Option<u8>,
    due_date: Option<&'static str>,
    project: Option<&'static str>,
    tags: Vec<&'static str>,
    recurrence: Option<&'static str>,
    status: Option<&'static str>,
    parent: Option<usize>,
    depends_on: Option<Vec<usize>>,
}

const PROJECTS: [&str; 3] = ["Garden", "Haus & Hof/🌱", "Attic"];

/// One of these, or mostly nothing: a body that says too much at once is refused.
fn one_of<T: Clone + std::fmt::Debug + 'static>(
    values: &'static [T],
) -> impl Strategy<Value = Option<T>> {
    prop::option::weighted(0.25, prop::sample::select(values))
}

fn fields() -> impl Strategy<Value = Fields> {
    let at = 0..100_usize;
    (
        "[a-zäß🌱\"\\\\]{1,6}",
        prop::option::of(1..=5_u8),
        one_of(&[
            "2026-11-20",
            "2026-11-23T09:00",
            "2026-12-01T17:00:00+01:00",
        ]),
        one_of(&PROJECTS),
        prop::sample::subsequence(vec!["home", "work", "ü"], 0..3),
        one_of(&["FREQ=DAILY", "FREQ=WEEKLY;COUNT=2"]),
        one_of(&["pending", "in_progress", "completed"]),
        prop::option::weighted(0.15, at.clone()),
        prop::option::weighted(0.2, prop::collection::vec(at, 0..3)),
    )
        .prop_map(
            |(title, priority, due_date, project, tags, recurrence, status, parent, depends_on)| {
                Fields {
                    title,
                    priority,
                    // A rule needs a date.
                    due_date: due_date.or(recurrence.map(|_| "2026-11-23")),
                    project,
                    tags,
                    recurrence,
                    status,
                    parent,
                    depends_on,
                }
            },
        )
}

fn steps() -> impl Strategy<Value = Step> {
    let at = 0..100_usize;
    let walk = prop::sample::select(vec!["start", "complete", "reopen", "snooze", "not-now"]);
    let item = prop_oneof![
        3 => fields().prop_map(BatchItem::Create),
        3 => fields().prop_map(BatchItem::Update),
        2 => any::<bool>().prop_map(BatchItem::Complete),
        1 => Just(BatchItem::Snooze),
        1 => Just(BatchItem::Delete),
    ];
    prop_oneof![
        6 => fields().prop_map(Step::Create),
        6 => (at.clone(), fields()).prop_map(|(at, fields)| Step::Patch(at, fields)),
        2 => (at.clone(), fields()).prop_map(|(at, fields)| Step::Put(at, fields)),
        6 => (at.clone(), walk, any::<bool>()).prop_map(|(at, step, all)| Step::Walk(at, step, all)),
        3 => at.clone().prop_map(Step::Delete),
        4 => prop::collection::vec((at, item), 1..5).prop_map(Step::Batch),
        1 => (prop::sample::select(&PROJECTS), prop::sample::select(&PROJECTS))
            .prop_map(|(old, new)| Step::Rename(old, new)),
        3 => Just(Step::Undo),
        2 => Just(Step::Redo),
    ]
}

/// A user and the ids of all tasks that were ever there.
struct Trial<'a> {
    app: &'a TestApp,
    client: Client,
    tasks: Vec<String>,
    applied: usize,
}

impl Trial<'_> {
    fn id(&self, at: usize) -> &str {
        const NONE: &str = "0198c5a0-0000-7000-8000-0000000000ff";
        match self.tasks.len() {
            0 => NONE,
            count => &self.tasks[at % count],
        }
    }

    fn body(&self, fields: &Fields) -> Value {
        let mut body = json!({"title": fields.title, "tags": fields.tags});
        let given = [
            ("priority", json!(fields.priority)),
            ("due_date", json!(fields.due_date)),
            ("project", json!(fields.project)),
            ("recurrence", json!(fields.recurrence)),
            ("status", json!(fields.status)),
            ("parent_id", json!(fields.parent.map(|at| self.id(at)))),
        ];
        for (name, value) in given {
            if !value.is_null() {
                body[name] = value;
            }
        }
        if let Some(on) = &fields.depends_on {
            body["depends_on"] = on.iter().map(|&at| self.id(at)).collect();
        }
        body
    }

    fn request(&self, step: &Step) -> (Method, String, Value) {
        let task = |at: usize| format!("{PATH}/{}", self.id(at));
        match step {
            Step::Create(fields) => (Method::POST, PATH.to_owned(), self.body(fields)),
            Step::Patch(at, fields) => (Method::PATCH, task(*at), self.body(fields)),
            Step::Put(at, fields) => (Method::PUT, task(*at), self.body(fields)),
            Step::Walk(at, name, all) => {
                let body = if *name == "complete" {
                    json!({ "cascade": all })
                } else {
                    json!({})
                };
                (Method::POST, format!("{}/{name}", task(*at)), body)
            }
            Step::Delete(at) => (Method::DELETE, task(*at), json!({})),
            Step::Batch(items) => {
                let items = items.iter().map(|(at, item)| self.item(*at, item));
                let body = json!({"items": items.collect::<Vec<_>>()});
                (Method::POST, BATCH.to_owned(), body)
            }
            Step::Rename(old, new) => {
                let name: String = form_urlencoded::byte_serialize(old.as_bytes()).collect();
                let target = format!("/api/projects/{}", name.replace('+', "%20"));
                (Method::PATCH, target, json!({ "name": new }))
            }
            Step::Undo | Step::Redo => (Method::POST, UNDO.to_owned(), json!({})),
        }
    }

    fn item(&self, at: usize, item: &BatchItem) -> Value {
        let (op, mut body) = match item {
            BatchItem::Create(fields) => ("create", self.body(fields)),
            BatchItem::Update(fields) => ("update", self.body(fields)),
            BatchItem::Complete(all) => ("complete", json!({ "cascade": all })),
            BatchItem::Snooze => ("snooze", json!({})),
            BatchItem::Delete => ("delete", json!({})),
        };
        body["op"] = json!(op);
        if op != "create" {
            body["id"] = json!(self.id(at));
        }
        body
    }

    /// Takes a step, which may be refused, and remembers the tasks that it made.
    async fn take(&mut self, step: &Step) {
        let (method, target, mut body) = self.request(step);
        if matches!(step, Step::Redo) {
            let last = self.client.get("/api/history?limit=1").await.expect(200);
            if last["items"][0]["action"] != "undo" {
                return;
            }
            body["change_id"] = last["items"][0]["id"].clone();
        }
        let call = self.client.call(method, &target).json(&body);
        let response = call.send().await;
        assert!(
            response.status < 500,
            "{target} {body}: {}",
            response.text()
        );
        if response.status >= 300 {
            return;
        }
        self.applied += 1;
        let last = self.client.get("/api/history?limit=1").await.expect(200);
        for id in last["items"][0]["task_ids"]
            .as_array()
            .into_iter()
            .flatten()
        {
            let id = id.as_str().unwrap().to_owned();
            if !self.tasks.contains(&id) {
                self.tasks.push(id);
            }
        }
    }

    /// The tasks, and the names of the projects; these not where one was renamed, since its tasks go back alone, or where
    /// a batch may have named one that none of its tasks has at the end.
    async fn state(&self, then: &[Step]) -> Value {
        let mut state = state(self.app, &self.client).await;
        let leaves_projects = |step: &Step| matches!(step, Step::Rename(..) | Step::Batch(_));
        if then.iter().any(leaves_projects) {
            state[1].take();
        }
        state
    }
}

/// Some changes, then others that are all undone and done again; gives how many of the latter were applied.
async fn holds(app: &TestApp, number: usize, first: &[Step], then: &[Step]) -> usize {
    let mut trial = Trial {
        app,
        client: app.user(&format!("user{number}")).await,
        tasks: Vec::new(),
        applied: 0,
    };
    let tick = |place: usize| {
        // Some changes are of one instant, two at the most.
        let by = SignedDuration::from_millis([1, 0, 60_000][place % 3]);
        app.clock.advance(by);
    };
    // Which change has made a project is known by its instant alone, so no undo shares one.
    let pass = || app.clock.advance(SignedDuration::from_millis(1));
    for (place, step) in first.iter().enumerate() {
        tick(place);
        trial.take(step).await;
    }
    let user = trial.client.identity().user.0;
    let database = app.database.connect().await;
    let forget = "DELETE FROM history WHERE user_id = $1";
    database.execute(forget, &[&user]).await.unwrap();
    let before = trial.state(then).await;
    trial.applied = 0;
    for (place, step) in then.iter().enumerate() {
        tick(place);
        trial.take(step).await;
    }
    let after = trial.state(then).await;

    let mut undos = Vec::new();
    loop {
        pass();
        let response = undo(&trial.client).await;
        if response.status == 409 && response.text().contains("Nothing is left") {
            break;
        }
        undos.push(response.expect(200)["change_id"].clone());
    }
    assert_eq!(trial.state(then).await, before, "undone");
    for undo in undos.iter().rev() {
        pass();
        undo_of(&trial.client, undo).await.expect(200);
    }
    assert_eq!(trial.state(then).await, after, "done again");
    let told = trial.client.get(&format!("{HISTORY}?limit=100")).await;
    let told = told.expect(200)["items"].as_array().unwrap().len();
    assert!(told >= 2 * undos.len(), "each of these is told");
    trial.applied
}

#[test]
fn undoing_everything_restores_every_task_byte_for_byte() {
    let runtime = Runtime::new().unwrap();
    let app = runtime.block_on(TestApp::new());
    let sequences = (
        prop::collection::vec(steps(), 2..10),
        prop::collection::vec(steps(), 1..14),
    );
    let (mut number, mut applied) = (0, 0);
    let counters = std::cell::RefCell::new((&mut number, &mut applied));
    TestRunner::new(ProptestConfig {
        // A case is some sixty requests.
        max_shrink_iters: 200,
        failure_persistence: None,
        ..ProptestConfig::default()
    })
    .run(&sequences, |(first, then)| {
        let mut counters = counters.borrow_mut();
        *counters.0 += 1;
        *counters.1 += runtime.block_on(holds(&app, *counters.0, &first, &then));
        Ok(())
    })
    .unwrap();
    assert!(
        applied > 2 * number,
        "{applied} changes in {number} sequences"
    );
    runtime.block_on(async { drop(app) });
}
