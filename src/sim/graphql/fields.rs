//! The fields of every type, on the simulated world: the roots, accounts, repositories, Git objects. What hangs on
//! issues and pull requests is in `item` and `event`.

mod event;
mod git;
mod item;

use apollo_compiler::resolvers::{FieldError, ResolveInfo};
use serde_json::{Value, json};

use super::connection::{self, Element, key, page, time_key};
use super::object::Context;
use super::value::{At, Of, Val, not_found};
use crate::domain::ids::Login;
use crate::sim::world::account::{Account, AccountKind};
use crate::sim::world::git::Object;
use crate::sim::world::{Item, ItemRef, Node, Repo, Requested};

type Found<'a> = Result<Option<Val<'a>>, FieldError>;

fn leaf<'a>(value: impl serde::Serialize) -> Found<'a> {
    Ok(Some(Val::Leaf(json!(value))))
}

fn object<'a>(of: Option<Of<'a>>) -> Found<'a> {
    Ok(Some(Val::maybe(of)))
}

fn time<'a>(at: Option<jiff::Timestamp>) -> Found<'a> {
    leaf(at.map(stamp))
}

/// GitHub's times have whole seconds.
pub(super) fn stamp(at: jiff::Timestamp) -> String {
    jiff::Timestamp::from_second(at.as_second()).unwrap_or(at).to_string()
}

fn argument(info: &ResolveInfo<'_>, name: &str) -> Option<Value> {
    info.arguments().get(name).and_then(|value| serde_json::to_value(value).ok()).filter(|value| !value.is_null())
}

fn text_argument(info: &ResolveInfo<'_>, name: &str) -> Option<String> {
    argument(info, name).and_then(|value| value.as_str().map(str::to_owned))
}

fn list_argument(info: &ResolveInfo<'_>, name: &str) -> Option<Vec<String>> {
    let texts = |value: Value| match value {
        Value::Array(list) => list.iter().filter_map(|one| one.as_str().map(str::to_owned)).collect(),
        Value::String(one) => vec![one],
        _ => Vec::new(),
    };
    argument(info, name).map(texts)
}

/// What an id stands for, as an object.
pub(super) fn node<'a>(context: &'a Context<'a>, id: &str) -> Option<Of<'a>> {
    let world = context.world;
    let at = |item: &ItemRef| {
        let repo = world.repos.get(&item.repo)?;
        Some(At { repo, item: repo.items.get(&item.number)? })
    };
    match world.node(id)? {
        Node::Account(login) => world.accounts.get(login).filter(|account| !account.deleted).map(Of::Account),
        Node::Repo(repo) => world.repos.get(repo).map(Of::Repo),
        Node::Item(item) => at(item).map(Of::Item),
        Node::Comment(item, id) => {
            let at = at(item)?;
            at.item.comments.iter().find(|comment| comment.id == *id).map(|comment| Of::Comment(at, comment))
        }
        Node::Review(item, id) => {
            let at = at(item)?;
            at.item.pull.as_ref()?.reviews.iter().find(|review| review.id == *id).map(|review| Of::Review(at, review))
        }
        Node::Thread(item, id) => {
            let at = at(item)?;
            at.item.pull.as_ref()?.threads.iter().find(|thread| thread.id == *id).map(|thread| Of::Thread(at, thread))
        }
    }
}

/// GitHub's words for an unknown id.
pub(super) fn no_node(id: &str) -> String {
    format!("Could not resolve to a node with the global id of '{id}'")
}

/// An account as an actor: null where it is gone.
fn actor<'a>(context: &'a Context<'a>, login: &Login) -> Option<Of<'a>> {
    context.world.accounts.get(login).filter(|account| !account.deleted).map(Of::Account)
}

/// The same where only a person's account may stand.
fn person<'a>(context: &'a Context<'a>, login: &Login) -> Option<Of<'a>> {
    let person = |account: &&Account| !account.deleted && account.kind == AccountKind::User;
    context.world.accounts.get(login).filter(person).map(Of::Account)
}

/// One field of one object; `None` where the type has no such field here.
pub(super) fn field<'a>(context: &'a Context<'a>, of: &Of<'a>, info: &ResolveInfo<'_>) -> Found<'a> {
    match of {
        Of::Query => query(context, info),
        Of::Mutation => Ok(None),
        Of::Account(account) => match info.field_name() {
            "login" => leaf(account.login.as_str()),
            "id" => leaf(&account.node_id),
            "databaseId" => leaf(account.database_id),
            "name" => leaf(&account.name),
            "url" | "resourcePath" => leaf(format!("{}/{}", context.world.host, account.login)),
            "avatarUrl" => leaf(format!("{}/{}.png", context.world.host, account.login)),
            "email" => leaf(""),
            _ => Ok(None),
        },
        Of::Repo(repo) => repository(context, repo, info),
        Of::Ref(repo, name) => match info.field_name() {
            "name" => leaf(name),
            "prefix" => leaf("refs/heads/"),
            "id" => leaf(format!("REF_{}_{name}", repo.node_id)),
            "target" => {
                let oid = repo.git.branches.get(name);
                object(oid.and_then(|oid| repo.git.object(oid)).map(|found| Of::Git(repo, found)))
            }
            _ => Ok(None),
        },
        Of::Git(repo, found) => git::object_field(context, repo, found, info),
        Of::Entry(repo, folder, entry) => git::entry_field(repo, folder, entry, info),
        Of::PullCommit(at, oid) => match info.field_name() {
            "id" => leaf(format!("PURC_{}_{oid}", at.item.node_id)),
            "commit" => object(at.repo.git.commit(oid).map(|commit| Of::Git(at.repo, Object::Commit(commit.clone())))),
            "url" => leaf(format!("{}/commits/{oid}", item::url(context, *at))),
            "pullRequest" => object(Some(Of::Item(*at))),
            _ => Ok(None),
        },
        Of::GitActor(commit) => match info.field_name() {
            "name" => leaf(&commit.author_name),
            "email" => leaf(format!("{}@example.org", commit.author_name)),
            "date" => time(Some(commit.at)),
            // `GitActor.user` is a `User`: a robot's commit has none.
            "user" => object(commit.author.as_ref().and_then(|login| person(context, login))),
            _ => Ok(None),
        },
        Of::Item(at) => item::field(context, *at, info),
        Of::Label(repo, name) => match info.field_name() {
            "name" => leaf(name),
            "color" => leaf(repo.labels.get(name).map_or("ededed", String::as_str)),
            "description" => leaf(Value::Null),
            "id" => leaf(format!("LA_{}_{name}", repo.node_id)),
            "url" => leaf(format!("{}/{}/labels/{}", context.world.host, repo.id, name.replace(' ', "%20"))),
            _ => Ok(None),
        },
        Of::Comment(at, comment) => item::comment(context, *at, comment, info),
        Of::Review(at, review) => item::review(context, *at, review, info),
        Of::Thread(at, thread) => item::thread(context, *at, thread, info),
        Of::ThreadComment(at, thread, comment) => item::thread_comment(context, *at, thread, comment, info),
        Of::Event(at, event) => event::field(context, *at, event, info),
        Of::File(file) => match info.field_name() {
            "path" => leaf(&file.path),
            "changeType" => leaf(item::change_type(file.change)),
            "additions" => leaf(file.additions),
            "deletions" => leaf(file.deletions),
            "viewerViewedState" => leaf("UNVIEWED"),
            _ => Ok(None),
        },
        Of::Request(at, requested) => match info.field_name() {
            "id" => leaf(format!("RR_{}_{requested:?}", at.item.node_id)),
            "asCodeOwner" => leaf(false),
            "requestedReviewer" => object(reviewer(context, requested)),
            "pullRequest" => object(Some(Of::Item(*at))),
            _ => Ok(None),
        },
        Of::Team(organisation, name) => match info.field_name() {
            "combinedSlug" => leaf(format!("{organisation}/{name}")),
            "slug" | "name" => leaf(name),
            "id" => leaf(format!("T_{organisation}_{name}")),
            _ => Ok(None),
        },
        Of::Rollup(repo, oid) => git::rollup(repo, oid, info),
        Of::Check(check) => git::check(check, info),
        Of::Connection(page) => Ok(connection::field(page, info)),
        Of::Plain(_, fields) => {
            Ok(fields.iter().find(|(name, _)| *name == info.field_name()).map(|(_, value)| value.clone()))
        }
    }
}

fn reviewer<'a>(context: &'a Context<'a>, requested: &'a Requested) -> Option<Of<'a>> {
    match requested {
        Requested::Account(login) => actor(context, login),
        Requested::Team(organisation, name) => Some(Of::Team(organisation, name)),
    }
}

fn query<'a>(context: &'a Context<'a>, info: &ResolveInfo<'_>) -> Found<'a> {
    let world = context.world;
    match info.field_name() {
        "viewer" => object(actor(context, &world.viewer)),
        "rateLimit" => {
            let limits = &context.limits;
            let fields = vec![
                ("cost", Val::Leaf(json!(limits.cost))),
                ("limit", Val::Leaf(json!(limits.limit))),
                ("remaining", Val::Leaf(json!(limits.remaining))),
                ("used", Val::Leaf(json!(limits.limit.saturating_sub(limits.remaining)))),
                ("nodeCount", Val::Leaf(json!(limits.nodes))),
                ("resetAt", Val::Leaf(json!(stamp(limits.reset)))),
            ];
            object(Some(Of::Plain("RateLimit".to_owned(), std::rc::Rc::new(fields))))
        }
        "repository" => {
            let owner = text_argument(info, "owner").unwrap_or_default();
            let name = text_argument(info, "name").unwrap_or_default();
            let found = world.find_repo(&owner, &name).filter(|repo| world.permission(repo, &world.viewer).is_some());
            match found {
                Some(repo) => object(Some(Of::Repo(repo))),
                None => Err(not_found(&format!("Could not resolve to a Repository with the name '{owner}/{name}'."))),
            }
        }
        "user" => {
            let login = text_argument(info, "login").unwrap_or_default();
            match actor(context, &Login::new(login.as_str())) {
                Some(found) => object(Some(found)),
                None => Err(not_found(&format!("Could not resolve to a User with the login of '{login}'."))),
            }
        }
        "node" => {
            let id = text_argument(info, "id").unwrap_or_default();
            match node(context, &id) {
                Some(found) => object(Some(found)),
                None => Err(not_found(&no_node(&id))),
            }
        }
        "nodes" => {
            let ids = list_argument(info, "ids").unwrap_or_default();
            match ids.iter().find(|id| node(context, id).is_none()) {
                Some(unknown) => Err(not_found(&no_node(unknown))),
                None => Ok(Some(Val::List(ids.iter().map(|id| Val::maybe(node(context, id))).collect()))),
            }
        }
        _ => Ok(None),
    }
}

fn repository<'a>(context: &'a Context<'a>, repo: &'a Repo, info: &ResolveInfo<'_>) -> Found<'a> {
    let world = context.world;
    match info.field_name() {
        "id" => leaf(&repo.node_id),
        "databaseId" => leaf(repo.database_id),
        "name" => leaf(&repo.id.name),
        "nameWithOwner" => leaf(repo.id.to_string()),
        "owner" => object(actor(context, &Login::new(repo.id.owner.as_str()))),
        "url" => leaf(format!("{}/{}", world.host, repo.id)),
        "createdAt" => time(Some(repo.created_at)),
        "isPrivate" => leaf(repo.private),
        "isArchived" | "isDisabled" | "isLocked" => leaf(false),
        "squashMergeAllowed" => leaf(true),
        "viewerPermission" => leaf(world.permission(repo, &world.viewer).map(|permission| permission.name())),
        "defaultBranchRef" => object(
            repo.git.branches.contains_key(&repo.default_branch).then(|| Of::Ref(repo, repo.default_branch.clone())),
        ),
        "ref" => {
            let name = text_argument(info, "qualifiedName").unwrap_or_default();
            let name = name.strip_prefix("refs/heads/").unwrap_or(&name);
            object(repo.git.branches.contains_key(name).then(|| Of::Ref(repo, name.to_owned())))
        }
        "object" => {
            let found = match (text_argument(info, "oid"), text_argument(info, "expression")) {
                (Some(oid), _) => repo.git.object(&oid),
                (None, Some(expression)) => repo.git.expression(&expression, &repo.default_branch),
                (None, None) => None,
            };
            object(found.map(|found| Of::Git(repo, found)))
        }
        "pullRequest" => numbered(repo, info, "a PullRequest", |item| item.pull.is_some()),
        "issue" => numbered(repo, info, "an Issue", |item| item.pull.is_none()),
        "issueOrPullRequest" => numbered(repo, info, "an issue or pull request", |_| true),
        "pullRequests" => items(repo, info, true),
        "issues" => items(repo, info, false),
        "labels" => {
            let all = repo.labels.keys().map(|name| (name.clone(), Of::Label(repo, name.clone()))).collect();
            page(info, all, false).map(Some)
        }
        "label" => {
            let name = text_argument(info, "name").unwrap_or_default();
            object(repo.labels.contains_key(&name).then(|| Of::Label(repo, name)))
        }
        "assignableUsers" => {
            let all = repo.collaborators.keys().filter_map(|login| Some((login.key(), actor(context, login)?)));
            page(info, all.collect(), false).map(Some)
        }
        _ => Ok(None),
    }
}

fn numbered<'a>(repo: &'a Repo, info: &ResolveInfo<'_>, what: &str, fits: impl Fn(&Item) -> bool) -> Found<'a> {
    let number = argument(info, "number").and_then(|value| value.as_i64()).unwrap_or(0);
    let item = u64::try_from(number).ok().and_then(|number| repo.items.get(&number));
    match item.filter(|item| fits(item)) {
        Some(item) => object(Some(Of::Item(At { repo, item }))),
        None => Err(not_found(&format!("Could not resolve to {what} with the number of {number}."))),
    }
}

/// The pull requests or issues of a repository, filtered and ordered as asked.
fn items<'a>(repo: &'a Repo, info: &ResolveInfo<'_>, pulls: bool) -> Found<'a> {
    let states = list_argument(info, "states");
    let filter = argument(info, "filterBy");
    let from_filter = |name: &str| {
        let list = filter.as_ref()?.get(name)?.as_array()?;
        Some(list.iter().filter_map(|one| one.as_str().map(str::to_owned)).collect::<Vec<_>>())
    };
    let states = states.or_else(|| from_filter("states"));
    let labels = list_argument(info, "labels").or_else(|| from_filter("labels"));
    let since = filter.as_ref().and_then(|filter| filter.get("since")?.as_str()?.parse::<jiff::Timestamp>().ok());
    let (base, head) = (text_argument(info, "baseRefName"), text_argument(info, "headRefName"));
    let order = argument(info, "orderBy");
    let word = |name: &str| order.as_ref().and_then(|order| order.get(name)?.as_str().map(str::to_owned));
    let order_field = word("field").unwrap_or_else(|| "CREATED_AT".to_owned());
    let descending = word("direction").as_deref() == Some("DESC");
    let mut all: Vec<Element<'a>> = repo
        .items
        .values()
        .filter(|item| item.pull.is_some() == pulls)
        .filter(|item| states.as_ref().is_none_or(|states| states.iter().any(|state| state == item::state(item))))
        .filter(|item| labels.as_ref().is_none_or(|labels| labels.iter().any(|label| item.has_label(label))))
        .filter(|item| since.is_none_or(|since| item.updated_at >= since))
        .filter(|item| match &item.pull {
            Some(pull) => {
                base.as_ref().is_none_or(|base| *base == pull.base_ref)
                    && head.as_ref().is_none_or(|head| *head == pull.head_ref)
            }
            None => true,
        })
        .map(|item| {
            let key = match order_field.as_str() {
                "UPDATED_AT" => time_key(item.updated_at, item.number),
                "COMMENTS" => format!("{}-{}", key(item.comments.len() as u64), key(item.number)),
                _ => time_key(item.created_at, item.number),
            };
            (key, Of::Item(At { repo, item }))
        })
        .collect();
    all.sort_by(|left, right| left.0.cmp(&right.0));
    if descending {
        all.reverse();
    }
    page(info, all, descending).map(Some)
}
