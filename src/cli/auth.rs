//! `vepherd auth`: the token in the system's keyring. It is never an argument and never shown.

use serde_json::json;

use super::args::AuthCommand;
use super::input;
use super::output::{print, tell};
use super::session::Context;
use crate::domain::failure::{Failure, FailureKind};
use crate::domain::text::sanitize_line;
use crate::shell::github::Client;
use crate::shell::secrets;

/// Runs it.
///
/// # Errors
/// Where there is no keyring, no token, or GitHub refuses the token.
pub async fn run(context: &Context, what: AuthCommand) -> Result<(), Failure> {
    context.settings.require_good()?;
    let api = &context.settings.api.value;
    let host = secrets::host_of(api);
    match what {
        AuthCommand::Login => {
            let token = input::token(&host)?;
            match who(&Client::connect(api, token.clone(), &context.wire()?)?).await {
                Ok(login) => tell(&format!("vepherd: this token is {login}'s")),
                // A token that GitHub refuses is not kept; one that could not be tried is.
                Err(failure) if failure.exit_code() == 4 => {
                    tell(&format!("vepherd: the token was not tried: {failure}"))
                }
                Err(failure) => return Err(failure),
            }
            secrets::keep(&host, &token)?;
            print(&format!("the token for {host} is in the system keyring\n"))
        }
        AuthCommand::Logout => {
            let gone = secrets::forget(&host)?;
            print(&if gone {
                format!("the token for {host} is gone from the keyring\n")
            } else {
                format!("the keyring has no token for {host}\n")
            })
        }
        AuthCommand::Status => {
            let token = secrets::find(&context.env, api)?;
            let source = token.source;
            let login = who(&Client::connect(api, token.secret, &context.wire()?)?).await?;
            print(&format!("{host}: {login}, by {source}\n"))
        }
    }
}

/// Whose token a client has.
///
/// # Errors
/// Where GitHub cannot be asked, or does not say.
pub async fn who(client: &Client) -> Result<String, Failure> {
    let answer = client.graphql(include_str!("../../assets/graphql/whose.graphql"), json!({})).await?;
    let login = answer.data.pointer("/viewer/login").and_then(serde_json::Value::as_str);
    login.map(sanitize_line).ok_or_else(|| {
        Failure::new(FailureKind::Credentials, "ask whose token this is", "GitHub does not say")
            .hint("Make a new token; it needs `public_repo`.")
    })
}
