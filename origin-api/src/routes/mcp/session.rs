//! One message's caller, and what comes of what they ask.

use std::sync::Mutex;
use std::sync::PoisonError;
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};

use jiff::Timestamp;
use jiff::tz::{self, TimeZone};
use rmcp::model::{
    Annotations, CallToolRequestParams, CallToolResult, ContentBlock, ErrorData, MetaObject,
    ReadResourceResult, Role, TextContent,
};
use serde_json::{Value, json};
use shared_types::preferences::Preferences;
use shared_types::scope::{Scope, Scopes};

use super::server::Asked;
use super::{INSUFFICIENT_SCOPE, object, refusal, resources, tools};
use crate::app::Shared;
use crate::db::{Caller, Read, preferences};
use crate::domain::brevity::shorten;
use crate::error::Error;

/// The caller, and what the answer must say of their account.
pub(super) struct Session<'a> {
    pub(super) app: &'a Shared,
    pub(super) caller: Caller,
    pub(super) scopes: Scopes,
    pub(super) preferences: Preferences,
    /// Their zone.
    pub(super) zone: TimeZone,
    version: AtomicI64,
    is_forbidden: AtomicBool,
    failed: Mutex<Option<Error>>,
}

/// What a tool says.
pub(super) struct Said {
    /// Fit to be read aloud.
    pub(super) text: String,
    /// What the next call may need, for clients that show a model nothing but texts.
    pub(super) ids: String,
    /// All of it.
    pub(super) content: Value,
}

impl<'a> Session<'a> {
    /// Whose message it is, and what they prefer.
    pub(super) async fn begin(
        app: &'a Shared,
        caller: Caller,
        scopes: Scopes,
    ) -> Result<Self, Error> {
        let found = preferences::find_preferences(&app.db, &caller).await?;
        let found = found.ok_or(Error::Unauthenticated)?;
        let zone = tz::db().get(&found.preferences.time_zone);
        Ok(Self {
            app,
            caller,
            scopes,
            zone: zone.map_err(Error::internal)?,
            preferences: found.preferences,
            version: AtomicI64::new(found.version),
            is_forbidden: AtomicBool::new(false),
            failed: Mutex::new(None),
        })
    }

    /// The instant that counts as now.
    pub(super) const fn now(&self) -> Timestamp {
        self.caller.now
    }

    /// An instant in the user's zone, with its offset.
    pub(super) fn local(&self, at: Timestamp) -> String {
        let local = at.to_zoned(self.zone.clone());
        local.strftime("%Y-%m-%dT%H:%M:%S%:z").to_string()
    }

    /// Keeps the version that came along with what was read.
    pub(super) fn read<T>(&self, read: Option<Read<T>>) -> Result<T, Error> {
        let read = read.ok_or(Error::Unauthenticated)?;
        self.saw(read.version);
        Ok(read.found)
    }

    /// Keeps the user's version.
    pub(super) fn saw(&self, version: i64) {
        self.version.fetch_max(version, Ordering::Relaxed);
    }

    /// Refuses a change to who may only read.
    pub(super) fn check(&self, scope: Scope) -> Result<(), Error> {
        if self.scopes.contains(scope) {
            Ok(())
        } else {
            Err(Error::Forbidden(scope))
        }
    }

    /// Does what is asked.
    pub(super) async fn answer(&self, asked: Asked) {
        // Who has asked may be gone; the answer is for nobody then.
        match asked {
            Asked::Tool(request, answer) => {
                let _ = answer.send(self.call(request).await);
            }
            Asked::Resource(uri, answer) => {
                let _ = answer.send(self.read_resource(&uri).await);
            }
        }
    }

    async fn call(&self, request: CallToolRequestParams) -> Result<CallToolResult, ErrorData> {
        let arguments = Value::Object(request.arguments.unwrap_or_default());
        let Some(tool) = tools::find(&request.name) else {
            let names = tools::names().join(", ");
            let text = format!("There is no tool {}. There are {names}.", request.name);
            return Err(ErrorData::invalid_params(text, None));
        };
        match tools::run(self, tool, arguments).await {
            Ok(said) => Ok(said.into_result()),
            Err(error) if is_fault(&error) => Err(self.fail(error)),
            Err(Error::Forbidden(scope)) => Ok(self.forbid(scope)),
            Err(error) => Ok(refused(refusal::text(&error, tool))),
        }
    }

    async fn read_resource(&self, uri: &str) -> Result<ReadResourceResult, ErrorData> {
        match resources::read(self, uri).await {
            Ok(Some(result)) => Ok(result),
            Ok(None) => {
                let text = format!("There is no resource {uri}; resources/list names them.");
                let data = Some(json!({ "uri": uri }));
                Err(ErrorData::resource_not_found(text, data))
            }
            Err(error) => Err(self.fail(error)),
        }
    }

    /// The whole request fails: whether a change was made is not known, or nobody may know.
    fn fail(&self, error: Error) -> ErrorData {
        *self.failed.lock().unwrap_or_else(PoisonError::into_inner) = Some(error);
        ErrorData::internal_error("The request failed.", None)
    }

    /// The standard answers with 403; ChatGPT reads the challenge in the result.
    fn forbid(&self, scope: Scope) -> CallToolResult {
        self.is_forbidden.store(true, Ordering::Relaxed);
        let url = &self.app.config.public_url;
        let metadata = format!("{url}/.well-known/oauth-protected-resource/mcp");
        let challenge = format!(
            "{INSUFFICIENT_SCOPE}, resource_metadata=\"{metadata}\", error_description=\"This needs the scope {}\"",
            scope.as_str()
        );
        let text = format!(
            "This app may not do that: the user has not allowed it {}. Ask them to connect MindFlow again and allow it.",
            scope.as_str()
        );
        let mut result = refused(text);
        result.meta = Some(MetaObject(object(
            json!({"mcp/www_authenticate": [challenge]}),
        )));
        result
    }

    /// The version that the answer says, and whether it is 403.
    pub(super) fn end(self) -> Result<(i64, bool), Error> {
        let failed = self.failed.into_inner();
        match failed.unwrap_or_else(PoisonError::into_inner) {
            Some(error) => Err(error),
            None => Ok((self.version.into_inner(), self.is_forbidden.into_inner())),
        }
    }
}

/// Whether it is no answer to a model: the credential does not hold, or the fault is ours.
const fn is_fault(error: &Error) -> bool {
    matches!(
        error,
        Error::Unauthenticated | Error::Disabled | Error::Unavailable(_) | Error::Internal(_)
    )
}

fn refused(text: String) -> CallToolResult {
    CallToolResult::error(vec![ContentBlock::text(text)])
}

impl Said {
    fn into_result(mut self) -> CallToolResult {
        shorten(&mut self.content);
        let mut content = vec![ContentBlock::text(self.text)];
        if !self.ids.is_empty() {
            let for_model = Annotations::default().with_audience(vec![Role::Assistant]);
            let ids = TextContent::new(self.ids).with_annotations(for_model);
            content.push(ContentBlock::Text(ids));
        }
        let mut result = CallToolResult::success(content);
        result.structured_content = Some(self.content);
        result
    }
}
