//! The built program on a real pseudo-terminal: it starts, draws, obeys, and leaves the terminal as it was.

use std::io::{Read, Write};
use std::num::NonZero;
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::Duration;

use portable_pty::{Child, CommandBuilder, MasterPty, PtySize, native_pty_system};
use vepherd::shell::terminal::{MODES, clipboard, enter_text, leave_text};

/// Longer than anything takes on a busy machine; reached only where something hangs.
const PATIENCE: Duration = Duration::from_secs(60);

/// Tells this test binary that it is the child that panics.
const PANIC: &str = "VEPHERD_TEST_PANICS";

/// Where the settings are read from.
const CONFIG: &str = "VEPHERD_CONFIG";

/// What the program needs to know of a server and of its store.
const AT_A_SERVER: [&str; 3] = ["VEPHERD_GITHUB_API", "VEPHERD_TOKEN", "VEPHERD_DATA_DIR"];

struct Pty {
    child: Box<dyn Child + Send + Sync>,
    master: Box<dyn MasterPty + Send>,
    writer: Box<dyn Write + Send>,
    chunks: Receiver<Vec<u8>>,
    raw: Vec<u8>,
    screen: vt100::Parser,
    _home: tempfile::TempDir,
}

fn size(columns: u16, rows: u16) -> PtySize {
    PtySize { rows, cols: columns, pixel_width: 0, pixel_height: 0 }
}

fn cells(count: u16) -> NonZero<u16> {
    NonZero::new(count).unwrap()
}

impl Pty {
    /// Starts `vepherd demo` in an empty environment.
    fn start(columns: u16, rows: u16) -> Self {
        let mut command = CommandBuilder::new(env!("CARGO_BIN_EXE_vepherd"));
        command.arg("demo");
        Self::run(command, columns, rows)
    }

    /// Runs a command in an empty environment; what the caller has set in it stays.
    fn run(mut command: CommandBuilder, columns: u16, rows: u16) -> Self {
        let pair = native_pty_system().openpty(size(columns, rows)).unwrap();
        let home = tempfile::tempdir().unwrap();
        let kept = |name| command.get_env(name).map(|value| (name, value.to_owned()));
        let kept: Vec<_> = [PANIC, CONFIG].into_iter().chain(AT_A_SERVER).filter_map(kept).collect();
        command.env_clear();
        for (name, value) in kept {
            command.env(name, value);
        }
        command.env("HOME", home.path());
        command.env("TERM", "xterm-256color");
        command.env("LANG", "C.UTF-8");
        command.env("PATH", "/usr/bin:/bin");
        let child = pair.slave.spawn_command(command).unwrap();
        drop(pair.slave);
        let mut reader = pair.master.try_clone_reader().unwrap();
        let (sender, chunks) = channel();
        std::thread::spawn(move || {
            let mut chunk = [0; 4096];
            // An error is how Linux says that the other end is closed.
            while let Ok(n @ 1..) = reader.read(&mut chunk) {
                if sender.send(chunk[..n].to_vec()).is_err() {
                    return;
                }
            }
        });
        let writer = pair.master.take_writer().unwrap();
        let screen = vt100::Parser::new(cells(rows), cells(columns), 0);
        Self { child, master: pair.master, writer, chunks, raw: Vec::new(), screen, _home: home }
    }

    /// Reads until the screen shows what is wanted; a program that goes on drawing something else is not waited for.
    #[expect(clippy::disallowed_methods, reason = "a real program on a real terminal, timed by the real clock")]
    fn wait_for(&mut self, what: &str, wanted: impl Fn(&str) -> bool) {
        let end = std::time::Instant::now() + PATIENCE;
        while !wanted(&self.screen.screen().contents()) {
            match self.chunks.recv_timeout(end.saturating_duration_since(std::time::Instant::now())) {
                Ok(chunk) => {
                    self.screen.process(&chunk);
                    self.raw.extend(chunk);
                }
                Err(error) => panic!("{what}: {error}\n{}", self.screen.screen().contents()),
            }
        }
    }

    /// Reads on until something outside the screen is so.
    #[expect(clippy::disallowed_methods, reason = "a real program on a real terminal, timed by the real clock")]
    fn wait_until(&mut self, what: &str, wanted: impl Fn() -> bool) {
        let end = std::time::Instant::now() + PATIENCE;
        while !wanted() {
            assert!(std::time::Instant::now() < end, "{what}");
            if let Ok(chunk) = self.chunks.recv_timeout(Duration::from_millis(20)) {
                self.screen.process(&chunk);
                self.raw.extend(chunk);
            }
        }
    }

    fn ready(&mut self) {
        self.wait_for("the board", |screen| screen.contains("Board") && screen.contains("synced"));
    }

    fn send(&mut self, keys: &str) {
        self.writer.write_all(keys.as_bytes()).unwrap();
        self.writer.flush().unwrap();
    }

    /// Reads to the end; gives the exit code and everything that was written.
    fn end(mut self) -> (u32, String) {
        loop {
            match self.chunks.recv_timeout(PATIENCE) {
                Ok(chunk) => self.raw.extend(chunk),
                Err(RecvTimeoutError::Disconnected) => break,
                Err(RecvTimeoutError::Timeout) => panic!("it does not end"),
            }
        }
        let code = self.child.wait().unwrap().exit_code();
        (code, String::from_utf8_lossy(&self.raw).into_owned())
    }

    fn kill(&self, signal: &str) {
        let id = self.child.process_id().unwrap().to_string();
        assert!(std::process::Command::new("kill").args([signal, &id]).status().unwrap().success());
    }
}

/// Every mode that was switched on is switched off, later, and nothing is drawn after that.
fn assert_restored(output: &str) {
    for mode in MODES {
        let (on, off) = (output.rfind(mode.on), output.rfind(mode.off));
        assert!(on.is_some() && off > on, "{}: on {on:?}, off {off:?}", mode.name);
    }
    let end = output.rfind(&leave_text()).expect("the whole way back in one piece") + leave_text().len();
    // Ratatui shows the cursor once more when it is dropped, which changes nothing.
    let after = output[end..].replace("\x1b[?25h", "");
    assert_eq!(after.trim(), "", "something was written after the way back");
}

#[test]
fn q_leaves_the_terminal_as_it_was() {
    for (columns, rows) in [(80, 24), (220, 60)] {
        let mut pty = Pty::start(columns, rows);
        pty.ready();
        pty.send("q");
        let (code, output) = pty.end();
        assert_eq!(code, 0);
        assert_restored(&output);
    }
}

#[test]
fn settings_that_cannot_be_used_are_said_on_the_screen() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("config.toml");
    std::fs::write(&path, "colour = \"x\"\n").unwrap();
    let mut command = CommandBuilder::new(env!("CARGO_BIN_EXE_vepherd"));
    command.arg("demo");
    command.env(CONFIG, &path);
    let mut pty = Pty::run(command, 160, 24);
    pty.wait_for("what is wrong", |screen| screen.contains("there is no setting `colour`"));
    pty.ready();
    pty.send("q");
    let (code, output) = pty.end();
    assert_eq!(code, 0);
    assert_restored(&output);
}

/// A power cut in the middle of a sentence: what was typed is on disk, and the next start has it.
#[test]
fn a_text_outlives_the_program_that_is_killed_while_it_is_typed() {
    let hub = crate::cli::kit::Hub::small();
    let data = tempfile::tempdir().unwrap();
    let start = || {
        let mut command = CommandBuilder::new(env!("CARGO_BIN_EXE_vepherd"));
        command.env("VEPHERD_GITHUB_API", &hub.url);
        command.env("VEPHERD_TOKEN", "sim-token");
        command.env("VEPHERD_DATA_DIR", data.path());
        Pty::run(command, 120, 30)
    };
    let mut pty = start();
    pty.wait_for("the proposal", |screen| screen.contains("hot plug") && screen.contains("synced"));
    pty.send("c");
    pty.wait_for("the composer", |screen| screen.contains("Comment on #7"));
    pty.send("In the middle of a sent");
    let store = vepherd::shell::store::Store::open(&data.path().join("store.sqlite")).unwrap();
    pty.wait_until("the draft", || store.drafts().unwrap().values().any(|text| text == "In the middle of a sent"));
    pty.kill("-KILL");
    pty.end();
    let mut pty = start();
    pty.wait_for("the proposal", |screen| screen.contains("hot plug"));
    pty.send("c");
    pty.wait_for("the draft", |screen| screen.contains("In the middle of a sent") && screen.contains("draft is back"));
    pty.send("\x03");
    assert_eq!(pty.end().0, 0);
    assert_eq!(hub.writes(), [], "nothing of it was sent");
}

#[test]
fn ctrl_c_leaves_from_anywhere() {
    let mut pty = Pty::start(80, 24);
    pty.ready();
    pty.send("/abc\x03");
    let (code, output) = pty.end();
    assert_eq!(code, 0);
    assert_restored(&output);
}

#[test]
fn signals_leave_the_terminal_as_it_was() {
    for signal in ["-TERM", "-HUP", "-INT"] {
        let mut pty = Pty::start(80, 24);
        pty.ready();
        pty.kill(signal);
        let (code, output) = pty.end();
        assert_eq!(code, 0, "{signal}");
        assert_restored(&output);
    }
}

#[test]
fn a_terminal_of_one_cell_and_back_does_no_harm() {
    let mut pty = Pty::start(80, 24);
    pty.ready();
    for (columns, rows) in [(1, 1), (2, 40), (300, 1), (1, 1), (100, 30)] {
        pty.master.resize(size(columns, rows)).unwrap();
        pty.send("jl\rtq");
        pty.screen.screen_mut().set_size(cells(rows), cells(columns));
    }
    pty.send("?");
    pty.wait_for("the help", |screen| screen.contains("On the proposal"));
    pty.send("qq");
    let (code, output) = pty.end();
    assert_eq!(code, 0);
    assert_restored(&output);
}

/// The child is this test itself, on a pseudo-terminal: it takes the terminal as the program does, draws, and panics.
#[test]
#[expect(clippy::disallowed_methods, reason = "how the child knows that it is the child")]
fn a_panic_leaves_the_terminal_as_it_was_and_its_words_on_the_screen() {
    if std::env::var_os(PANIC).is_some() {
        let mut terminal = vepherd::shell::terminal::Terminal::take().unwrap();
        terminal.draw(|_, buffer| buffer.set_string(0, 0, "drawn", ratatui::style::Style::new())).unwrap();
        panic!("the words of the panic");
    }
    let mut command = CommandBuilder::new(std::env::current_exe().unwrap());
    let name = "pty::a_panic_leaves_the_terminal_as_it_was_and_its_words_on_the_screen";
    command.args(["--exact", name, "--nocapture"]);
    command.env(PANIC, "1");
    let (code, output) = Pty::run(command, 80, 24).end();
    assert_ne!(code, 0);
    let back = output.find(&leave_text()).expect("the way back");
    let words = output.find("the words of the panic").expect("the panic's words");
    assert!(output.contains("drawn") && back < words, "the terminal is restored before the panic speaks");
    for mode in MODES {
        assert!(output.rfind(mode.off) > output.rfind(mode.on), "{}", mode.name);
    }
}

#[test]
fn a_closed_terminal_ends_the_program() {
    let mut pty = Pty::start(80, 24);
    pty.ready();
    // The reader's thread holds the terminal open until it has something that nobody takes.
    pty.send("j");
    let Pty { mut child, master, writer, chunks, .. } = pty;
    drop((chunks, master, writer));
    let (sender, ended) = channel();
    std::thread::spawn(move || sender.send(child.wait().is_ok()));
    assert_eq!(ended.recv_timeout(PATIENCE), Ok(true));
}

#[test]
fn the_way_back_mirrors_the_way_in() {
    let (on, off) = (enter_text(), leave_text());
    for mode in MODES {
        assert!(on.contains(mode.on) && off.contains(mode.off), "{}", mode.name);
    }
    let order = |text: &str, part: fn(&vepherd::shell::terminal::Mode) -> &'static str| -> Vec<usize> {
        MODES.iter().map(|mode| text.find(part(mode)).unwrap()).collect()
    };
    assert!(order(&on, |mode| mode.on).is_sorted() && order(&off, |mode| mode.off).iter().rev().is_sorted());
}

#[test]
fn the_clipboard_gets_plain_base64() {
    for (text, encoded) in
        [("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("https://x/\x1b", "aHR0cHM6Ly94Lxs=")]
    {
        assert_eq!(clipboard(text), format!("\x1b]52;c;{encoded}\x07"));
    }
}
