//! The call graph of Apple's `sample`: of every thread the heaviest path, as a stack.

use std::fmt::Write as _;

use crate::text;

/// Deeper paths are cut.
const DEEPEST: usize = 1000;

/// The graph as stacks; `None` when the text is another.
pub(super) fn render(text: &str) -> Option<String> {
    if !text.starts_with("Analysis of sampling ") {
        return None;
    }
    let (head, graph) = text.split_once("Call graph:")?;
    let mut out = String::with_capacity(text.len());
    for line in head.lines().filter(|line| !line.starts_with("----")) {
        out.push_str(line);
        out.push('\n');
    }
    let mut threads = 0;
    let mut path: Vec<Node<'_>> = Vec::new();
    for line in text::lines(graph).skip_while(|line| line.trim().is_empty()) {
        let Some(node) = Node::read(line) else {
            break;
        };
        if node.symbol.starts_with("Thread_") {
            write(&mut out, &mut path);
            let crashed = if threads == 0 { " Crashed" } else { "" };
            let _ = writeln!(out, "\nThread {threads}{crashed}:  {}", node.symbol);
            threads += 1;
        } else if threads > 0
            && path.last().is_none_or(|last| node.depth > last.depth)
            && path.len() < DEEPEST
        {
            // Branches of one parent stand by weight: the first is the heaviest.
            path.push(node);
        }
    }
    write(&mut out, &mut path);
    (threads > 0).then_some(out)
}

/// A node of the graph.
struct Node<'a> {
    depth: usize,
    /// `main  (in Orbit) + 34  [0x10ab96f12]`, or `Thread_117532 …`.
    symbol: &'a str,
}

impl<'a> Node<'a> {
    /// `    +   ! 2600 -[Game tick]  (in Orbit) + 412  [0x10abb0f12]`
    fn read(line: &'a str) -> Option<Self> {
        let rest = line.trim_start_matches([' ', '+', '!', ':', '|']);
        let (_, symbol) = text::digits(rest)?;
        Some(Self {
            depth: line.len() - rest.len(),
            symbol: symbol.strip_prefix(' ')?.trim(),
        })
    }
}

/// Writes a path with its innermost frame first, and empties it.
fn write(out: &mut String, path: &mut Vec<Node<'_>>) {
    for (index, node) in path.drain(..).rev().enumerate() {
        let (symbol, rest) = node
            .symbol
            .split_once("  (in ")
            .unwrap_or((node.symbol, ""));
        let (image, rest) = rest.split_once(')').unwrap_or(("???", ""));
        let image = image.split_whitespace().next().unwrap_or("???");
        let offset = rest.split("  [").next().unwrap_or_default().trim();
        let address = text::after(rest, "[", b"],").unwrap_or("0x0");
        let _ = writeln!(out, "{index}   {image}   {address} {symbol} {offset}");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_heaviest_path_is_the_stack() {
        let text = "Analysis of sampling Orbit (pid 1) every 1 millisecond\nProcess:         Orbit [1]\n----\n\nCall graph:\n\
            \x20   9 Thread_7   DispatchQueue_1: main\n\
            \x20   + 9 main  (in Orbit) + 34  [0x10ab96f12]\n\
            \x20   +   8 tick  (in Orbit) + 412  [0x10abb0f12]\n\
            \x20   +   1 draw  (in Orbit) + 12  [0x10abb1f12]\n\nTotal number in stack\n";
        assert_eq!(
            render(text).unwrap(),
            "Analysis of sampling Orbit (pid 1) every 1 millisecond\nProcess:         Orbit [1]\n\n\n\
             Thread 0 Crashed:  Thread_7   DispatchQueue_1: main\n\
             0   Orbit   0x10abb0f12 tick + 412\n1   Orbit   0x10ab96f12 main + 34\n"
        );
    }
}
