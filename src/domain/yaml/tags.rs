//! Tags and directives: rare in the files that we read, and reasons to refuse one where they are wrong.

use super::scan::{Scanned, Scanner, Token, is_blank, is_break_or_end, is_gap};

impl Scanner<'_> {
    /// `%YAML 1.1`, `%TAG handle prefix`.
    pub(super) fn directive_text(&mut self) -> Scanned<Token> {
        self.skip();
        let name = self.name();
        if name.is_empty() || !is_gap(self.look(0)) {
            return self.error("a directive's name is made of letters");
        }
        let token = match name.as_str() {
            "YAML" => {
                self.skip_blanks();
                let major = self.version_number()?;
                if self.look(0) != '.' {
                    return self.error("a version is two numbers");
                }
                self.skip();
                Token::Version(major, self.version_number()?)
            }
            "TAG" => {
                self.skip_blanks();
                let handle = self.handle(true)?;
                if !is_blank(self.look(0)) {
                    return self.error("a %TAG directive has a handle and a prefix");
                }
                self.skip_blanks();
                let prefix = self.uri("")?;
                if !is_gap(self.look(0)) {
                    return self.error("a %TAG directive has a handle and a prefix");
                }
                Token::TagDirective(handle, prefix)
            }
            _ => return self.error("an unknown directive"),
        };
        self.skip_blanks();
        self.skip_comment();
        if !is_break_or_end(self.look(0)) {
            return self.error("a directive ends with its line");
        }
        self.skip_line();
        Ok(token)
    }

    fn version_number(&mut self) -> Scanned<u32> {
        let mut digits = 0;
        let mut value = 0;
        while let Some(digit) = self.look(0).to_digit(10) {
            digits += 1;
            if digits > 2 {
                return self.error("a version is two numbers");
            }
            value = value * 10 + digit;
            self.skip();
        }
        if digits == 0 { self.error("a version is two numbers") } else { Ok(value) }
    }

    /// `!<uri>`, `!suffix`, `!!suffix`, `!handle!suffix`, `!`.
    pub(super) fn tag_text(&mut self) -> Scanned<Token> {
        let token = if self.look(1) == '<' {
            self.skip();
            self.skip();
            let suffix = self.uri("")?;
            if self.look(0) != '>' {
                return self.error("a tag in <> ends with >");
            }
            self.skip();
            Token::Tag(String::new(), suffix)
        } else {
            let handle = self.handle(false)?;
            if handle.len() > 1 && handle.ends_with('!') {
                let suffix = self.uri("")?;
                Token::Tag(handle, suffix)
            } else {
                let suffix = self.uri(&handle)?;
                // A lone `!` is a tag by itself.
                if suffix.is_empty() {
                    Token::Tag(String::new(), "!".to_owned())
                } else {
                    Token::Tag("!".to_owned(), suffix)
                }
            }
        };
        if is_gap(self.look(0)) { Ok(token) } else { self.error("a tag ends with a blank") }
    }

    fn handle(&mut self, directive: bool) -> Scanned<String> {
        if self.look(0) != '!' {
            return self.error("a tag's handle begins with !");
        }
        let mut handle = String::from(self.skip());
        handle.push_str(&self.name());
        if self.look(0) == '!' {
            handle.push(self.skip());
        } else if directive && handle != "!" {
            return self.error("a tag's handle ends with !");
        }
        Ok(handle)
    }

    /// A URI; what of a handle belongs to it comes before.
    fn uri(&mut self, head: &str) -> Scanned<String> {
        let mut found: Vec<u8> = head.get(1..).unwrap_or_default().as_bytes().to_vec();
        let mut any = !head.is_empty();
        loop {
            let c = self.look(0);
            if c == '%' {
                let hex = [self.look(1), self.look(2)].map(|c| c.to_digit(16).and_then(|n| u8::try_from(n).ok()));
                let [Some(high), Some(low)] = hex else { return self.error("% in a tag is followed by two digits") };
                found.push(high * 16 + low);
                (0..3).for_each(|_| {
                    self.skip();
                });
            } else if c.is_ascii_alphanumeric() || "_-;/?:@&=+$,.!~*'()[]".contains(c) {
                found.push(u8::try_from(self.skip()).unwrap_or_default());
            } else {
                break;
            }
            any = true;
        }
        if !any {
            return self.error("a tag without a name");
        }
        String::from_utf8(found).or_else(|_| self.error("a tag that is no UTF-8"))
    }
}
