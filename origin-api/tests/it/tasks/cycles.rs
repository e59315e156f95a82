//! No task waits for itself, over dependencies and subtasks together: compared with a model over random changes.

mod model;

use proptest::prelude::*;
use proptest::strategy::ValueTree as _;
use proptest::test_runner::TestRunner;
use serde_json::{Value, json};

use self::model::{Model, Names, Node, Step, steps};
use super::{ID, PATH, created, path, read, subtask, task};
use crate::support::{Client, Response, TestApp};

fn target(node: &Node) -> String {
    path(&json!({"id": node.id}))
}

/// A model and the user whose tasks it foretells.
struct Trial {
    client: Client,
    model: Model,
    refused: usize,
}

impl Trial {
    fn links(&self, parent: Option<usize>, depends_on: &[usize]) -> Value {
        let id = |at: usize| self.model.0[at].id.clone();
        let depends_on: Vec<Value> = depends_on.iter().copied().map(id).collect();
        json!({"title": "T", "parent_id": parent.map(id), "depends_on": depends_on})
    }

    /// Gives the task at `at` links; the model says whether that is possible.
    fn settle(&mut self, at: usize, wanted: Node, response: &Response, step: &Step) {
        if wanted.is_gone {
            response.expect(404);
            return;
        }
        let faults = self.model.faults(at, &wanted);
        if let [first, ..] = faults.as_slice() {
            let named = response.invalid_fields();
            assert!(
                faults.contains(&named[0].as_str()),
                "{first}, not {named:?}: {step:?} of {:?}",
                self.model
            );
            self.refused += 1;
            return;
        }
        assert!(
            matches!(response.status, 200 | 201),
            "{}: {step:?} of {:?}",
            response.text(),
            self.model
        );
        if at == self.model.0.len() {
            self.model.0.push(Node {
                id: response.json()["id"].clone(),
                ..wanted
            });
        } else {
            self.model.0[at] = wanted;
        }
    }

    async fn take(&mut self, step: &Step) {
        match step {
            Step::Create(parent, depends_on) => {
                let wanted = Node {
                    parent: parent.map(|parent| self.place(parent)),
                    depends_on: self.places(depends_on),
                    ..Node::default()
                };
                let body = self.links(wanted.parent, &wanted.depends_on);
                let response = self.client.post(PATH, &body).await;
                self.settle(self.model.0.len(), wanted, &response, step);
            }
            Step::Relink(at, names, parent, depends_on) => {
                let at = self.place(*at);
                let mut wanted = self.model.0[at].clone();
                if *names != Names::DependsOn {
                    wanted.parent = parent.map(|parent| self.place(parent));
                }
                if *names != Names::Parent {
                    wanted.depends_on = self.places(depends_on);
                }
                let response = self.relink(&wanted, *names).await;
                self.settle(at, wanted, &response, step);
            }
            Step::Complete(at, cascade) => self.complete(self.place(*at), *cascade).await,
            Step::Reopen(at) => {
                let at = self.place(*at);
                let mut wanted = self.model.0[at].clone();
                let target = format!("{}/reopen", target(&wanted));
                let response = self.client.post(&target, &json!({})).await;
                wanted.is_done = false;
                self.settle(at, wanted, &response, step);
            }
            Step::Delete(at) => {
                let at = self.place(*at);
                let node = &self.model.0[at];
                let response = self.client.delete(&target(node)).await;
                response.expect(if node.is_gone { 404 } else { 204 });
                for gone in self.model.below(at).into_iter().chain([at]) {
                    self.model.0[gone].is_gone = true;
                }
            }
        }
    }

    async fn relink(&self, wanted: &Node, names: Names) -> Response {
        let mut body = self.links(wanted.parent, &wanted.depends_on);
        if names == Names::All {
            body["status"] = json!(if wanted.is_done {
                "completed"
            } else {
                "pending"
            });
            return self.client.put(&target(wanted), &body).await;
        }
        let unnamed = match names {
            Names::Parent => "depends_on",
            Names::DependsOn => "parent_id",
            Names::Both | Names::All => "",
        };
        body.as_object_mut().unwrap().remove(unnamed);
        self.client.patch(&target(wanted), &body).await
    }

    async fn complete(&mut self, at: usize, cascade: bool) {
        let node = &self.model.0[at];
        let target = format!("{}/complete", target(node));
        let response = self
            .client
            .post(&target, &json!({ "cascade": cascade }))
            .await;
        if node.is_gone {
            response.expect(404);
        } else if node.is_done {
            // What is below it is left alone.
            response.expect(200);
        } else if !cascade && self.model.is_open_below(at) {
            response.expect(409);
        } else {
            response.expect(200);
            for done in self.model.below(at).into_iter().chain([at]) {
                self.model.0[done].is_done = true;
            }
        }
    }

    fn place(&self, at: usize) -> usize {
        at % self.model.0.len()
    }

    fn places(&self, given: &[usize]) -> Vec<usize> {
        let mut places: Vec<usize> = given.iter().map(|&at| self.place(at)).collect();
        places.sort_unstable();
        places.dedup();
        places
    }

    /// Whether every task reads as the model has it.
    async fn check(&self) {
        assert!(!self.model.has_cycle());
        for node in self.model.0.iter().filter(|node| !node.is_gone) {
            let task = read(&self.client, &json!({"id": node.id})).await;
            let links = self.links(node.parent, &node.depends_on);
            assert_eq!(
                (&task["parent_id"], &task["depends_on"]),
                (&links["parent_id"], &links["depends_on"])
            );
            assert_eq!(task["status"] == json!("completed"), node.is_done, "{task}");
        }
    }
}

#[tokio::test]
async fn every_verdict_on_random_links_is_that_of_the_model() {
    let app = TestApp::new().await;
    let mut runner = TestRunner::deterministic();
    let mut refused = 0;
    for number in 0..12 {
        let steps = prop::collection::vec(steps(), 60)
            .new_tree(&mut runner)
            .unwrap()
            .current();
        let client = app.user(&number.to_string()).await;
        let first = task(&client, "T").await;
        let first = Node {
            id: first["id"].clone(),
            ..Node::default()
        };
        let mut trial = Trial {
            client,
            model: Model(vec![first]),
            refused: 0,
        };
        for step in &steps {
            trial.take(step).await;
        }
        trial.check().await;
        refused += trial.refused;
    }
    assert!(
        (100..500).contains(&refused),
        "both verdicts are tried: {refused} refusals"
    );
}

#[tokio::test]
async fn a_circle_of_any_length_is_refused_at_its_last_link() {
    let app = TestApp::new().await;
    let ada = app.user("ada").await;
    for length in 2..=4 {
        // Of each link, one bit says whether it is a dependency or a subtask.
        for kinds in 0..1_u32 << length {
            let mut tasks = Vec::new();
            for number in 0..length {
                tasks.push(task(&ada, &number.to_string()).await);
            }
            for number in 0..length {
                let (waits, awaited) = (&tasks[number], &tasks[(number + 1) % length]);
                let is_dependency = kinds >> number & 1 == 0;
                let response = if is_dependency {
                    ada.patch(&path(waits), &json!({"depends_on": [awaited["id"]]}))
                        .await
                } else {
                    ada.patch(&path(awaited), &json!({"parent_id": waits["id"]}))
                        .await
                };
                if number + 1 < length {
                    response.expect(200);
                } else {
                    let field = if is_dependency {
                        "depends_on"
                    } else {
                        "parent_id"
                    };
                    assert_eq!(response.invalid_fields(), [field], "{length} {kinds:b}");
                    assert!(response.text().contains("wait for itself"));
                }
            }
        }
    }
}

#[tokio::test]
async fn a_new_task_waits_neither_for_its_parent_nor_for_what_waits_for_that() {
    let app = TestApp::new().await;
    let ada = app.user("ada").await;
    let above = task(&ada, "Above").await;
    let parent = subtask(&ada, "Parent", &above).await;
    let waiting = created(
        &ada,
        &json!({"title": "Waiting", "depends_on": [above["id"]]}),
    )
    .await;
    for awaited in [&parent, &above, &waiting] {
        let new = json!({"title": "New", "parent_id": parent["id"], "depends_on": [awaited["id"]]});
        assert_eq!(ada.post(PATH, &new).await.invalid_fields(), ["depends_on"]);
    }
    let sibling = subtask(&ada, "Sibling", &parent).await;
    let new = json!({"title": "New", "parent_id": parent["id"], "depends_on": [sibling["id"]]});
    created(&ada, &new).await;
}

#[tokio::test]
async fn a_new_task_under_a_forgotten_id_closes_no_circle() {
    let app = TestApp::new().await;
    let ada = app.user("ada").await;
    let forgotten = created(&ada, &json!({"title": "Forgotten", "id": ID})).await;
    let waiting = created(&ada, &json!({"title": "Waiting", "depends_on": [ID]})).await;
    ada.delete(&path(&forgotten)).await.expect(204);
    let database = app.database.connect().await;
    let forget = "DELETE FROM tasks WHERE deleted_at IS NOT NULL";
    database.batch_execute(forget).await.unwrap();
    let new = json!({"title": "New", "id": ID, "depends_on": [waiting["id"]]});
    assert_eq!(ada.post(PATH, &new).await.invalid_fields(), ["depends_on"]);
    created(&ada, &json!({"title": "New", "id": ID})).await;
    assert_eq!(read(&ada, &waiting).await["status"], json!("blocked"));
}

#[tokio::test]
async fn a_task_may_move_to_another_parent_and_swap_what_it_waits_for() {
    let app = TestApp::new().await;
    let ada = app.user("ada").await;
    let (one, other) = (task(&ada, "One").await, task(&ada, "Other").await);
    let child = subtask(&ada, "Child", &one).await;
    // Not while it is a subtask of the one that it would wait for.
    let on_one = json!({"depends_on": [one["id"]]});
    assert_eq!(
        ada.patch(&path(&child), &on_one).await.invalid_fields(),
        ["depends_on"]
    );
    let moved = json!({"depends_on": [one["id"]], "parent_id": other["id"]});
    ada.patch(&path(&child), &moved).await.expect(200);
    let back = json!({"depends_on": [], "parent_id": one["id"]});
    ada.patch(&path(&child), &back).await.expect(200);
    let parent_waits = json!({"depends_on": [child["id"]]});
    ada.patch(&path(&one), &parent_waits).await.expect(200);
}
