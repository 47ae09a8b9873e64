//! A reply before it is text: a title, blocks with their priorities, and calls worth making next.

use std::borrow::Cow;

use serde_json::{Map, Value};

use super::cell::Cell;

/// Tokens a reply may cost.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Budget(usize);

impl Budget {
    /// What a reply costs at most unless the user says otherwise.
    pub const DEFAULT: Self = Self(2_000);
    /// What no setting exceeds.
    pub const CEILING: usize = 8_000;

    /// A budget between 200 and the ceiling.
    pub fn new(tokens: usize) -> Self {
        Self(tokens.clamp(200, Self::CEILING))
    }

    /// The smaller of the two.
    #[must_use]
    pub fn at_most(self, tokens: usize) -> Self {
        Self(self.0.min(tokens))
    }

    /// In tokens.
    pub fn tokens(self) -> usize {
        self.0
    }
}

/// A whole answer.
#[derive(Debug, Clone, Default)]
pub struct Reply {
    pub(super) title: Vec<String>,
    pub(super) parts: Vec<Part>,
    pub(super) next: Vec<Next>,
    /// A budget of its own below the caller's, in tokens.
    pub(super) own_budget: Option<usize>,
}

/// A block and how dear it is: when not all fits, the lowest go first.
#[derive(Debug, Clone)]
pub(super) struct Part {
    pub(super) priority: u8,
    pub(super) block: Block,
}

/// The kinds of content.
#[derive(Debug, Clone)]
pub enum Block {
    /// `label value` pairs on one line.
    Facts(Vec<Fact>),
    /// Rows under a header.
    Table(Table),
    /// Vendor text in a fence.
    Code(Code),
    /// A sentence of ours.
    Note(String),
}

/// A labelled value.
#[derive(Debug, Clone)]
pub struct Fact {
    /// What it is; empty when the value speaks for itself.
    pub label: String,
    /// The value.
    pub value: Cell,
    /// Words after the value, such as a unit.
    pub unit: Cow<'static, str>,
}

impl Fact {
    /// `label value`.
    pub fn new(label: impl Into<String>, value: Cell) -> Self {
        Self {
            label: label.into(),
            value,
            unit: Cow::Borrowed(""),
        }
    }

    /// `label value unit`.
    #[must_use]
    pub fn unit(mut self, unit: impl Into<Cow<'static, str>>) -> Self {
        self.unit = unit.into();
        self
    }
}

/// Rows under a header. A column in which no row has a value is not printed.
#[derive(Debug, Clone, Default)]
pub struct Table {
    /// The header.
    pub columns: Vec<String>,
    /// One cell a column.
    pub rows: Vec<Vec<Cell>>,
    /// Rows there are in all, where the vendor says.
    pub total: Option<i64>,
    /// The offset of the first row, where the tool can page.
    pub offset: Option<u32>,
    /// Rows of the service's page that are no rows of the table: the next page begins after them too.
    pub skipped: usize,
    /// Rows that came but are not shown.
    pub cut: usize,
    /// Whether the last rows are the ones to keep, as in a series over time.
    pub last: bool,
    /// Whether more may exist than came, where the vendor gives no total.
    pub more: bool,
    /// What shows more when the budget is what ends the table; a shorter window or a filter when absent.
    pub narrower: Option<&'static str>,
    /// How to see more, in words, where paging cannot.
    pub rest: Option<String>,
}

impl Table {
    /// An empty table with this header.
    pub fn new(columns: &[&str]) -> Self {
        Self {
            columns: columns.iter().map(|&name| name.to_owned()).collect(),
            ..Self::default()
        }
    }

    /// Keeps so many rows of the dear end and counts the others as cut.
    pub fn keep(&mut self, rows: usize) {
        let cut = self.rows.len().saturating_sub(rows);
        self.cut += cut;
        if self.last {
            self.rows.drain(..cut);
        } else {
            self.rows.truncate(rows);
        }
    }
}

/// Which end of a text is kept when it does not fit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    /// The first lines: stacks.
    Head,
    /// The last lines: logs.
    Tail,
}

/// Vendor text, shown in a fence line by line.
#[derive(Debug, Clone)]
pub struct Code {
    /// What it is; printed before the fence.
    pub caption: String,
    /// The text, as it came.
    pub text: String,
    /// The end to keep.
    pub keep: End,
    /// Lines that came but are not shown.
    pub cut: usize,
    /// How to see them, in words.
    pub rest: Option<String>,
}

impl Code {
    /// Text that is kept from its first line on.
    pub fn head(caption: impl Into<String>, text: impl Into<String>) -> Self {
        Self {
            caption: caption.into(),
            text: text.into(),
            keep: End::Head,
            cut: 0,
            rest: None,
        }
    }

    /// Text whose last lines matter most.
    pub fn tail(caption: impl Into<String>, text: impl Into<String>) -> Self {
        Self {
            keep: End::Tail,
            ..Self::head(caption, text)
        }
    }

    /// The same with at most so many lines.
    #[must_use]
    pub fn at_most(mut self, lines: usize) -> Self {
        self.keep_lines(lines);
        self
    }

    /// Keeps so many lines of the dear end and counts the others as cut.
    pub fn keep_lines(&mut self, lines: usize) {
        let all = self.text.lines().count();
        if all <= lines {
            return;
        }
        self.cut += all - lines;
        let kept: Vec<&str> = match self.keep {
            End::Head => self.text.lines().take(lines).collect(),
            End::Tail => self.text.lines().skip(all - lines).collect(),
        };
        self.text = kept.join("\n");
    }
}

/// A complete call worth making next.
#[derive(Debug, Clone, PartialEq)]
pub struct Next {
    /// The tool.
    pub tool: String,
    /// Its arguments.
    pub arguments: Map<String, Value>,
}

impl Reply {
    /// Starts with the first line: what this is, and for which project, range and filters.
    pub fn with_title<S: Into<String>>(segments: impl IntoIterator<Item = S>) -> Self {
        Self {
            title: segments
                .into_iter()
                .map(Into::into)
                .filter(|s: &String| !s.is_empty())
                .collect(),
            ..Self::default()
        }
    }

    /// Adds to the first line.
    pub fn add_title(&mut self, segment: impl Into<String>) -> &mut Self {
        self.title.push(segment.into());
        self
    }

    /// Adds facts on a line of their own, those without a value left out.
    pub fn facts(&mut self, facts: impl IntoIterator<Item = Fact>) -> &mut Self {
        let facts: Vec<Fact> = facts
            .into_iter()
            .filter(|fact| fact.value != Cell::Missing)
            .collect();
        if !facts.is_empty() {
            self.push(7, Block::Facts(facts));
        }
        self
    }

    /// Adds a table, or a sentence saying what is empty.
    pub fn table(&mut self, mut table: Table, none: &str) -> &mut Self {
        table
            .rows
            .retain(|row| row.iter().any(|cell| *cell != Cell::Missing));
        if table.rows.is_empty() && table.cut == 0 {
            return self.note(none);
        }
        self.push(5, Block::Table(table))
    }

    /// Adds a fenced text.
    pub fn code(&mut self, code: Code) -> &mut Self {
        self.push(5, Block::Code(code))
    }

    /// Adds a sentence.
    pub fn note(&mut self, text: impl Into<String>) -> &mut Self {
        self.push(6, Block::Note(text.into()))
    }

    /// Adds a block that is dearer (7 and more) or cheaper than its kind.
    pub fn push(&mut self, priority: u8, block: Block) -> &mut Self {
        self.parts.push(Part { priority, block });
        self
    }

    /// Adds a call worth making next.
    pub fn suggest(&mut self, next: Next) -> &mut Self {
        self.next.push(next);
        self
    }

    /// Gives this reply a smaller budget than the caller's.
    pub fn max_tokens(&mut self, tokens: usize) -> &mut Self {
        self.own_budget = Some(tokens);
        self
    }
}
