//! A request as it arrived, and what of it is sent on.

use shared_types::caller::Caller;
use shared_types::id::RequestId;

use super::js::{self, Body};
use super::{crypto, request_body};
use crate::body::check_media_type;
use crate::error::Error;
use crate::forward::Forward;
use crate::header::{self, HeaderBlock};
use crate::route::{Method, Route};

/// A request as it arrived.
pub(super) struct Inbound<'a> {
    pub(super) request: &'a web_sys::Request,
    pub(super) headers: HeaderBlock,
    pub(super) id: RequestId,
    pub(super) at_ms: i64,
    pub(super) path: &'a str,
    pub(super) query: &'a str,
}

impl Inbound<'_> {
    /// The body, its size and type checked; that of a request that only reads is not looked at. Called once: a body
    /// that was read is gone.
    pub(super) async fn body(&self, route: Route) -> Result<Body, Error> {
        if route.method.is_safe() {
            return Ok(Body::Empty);
        }
        let declared = self.headers.find("content-length");
        let body = request_body::read(self.request, declared).await?;
        check_media_type(
            body.size_bytes(),
            self.headers.find("content-type"),
            route.media(),
        )?;
        Ok(body)
    }

    /// Checks the fields, and fixes everything that is sent on. Token and generation are of the caller's
    /// credential, where there is one.
    pub(super) async fn settle(
        &self,
        route: Route,
        caller: Caller,
        generation: i64,
        token: Option<&str>,
        body: &Body,
    ) -> Result<Forward, Error> {
        let mut fields = header::forwarded(&self.headers, token)?;
        if token.is_some()
            && !route.method.is_safe()
            && !fields.iter().any(|(name, _)| *name == "idempotency-key")
        {
            // Not the request id: a caller may send one for several requests.
            let key = js::new_request_id(self.at_ms).map_err(|_| Error::Internal)?;
            fields.push(("idempotency-key", format!("gate:{key}")));
        }
        let content_digest = crypto::content_digest(body)
            .await
            .map_err(|_| Error::Internal)?;
        let method = if route.method == Method::Head {
            Method::Get
        } else {
            route.method
        };
        Ok(Forward {
            method: method.as_str().to_owned(),
            path: self.path.to_owned(),
            query: self.query.to_owned(),
            fields: fields
                .into_iter()
                .map(|(name, value)| (name.to_owned(), value))
                .collect(),
            request_id: self.id.to_string(),
            caller: caller.to_string(),
            generation,
            client_address: header::client_address(&self.headers).to_string(),
            accepted_at_ms: self.at_ms,
            content_digest,
            head: route.method == Method::Head,
            if_none_match: self.headers.find("if-none-match").map(str::to_owned),
            cookies: route.may_set_cookies(),
        })
    }
}
