//! What GitHub lets us spend, read from every answer: GraphQL points and, for writes, REST requests.

use http::HeaderMap;
use jiff::Timestamp;

/// One of GitHub's primary limits as its newest answer stated it. `None` where no answer has said so yet.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Limit {
    /// What an hour allows.
    pub limit: Option<u64>,
    /// What is left of it.
    pub remaining: Option<u64>,
    /// When it is whole again.
    pub reset_at: Option<Timestamp>,
}

/// What was spent by this client, and what is left.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Budget {
    /// GraphQL's points.
    pub points: Limit,
    /// REST's requests.
    pub rest: Limit,
    /// Requests sent by this client, of both kinds, repeated ones included.
    pub requests: u64,
    /// Points that this client's queries cost, as GitHub counted them.
    pub spent: u64,
}

impl Budget {
    /// Reads the `x-ratelimit-*` headers of an answer.
    pub fn read_headers(&mut self, headers: &HeaderMap, graphql: bool) {
        let number = |name: &str| headers.get(name)?.to_str().ok()?.trim().parse::<u64>().ok();
        let resource = headers.get("x-ratelimit-resource").and_then(|value| value.to_str().ok());
        let points = match resource {
            Some(name) => name == "graphql",
            None => graphql,
        };
        let limit = if points { &mut self.points } else { &mut self.rest };
        if let Some(most) = number("x-ratelimit-limit") {
            limit.limit = Some(most);
        }
        if let Some(left) = number("x-ratelimit-remaining") {
            limit.remaining = Some(left);
        }
        if let Some(at) = number("x-ratelimit-reset").and_then(|at| i64::try_from(at).ok()) {
            limit.reset_at = Timestamp::from_second(at).ok();
        }
    }

    /// Reads the `rateLimit` field of a GraphQL answer.
    pub fn read_answer(&mut self, rate: &super::wire::RateLimit) {
        self.spent += rate.cost.get().copied().unwrap_or(0);
        if let Some(limit) = rate.limit.get() {
            self.points.limit = Some(*limit);
        }
        if let Some(remaining) = rate.remaining.get() {
            self.points.remaining = Some(*remaining);
        }
        if let Some(reset) = rate.reset_at.get() {
            self.points.reset_at = Some(*reset);
        }
    }

    /// True where less than a tenth of the hour's points is left: the rest is for what the user asks by hand.
    #[must_use]
    pub fn nearly_spent(&self) -> bool {
        match (self.points.limit, self.points.remaining) {
            (Some(limit), Some(remaining)) => limit > 0 && remaining < limit / 10,
            _ => false,
        }
    }
}
