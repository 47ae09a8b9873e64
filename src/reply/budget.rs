//! Spends a token budget by priority. Cuts rows and lines, never inside one, and says what it cut.

use super::cell::{Cell, counted, grouped};
use super::model::{Block, Budget, Fact, Part, Reply};
use super::render_text;
use super::sanitize::inline;

/// What a cut's announcement costs.
const ANNOUNCEMENT: usize = 30;

/// A reply of at most the budget, as `cost` counts its blocks.
pub(super) fn fit(reply: &Reply, budget: Budget, cost: fn(&Block) -> usize) -> Reply {
    let frame = frame_cost(reply);
    let costs: Vec<usize> = reply.parts.iter().map(|part| cost(&part.block)).collect();
    if frame + costs.iter().sum::<usize>() <= budget.tokens() {
        return reply.clone();
    }
    let mut left = budget.tokens().saturating_sub(frame + ANNOUNCEMENT);
    let mut kept: Vec<Option<Part>> = reply.parts.iter().map(|_| None).collect();
    let mut order: Vec<usize> = (0..reply.parts.len()).collect();
    // Stable: of equal priority, the first comes first.
    order.sort_by_key(|&at| std::cmp::Reverse(reply.parts[at].priority));
    let mut dropped = Vec::new();
    for (place, at) in order.iter().copied().enumerate() {
        let part = &reply.parts[at];
        let most = left.saturating_sub(reserved(reply, &costs, &order[place..], left));
        let block = if costs[at] <= most {
            Some(part.block.clone())
        } else {
            shrink(&part.block, most.saturating_sub(ANNOUNCEMENT), budget, cost)
        };
        match block {
            Some(block) => {
                left = left.saturating_sub(cost(&block));
                kept[at] = Some(Part {
                    priority: part.priority,
                    block,
                });
            }
            None => dropped.push(name(&part.block)),
        }
    }
    let mut fitted = Reply {
        parts: kept.into_iter().flatten().collect(),
        ..reply.clone()
    };
    if !dropped.is_empty() {
        fitted.note(format!(
            "left out to stay within {} tokens: {}",
            tokens(budget),
            listed(&dropped)
        ));
    }
    fitted
}

/// What a table leaves to the tables after it that are as dear: none is dropped for the rows of another.
fn reserved(reply: &Reply, costs: &[usize], waiting: &[usize], left: usize) -> usize {
    let table = |at: &usize| matches!(reply.parts[*at].block, Block::Table(_));
    let Some((first, others)) = waiting.split_first() else {
        return 0;
    };
    if !table(first) {
        return 0;
    }
    let priority = reply.parts[*first].priority;
    let rivals: Vec<usize> = others
        .iter()
        .copied()
        .filter(|at| table(at) && reply.parts[*at].priority == priority)
        .collect();
    let share = left / (rivals.len() + 1);
    rivals.iter().map(|at| costs[*at].min(share)).sum()
}

fn tokens(budget: Budget) -> String {
    grouped(i64::try_from(budget.tokens()).unwrap_or(i64::MAX))
}

/// Blocks named when they are left out; the others are counted.
const NAMED: usize = 3;

fn listed(dropped: &[String]) -> String {
    let named: Vec<&str> = dropped.iter().take(NAMED).map(String::as_str).collect();
    match dropped.len().saturating_sub(NAMED) {
        0 => named.join(", "),
        more => format!("{} and {more} blocks more", named.join(", ")),
    }
}

/// Title and next calls, which are never cut.
fn frame_cost(reply: &Reply) -> usize {
    let title: usize = reply
        .title
        .iter()
        .map(|segment| crate::token_estimate::estimate(segment) + 2)
        .sum();
    let next: usize = reply
        .next
        .iter()
        .map(|next| crate::token_estimate::estimate(&render_text::call(next)) + 2)
        .sum();
    title + next
}

/// The largest version of a block that costs at most `most`; `None` when not even its smallest fits.
fn shrink(block: &Block, most: usize, budget: Budget, cost: fn(&Block) -> usize) -> Option<Block> {
    let units = match block {
        Block::Facts(facts) => facts.len(),
        Block::Table(table) => table.rows.len(),
        Block::Code(code) => code.text.lines().count(),
        Block::Note(_) => 0,
    };
    let cut = |keep: usize| {
        let mut smaller = block.clone();
        match &mut smaller {
            Block::Facts(facts) => {
                let cut = facts.len().saturating_sub(keep);
                facts.truncate(keep);
                if cut > 0 {
                    facts.push(Fact::new("", Cell::text(format!("{cut} more left out"))));
                }
            }
            Block::Table(table) => {
                let all = table.rows.len();
                table.keep(keep);
                // A larger `limit` helps against a limit, not against the budget.
                if keep < all && table.offset.is_none() {
                    table.rest = Some(format!(
                        "more do not fit within {} tokens: {}",
                        tokens(budget),
                        table
                            .narrower
                            .unwrap_or("a shorter window or a filter shows others")
                    ));
                }
            }
            Block::Code(code) => code.keep_lines(keep),
            Block::Note(_) => {}
        }
        smaller
    };
    // The most units that fit: cost grows with every unit.
    let (mut fits, mut over) = (0, units);
    while over - fits > 1 {
        let middle = fits + (over - fits) / 2;
        if cost(&cut(middle)) <= most {
            fits = middle;
        } else {
            over = middle;
        }
    }
    (fits > 0).then(|| cut(fits))
}

fn name(block: &Block) -> String {
    inline(&full_name(block), 80)
}

fn full_name(block: &Block) -> String {
    match block {
        Block::Facts(facts) => facts
            .iter()
            .map(|fact| fact.label.as_str())
            .filter(|label| !label.is_empty())
            .collect::<Vec<_>>()
            .join(", "),
        Block::Table(table) => format!(
            "a table of {} ({})",
            counted(table.rows.len(), "row"),
            table.columns.join(", ")
        ),
        Block::Code(code) => match code.text.lines().count() {
            0 | 1 => code.caption.clone(),
            lines => format!("{} ({lines} lines)", code.caption),
        },
        Block::Note(_) => "a note".to_owned(),
    }
}
