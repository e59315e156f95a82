//! What one isolate remembers between requests: the configuration, the keys it has learned and imported, the tokens it has
//! verified, the last health report, the nonces of the origin's calls. All of it can be lost at any time.

use std::cell::{OnceCell, RefCell};
use std::collections::HashMap;
use std::rc::Rc;

use shared_types::signature::NonceWindow;
use worker::{Env, console_error};

use crate::auth::VerifiedTokens;
use crate::config::Config;
use crate::error::Error;
use crate::gate::breaker::Breaker;
use crate::health::Probes;
use crate::keys::LearnedKeys;

thread_local! {
    static CONFIG: OnceCell<Rc<Config>> = const { OnceCell::new() };
    pub(super) static TOKENS: RefCell<VerifiedTokens> = RefCell::default();
    pub(super) static LEARNED_KEYS: RefCell<LearnedKeys> = RefCell::default();
    pub(super) static CRYPTO_KEYS: RefCell<HashMap<String, web_sys::CryptoKey>> = RefCell::default();
    /// What is known of the origin's health: by the Worker for anonymous requests, by all gates in the isolate for theirs.
    pub(super) static BREAKER: RefCell<Breaker> = RefCell::default();
    pub(super) static PROBES: RefCell<Probes> = RefCell::default();
    /// Nonces of the origin's own calls, of which there are few.
    pub(super) static NONCES: RefCell<NonceWindow> = RefCell::new(NonceWindow::new(1 << 14));
}

/// The configuration, read from the bindings once; what is wrong with it is logged at every request.
pub(super) fn config(env: &Env) -> Result<Rc<Config>, Error> {
    if let Some(config) = CONFIG.with(|cell| cell.get().cloned()) {
        return Ok(config);
    }
    let lookup = |name: &str| env.var(name).ok().map(|value| value.to_string());
    match Config::from_lookup(lookup) {
        Ok(config) => {
            let config = Rc::new(config);
            CONFIG.with(|cell| cell.get_or_init(|| Rc::clone(&config)).clone());
            Ok(config)
        }
        Err(problems) => {
            for problem in problems {
                console_error!("configuration: {problem}");
            }
            Err(Error::Misconfigured)
        }
    }
}
