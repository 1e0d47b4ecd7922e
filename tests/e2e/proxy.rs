//! Proxies: a small one on the loopback address, which says what it saw.

use secrecy::SecretString;
use serde_json::json;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;
use vepherd::domain::action::Post;
use vepherd::domain::failure::{Failure, FailureKind};
use vepherd::domain::ids::PullNumber;
use vepherd::shell::config::Env;
use vepherd::shell::github::connect::Wire;
use vepherd::shell::github::proxy::Proxies;
use vepherd::shell::github::{Client, SendFailure};

fn client(api: &str, vars: &[(&str, String)]) -> Result<Client, Failure> {
    let env = Env::of(vars.iter().map(|(name, value)| (*name, value.clone())));
    let wire = Wire { proxies: Proxies::read(&env)?, at_once: 3 };
    Client::connect(api, SecretString::from("ghp_secret"), &wire)
}

/// Takes one connection, answers it, and gives back what came before and after the answer.
async fn proxy(listener: &TcpListener, answer: &str) -> (String, Vec<u8>) {
    let (mut socket, _) = listener.accept().await.unwrap();
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        let mut byte = [0];
        socket.read_exact(&mut byte).await.unwrap();
        head.push(byte[0]);
    }
    socket.write_all(answer.as_bytes()).await.unwrap();
    let mut after = vec![0; 2048];
    let read = socket.read(&mut after).await.unwrap_or(0);
    after.truncate(read);
    (String::from_utf8(head).unwrap(), after)
}

#[tokio::test]
async fn github_is_reached_through_a_tunnel_that_sees_no_token() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let at = listener.local_addr().unwrap();
    let comment = Post::Comment { body: "x".to_owned() };
    for (name, value, login) in [
        ("HTTPS_PROXY", format!("http://{at}"), None),
        ("https_proxy", format!("{at}"), None),
        ("ALL_PROXY", format!("http://{at}/"), None),
        // `me:p@ss` in Base64.
        ("HTTPS_PROXY", format!("http://me:p%40ss@{at}"), Some("Basic bWU6cEBzcw==")),
    ] {
        let client = client("https://api.example.invalid", &[(name, value)]).unwrap();
        let repo = "kubevirt/enhancements".parse().unwrap();
        let sending = client.send(&repo, PullNumber(7), &comment);
        let (sent, (head, after)) = tokio::join!(sending, proxy(&listener, "HTTP/1.1 200 OK\r\n\r\n"));
        assert!(head.starts_with("CONNECT api.example.invalid:443 HTTP/1.1\r\n"), "{head}");
        let given = head.lines().find_map(|line| line.strip_prefix("Proxy-Authorization: "));
        assert_eq!(given, login, "{head}");
        // What goes through is a TLS handshake, and the proxy hangs up on it: nothing was sent.
        assert_eq!(after.first(), Some(&0x16), "{name}");
        assert!(!head.contains("ghp_secret") && !String::from_utf8_lossy(&after).contains("ghp_secret"));
        assert!(matches!(sent, Err(SendFailure::NotSent(_))), "{sent:?}");
    }
}

#[tokio::test]
async fn a_proxy_that_refuses_says_so() {
    for (answer, says) in [
        ("HTTP/1.1 407 Proxy Authentication Required\r\n\r\n", "proxy authorization required"),
        ("HTTP/1.1 503 Service Unavailable\r\n\r\n", "unsuccessful"),
        ("SSH-2.0-nothing\r\n", "unsuccessful"),
        ("", "unexpected end of file"),
    ] {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let at = listener.local_addr().unwrap();
        let client =
            client("https://api.example.invalid", &[("HTTPS_PROXY", format!("http://me:geheim@{at}"))]).unwrap();
        // A read is asked twice.
        let both = async {
            for _ in 0..2 {
                let (mut socket, _) = listener.accept().await.unwrap();
                let mut some = [0; 512];
                let _ = socket.read(&mut some).await.unwrap();
                socket.write_all(answer.as_bytes()).await.unwrap();
            }
        };
        let (failure, ()) = tokio::join!(client.graphql("query { viewer { login } }", json!({})), both);
        let failure = failure.unwrap_err();
        assert_eq!((failure.kind, failure.exit_code()), (FailureKind::Network, 4));
        assert!(failure.cause.contains("the proxy on the way to api.example.invalid"), "{failure}");
        assert!(failure.cause.contains(says) && failure.cause.contains(&at.to_string()), "{says}: {failure}");
        assert!(!failure.to_string().contains("geheim"), "{failure}");
        assert!(failure.hint.unwrap().contains("HTTPS_PROXY"));
    }
}

#[tokio::test]
async fn what_goes_without_a_proxy() {
    let set = |no: &str, api: &str| {
        let env = Env::of([("HTTPS_PROXY", "http://proxy.example:3128"), ("no_proxy", no)]);
        Proxies::read(&env).unwrap().words(api)
    };
    let through = Some("http://proxy.example:3128".to_owned());
    for (no, api, way) in [
        ("", "https://api.github.com", &through),
        ("example.com", "https://api.github.com", &through),
        ("github.com", "https://api.github.com", &None),
        (" .github.com , x", "https://api.github.com", &None),
        ("*", "https://api.github.com", &None),
        ("10.0.0.0/8", "https://10.1.2.3/api/v3", &None),
        // This machine itself is plain http, and is never asked through a proxy.
        ("", "http://127.0.0.1:8080", &None),
    ] {
        assert_eq!(&set(no, api), way, "NO_PROXY={no} {api}");
    }
    assert_eq!(Proxies::read(&Env::default()).unwrap().words("https://api.github.com"), None);
    let socks = Env::of([("all_proxy", "socks5h://u:p@127.0.0.1:1080")]);
    let words = Proxies::read(&socks).unwrap().words("https://api.github.com").unwrap();
    assert_eq!(words, "socks5h://127.0.0.1:1080");
}

#[test]
fn a_proxy_that_cannot_be_used_is_a_mistake_and_not_gone_past() {
    for (value, says) in [
        ("https://proxy.example", "reached by https"),
        ("socks4://proxy.example", "reached by socks4"),
        ("ftp://user:geheim@proxy.example", "no address of a proxy"),
        ("http://", "no address of a proxy"),
    ] {
        let failure = Proxies::read(&Env::of([("HTTPS_PROXY", value)])).unwrap_err();
        assert_eq!(failure.kind, FailureKind::Configuration, "{value}");
        assert!(failure.cause.contains(says) && failure.attempted.contains("HTTPS_PROXY"), "{value}: {failure}");
        assert!(!failure.to_string().contains("geheim"));
    }
}
