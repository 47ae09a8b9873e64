//! What images of a process tell of whose they are.

use crate::format::Format;
use crate::model::Stack;
use crate::text;

/// The image that holds `main` in an Apple stack: the program's, in lower case.
pub(super) fn main_image(stack: &Stack<'_>) -> Option<String> {
    let apple = matches!(stack.format, Format::Apple | Format::Plain);
    let main = stack.frames.iter().rev().take(4).find(|frame| {
        frame.function == Some("main") && frame.address.is_some() && frame.module.is_some()
    });
    let module = main.filter(|_| apple)?.module_name()?;
    let program =
        !module.contains(".dylib") && !module.contains(".so") && !module.starts_with("com.apple.");
    program.then(|| module.to_ascii_lowercase())
}

/// An image that only its number tells: `image 14`.
pub(super) fn is_numbered(module: &str) -> bool {
    let number = module.strip_prefix("image ");
    number.is_some_and(|number| number.bytes().all(|byte| byte.is_ascii_digit()))
}

/// Whether a program lies where apps are installed.
pub(super) fn is_app_path(path: &str) -> bool {
    text::has(path, ".app/")
        && !path.starts_with("/System/")
        && !path.starts_with("/Applications/Xcode")
}
