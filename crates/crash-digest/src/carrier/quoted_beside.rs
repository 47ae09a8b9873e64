//! Quotations of a form beside that of a report: the source of a program, the command that built it.

use crate::grammar;
use crate::model;
use crate::text;

/// Whether a quotation is one of them; what `tells` of a crash is none, but for source.
pub(super) fn is_one(block: &str, tells: bool) -> bool {
    is_source(block) || !tells && is_short(block)
}

/// Whether a quotation is a command or a name alone, and no failure's.
fn is_short(block: &str) -> bool {
    block.lines().nth(2).is_none() && !model::tells_of_failure(block)
}

/// Whether a quotation is the source of a program: lines that end as statements do, and some that begin as declarations.
fn is_source(block: &str) -> bool {
    #[rustfmt::skip]
    const DECLARED: [&str; 17] = [
        "#include", "import ", "using ", "package ", "void ", "int ", "return ", "public ", "private ", "static ", "function ", "fn ",
        "const ", "class ", "struct ", "if (", "namespace ",
    ];
    let lines = || {
        text::lines(block)
            .map(text::trim)
            .filter(|line| !line.is_empty())
    };
    let ended = lines()
        .filter(|line| line.ends_with([';', '{', '}']))
        .count();
    let declares = |line: &&str| DECLARED.iter().any(|word| line.starts_with(word));
    ended >= 3
        && ended * 2 >= lines().count()
        && lines().filter(declares).nth(1).is_some()
        && !lines().any(|line| grammar::read(line).is_some())
}
