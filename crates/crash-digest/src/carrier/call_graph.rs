//! The call graph of Apple's `sample`: of every thread the heaviest path, as a stack.

use std::fmt::Write as _;

use crate::text;

/// Bytes in which the graph begins.
const HEAD: usize = 8 * 1024;
/// Deeper paths are cut.
const DEEPEST: usize = 1000;

/// What was sampled did not end.
pub(super) const NOTE: &str = "Exception Note:  sample of a running process (NOT a crash)\n";

/// The graph as stacks; `None` when the text is another.
pub(super) fn render(text: &str) -> Option<String> {
    let at = text::find(text::head(text, HEAD), "Call graph:\n")?;
    let (head, graph) = (&text[..at], &text[at + "Call graph:".len()..]);
    // Prose, a fence or the tool's own lines stand in front; a report by itself may do so too.
    let head = match text::find(head, "Analysis of sampling ") {
        Some(at) => &head[at..],
        None if head.lines().count() <= 12 => "",
        None => return None,
    };
    let mut out = String::with_capacity(text.len());
    // What the tool did is no reason; what it looked at is told.
    let told = [
        "Process:",
        "Path:",
        "Identifier:",
        "Version:",
        "Code Type:",
        "OS Version:",
    ];
    for line in head.lines().map(str::trim) {
        if !told.iter().any(|label| line.starts_with(label)) {
            continue;
        }
        out.push_str(line);
        out.push('\n');
    }
    out.push_str(NOTE);
    let mut threads = 0;
    let mut path: Vec<Node<'_>> = Vec::new();
    // A lighter branch began: what is deeper in it was not called by the end of the path.
    let mut branched = false;
    let flat = is_flat(graph);
    for line in text::lines(graph).skip_while(|line| line.trim().is_empty()) {
        let Some(node) = Node::read(line) else {
            break;
        };
        if node.symbol.starts_with("Thread_") {
            write(&mut out, &mut path);
            let crashed = if threads == 0 { " Crashed" } else { "" };
            let _ = writeln!(out, "\nThread {threads}{crashed}:  {}", node.symbol);
            threads += 1;
            branched = false;
        } else if threads > 0 && !branched {
            // Branches of one parent stand by weight: the first is the heaviest.
            branched = path.last().is_some_and(|last| {
                if flat {
                    node.weight != last.weight
                } else {
                    node.depth <= last.depth
                }
            });
            if !branched && path.len() < DEEPEST {
                path.push(node);
            }
        }
    }
    write(&mut out, &mut path);
    (threads > 0).then_some(out)
}

/// Whether a page took the indentation of all nodes: what has the weight of the one above is called by it.
fn is_flat(graph: &str) -> bool {
    let mut nodes = text::lines(graph).filter_map(Node::read).take(64);
    let first = nodes.next().map_or(0, |node| node.depth);
    nodes.all(|node| node.depth == first)
}

/// A node of the graph.
struct Node<'a> {
    /// Samples in it and in what it called.
    weight: &'a str,
    depth: usize,
    /// `main  (in Orbit) + 34  [0x10ab96f12]`, or `Thread_117532 …`.
    symbol: &'a str,
}

impl<'a> Node<'a> {
    /// `    +   ! 2600 -[Game tick]  (in Orbit) + 412  [0x10abb0f12]`
    fn read(line: &'a str) -> Option<Self> {
        let rest = line.trim_start_matches([' ', '+', '!', ':', '|']);
        let (weight, symbol) = text::digits(rest)?;
        Some(Self {
            weight,
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
        let image = if image.is_empty() { "???" } else { image };
        let offset = rest.split("  [").next().unwrap_or_default().trim();
        let address = text::after(rest, "[", b"],").unwrap_or("0x0");
        // Without symbols the image's base stands in: `load address 0x10a99d000 + 0x888a`, of several calls `+ 0x888a,0x88b2,...`.
        if let Some((base, offset)) = offset
            .strip_prefix("load address ")
            .and_then(|place| place.split_once(" + 0x"))
            && let Some(offset) = text::hex(offset.split(',').next().unwrap_or(offset))
        {
            let _ = writeln!(out, "{index}   {image}   {address} {base} + {offset}");
            continue;
        }
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
            "Process:         Orbit [1]\n\
             Exception Note:  sample of a running process (NOT a crash)\n\n\
             Thread 0 Crashed:  Thread_7   DispatchQueue_1: main\n\
             0   Orbit   0x10abb0f12 tick + 412\n1   Orbit   0x10ab96f12 main + 34\n"
        );
    }

    #[test]
    fn a_graph_alone_in_a_fence_is_read() {
        let text = "The app hangs:\n```\nCall graph:\n    9 Thread_7\n    + 9 main  (in Blue Orbit) + 34  [0x10ab96f12]\n```\n";
        assert_eq!(
            render(text).unwrap(),
            "Exception Note:  sample of a running process (NOT a crash)\n\nThread 0 Crashed:  Thread_7\n0   Blue Orbit   0x10ab96f12 main + 34\n"
        );
        assert_eq!(render("Call graph:\nnone\n"), None);
    }
}
