//! OpenJ9: the head that it prints at a signal, and the same rows of its javacore.

use crate::code_tables::signal_name;
use crate::model::{Builder, Exception};
use crate::text;

/// `Type=Segmentation error vmState=0x00000000`, then numbers, registers and modules.
pub(super) fn line<'a>(out: &mut Builder<'a>, line: &'a str) -> bool {
    if let Some((kind, _)) = line
        .strip_prefix("Type=")
        .and_then(|rest| text::split_once(rest, " vmState="))
        .filter(|_| !out.has_frames())
    {
        out.section().exception = Exception {
            name: Some(kind),
            message: "",
        };
        out.cut();
        return true;
    }
    let known = match line.as_bytes()[0] {
        b'J' => line.starts_with("J9Generic_Signal") || line.starts_with("JVMDUMP"),
        b'W' => line.starts_with("Windows_ExceptionCode="),
        b'H' => line.starts_with("Handler1="),
        b'I' => line.starts_with("InaccessibleAddress"),
        b'S' => line.starts_with("Signal_") || line.starts_with("Symbol_address="),
        b'M' => line.starts_with("Module=") || line.starts_with("Module_base_address="),
        b'E' => line.starts_with("Error_Value") || line.starts_with("EFlags="),
        b'T' => line.starts_with("Target=") || line.starts_with("TRAPNO="),
        b'C' => line.starts_with("CPU="),
        b'R' => line.starts_with("RIP=") || line.starts_with("RDI=") || line.starts_with("RCX="),
        _ => false,
    };
    if known {
        values(out, line);
        out.cut();
    }
    known
}

/// `Signal_Number=0000000b … Signal_Code=00000001`, `InaccessibleAddress=0000000000000300`; javacores print a colon.
fn values<'a>(out: &mut Builder<'a>, line: &'a str) {
    let facts = &mut out.stack.facts;
    for word in line.split(' ') {
        let Some((label, value)) = word.split_once('=') else {
            continue;
        };
        match label {
            "Signal_Number" => {
                let number = text::hex(value).and_then(|number| i64::try_from(number).ok());
                facts.signal = number.and_then(signal_name).or(facts.signal);
            }
            "Signal_Code" => {
                let code = match (facts.signal, text::hex(value)) {
                    (Some("SIGSEGV"), Some(1)) => Some("SEGV_MAPERR"),
                    (Some("SIGSEGV"), Some(2)) => Some("SEGV_ACCERR"),
                    (_, Some(0x80)) => Some("SI_KERNEL"),
                    _ => None,
                };
                facts.code = facts.code.or(code);
            }
            "Windows_ExceptionCode" | "ExceptionCode" => facts.signal = Some(value),
            "InaccessibleAddress" | "InaccessibleReadAddress" | "InaccessibleWriteAddress" => {
                facts.fault_address = Some(value);
            }
            _ => {}
        }
    }
}
