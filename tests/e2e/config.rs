//! Settings: who wins, and that every mistake is told at once, with its place.

use std::fs;
use std::path::Path;

use vepherd::domain::failure::FailureKind;
use vepherd::domain::profile::KUBEVIRT;
use vepherd::shell::config::{ColorChoice, DEFAULT_FILE, Env, Flags, Origin, Settings};
use vepherd::shell::paths::Paths;
use vepherd::shell::secrets::{self, TokenSource};

fn paths(folder: &Path) -> Paths {
    Paths { config: folder.join("config.toml"), data: folder.join("data"), state: folder.join("state") }
}

fn read(file: &str, env: &[(&str, &str)], flags: &Flags) -> Settings {
    let folder = tempfile::tempdir().unwrap();
    let paths = paths(folder.path());
    fs::write(&paths.config, file).unwrap();
    Settings::read(flags, &Env::of(env.iter().copied()), &paths)
}

#[test]
fn flag_beats_environment_beats_file_beats_profile() {
    let file = "repo = \"from/file\"\n";
    let env = [("VEPHERD_REPO", "from/environment")];
    let flag = Flags { repo: Some("from/flag".into()), profile: None, read_only: false };
    let table = [
        (read(file, &env, &flag), "from/flag", Origin::Flag("--repo")),
        (read(file, &env, &Flags::default()), "from/environment", Origin::Variable("VEPHERD_REPO")),
        (read(file, &[("VEPHERD_REPO", "")], &Flags::default()), "from/file", Origin::File),
        (read("", &[], &Flags::default()), "kubevirt/enhancements", Origin::Profile),
    ];
    for (settings, repo, origin) in table {
        assert_eq!((settings.repo.value.to_string().as_str(), settings.repo.origin), (repo, origin));
        assert_eq!(settings.mistakes, []);
    }
}

#[test]
fn a_profile_file_brings_its_own_repository() {
    let folder = tempfile::tempdir().unwrap();
    let paths = paths(folder.path());
    let text = KUBEVIRT.replace("repo = \"kubevirt/enhancements\"", "repo = \"acme/plans\"");
    fs::write(folder.path().join("ours.toml"), text).unwrap();
    fs::write(&paths.config, "profile = \"ours.toml\"").unwrap();
    let settings = Settings::read(&Flags::default(), &Env::default(), &paths);
    assert_eq!(settings.mistakes, []);
    assert_eq!(settings.repo.value.to_string(), "acme/plans");
}

#[test]
fn all_mistakes_are_told_at_once_with_place_and_hint_and_the_rest_counts() {
    let file = "repo = \"kubevirt\"\ncolor = \"pink\"\nrepoo = \"a/b\"\nsigs = [\"compute\", 3]\neditor = \"nano\"\n\
                github_api = \"http://ghe.example.com/api/v3\"\nprofile = \"nosuch\"\n";
    let settings = read(file, &[("VEPHERD_NOW", "yesterday")], &Flags::default());
    let failure = settings.require_good().unwrap_err();
    assert_eq!((failure.kind, failure.exit_code()), (FailureKind::Configuration, 1));
    for part in [
        "config.toml:1:8: `kubevirt` is not a repository",
        "config.toml:2:9: `pink` is no way to colour",
        "config.toml:3:1: there is no setting `repoo`",
        "Did you mean `repo`?",
        "config.toml:4:20: a text is needed here, not integer",
        "config.toml:6:14: `http://ghe.example.com/api/v3` would send the token in clear text",
        "config.toml:7:11: there is no built-in profile `nosuch`",
        "VEPHERD_NOW: `yesterday` is not a moment",
    ] {
        assert!(failure.cause.contains(part), "{part}\n{failure}");
    }
    assert_eq!(settings.mistakes.len(), 7, "{failure}");
    let lines = settings.mistakes.iter().filter_map(|mistake| mistake.place.split(':').nth(1)?.parse::<u32>().ok());
    assert!(lines.is_sorted(), "{failure}");
    assert_eq!(settings.editor.unwrap().value, "nano");
    assert_eq!(settings.repo.value.to_string(), "kubevirt/enhancements");
}

#[test]
fn themes_by_name_by_file_and_wrong_ones() {
    let folder = tempfile::tempdir().unwrap();
    let paths = paths(folder.path());
    fs::write(folder.path().join("mine.toml"), "accent = 200\n").unwrap();
    fs::write(folder.path().join("bad.toml"), "accent = \"bleu\"\n").unwrap();
    let table = [
        ("theme = \"light\"", "", "light", None),
        ("theme = \"light\"", "dark", "dark", None),
        ("theme = \"mine.toml\"", "", "mine.toml", None),
        ("theme = \"bad.toml\"", "", "calm", Some("`bleu` is no colour")),
        ("theme = \"nosuch\"", "", "calm", Some("there is no built-in theme `nosuch`")),
        ("glyphs = \"emoji\"\ntheme = 3", "", "calm", Some("`emoji` is no set of glyphs")),
    ];
    for (file, variable, name, mistake) in table {
        fs::write(&paths.config, file).unwrap();
        let settings = Settings::read(&Flags::default(), &Env::of([("VEPHERD_THEME", variable)]), &paths);
        assert_eq!(settings.theme_name.value, name, "{file}");
        match mistake {
            None => assert_eq!(settings.mistakes, [], "{file}"),
            Some(text) => assert!(settings.mistakes[0].message.contains(text), "{file}: {:?}", settings.mistakes),
        }
    }
}

#[test]
fn broken_toml_has_its_line_and_what_can_be_read_counts() {
    let settings = read("repo = \"a/b\"\ncolor = \neditor = \"nano\"\n", &[], &Flags::default());
    assert_eq!(settings.mistakes.len(), 1, "{:?}", settings.mistakes);
    assert!(settings.mistakes[0].place.ends_with("config.toml:2:9"), "{:?}", settings.mistakes);
    assert_eq!(settings.repo.value.to_string(), "a/b");
    assert_eq!(settings.editor.unwrap().value, "nano");
}

#[test]
fn the_commented_file_is_valid_and_states_the_defaults() {
    let commented = read(DEFAULT_FILE, &[], &Flags::default());
    assert_eq!(commented.mistakes, []);
    let uncommented: String = DEFAULT_FILE
        .lines()
        .map(|line| match line.strip_prefix('#') {
            Some(rest) if !rest.starts_with(' ') && !rest.is_empty() => format!("{rest}\n"),
            _ => format!("{line}\n"),
        })
        .collect();
    let settings = read(&uncommented, &[], &Flags::default());
    assert_eq!(settings.mistakes, [], "{uncommented}");
    assert_eq!(settings.repo.value, commented.repo.value);
    assert_eq!(settings.repo.origin, Origin::File);
    assert_eq!(settings.profile, commented.profile);
    assert_eq!(settings.api.value, commented.api.value);
    assert_eq!(settings.color, ColorChoice::Auto);
    assert_eq!(settings.views.list().iter().map(|view| view.name.as_str()).collect::<Vec<_>>(), ["mine", "late"]);
    assert_eq!(settings.keys.len(), 1);
    assert!(settings.keys[0].place.contains("config.toml:"), "{:?}", settings.keys);
}

#[test]
fn saved_views_keep_their_order_and_a_bad_one_is_told_with_the_place_inside_it() {
    let file = "[views]\nzeta = \"is:open\"\nlate = \"is:open sort:turn stag:merging\"\nalpha = 'is:lagging'\n\
                \"two words\" = \"is:open\"\nnumber = 3\n";
    let settings = read(file, &[], &Flags::default());
    let names: Vec<_> = settings.views.list().iter().map(|view| view.name.as_str()).collect();
    assert_eq!(names, ["zeta", "alpha"], "the good ones count");
    let failure = settings.require_good().unwrap_err();
    for part in [
        "config.toml:3:27: the view `late`: `stag:` is no qualifier: did you mean `stage:`?",
        "config.toml:5:1: `two words` is no name of a view",
        "config.toml:6:10: a text is needed here, not integer",
    ] {
        assert!(failure.cause.contains(part), "{part}\n{failure}");
    }
    assert_eq!(settings.mistakes.len(), 3, "{failure}");
    let table = read("views = 1\n", &[], &Flags::default());
    assert!(table.mistakes[0].message.contains("is a table"), "{:?}", table.mistakes);
}

#[test]
fn only_https_or_this_machine() {
    for (url, good) in [
        ("https://api.github.com/", true),
        ("https://ghe.example.com/api/v3", true),
        ("http://127.0.0.1:8080", true),
        ("http://localhost:1/api/v3", true),
        ("http://[::1]:8080", true),
        ("http://127.0.0.1.example.com", false),
        ("http://localhost.example.com", false),
        ("http://example.com", false),
        ("ftp://example.com", false),
        ("https://user:secret@example.com", false),
        ("/api/v3", false),
        ("", true),
    ] {
        let settings = read("", &[("VEPHERD_GITHUB_API", url)], &Flags::default());
        assert_eq!(settings.mistakes.is_empty(), good, "{url}: {:?}", settings.mistakes);
        assert!(!settings.api.value.ends_with('/'));
    }
}

#[test]
fn places_can_be_moved_one_by_one() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().display().to_string();
    let env = Env::of([("VEPHERD_CONFIG", &root), ("VEPHERD_DATA_DIR", &root), ("VEPHERD_STATE_DIR", &root)]);
    let paths = Paths::find(&env).unwrap();
    assert_eq!(paths.config, folder.path().join("config.toml"), "a folder holds config.toml");
    assert_eq!(paths.store(), folder.path().join("store.sqlite"));
    assert_eq!(paths.log(), folder.path().join("vepherd.log"));
}

#[test]
fn tokens_come_in_their_order_and_are_never_shown() {
    let all = [("VEPHERD_TOKEN", "ghp_one"), ("GH_TOKEN", "ghp_two"), ("GITHUB_TOKEN", "ghp_three")];
    for (skip, name) in ["VEPHERD_TOKEN", "GH_TOKEN", "GITHUB_TOKEN"].into_iter().enumerate() {
        let env = Env::of(all.iter().skip(skip).copied());
        let token = secrets::find(&env, "https://api.github.com").unwrap();
        assert_eq!(token.source, TokenSource::Variable(name));
        assert!(!format!("{token:?} {env:?}").contains("ghp_"));
    }
    let failure = secrets::find(&Env::of([("VEPHERD_TOKEN", "two words")]), "https://api.github.com").unwrap_err();
    assert_eq!((failure.kind, failure.exit_code()), (FailureKind::Credentials, 3));
    assert!(!failure.to_string().contains("two words"));
    assert_eq!(secrets::host_of("https://api.github.com"), "github.com");
    assert_eq!(secrets::host_of("https://GHE.example.com/api/v3"), "ghe.example.com");
}

#[test]
fn what_the_gh_tool_stored_counts_for_its_own_host_only() {
    let folder = tempfile::tempdir().unwrap();
    let hosts = "github.com:\n    user: ann\n    users:\n        ann:\n            oauth_token: gho_new\nghe.example.com:\n    oauth_token: gho_old\n";
    fs::write(folder.path().join("hosts.yml"), hosts).unwrap();
    let env = Env::of([("GH_CONFIG_DIR", folder.path().display().to_string())]);
    for (root, good) in [
        ("https://api.github.com", true),
        ("https://ghe.example.com/api/v3", true),
        ("https://elsewhere.example.com/api/v3", false),
    ] {
        match secrets::find(&env, root) {
            Ok(token) => assert_eq!((token.source, good), (TokenSource::Gh, true), "{root}"),
            Err(failure) => {
                assert!(!good, "{root}: {failure}");
                assert_eq!(failure.kind, FailureKind::Credentials);
                assert!(failure.hint.unwrap().contains("vepherd auth login"));
            }
        }
    }
}
