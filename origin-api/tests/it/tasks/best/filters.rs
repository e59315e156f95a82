//! `tag` and `project`: they filter what is returned and counted, and nothing else.

use serde_json::{Value, json};

use super::{titled, titles};
use crate::support::TestApp;

#[tokio::test]
async fn both_filters_hold_together_and_are_said() {
    let app = TestApp::new().await;
    let ada = app.user("ada").await;
    for (title, tags, project) in [
        ("Mow", json!(["out"]), json!("Garden")),
        ("Sow", json!(["in"]), json!("Garden")),
        ("Run", json!(["out"]), json!("Sport")),
        ("Nap", json!([]), Value::Null),
    ] {
        titled(&ada, title, json!({"tags": tags, "project": project})).await;
    }
    for (query, expected) in [
        ("project=Garden", vec!["Mow", "Sow"]),
        ("project=%20Sport%20", vec!["Run"]),
        ("project=Garden&tag=out", vec!["Mow"]),
        ("project=garden", vec![]),
        ("tag=out", vec!["Mow", "Run"]),
    ] {
        let target = format!("/api/tasks/best?limit=10&{query}");
        let best = ada.get(&target).await.expect(200);
        let mut shown = titles(&best);
        shown.sort_unstable();
        assert_eq!(shown, expected, "{query}");
        assert_eq!(best["counts"]["open"], expected.len(), "{query}");
    }
    for (query, said) in [
        ("project=Kitchen", "in the project “Kitchen”"),
        (
            "project=Sport&tag=in",
            "with the tag “in” in the project “Sport”",
        ),
    ] {
        let best = ada.get(&format!("/api/tasks/best?{query}")).await;
        assert_eq!(
            best.expect(200)["explanation"],
            format!("There is no open task {said}.")
        );
    }
}

#[tokio::test]
async fn gates_and_inheritance_look_beyond_the_filter() {
    let app = TestApp::new().await;
    let ada = app.user("ada").await;
    let buy = titled(&ada, "Buy paint", json!({"project": "Shop", "priority": 1})).await;
    let paint = json!({"project": "House", "priority": 5, "deadline": "2026-11-20", "depends_on": [buy["id"]]});
    titled(&ada, "Paint the wall", paint).await;
    let house = ada.get("/api/tasks/best?project=House").await.expect(200);
    assert_eq!(
        house["explanation"],
        "Nothing can be done now: the only open task in the project “House” waits for another task."
    );
    assert_eq!(house["hidden"]["blocked"], 1);
    assert_eq!(house["counts"], json!({"open": 1, "overdue": 1}));
    let shop = ada.get("/api/tasks/best?project=Shop").await.expect(200);
    assert_eq!(titles(&shop), ["Buy paint"]);
    assert_eq!(shop["parts"][1]["points"], json!(30.0));
    assert_eq!(shop["parts"][3]["because"], "“Paint the wall” waits for it");
    assert_eq!(shop["hidden"]["blocked"], 0);
    assert_eq!(shop["counts"], json!({"open": 1, "overdue": 0}));
}

#[tokio::test]
async fn what_wakes_next_is_filtered_too() {
    let app = TestApp::new().await;
    let ada = app.user("ada").await;
    let nap = |until: &str, tag: &str| json!({"snoozed_until": until, "tags": [tag]});
    titled(&ada, "First", nap("2026-11-23", "home")).await;
    titled(&ada, "Second", nap("2026-11-24", "work")).await;
    let best = ada.get("/api/tasks/best?tag=work").await.expect(200);
    assert_eq!(best["hidden"]["next_to_wake"]["title"], "Second");
    assert_eq!(best["hidden"]["snoozed"], 1);
    assert_eq!(best["next_change_at"], "2026-11-24T00:00:00.000Z");
}
