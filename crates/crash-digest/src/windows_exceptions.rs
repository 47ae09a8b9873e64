//! What Windows calls the code that a program ended with.

/// An exception of Windows by its code in hexadecimal, with or without `0x`.
pub(crate) fn windows_exception(code: &str) -> Option<&'static str> {
    let code = crate::text::hex(code)?;
    Some(match code {
        0xc000_0005 => "EXCEPTION_ACCESS_VIOLATION",
        0xc000_0006 => "EXCEPTION_IN_PAGE_ERROR",
        0xc000_0008 => "EXCEPTION_INVALID_HANDLE",
        0xc000_0017 => "STATUS_NO_MEMORY",
        0xc000_001d => "EXCEPTION_ILLEGAL_INSTRUCTION",
        0xc000_0025 => "EXCEPTION_NONCONTINUABLE_EXCEPTION",
        0xc000_008c => "EXCEPTION_ARRAY_BOUNDS_EXCEEDED",
        0xc000_008e => "EXCEPTION_FLT_DIVIDE_BY_ZERO",
        0xc000_0090 => "EXCEPTION_FLT_INVALID_OPERATION",
        0xc000_0094 => "EXCEPTION_INT_DIVIDE_BY_ZERO",
        0xc000_0095 => "EXCEPTION_INT_OVERFLOW",
        0xc000_0096 => "EXCEPTION_PRIV_INSTRUCTION",
        0xc000_00fd => "EXCEPTION_STACK_OVERFLOW",
        0xc000_012d => "STATUS_COMMITMENT_LIMIT",
        0xc000_0135 => "STATUS_DLL_NOT_FOUND",
        0xc000_0139 => "STATUS_ENTRYPOINT_NOT_FOUND",
        0xc000_0142 => "STATUS_DLL_INIT_FAILED",
        0xc000_0194 => "STATUS_POSSIBLE_DEADLOCK",
        0xc000_0374 => "STATUS_HEAP_CORRUPTION",
        0xc000_0409 => "STATUS_STACK_BUFFER_OVERRUN",
        0xc000_0417 => "STATUS_INVALID_CRUNTIME_PARAMETER",
        0xc000_0420 => "STATUS_ASSERTION_FAILURE",
        0xc000_0602 => "STATUS_FAIL_FAST_EXCEPTION",
        0x8000_0002 => "EXCEPTION_DATATYPE_MISALIGNMENT",
        0x8000_0003 => "EXCEPTION_BREAKPOINT",
        0x8000_0004 => "EXCEPTION_SINGLE_STEP",
        0xc06d_007e => "module not found (0xc06d007e)",
        0xc06d_007f => "procedure not found (0xc06d007f)",
        0xe043_4352 => "CLR exception (0xe0434352)",
        0xe06d_7363 => "C++ exception (0xe06d7363)",
        _ => return None,
    })
}
