//! Markdown as it is drawn: what people write, and what people with bad intentions write.

use vepherd::view::markdown::{Manner, Rendered, render};
use vepherd::view::styles::{ColorMode, GlyphSet, Styles};

use super::fixture::DOCUMENT;

fn calm() -> Styles {
    Styles::calm(ColorMode::Colors, GlyphSet::Unicode)
}

fn plain(rendered: &Rendered) -> String {
    rendered.lines.iter().map(|line| format!("{line}\n")).collect()
}

fn of(text: &str, width: u16) -> String {
    plain(&render(text, width, Manner::Document, &calm()))
}

#[test]
fn a_document_reads_well_at_every_width() {
    for width in [100, 60, 34] {
        insta::assert_snapshot!(format!("document-at-{width}"), of(DOCUMENT, width));
    }
}

#[test]
fn small_things() {
    let cases = [
        ("an HTML comment is hidden", "a <!-- no --> b\n\n<!--\nno\n-->\n\nc", "a b||c"),
        ("breaks and images", "one<br>two ![a *flow* chart](x.png)", "one|two [image: a flow chart]"),
        ("an image without words", "![](x.png)", "[image: without description]"),
        ("a link is its text", "see [here](https://example.org/x)", "see here"),
        ("a lie is told", "[https://good.org](https://bad.org)", "https://good.org (→ https://bad.org)"),
        ("numbers align", "9. a\n10. b", " 9. a|10. b"),
        ("nested lists", "- a\n  - b\n    - c", "• a|  ◦ b|    ▪ c"),
        ("loose lists", "- a\n\n- b", "• a||• b"),
        ("an empty item", "-\n- b", "• |• b"),
        ("quote in quote", "> a\n>\n> > b", "│ a|│|│ │ b"),
        ("hard and soft breaks", "a\nb  \nc", "a b|c"),
        ("entities", "a &amp; b &lt;c&gt;", "a & b <c>"),
        (
            "unclosed comment",
            "a\n\n<!-- b\nc\n",
            "a||[an HTML comment that is never closed hides 2 lines from here on]",
        ),
        ("details", "<details><summary>More</summary>\n\ninside\n\n</details>", "More||inside"),
    ];
    for (name, text, wanted) in cases {
        let found = of(text, 70);
        let found: Vec<&str> = found.lines().map(|line| if line == "• " { line } else { line.trim_end() }).collect();
        assert_eq!(found.join("|"), wanted, "{name}");
    }
}

#[test]
fn lines_of_a_comment_stay() {
    assert_eq!(plain(&render("/lgtm\n/hold", 40, Manner::Comment, &calm())), "/lgtm\n/hold\n");
}

#[test]
fn no_line_is_wider_than_asked() {
    let hostile = [
        DOCUMENT.to_owned(),
        "x".repeat(5000),
        "日本語".repeat(500),
        format!("| {} |\n|{}|\n| {} |", "a | ".repeat(40), "--|".repeat(41), "b | ".repeat(40)),
        format!("```go\n{}\n```", "y".repeat(3000)),
        "> ".repeat(60) + "deep",
        (0..60).map(|i| format!("{}- item\n", "  ".repeat(i))).collect(),
        "e\u{301}\u{301}\u{301}\u{301}\u{301}\u{301}".repeat(300),
        "\u{1b}]0;title\u{7}\u{1b}[31mred\u{202e}evil".to_owned(),
    ];
    for text in &hostile {
        for width in [1, 2, 7, 20, 80] {
            for (line, source) in [Manner::Document, Manner::Comment].into_iter().flat_map(|manner| {
                let rendered = render(text, width, manner, &calm());
                assert_eq!(rendered.lines.len(), rendered.source.len());
                rendered.lines.into_iter().zip(rendered.source)
            }) {
                assert!(line.width() <= usize::from(width).max(2), "{width}: {} wide: {line}", line.width());
                assert!(source > 0);
                assert!(line.spans.iter().all(|span| !span.content.contains(|c: char| c.is_control())), "{line:?}");
            }
        }
    }
}

#[test]
fn huge_and_deep_texts_stay_fast() {
    // Twice the text takes about twice the time: a square would take four times, and this many bytes would never end.
    let texts: [fn(usize) -> String; 6] = [
        |n| "> ".repeat(n / 2),
        |n| "[".repeat(n),
        |n| "- a\n".repeat(n / 4),
        |n| "word ".repeat(n / 5),
        |n| "*a".repeat(n / 2),
        |n| "| a | b |\n|---|---|\n".to_owned() + &"| c | d |\n".repeat(n / 10),
    ];
    for (index, make) in texts.iter().enumerate() {
        let time = |size: usize| {
            let text = make(size);
            #[expect(clippy::disallowed_methods, reason = "the measured time is the test")]
            let start = std::time::Instant::now();
            let lines = render(&text, 80, Manner::Document, &calm()).lines.len();
            assert!(lines > 0 || index == 0);
            start.elapsed()
        };
        let (small, large) = (time(20_000), time(160_000));
        let bound = small * 40 + std::time::Duration::from_millis(200);
        assert!(large < bound, "text {index}: {small:?} for 20 kB, {large:?} for 160 kB");
    }
}

#[test]
fn a_line_of_the_source_is_found_again() {
    let rendered = render(DOCUMENT, 60, Manner::Document, &calm());
    let heading = DOCUMENT.lines().position(|line| line == "## Goals").unwrap() + 1;
    let shown = rendered.lines[rendered.line_of(heading)].to_string();
    assert_eq!(shown, "Goals");
}
