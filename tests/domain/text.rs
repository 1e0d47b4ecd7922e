//! Hostile text: what cannot be seen goes, what can be seen stays.

use proptest::prelude::*;
use vepherd::domain::text::{sanitize, sanitize_line, truncate, width};

#[test]
fn what_only_has_an_effect_goes() {
    let table = [
        ("plain text, naïve café — 日本語 ✓", "plain text, naïve café — 日本語 ✓"),
        ("a\x1b[31mred\x1b[0m b", "ared b"),
        ("\x1b]0;a title\x07after", "after"),
        ("\x1b]8;;https://evil\x1b\\link\x1b]8;;\x1b\\", "link"),
        ("unended \x1b]52;c;aGk= text\nnext", "unended \nnext"),
        ("\u{9b}2Jcleared", "cleared"),
        ("\x1bcreset", "reset"),
        ("\x1b(0lines", "lines"),
        ("bell\x07 back\x08 nul\0 del\x7f", "bell back nul del"),
        ("user\u{202e}gnp.exe", "usergnp.exe"),
        ("\u{2066}iso\u{2069} \u{200f}rtl \u{61c}x", "iso rtl x"),
        ("a\u{200b}d\u{200d}m\u{2060}i\u{feff}n", "admin"),
        ("tags\u{e0041}\u{e0042} vs\u{fe0f}\u{e0100}", "tags vs"),
        ("line\r\nnext\rmac\u{2028}sep\u{85}nel", "line\nnext\nmac\nsep\nnel"),
        ("tab\tkept", "tab\tkept"),
        ("e\u{301}\u{301}\u{301}\u{301}\u{301}\u{301}!", "e\u{301}\u{301}\u{301}\u{301}!"),
        ("\u{301}lonely \u{301}mark\n\u{301}", "lonely mark\n"),
        ("\x1b", ""),
        ("\x1b[", ""),
        ("\x1b\nx", "\nx"),
    ];
    for (hostile, clean) in table {
        assert_eq!(sanitize(hostile), clean, "{hostile:?}");
    }
}

#[test]
fn one_line_is_one_line() {
    assert_eq!(sanitize_line("  two\n\n lines\tand \u{a0} more  "), "two lines and more");
    assert_eq!(sanitize_line("\u{200b}\u{202e}"), "");
}

#[test]
fn cutting_keeps_whole_characters() {
    let table = [
        ("short", 5, "short"),
        ("shorter", 5, "shor…"),
        ("two words", 5, "two…"),
        ("日本語", 6, "日本語"),
        ("日本語", 5, "日本…"),
        ("日本語", 4, "日…"),
        ("日本語", 2, "…"),
        ("e\u{301}e\u{301}e\u{301}", 2, "e\u{301}…"),
        ("anything", 1, "…"),
        ("anything", 0, ""),
        ("", 0, ""),
    ];
    for (text, most, cut) in table {
        assert_eq!(truncate(text, most), cut, "{text:?} to {most}");
        assert!(width(&truncate(text, most)) <= most);
    }
}

proptest! {
    #[test]
    fn clean_text_is_harmless_and_stays_so(text in any::<String>(), most in 0_usize..40) {
        let clean = sanitize(&text);
        let harmful = |c: char| (c.is_control() && c != '\n' && c != '\t') || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{200b}'..='\u{200f}');
        prop_assert!(!clean.contains(harmful));
        prop_assert_eq!(sanitize(&clean), clean.clone());
        let line = sanitize_line(&text);
        prop_assert!(!line.contains(['\n', '\t']));
        prop_assert!(width(&truncate(&line, most)) <= most);
    }
}
