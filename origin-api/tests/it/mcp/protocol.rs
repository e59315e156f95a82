//! What the protocol wants of both eras.

use axum::http::Method;
use serde_json::{Value, json};

use super::{MODERN, assistant, captured, id, legacy, modern, modern_with};
use crate::support::TestApp;

#[tokio::test]
async fn a_client_of_the_old_era_begins_without_a_session() {
    let app = TestApp::new().await;
    let agent = assistant(&app, &app.user("ada").await);
    for version in ["2025-06-18", "2025-11-25"] {
        let params = json!({"protocolVersion": version, "capabilities": {}, "clientInfo": {"name": "t", "version": "1"}});
        let answer = legacy(&agent, "initialize", &params).await;
        let result = answer.expect(200)["result"].clone();
        assert_eq!(answer.header("mcp-session-id"), "");
        assert_eq!(answer.header("content-type"), "application/json");
        assert_ne!(answer.header("mindflow-version"), "");
        assert_eq!(result["protocolVersion"], version);
        assert_eq!(result["serverInfo"]["name"], "mindflow");
        assert_eq!(
            result["capabilities"],
            json!({"tools": {}, "prompts": {}, "resources": {}})
        );
        assert!(result.get("resultType").is_none(), "{result}");
        let message = json!({"jsonrpc": "2.0", "method": "notifications/initialized"});
        assert_eq!(agent.post("/mcp", &message).await.status, 202);
        let list = agent
            .call(Method::POST, "/mcp")
            .json(&json!({"jsonrpc": "2.0", "id": 1, "method": "tools/list"}))
            .header("mcp-protocol-version", version);
        let list = list.send().await.expect(200);
        assert_eq!(list["result"]["tools"].as_array().unwrap().len(), 12);
        assert!(list["result"].get("resultType").is_none());
    }
    let old = json!({"protocolVersion": "2024-11-05", "capabilities": {}, "clientInfo": {"name": "t", "version": "1"}});
    let answer = legacy(&agent, "initialize", &old).await.expect(200);
    assert_eq!(answer["result"]["protocolVersion"], "2025-11-25");
    assert_eq!(
        legacy(&agent, "ping", &json!({})).await.expect(200)["result"],
        json!({})
    );
}

#[tokio::test]
async fn a_client_of_the_new_era_finds_out_and_lists_what_it_may_keep() {
    let app = TestApp::new().await;
    let agent = assistant(&app, &app.user("ada").await);
    let found = modern(&agent, "server/discover", &json!({}))
        .await
        .expect(200)["result"]
        .clone();
    assert_eq!(found["resultType"], "complete");
    assert_eq!(
        found["supportedVersions"],
        json!(["2025-06-18", "2025-11-25", MODERN])
    );
    let instructions = found["instructions"].as_str().unwrap();
    let first: String = instructions.chars().take(512).collect();
    for word in [
        "what_next",
        "capture_tasks",
        "find_tasks",
        "undo_change",
        "time zone",
    ] {
        assert!(first.contains(word), "{word}");
    }
    for (method, name) in [
        ("tools/list", "tools"),
        ("resources/list", "resources"),
        ("resources/templates/list", "resourceTemplates"),
        ("prompts/list", "prompts"),
    ] {
        let answer = modern(&agent, method, &json!({})).await.expect(200)["result"].clone();
        assert_eq!(answer["resultType"], "complete", "{method}");
        assert_eq!(answer["ttlMs"], 3_600_000, "{method}");
        assert_eq!(answer["cacheScope"], "public", "{method}");
        assert!(!answer[name].as_array().unwrap().is_empty(), "{method}");
    }
}

#[tokio::test]
async fn what_is_wrong_with_a_message_is_said_by_the_code_of_the_standard() {
    let app = TestApp::new().await;
    let agent = assistant(&app, &app.user("ada").await);
    let none = json!({});
    let call = json!({"name": "get_overview", "arguments": {}});
    for (method, params, headers, status, code) in [
        (
            "tools/list",
            &none,
            vec![("mcp-method", "tools/call")],
            400,
            -32020,
        ),
        ("tools/list", &none, vec![("mcp-method", "")], 400, -32020),
        (
            "tools/list",
            &none,
            vec![("mcp-protocol-version", "2025-11-25")],
            400,
            -32020,
        ),
        (
            "tools/call",
            &call,
            vec![("mcp-name", "what_next")],
            400,
            -32020,
        ),
        ("tools/nothing", &none, vec![], 404, -32601),
        ("ping", &none, vec![], 404, -32601),
        (
            "tools/call",
            &json!({"name": "nothing"}),
            vec![],
            200,
            -32602,
        ),
        (
            "resources/read",
            &json!({"uri": "mindflow://nothing"}),
            vec![],
            200,
            -32602,
        ),
        (
            "prompts/get",
            &json!({"name": "nothing"}),
            vec![],
            200,
            -32602,
        ),
    ] {
        let answer = modern_with(&agent, method, params, &headers).await;
        let error = answer.expect(status)["error"].clone();
        assert_eq!(error["code"], code, "{method} {headers:?} {error}");
        assert_ne!(
            answer.header("mindflow-version"),
            "",
            "{method} {headers:?}"
        );
    }
    let message = json!({"jsonrpc": "2.0", "id": 1, "method": "tools/list", "params": {"_meta": {
        "io.modelcontextprotocol/protocolVersion": "2031-01-01",
        "io.modelcontextprotocol/clientCapabilities": {},
    }}});
    let answer = agent
        .call(Method::POST, "/mcp")
        .json(&message)
        .header("mcp-protocol-version", "2031-01-01")
        .header("mcp-method", "tools/list");
    assert_eq!(answer.send().await.expect(400)["error"]["code"], -32022);
    let bare = agent
        .call(Method::POST, "/mcp")
        .json(&json!({"jsonrpc": "2.0", "id": 1, "method": "server/discover"}))
        .header("mcp-protocol-version", MODERN)
        .header("mcp-method", "server/discover");
    assert_eq!(bare.send().await.expect(400)["error"]["code"], -32602);
    for method in [Method::GET, Method::DELETE] {
        assert_eq!(agent.call(method, "/mcp").send().await.status, 405);
    }
}

#[tokio::test]
async fn what_is_no_message_is_said_in_json_rpc() {
    let app = TestApp::new().await;
    let agent = assistant(&app, &app.user("ada").await);
    for (body, code) in [
        ("{", -32700),
        ("", -32700),
        ("[]", -32600),
        ("{\"jsonrpc\":\"1.0\",\"id\":1,\"method\":\"ping\"}", -32600),
        ("{\"jsonrpc\":\"2.0\",\"id\":1}", -32602),
        ("{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":5}", -32602),
    ] {
        let call = agent
            .call(Method::POST, "/mcp")
            .header("content-type", "application/json");
        let answer = call.body(body).send().await;
        assert_eq!(answer.expect(400)["error"]["code"], code, "{body}");
        assert_ne!(answer.header("mindflow-version"), "", "{body}");
    }
}

#[tokio::test]
async fn whoever_takes_json_is_answered() {
    let app = TestApp::new().await;
    let agent = assistant(&app, &app.user("ada").await);
    for (accept, status) in [
        (None, 200),
        (Some("*/*"), 200),
        (Some("application/json"), 200),
        (Some("application/json, text/event-stream"), 200),
        (Some("text/event-stream"), 406),
        (Some("text/html"), 406),
    ] {
        let mut call = agent
            .call(Method::POST, "/mcp")
            .json(&json!({"jsonrpc": "2.0", "id": 1, "method": "tools/list"}));
        if let Some(accept) = accept {
            call = call.header("accept", accept);
        }
        assert_eq!(call.send().await.status, status, "{accept:?}");
    }
}

#[tokio::test]
async fn today_a_task_and_the_widget_can_be_read() {
    let app = TestApp::new().await;
    let agent = assistant(&app, &app.user("ada").await);
    let task = captured(
        &agent,
        &json!({"title": "Water the plants", "due_date": "2026-11-22"}),
    )
    .await;
    let read = async |uri: &str| {
        let answer = modern(&agent, "resources/read", &json!({ "uri": uri })).await;
        let result = answer.expect(200)["result"].clone();
        assert_eq!(result["contents"][0]["uri"], uri);
        result
    };
    let today = read("mindflow://today").await;
    assert_eq!(
        (&today["cacheScope"], &today["ttlMs"]),
        (&json!("private"), &json!(0))
    );
    let told: Value = serde_json::from_str(today["contents"][0]["text"].as_str().unwrap()).unwrap();
    assert_eq!(told["due_today"][0]["title"], "Water the plants");
    let one = read(&format!("mindflow://tasks/{}", id(&task))).await;
    let told: Value = serde_json::from_str(one["contents"][0]["text"].as_str().unwrap()).unwrap();
    assert_eq!(told, task);
    let widget = read("ui://mindflow/next").await["contents"][0].clone();
    assert_eq!(widget["mimeType"], "text/html;profile=mcp-app");
    assert!(widget["text"].as_str().unwrap().contains("<!doctype html>"));
    let meta = &widget["_meta"];
    assert_eq!(
        meta["ui"]["csp"],
        json!({"connectDomains": [], "resourceDomains": []})
    );
    assert_eq!(meta["ui"]["domain"], "https://mindflow.test");
    // Another's task is none.
    let eve = assistant(&app, &app.user("eve").await);
    let uri = format!("mindflow://tasks/{}", id(&task));
    let refused = modern(&eve, "resources/read", &json!({ "uri": uri }))
        .await
        .expect(200);
    assert_eq!(refused["error"]["code"], -32602);
}

#[tokio::test]
async fn prompts_say_what_to_call() {
    let app = TestApp::new().await;
    let agent = assistant(&app, &app.user("ada").await);
    let get = async |name: &str, arguments: Value| {
        let params = json!({"name": name, "arguments": arguments});
        modern(&agent, "prompts/get", &params).await.expect(200)
    };
    let text = |answer: &Value| {
        answer["result"]["messages"][0]["content"]["text"]
            .as_str()
            .unwrap()
            .to_owned()
    };
    let plan = text(&get("plan_my_day", json!({"hours": "2.5"})).await);
    assert!(plan.contains("free_hours 2.5"), "{plan}");
    assert!(text(&get("plan_my_day", json!({})).await).contains("without free_hours"));
    assert!(text(&get("weekly_review", json!({})).await).contains("get_overview"));
    for hours in ["0", "17", "many"] {
        let refused = get("plan_my_day", json!({ "hours": hours })).await;
        assert_eq!(refused["error"]["code"], -32602, "{hours}");
    }
}
