//! Between Rust's futures and JavaScript's promises, without what both cost where nothing is waited for.
//!
//! An exported `async fn` always makes a promise, and runs in a microtask of its own; a promise that is awaited takes two
//! closures and one more microtask. On a hit that cost more than all that is decided there (docs/performance.md).

use std::future::poll_fn;
use std::sync::Arc;
use std::task::{Context, Poll, Wake, Waker};

use futures_util::task::AtomicWaker;
use worker::js_sys::Promise;
use worker::js_sys::futures::future_to_promise;
use worker::wasm_bindgen::closure::Closure;
use worker::wasm_bindgen::prelude::wasm_bindgen;
use worker::wasm_bindgen::{self, JsValue};

#[wasm_bindgen(module = "/src/runtime/glue.js", wasm_bindgen = wasm_bindgen)]
extern "C" {
    fn settle(promise: &Promise, next: &JsValue) -> JsValue;
}

/// Runs `work` as far as it goes without waiting: its value when that is to its end, else a promise of it.
pub(super) fn at_once(work: impl Future<Output = JsValue> + 'static) -> JsValue {
    let later = Arc::new(Later::default());
    let waker = Waker::from(Arc::clone(&later));
    let mut work = Box::pin(work);
    if let Poll::Ready(value) = work.as_mut().poll(&mut Context::from_waker(&waker)) {
        return value;
    }
    let rest = poll_fn(move |context| {
        later.0.register(context.waker());
        work.as_mut().poll(&mut Context::from_waker(&waker)).map(Ok)
    });
    future_to_promise(rest).into()
}

/// Wakes whoever goes on with what was begun. Some futures (`worker::Delay`) remember the waker of the first time for
/// good, so it must be the same one before and after.
#[derive(Default)]
struct Later(AtomicWaker);

impl Wake for Later {
    fn wake(self: Arc<Self>) {
        self.0.wake();
    }
}

/// What `next` makes of the promise's outcome: a value, or a promise of one.
pub(super) fn then(
    promise: &Promise,
    next: impl FnOnce(Result<JsValue, JsValue>) -> JsValue + 'static,
) -> JsValue {
    let next = Closure::once_into_js(move |value: JsValue, is_kept: bool| {
        next(if is_kept { Ok(value) } else { Err(value) })
    });
    settle(promise, &next)
}

/// What JavaScript gets of work that failed.
pub(super) fn rejected(error: &JsValue) -> JsValue {
    Promise::reject(error).into()
}
