//! The door as a layer around the routes of the public API.
//!
//! Hand-written, since it stands on the path of every call: as long as memory knows enough, it adds
//! no box and no task to the call. What is written before a call is answered (headers, meter) happens
//! in one place, [`Admitted::answered`].

use std::{
    convert::Infallible,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll, ready},
    time::Instant,
};

use axum::{
    extract::{MatchedPath, Request},
    http::Method,
    response::{IntoResponse, Response},
    routing::{Route, future::RouteFuture},
};
use domain::{
    keys::Environment,
    operations::{BASE, Operation},
    problem::Code,
    usage::Outcome,
};
use jiff::Timestamp;
use tower::{Layer, Service};

use super::{
    door::{self, Call, Counted, Decision},
    headers,
};
use crate::{
    app::App,
    http::{
        arrival::{self, Arrival},
        client_ip,
        problem::ApiError,
    },
    keys::{Caller, Credential},
    usage::Measure,
};

/// The door. Put it around the router of the public API, after its routes and its fallback.
#[must_use]
pub fn layer(app: &App) -> LimitsLayer {
    LimitsLayer { app: app.clone() }
}

/// See [`layer`].
#[derive(Clone)]
pub struct LimitsLayer {
    app: App,
}

impl Layer<Route> for LimitsLayer {
    type Service = Limited;

    fn layer(&self, inner: Route) -> Limited {
        Limited { app: self.app.clone(), inner }
    }
}

/// A route behind the door.
#[derive(Clone)]
pub struct Limited {
    app: App,
    inner: Route,
}

impl Service<Request> for Limited {
    type Response = Response;
    type Error = Infallible;
    type Future = Answering;

    fn poll_ready(&mut self, _cx: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request) -> Answering {
        // Browsers ask before they send a key; that is no call.
        if request.method() == Method::OPTIONS {
            return Answering(Progress::Through(self.inner.call(request)));
        }
        let visit = Visit::begin(&self.app, &request);
        match door::decide(&self.app, &visit.call(&request)) {
            Decision::Admit(counted) => Answering(visit.admit(counted, request, &mut self.inner)),
            Decision::Refuse(refusal, counted) => {
                Answering(Progress::Done(Some(visit.refuse(refusal, counted))))
            }
            Decision::Ask(_) => {
                let (app, mut inner) = (self.app.clone(), self.inner.clone());
                Answering(Progress::Asking(Box::pin(async move {
                    let call = visit.call(&request);
                    let decision = door::decide_asking(&app, &call).await;
                    let unavailable = match decision {
                        Ok(Decision::Admit(counted)) => return visit.admit(counted, request, &mut inner),
                        Ok(Decision::Refuse(refusal, counted)) => {
                            return Progress::Done(Some(visit.refuse(refusal, counted)));
                        }
                        Ok(Decision::Ask(_)) => ApiError::new(Code::Unavailable).retry_after_s(1),
                        Err(error) => error.into(),
                    };
                    let counted = door::nobody(&app, &call);
                    Progress::Done(Some(visit.refuse(unavailable, counted)))
                })))
            }
        }
    }
}

/// The answer in the making.
pub struct Answering(Progress);

enum Progress {
    /// Not a call: nothing is counted or added.
    Through(RouteFuture<Infallible>),
    /// The store is being asked.
    Asking(Pin<Box<dyn Future<Output = Progress> + Send>>),
    Admitted(RouteFuture<Infallible>, Admitted),
    /// Answered here; taken when polled.
    Done(Option<Response>),
}

impl Future for Answering {
    type Output = Result<Response, Infallible>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let this = self.get_mut();
        loop {
            match &mut this.0 {
                Progress::Through(route) => return Pin::new(route).poll(cx),
                Progress::Asking(asking) => {
                    let progress = ready!(asking.as_mut().poll(cx));
                    this.0 = progress;
                }
                Progress::Admitted(route, admitted) => {
                    admitted.handler_runs = true;
                    let polled = Pin::new(route).poll(cx);
                    admitted.handler_runs = false;
                    let Ok(response) = ready!(polled);
                    return Poll::Ready(Ok(admitted.answered(response)));
                }
                Progress::Done(response) => {
                    let response = response.take();
                    return Poll::Ready(Ok(
                        response.unwrap_or_else(|| ApiError::new(Code::Internal).into_response())
                    ));
                }
            }
        }
    }
}

/// One call, from the door's point of view.
struct Visit {
    app: App,
    began: Instant,
    now: Timestamp,
    ip: std::net::IpAddr,
    operation: Option<Operation>,
}

impl Visit {
    fn begin(app: &App, request: &Request) -> Self {
        let extensions = request.extensions();
        let arrival = Arrival::of(extensions);
        // Without an edge (the layer tested alone) all has to be found out here.
        let client = arrival.map_or_else(
            || client_ip::of(arrival::peer(extensions), request.headers(), &app.config.trusted_proxies),
            |arrival| arrival.client,
        );
        let path = request.extensions().get::<MatchedPath>().map(MatchedPath::as_str);
        let path = path.map(|path| path.strip_prefix(BASE).unwrap_or(path));
        Self {
            app: app.clone(),
            began: arrival.map_or_else(Instant::now, |arrival| arrival.began),
            now: arrival.map_or_else(|| app.clock.now(), |arrival| arrival.at),
            ip: client.0,
            operation: path.and_then(|path| Operation::find(request.method().as_str(), path)),
        }
    }

    fn call<'r>(&self, request: &'r Request) -> Call<'r> {
        Call {
            method: request.method(),
            path: request.uri().path(),
            headers: request.headers(),
            operation: self.operation,
            ip: self.ip,
            now: self.now,
        }
    }

    fn admit(self, counted: Counted, mut request: Request, inner: &mut Route) -> Progress {
        let caller = Caller {
            ip: self.ip,
            environment: counted
                .credential
                .as_ref()
                .map_or(Environment::Live, |credential| credential.environment),
            credential: counted.credential.clone(),
            access: counted.access.clone(),
        };
        request.extensions_mut().insert(caller);
        if self.operation == Some(Operation::GetLimits) {
            request.extensions_mut().insert(counted.standings);
        }
        let admitted = Admitted { visit: self, counted, metered: false, handler_runs: false };
        Progress::Admitted(inner.call(request), admitted)
    }

    fn refuse(self, refusal: ApiError, counted: Counted) -> Response {
        let mut response = refusal.into_response();
        headers::write(response.headers_mut(), &counted.standings, counted.texts(), counted.at.as_second());
        let outcome =
            if response.status().is_server_error() { Outcome::ServerError } else { Outcome::Refused };
        self.meter(counted.credential, outcome);
        response
    }

    fn meter(&self, credential: Option<Arc<Credential>>, outcome: Outcome) {
        let latency_us = u32::try_from(self.began.elapsed().as_micros()).unwrap_or(u32::MAX);
        let measure = Measure {
            credential,
            at_s: self.now.as_second(),
            operation: self.operation,
            outcome,
            latency_us,
        };
        self.app.meter.record(measure);
    }
}

/// A call that was let in, until it is answered.
struct Admitted {
    visit: Visit,
    counted: Counted,
    metered: bool,
    /// True while the handler is being polled: still true afterwards only if it panicked.
    handler_runs: bool,
}

impl Admitted {
    fn answered(&mut self, mut response: Response) -> Response {
        let now_s = self.counted.at.as_second();
        headers::write(response.headers_mut(), &self.counted.standings, self.counted.texts(), now_s);
        self.meter(Outcome::of_status(response.status().as_u16()));
        response
    }

    fn meter(&mut self, outcome: Outcome) {
        if !std::mem::replace(&mut self.metered, true) {
            self.visit.meter(self.counted.credential.take(), outcome);
        }
    }
}

impl Drop for Admitted {
    /// A call that is dropped unanswered has used quota, so it is metered: a panic is our fault, a
    /// client who hung up is theirs.
    fn drop(&mut self) {
        self.meter(if self.handler_runs { Outcome::ServerError } else { Outcome::ClientError });
    }
}
