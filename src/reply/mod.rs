//! What a tool answers: typed blocks, cut to a token budget, printed as text.
//!
//! An operation decides what matters (semantic trimming); this module only cuts what does not fit, by
//! priority, and announces every cut. It knows no crash and no vendor.

mod budget;
mod cell;
mod model;
mod pieces;
mod render_markdown;
mod render_text;
mod sanitize;
mod untrusted;

pub(crate) use cell::{Cell, counted, duration, grouped, percent, rate, size};
pub(crate) use model::{Block, Code, End, Fact, Next, Table};
pub use model::{Budget, Reply};
pub(crate) use pieces::{Grid, Piece};
pub use sanitize::inline;
pub(crate) use sanitize::{fenced, is_hidden};
pub(crate) use untrusted::Untrusted;

impl Reply {
    /// Prints it for a reader, cut to the budget.
    pub fn text(&self, budget: Budget) -> String {
        let budget = budget.at_most(self.own_budget.unwrap_or(Budget::CEILING));
        render_text::render(&budget::fit(self, budget, render_text::cost))
    }

    /// Prints the whole of it for a reader, without calls worth making next.
    pub(crate) fn whole_text(&self) -> String {
        let mut whole = self.clone();
        whole.next.clear();
        render_text::render(&whole)
    }

    /// Prints the whole of it as Markdown that chats and code hosts show alike.
    pub(crate) fn markdown(&self) -> String {
        render_markdown::render(self)
    }
}

#[cfg(test)]
mod tests;
