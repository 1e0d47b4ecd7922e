//! The little HTML that people write in Markdown: comments are hidden, breaks break, images become words, a summary is
//! strong; every other tag is dropped and its text kept. Nothing is interpreted beyond that.

/// What a piece of HTML says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Bit {
    /// Text between tags.
    Text(String),
    /// A line break.
    Break,
    /// A block begins or ends.
    Block,
    /// An image, by its description.
    Image(String),
    /// Strong text begins (`true`) or ends.
    Strong(bool),
    /// Struck text begins (`true`) or ends.
    Struck(bool),
    /// A comment that is never closed hides so many lines.
    Unclosed(usize),
}

/// Reads a piece of HTML.
pub(super) fn read(html: &str) -> Vec<Bit> {
    let mut bits = Vec::new();
    let mut rest = html;
    while let Some(at) = rest.find('<') {
        let (text, tail) = rest.split_at(at);
        push_text(&mut bits, text);
        if let Some(comment) = tail.strip_prefix("<!--") {
            match comment.find("-->") {
                Some(end) => rest = comment.get(end + 3..).unwrap_or(""),
                None => {
                    let lines = comment.lines().filter(|line| !line.trim().is_empty()).count();
                    bits.push(Bit::Unclosed(lines));
                    return bits;
                }
            }
            continue;
        }
        let Some(end) = tail.find('>') else {
            push_text(&mut bits, tail);
            return bits;
        };
        let tag = tail.get(1..end).unwrap_or("");
        bits.extend(of_tag(tag));
        rest = tail.get(end + 1..).unwrap_or("");
    }
    push_text(&mut bits, rest);
    bits
}

fn push_text(bits: &mut Vec<Bit>, text: &str) {
    if !text.is_empty() {
        bits.push(Bit::Text(entities(text)));
    }
}

fn of_tag(tag: &str) -> Option<Bit> {
    let closing = tag.starts_with('/');
    let name: String = tag
        .trim_start_matches('/')
        .chars()
        .take_while(char::is_ascii_alphanumeric)
        .map(|c| c.to_ascii_lowercase())
        .collect();
    match name.as_str() {
        "br" => Some(Bit::Break),
        "hr" | "p" | "div" | "details" | "table" | "tr" | "li" | "ul" | "ol" | "h1" | "h2" | "h3" | "h4" | "pre" => {
            Some(Bit::Block)
        }
        "img" => Some(Bit::Image(attribute(tag, "alt").unwrap_or_default())),
        "b" | "strong" | "summary" | "th" => Some(Bit::Strong(!closing)),
        "s" | "del" | "strike" => Some(Bit::Struck(!closing)),
        _ => None,
    }
}

fn attribute(tag: &str, name: &str) -> Option<String> {
    let lower = tag.to_ascii_lowercase();
    let at = lower.find(&format!("{name}="))? + name.len() + 1;
    let value = tag.get(at..)?;
    let quote = value.chars().next()?;
    match quote {
        '"' | '\'' => value.get(1..)?.split(quote).next().map(str::to_owned),
        _ => value.split_whitespace().next().map(str::to_owned),
    }
}

fn entities(text: &str) -> String {
    if !text.contains('&') {
        return text.to_owned();
    }
    text.replace("&nbsp;", " ")
        .replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&quot;", "\"")
        .replace("&#39;", "'")
        .replace("&amp;", "&")
}
