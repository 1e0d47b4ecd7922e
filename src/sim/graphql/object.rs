//! The bridge to apollo-compiler: objects that it asks for fields, mutations in two runs, and the concrete types that
//! the pruned schema may lack.

use std::cell::RefCell;
use std::collections::VecDeque;

use apollo_compiler::resolvers::{FieldError, ObjectValue, ResolveInfo, ResolvedValue};
use apollo_compiler::schema::{ExtendedType, Schema};
use jiff::Timestamp;
use serde_json::Value;

use super::fields;
use super::value::{Of, Val, fail, not_found};
use crate::sim::world::{ItemRef, Node, Permission, World};

/// What a query may spend, as the field `rateLimit` shows it.
#[derive(Clone, Debug)]
pub(super) struct Limits {
    pub(super) cost: u64,
    pub(super) nodes: u64,
    pub(super) limit: u64,
    pub(super) remaining: u64,
    pub(super) reset: Timestamp,
}

/// One mutation that a document asks for.
#[derive(Clone, Debug)]
pub(super) struct Ask {
    field: String,
    input: Value,
}

/// What became of it: the thread, or GitHub's type of error and its message.
type Outcome = Result<String, (&'static str, String)>;

/// Mutations, which change the world, cannot run while fields are read from it: the first run records what is asked,
/// the second answers with what came of it.
pub(super) enum Mutations {
    /// The first run.
    Record(RefCell<Vec<Ask>>),
    /// The second run.
    Results(RefCell<VecDeque<Outcome>>),
}

/// What every object knows.
pub(super) struct Context<'a> {
    pub(super) world: &'a World,
    pub(super) limits: Limits,
    pub(super) mutations: Mutations,
}

/// One object under execution.
pub(super) struct Object<'a> {
    context: &'a Context<'a>,
    of: Of<'a>,
}

/// The root object.
pub(super) fn root<'a>(context: &'a Context<'a>, mutation: bool) -> Object<'a> {
    Object { context, of: if mutation { Of::Mutation } else { Of::Query } }
}

impl ObjectValue for Object<'_> {
    fn type_name(&self) -> &str {
        self.of.type_name()
    }

    fn resolve_field<'a>(&'a self, info: &'a ResolveInfo<'a>) -> Result<ResolvedValue<'a>, FieldError> {
        let value = match &self.of {
            Of::Mutation => mutate(self.context, info)?,
            of => fields::field(self.context, of, info)?,
        };
        match value {
            Some(value) => Ok(resolved(self.context, value)),
            None => Err(self.unknown_field_error(info)),
        }
    }
}

fn resolved<'a>(context: &'a Context<'a>, value: Val<'a>) -> ResolvedValue<'a> {
    match value {
        Val::Leaf(leaf) => ResolvedValue::leaf(leaf),
        Val::Of(of) => ResolvedValue::object(Object { context, of }),
        Val::List(list) => ResolvedValue::list(list.into_iter().map(move |value| resolved(context, value))),
    }
}

fn mutate<'a>(context: &'a Context<'a>, info: &ResolveInfo<'_>) -> Result<Option<Val<'a>>, FieldError> {
    let outcome = match &context.mutations {
        Mutations::Record(heard) => {
            let input = info.arguments().get("input").and_then(|input| serde_json::to_value(input).ok());
            let ask = Ask { field: info.field_name().to_owned(), input: input.unwrap_or(Value::Null) };
            heard.borrow_mut().push(ask);
            return Ok(Some(Val::Leaf(Value::Null)));
        }
        Mutations::Results(results) => results.borrow_mut().pop_front(),
    };
    match outcome {
        None => Ok(None),
        Some(Err((kind, message))) => Err(fail(kind, &message)),
        Some(Ok(id)) => {
            let thread = fields::node(context, &id).ok_or_else(|| not_found(&fields::no_node(&id)))?;
            let payload = vec![("thread", Val::Of(thread)), ("clientMutationId", Val::Leaf(Value::Null))];
            let type_name = info.field_definition().ty.inner_named_type().to_string();
            Ok(Some(Val::Of(Of::Plain(type_name, std::rc::Rc::new(payload)))))
        }
    }
}

/// Does what the first run heard.
pub(super) fn carry_out(world: &mut World, heard: Mutations) -> Mutations {
    let asks = match heard {
        Mutations::Record(asks) => asks.into_inner(),
        Mutations::Results(_) => Vec::new(),
    };
    let outcomes = asks.into_iter().map(|ask| one(world, &ask)).collect::<VecDeque<_>>();
    Mutations::Results(RefCell::new(outcomes))
}

fn one(world: &mut World, ask: &Ask) -> Outcome {
    let resolve = match ask.field.as_str() {
        "resolveReviewThread" => true,
        "unresolveReviewThread" => false,
        other => return Err(("UNPROCESSABLE", format!("The simulator does not do {other}."))),
    };
    let id = ask.input.get("threadId").and_then(Value::as_str).unwrap_or_default();
    let Some(Node::Thread(item, _)) = world.node(id).cloned() else {
        return Err(("NOT_FOUND", fields::no_node(id)));
    };
    let viewer = world.viewer.clone();
    if !may_resolve(world, &item) {
        let name = if resolve { "ResolveReviewThread" } else { "UnresolveReviewThread" };
        return Err(("FORBIDDEN", format!("{viewer} does not have the correct permissions to execute `{name}`")));
    }
    let comment = world.item(&item).and_then(|state| state.pull.as_ref()).and_then(|pull| {
        let thread = pull.threads.iter().find(|thread| thread.node_id == id)?;
        thread.comments.first().map(|comment| comment.id)
    });
    world.set_resolved(&item, viewer.as_str(), comment.unwrap_or(0), resolve);
    Ok(id.to_owned())
}

/// GitHub lets the author of the pull request resolve its threads, and those who may push.
pub(super) fn may_resolve(world: &World, item: &ItemRef) -> bool {
    let Some(repo) = world.repos.get(&item.repo) else { return false };
    let author = repo.items.get(&item.number).is_some_and(|state| state.author == world.viewer);
    author || world.permission(repo, &world.viewer) >= Some(Permission::Write)
}

/// The concrete types that the world may answer with, and the abstract types under which each may stand.
const CONCRETE: &[(&str, &[&str])] = &[
    ("Actor", &["User", "Bot", "Organization", "Mannequin"]),
    ("Assignee", &["User", "Bot", "Organization", "Mannequin"]),
    ("RequestedReviewer", &["User", "Bot", "Mannequin", "Team"]),
    ("GitObject", &["Blob", "Tree", "Commit"]),
    ("IssueOrPullRequest", &["Issue", "PullRequest"]),
    ("StatusCheckRollupContext", &["StatusContext", "CheckRun"]),
    ("PullRequestTimelineItems", TIMELINE),
    ("IssueTimelineItems", TIMELINE),
];

const TIMELINE: &[&str] = &[
    "IssueComment",
    "PullRequestReview",
    "PullRequestCommit",
    "LabeledEvent",
    "UnlabeledEvent",
    "AssignedEvent",
    "UnassignedEvent",
    "ReviewRequestedEvent",
    "ReviewRequestRemovedEvent",
    "ReviewDismissedEvent",
    "HeadRefForcePushedEvent",
    "BaseRefChangedEvent",
    "ReadyForReviewEvent",
    "ConvertToDraftEvent",
    "ClosedEvent",
    "ReopenedEvent",
    "MergedEvent",
    "RenamedTitleEvent",
    "LockedEvent",
    "UnlockedEvent",
    "CommentDeletedEvent",
    "CrossReferencedEvent",
];

/// The schema is pruned to what documents select, and the world may hold more kinds of things than that: here are the
/// types that are missing, with the fields that their interfaces ask for, so that such a thing can stand in a list.
pub(super) fn missing_types(schema: &Schema) -> String {
    let mut out = String::new();
    let mut defined: Vec<&str> = Vec::new();
    for (parent, members) in CONCRETE {
        let Some(parent_type) = schema.types.get(*parent) else { continue };
        for member in *members {
            let known = schema.types.contains_key(*member) || defined.contains(member);
            match parent_type {
                ExtendedType::Union(union) => {
                    if !known {
                        out.push_str(&format!("type {member} {{ id: ID! }}\n"));
                        defined.push(member);
                    }
                    if !union.members.contains(*member) {
                        out.push_str(&format!("extend union {parent} = {member}\n"));
                    }
                }
                ExtendedType::Interface(interface) if !known => {
                    let fields: Vec<String> = interface.fields.values().map(|field| field.component_line()).collect();
                    out.push_str(&format!("type {member} implements {parent} {{ {} }}\n", fields.join(" ")));
                    defined.push(member);
                }
                _ => {}
            }
        }
    }
    out
}

/// A field of an interface, written out again.
trait Line {
    fn component_line(&self) -> String;
}

impl Line for apollo_compiler::schema::Component<apollo_compiler::schema::FieldDefinition> {
    fn component_line(&self) -> String {
        let arguments: Vec<String> =
            self.arguments.iter().map(|argument| format!("{}: {}", argument.name, argument.ty)).collect();
        if arguments.is_empty() {
            format!("{}: {}", self.name, self.ty)
        } else {
            format!("{}({}): {}", self.name, arguments.join(", "), self.ty)
        }
    }
}
