//! A request as it arrived, and what of it is sent on.

use std::net::IpAddr;

use shared_types::id::RequestId;

use super::js::{self, Body};
use super::{crypto, request_body};
use crate::body::check_media_type;
use crate::error::Error;
use crate::forward::{Forward, GATE_KEY};
use crate::header::{self, HeaderBlock};
use crate::route::{Method, Route};

/// A request as it arrived.
pub(super) struct Inbound<'a> {
    pub(super) request: &'a web_sys::Request,
    pub(super) headers: &'a HeaderBlock,
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
        let body = request_body::read(self.request, declared, route.body_limit_bytes()).await?;
        check_media_type(
            body.size_bytes(),
            self.headers.find("content-type"),
            route.media(),
        )?;
        Ok(body)
    }

    /// Checks the fields, and fixes everything that is sent on, in the name of `credential`'s user or of nobody.
    pub(super) async fn settle(
        &self,
        route: Route,
        credential: Option<&Credential<'_>>,
        body: &Body,
    ) -> Result<Forward, Error> {
        let token = credential.map(|credential| credential.token);
        let mut fields = header::forwarded(self.headers, token)?;
        if token.is_some()
            && !route.method.is_safe()
            && !fields.iter().any(|(name, _)| *name == "idempotency-key")
        {
            // Not the request id: a caller may send one for several requests.
            let key = js::new_request_id(self.at_ms).map_err(|_| Error::Internal)?;
            fields.push(("idempotency-key", format!("{GATE_KEY}{key}")));
        }
        let content_digest = crypto::content_digest(body)
            .await
            .map_err(|_| Error::Internal)?;
        let method = if route.method == Method::Head {
            Method::Get
        } else {
            route.method
        };
        let fields = fields.into_iter();
        Ok(Forward {
            method: method.as_str().to_owned(),
            path: self.path.to_owned(),
            query: self.query.to_owned(),
            fields: fields
                .map(|(name, value)| (name.to_owned(), value))
                .collect(),
            content_digest,
            head: route.method == Method::Head,
            if_none_match: self.headers.find("if-none-match").map(str::to_owned),
            cookies: route.may_set_cookies(),
            streams: route.streams(),
            ..self.unsettled(route, credential)
        })
    }

    /// What a gate has to know of a request that is refused at the edge, to count it.
    pub(super) fn bare(&self, route: Route, credential: &Credential<'_>) -> Forward {
        let authorization = (
            "authorization".to_owned(),
            format!("Bearer {}", credential.token),
        );
        Forward {
            fields: vec![authorization],
            ..self.unsettled(route, Some(credential))
        }
    }

    fn unsettled(&self, route: Route, credential: Option<&Credential<'_>>) -> Forward {
        let address = self.client_address().to_string();
        let id = self.id.to_string();
        let forward = Forward {
            nature: route.nature(),
            template: route.template.to_owned(),
            ..Forward::anonymous_get(self.path, &id, &address, self.at_ms)
        };
        match credential {
            None => forward,
            Some(credential) => Forward {
                caller: credential.caller.to_owned(),
                generation: credential.generation,
                expires: credential.expires,
                ..forward
            },
        }
    }

    pub(super) fn client_address(&self) -> IpAddr {
        header::client_address(self.headers)
    }
}

/// A credential that was verified, and whom it shows.
pub(super) struct Credential<'a> {
    /// `Mindflow-Caller`.
    pub(super) caller: &'a str,
    /// The user's generation when it was issued.
    pub(super) generation: i64,
    /// When it ends by itself, in Unix seconds.
    pub(super) expires: i64,
    pub(super) token: &'a str,
}
