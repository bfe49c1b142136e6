//! The bytes of a connection, as they pass.
//!
//! Two things cannot be seen from above the HTTP parser: that a head held both Content-Length and
//! Transfer-Encoding (it keeps one), and its own answers to heads it cannot read (they have no body
//! and no request id). So the head is remembered until the answer is written, and an answer that
//! did not come from our router, told by the absence of `X-Request-Id`, is replaced by problem
//! details. The connection ends after such an answer, so nothing else is upset.
//!
//! Time is kept here too, because the parser knows one limit only, and sets a timer for every
//! request: here one timer per connection tells heads that take too long from connections that
//! merely stand idle, and is moved only when it fires.

use std::{
    io,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
    time::Duration,
};

use domain::{ids::RequestId, lang::Lang, problem::Code};
use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    time::{Instant, Sleep, sleep_until},
};

use super::{
    problem::ApiError,
    tap::{Patience, Tap},
};

/// A client that takes nothing of its answer for so long is let go.
const WRITE_STALL_MAX: Duration = Duration::from_secs(30);

/// Makes ids for requests that never reached the router.
pub type MakeId = Arc<dyn Fn() -> RequestId + Send + Sync>;

/// A connection's stream with the tap on it.
pub struct Wire<S> {
    stream: S,
    tap: Arc<Tap>,
    make_id: MakeId,
    patience: Patience,
    /// Fires no later than the client's time is up; made when the client first keeps us waiting.
    timer: Option<Pin<Box<Sleep>>>,
    /// What is left to write of an answer put in place of the parser's.
    replacement: Vec<u8>,
    /// Runs while the client takes nothing.
    stalled: Option<Pin<Box<Sleep>>>,
}

impl<S> Wire<S> {
    pub fn new(stream: S, tap: Arc<Tap>, make_id: MakeId, patience: Patience) -> Self {
        Self { stream, tap, make_id, patience, timer: None, replacement: Vec::new(), stalled: None }
    }
}

impl<S> Wire<S> {
    /// Whether a client that has sent nothing new has run out of time; if not, wakes us when it has.
    fn time_is_up(&mut self, cx: &mut Context<'_>) -> bool {
        let deadline = self.tap.deadline(self.patience);
        let later = || Instant::now() + self.patience.idle;
        let timer = self.timer.get_or_insert_with(|| Box::pin(sleep_until(deadline.unwrap_or_else(later))));
        if let Some(deadline) = deadline
            && deadline < timer.deadline()
        {
            timer.as_mut().reset(deadline);
        }
        while timer.as_mut().poll(cx).is_ready() {
            if deadline.is_some_and(|deadline| deadline <= Instant::now()) {
                return true;
            }
            timer.as_mut().reset(deadline.unwrap_or_else(later));
        }
        false
    }
}

impl<S: AsyncWrite + Unpin> Wire<S> {
    /// The answer to write instead of the parser's own, if this is one.
    fn instead(&self, answer: &[u8]) -> Option<Vec<u8>> {
        let status = answer.strip_prefix(b"HTTP/1.1 ")?.get(..3)?;
        let code = match status {
            b"400" => Code::MalformedRequest,
            b"414" => Code::UriTooLong,
            b"431" if self.tap.has_long_address() => Code::UriTooLong,
            b"431" => Code::HeadersTooLarge,
            _ => return None,
        };
        let ours = answer.windows(13).any(|name| name.eq_ignore_ascii_case(b"x-request-id:"));
        (!ours).then(|| {
            let request_id = (self.make_id)();
            tracing::info!(
                code = code.as_str(),
                request_id = request_id.as_str(),
                "unreadable request refused"
            );
            ::metrics::counter!("http_unreadable_requests_total").increment(1);
            unreadable(code, &request_id)
        })
    }

    fn write_replacement(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        while !self.replacement.is_empty() {
            match Pin::new(&mut self.stream).poll_write(cx, &self.replacement) {
                Poll::Ready(Ok(0)) => return Poll::Ready(Err(io::ErrorKind::WriteZero.into())),
                Poll::Ready(Ok(written)) => drop(self.replacement.drain(..written)),
                Poll::Ready(Err(error)) => return Poll::Ready(Err(error)),
                Poll::Pending => return Poll::Pending,
            }
        }
        Poll::Ready(Ok(()))
    }

    /// Lets a write that waits fail when the client has taken nothing for too long.
    fn watched<T>(&mut self, cx: &mut Context<'_>, progress: Poll<io::Result<T>>) -> Poll<io::Result<T>> {
        if progress.is_ready() {
            self.stalled = None;
            return progress;
        }
        let deadline = || Box::pin(sleep_until(Instant::now() + WRITE_STALL_MAX));
        let stalled = self.stalled.get_or_insert_with(deadline);
        match stalled.as_mut().poll(cx) {
            Poll::Ready(()) => Poll::Ready(Err(io::ErrorKind::TimedOut.into())),
            Poll::Pending => Poll::Pending,
        }
    }
}

/// Problem details for a head that could not be read: in both languages, since its wishes are unknown.
fn unreadable(code: Code, request_id: &RequestId) -> Vec<u8> {
    let mut problem = ApiError::new(code).problem(Lang::default(), request_id.as_str(), "/docs/rate-limits");
    problem.detail = format!("{} / {}", code.advice(Lang::Id), code.advice(Lang::En));
    let body = serde_json::to_string(&problem).unwrap_or_default();
    let status = code.status();
    let reason = match status {
        414 => "URI Too Long",
        431 => "Request Header Fields Too Large",
        _ => "Bad Request",
    };
    let length = body.len();
    format!(
        "HTTP/1.1 {status} {reason}\r\ncontent-type: application/problem+json\r\ncontent-length: {length}\r\n\
         cache-control: no-store\r\nx-content-type-options: nosniff\r\nx-request-id: {request_id}\r\n\
         connection: close\r\n\r\n{body}"
    )
    .into_bytes()
}

impl<S: AsyncRead + Unpin> AsyncRead for Wire<S> {
    fn poll_read(self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        let before = buf.filled().len();
        let progress = Pin::new(&mut this.stream).poll_read(cx, buf);
        if let Some(bytes) = buf.filled().get(before..)
            && !bytes.is_empty()
        {
            this.tap.remember(bytes);
        }
        if progress.is_pending() && this.time_is_up(cx) {
            return Poll::Ready(Err(io::ErrorKind::TimedOut.into()));
        }
        progress
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Wire<S> {
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        self.poll_write_vectored(cx, &[io::IoSlice::new(buf)])
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        if let Some(replacement) = bufs.first().and_then(|head| this.instead(head)) {
            this.replacement = replacement;
            this.tap.forget();
            // The parser's answer counts as written; ours goes out with the flush that follows.
            return Poll::Ready(Ok(bufs.iter().map(|buf| buf.len()).sum()));
        }
        if !this.replacement.is_empty() {
            let progress = this.write_replacement(cx).map_ok(|()| 0);
            if !matches!(progress, Poll::Ready(Ok(_))) {
                return this.watched(cx, progress);
            }
        }
        this.tap.forget();
        let progress = Pin::new(&mut this.stream).poll_write_vectored(cx, bufs);
        this.watched(cx, progress)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        let progress = match this.write_replacement(cx) {
            Poll::Ready(Ok(())) => Pin::new(&mut this.stream).poll_flush(cx),
            other => other,
        };
        this.watched(cx, progress)
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        match this.write_replacement(cx) {
            Poll::Ready(Ok(())) => Pin::new(&mut this.stream).poll_shutdown(cx),
            other => other,
        }
    }
}
