//! `/metrics`: numbers for whoever watches over the service, in Prometheus' text format. Only with the token of the
//! settings; without that setting nothing is counted. Labels are routes, methods and states: never an address that was
//! asked for, which may hold a secret or a name.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use axum::extract::{MatchedPath, Request, State};
use axum::http::Method;
use axum::middleware::Next;
use axum::response::Response;

use super::Web;
use crate::refusals::Refusal;

/// What was answered so far, by this process.
#[derive(Debug, Default)]
pub struct Metrics {
    routes: Mutex<BTreeMap<Series, RouteTotals>>,
    refusals: Mutex<BTreeMap<Refusal, u64>>,
}

/// Requests that are counted together.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Series {
    route: String,
    method: &'static str,
    status: u16,
}

#[derive(Debug, Default, Clone, Copy)]
struct RouteTotals {
    requests: u64,
    took: Duration,
}

impl Metrics {
    fn count(&self, series: Series, took: Duration) {
        let mut all = self.routes.lock().unwrap_or_else(PoisonError::into_inner);
        let totals = all.entry(series).or_default();
        totals.requests += 1;
        totals.took += took;
    }

    pub(crate) fn count_refusal(&self, refusal: Refusal) {
        *self.refusals.lock().unwrap_or_else(PoisonError::into_inner).entry(refusal).or_default() += 1;
    }

    /// The requests and refusals, as Prometheus reads them.
    pub fn write(&self, out: &mut String) {
        self.write_routes(out);
        let refusals = self.refusals.lock().unwrap_or_else(PoisonError::into_inner).clone();
        heading(out, "parcours_refusals_total", "counter", "Requests refused to protect accounts and data.");
        for refusal in Refusal::ALL {
            let count = refusals.get(&refusal).copied().unwrap_or_default();
            let _ = writeln!(out, "parcours_refusals_total{{kind=\"{}\"}} {count}", refusal.name());
        }
    }

    fn write_routes(&self, out: &mut String) {
        let all = self.routes.lock().unwrap_or_else(PoisonError::into_inner).clone();
        heading(out, "parcours_requests_total", "counter", "Requests answered.");
        for (Series { route, method, status }, totals) in &all {
            let labels = format!("route=\"{route}\",method=\"{method}\",status=\"{status}\"");
            let _ = writeln!(out, "parcours_requests_total{{{labels}}} {}", totals.requests);
        }
        heading(out, "parcours_request_seconds_total", "counter", "Seconds spent on them.");
        for (Series { route, method, status }, totals) in &all {
            let labels = format!("route=\"{route}\",method=\"{method}\",status=\"{status}\"");
            let _ = writeln!(out, "parcours_request_seconds_total{{{labels}}} {:.6}", totals.took.as_secs_f64());
        }
    }
}

/// Opens a family of numbers in Prometheus' text format.
pub fn heading(out: &mut String, name: &str, kind: &str, help: &str) {
    let _ = writeln!(out, "# HELP {name} {help}\n# TYPE {name} {kind}");
}

/// Anybody can make up a method; they are not to fill the memory with it.
fn method(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::HEAD => "HEAD",
        Method::POST => "POST",
        _ => "other",
    }
}

/// Counts each answer by its route, if somebody watches.
pub async fn count(State(web): State<Web>, request: Request, next: Next) -> Response {
    if web.config.metrics_token.is_none() {
        return next.run(request).await;
    }
    let route = request.extensions().get::<MatchedPath>().map_or("none", MatchedPath::as_str).to_owned();
    let asked = PendingRequest::now(route, request.method());
    let response = next.run(request).await;
    asked.answered(&web, &response);
    response
}

/// A request that was just received.
#[derive(Debug)]
pub struct PendingRequest {
    route: String,
    method: &'static str,
    began: Instant,
}

impl PendingRequest {
    /// For a route, which is never the address itself.
    pub fn now(route: String, asked: &Method) -> Self {
        Self { route, method: method(asked), began: Instant::now() }
    }

    /// The same, if somebody watches.
    pub fn if_watched(web: &Web, route: &str, method: &Method) -> Option<Self> {
        web.config.metrics_token.is_some().then(|| Self::now(route.to_owned(), method))
    }

    /// Counts the answer.
    pub fn answered(self, web: &Web, response: &Response) {
        let Self { route, method, began } = self;
        web.metrics.count(Series { route, method, status: response.status().as_u16() }, began.elapsed());
    }
}
