//! What GitHub's own tool stored: `hosts.yml` where it keeps tokens in clear text, else `gh` itself is asked.

use std::path::PathBuf;
use std::process::{Command, Stdio};

use secrecy::SecretString;

use crate::domain::yaml;
use crate::shell::config::Env;

/// The token that `gh` uses for a host.
pub(super) fn token(env: &Env, host: &str) -> Option<SecretString> {
    let text = std::fs::read_to_string(folder(env)?.join("hosts.yml")).ok()?;
    let hosts = yaml::parse(&text).ok()?;
    let entry = hosts.get(host)?;
    let field = |value: &serde_json::Value| value.get("oauth_token")?.as_str().map(SecretString::from);
    let users = || {
        let user = entry.get("user")?.as_str()?;
        field(entry.get("users")?.get(user)?)
    };
    // gh knows the host but keeps the token in a keyring, under names of its own: it alone can read that everywhere.
    field(entry).or_else(users).or_else(|| asked(host))
}

fn asked(host: &str) -> Option<SecretString> {
    // The host is a key of gh's own file; one that looks like an option is not passed on.
    if host.starts_with('-') {
        return None;
    }
    let host = host.to_owned();
    let output = super::patiently(move || {
        Command::new("gh")
            .args(["auth", "token", "--hostname", &host])
            .stdin(Stdio::null())
            .stderr(Stdio::null())
            .output()
    });
    let output = output.ok()?.ok().filter(|output| output.status.success())?;
    let token = String::from_utf8(output.stdout).ok()?;
    Some(SecretString::from(token.trim()))
}

/// gh's own order: `GH_CONFIG_DIR`, `XDG_CONFIG_HOME/gh`, `AppData/GitHub CLI`, `~/.config/gh`.
fn folder(env: &Env) -> Option<PathBuf> {
    let under = |name: &str, rest: &str| env.get(name).map(|base| PathBuf::from(base).join(rest));
    under("GH_CONFIG_DIR", "")
        .or_else(|| under("XDG_CONFIG_HOME", "gh"))
        .or_else(|| under("AppData", "GitHub CLI"))
        .or_else(|| under("HOME", ".config/gh"))
}
