//! Reads a request's body, never more of it than may be sent.

use worker::js_sys::futures::JsFuture;
use worker::js_sys::{Reflect, Uint8Array};
use worker::wasm_bindgen::{JsCast, JsValue};

use super::js::Body;
use crate::body::{check_declared_size, check_size};
use crate::error::Error;

/// The body of `request`, whose `Content-Length` is `declared`, up to `limit` bytes.
pub(super) async fn read(
    request: &web_sys::Request,
    declared: Option<&str>,
    limit: usize,
) -> Result<Body, Error> {
    check_declared_size(declared, limit)?;
    let Some(stream) = request.body() else {
        return Ok(Body::Empty);
    };
    if declared.is_some() {
        let promise = request.array_buffer().map_err(|_| Error::BodyCut)?;
        let buffer = JsFuture::from(promise).await.map_err(|_| Error::BodyCut)?;
        let bytes = Uint8Array::new(&buffer);
        check_size(bytes.length() as usize, limit)?;
        return Ok(Body::new(bytes));
    }
    read_to_limit(&stream, limit).await
}

/// A body of unannounced length, chunk by chunk, so that an endless one is refused at the limit.
async fn read_to_limit(stream: &web_sys::ReadableStream, limit: usize) -> Result<Body, Error> {
    let reader = web_sys::ReadableStreamDefaultReader::new(stream).map_err(|_| Error::Internal)?;
    let mut chunks: Vec<Uint8Array> = Vec::new();
    let mut size_bytes = 0;
    while let Some(chunk) = next_chunk(&reader).await.map_err(|_| Error::BodyCut)? {
        size_bytes += chunk.length() as usize;
        if let Err(error) = check_size(size_bytes, limit) {
            drop(reader.cancel());
            return Err(error);
        }
        chunks.push(chunk);
    }
    let length = u32::try_from(size_bytes).map_err(|_| Error::TooLarge)?;
    let bytes = Uint8Array::new_with_length(length);
    let mut offset = 0;
    for chunk in chunks {
        bytes.set(&chunk, offset);
        offset += chunk.length();
    }
    Ok(Body::new(bytes))
}

async fn next_chunk(
    reader: &web_sys::ReadableStreamDefaultReader,
) -> Result<Option<Uint8Array>, JsValue> {
    let result = JsFuture::from(reader.read()).await?;
    if Reflect::get(&result, &"done".into())?.is_truthy() {
        return Ok(None);
    }
    Ok(Some(Reflect::get(&result, &"value".into())?.dyn_into()?))
}
