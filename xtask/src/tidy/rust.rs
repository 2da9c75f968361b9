//! Rust sources as tokens, with what belongs to tests marked.

use proc_macro2::{Delimiter, LexError, TokenStream, TokenTree};

/// A token that is not a group: an identifier, a punctuation character or a literal.
#[derive(Debug, PartialEq)]
pub struct Token {
    pub text: String,
    /// Counted from 1.
    pub line: usize,
    /// Whether it stands in a test, or in a module that is compiled for tests only.
    pub in_test: bool,
}

impl Token {
    /// What a string literal holds, its escapes as written; `None` for other tokens.
    pub fn string(&self) -> Option<&str> {
        let (before, rest) = self.text.split_once('"')?;
        let (inside, _) = rest.rsplit_once('"')?;
        before
            .chars()
            .all(|prefix| "brc#".contains(prefix))
            .then_some(inside)
    }
}

/// The tokens of a source file. Brackets are tokens, comments are none, and neither is what
/// documentation says.
pub fn tokens(source: &str) -> Result<Vec<Token>, LexError> {
    let stream: TokenStream = source.parse()?;
    let mut tokens = Vec::new();
    flatten(stream, false, &mut tokens);
    Ok(tokens)
}

/// How many lines tests take up, blank ones and comments included.
pub fn test_lines(tokens: &[Token]) -> usize {
    tokens
        .chunk_by(|one, other| one.in_test == other.in_test)
        .filter(|run| run[0].in_test)
        .map(|run| run[run.len() - 1].line - run[0].line + 1)
        .sum()
}

fn flatten(stream: TokenStream, in_test: bool, tokens: &mut Vec<Token>) {
    // Set by an attribute like #[cfg(test)], until the item that it stands on has ended.
    let mut item_is_test = false;
    let mut trees = stream.into_iter().peekable();
    while let Some(tree) = trees.next() {
        let in_test = in_test || item_is_test;
        match tree {
            TokenTree::Punct(hash) if hash.as_char() == '#' => {
                if matches!(trees.peek(), Some(TokenTree::Punct(bang)) if bang.as_char() == '!') {
                    trees.next();
                }
                let Some(TokenTree::Group(attribute)) = trees.next() else {
                    continue;
                };
                let mut attribute_tokens = Vec::new();
                flatten(attribute.stream(), in_test, &mut attribute_tokens);
                item_is_test |= is_test_attribute(&attribute_tokens);
                if attribute_tokens
                    .first()
                    .is_none_or(|token| token.text != "doc")
                {
                    tokens.append(&mut attribute_tokens);
                }
            }
            TokenTree::Group(group) => {
                let (open, close) = match group.delimiter() {
                    Delimiter::Parenthesis => ("(", ")"),
                    Delimiter::Brace => ("{", "}"),
                    Delimiter::Bracket => ("[", "]"),
                    Delimiter::None => ("", ""),
                };
                let mut bracket = |text: &str, line| {
                    tokens.push(Token {
                        text: text.to_owned(),
                        line,
                        in_test,
                    });
                };
                bracket(open, group.span_open().start().line);
                let end = group.span_close().start().line;
                flatten(group.stream(), in_test, tokens);
                tokens.push(Token {
                    text: close.to_owned(),
                    line: end,
                    in_test,
                });
                if group.delimiter() == Delimiter::Brace {
                    item_is_test = false;
                }
            }
            other => {
                let (text, line) = (other.to_string(), other.span().start().line);
                if text == ";" {
                    item_is_test = false;
                }
                tokens.push(Token {
                    text,
                    line,
                    in_test,
                });
            }
        }
    }
}

/// `test`, `tokio::test`, `cfg(test)` and the like; not `cfg(not(test))`.
fn is_test_attribute(attribute: &[Token]) -> bool {
    let has = |word| attribute.iter().any(|token| token.text == word);
    has("test") && !has("not")
}

#[cfg(test)]
mod tests {
    use super::*;

    const SOURCE: &str = "//! \"SELECT\" in words\nfn real() { call(\"text\") }\n\n\
        #[cfg(test)]\nmod tests {\n    #[test]\n    fn it() { call() }\n}\nfn after() {}\n";

    #[test]
    fn tests_are_marked() {
        let tokens = tokens(SOURCE).unwrap();
        let functions: Vec<(&str, bool)> = tokens
            .windows(2)
            .filter(|pair| pair[0].text == "fn")
            .map(|pair| (pair[1].text.as_str(), pair[1].in_test))
            .collect();
        assert_eq!(functions, [("real", false), ("it", true), ("after", false)]);
    }

    #[test]
    fn strings_are_known_and_documentation_is_left_out() {
        let strings: Vec<String> = tokens(SOURCE)
            .unwrap()
            .iter()
            .filter_map(|token| token.string().map(str::to_owned))
            .collect();
        assert_eq!(strings, ["text"]);
        assert_eq!(tokens("r#\"raw\"#").unwrap()[0].string(), Some("raw"));
    }

    #[test]
    fn lines_of_tests_are_counted() {
        assert_eq!(test_lines(&tokens(SOURCE).unwrap()), 4);
    }
}
