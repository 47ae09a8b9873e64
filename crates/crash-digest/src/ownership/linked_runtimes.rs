//! Runtimes that are linked into an app's own program: Kotlin/Native's and Mono's, by their functions and source files.

use crate::frame::Frame;
use crate::model::Stack;
use crate::name_table::NameTable;
use crate::text;

/// Kotlin/Native's functions by names that only it has.
#[rustfmt::skip]
static KOTLIN: NameTable = NameTable::new(&[
    "Konan*", "Kotlin_*", "_Konan_*", "kotlin::*", "Init_and_run_start", "AllocInstanceStrict", "AllocInstanceRelaxed", "AllocArrayInstance*",
    "InitSharedInstance*", "InitThreadLocalSingleton*", "InitSingletonStrict", "InitSingletonRelaxed", "InitInstanceStrict", "InitInstanceRelaxed",
    "UpdateHeapRef*", "UpdateReturnRef*", "UpdateStackRef*", "SetHeapRef*", "SetStackRef*", "ZeroHeapRef*", "ZeroStackRef*", "ReleaseHeapRef*",
    "EnterFrameStrict", "EnterFrameRelaxed", "LeaveFrameStrict", "LeaveFrameRelaxed", "FreezeSubgraph", "EnsureNeverFrozen", "CheckGlobalsAccessible",
    "ThrowInvalidMutabilityException", "ThrowIncorrectDereferenceException", "ThrowFreezingException", "ThrowFileFailedToInitializeException",
    "TerminateWithUnhandledException*", "ReportUnhandledException", "DeallocateContainer*", "_InitAndRegisterGlobal", "InitAndRegisterGlobal",
    "ExceptionObjHolder::*", "ExceptionObjHolderImpl::*", "KRefSharedHolder::*", "BackRefFromAssociatedObject::*", "ObjHeader::*", "WorkerLaunchpad",
    "-[KotlinBase *", "+[KotlinBase *", "-[KotlinNumber *", "+[KotlinNumber *", "-[KotlinObjCWrapper*", "-[NSObject(NSObjectToKotlin) *",
    "-[NSString(NSStringToKotlin) *", "-[KListAsNSArray *", "-[KMapAsNSDictionary *", "-[KSetAsNSSet *", "-[KIteratorAsNSEnumerator *",
]);

/// Its functions whose names others could have as well.
#[rustfmt::skip]
static KOTLIN_BESIDE: NameTable = NameTable::new(&[
    "AllocInstance", "InitInstance", "InitSingleton", "EnterFrame", "LeaveFrame", "MutationCheck", "ThrowException", "ThrowNullPointerException",
    "ThrowIllegalStateException*", "ThrowIllegalArgumentException*", "ThrowArrayIndexOutOfBoundsException", "ThrowClassCastException",
    "ThrowTypeCastException", "ThrowArithmeticException", "ThrowNumberFormatException", "ThrowOutOfMemoryError", "ThrowNotImplementedError",
    "ThrowNoWhenBranchMatchedException", "ThrowUninitializedPropertyAccessException", "ThrowKotlinNothingValueException", "garbageCollect*", "initRuntime",
    "deinitRuntime", "initInstance", "allocInstance", "allocArrayInstance", "updateHeapRef*", "freeContainer", "scheduleDestroyContainer",
    "collectWhite*", "markGray*", "scanBlack*", "collectRoots*", "markRoots*", "scanRoots*", "decrementStack*", "processDecrements*", "processFinalizerQueue*",
    "releaseRef*", "addRef*", "freezeCyclic", "freezeAcyclic", "runDeallocationHooks*", "workerRoutine", "convertAndRetain*", "Worker::*", "State::*",
    "objc2kotlin_virtual*", "objc2kotlin_kfun*kotlin.*",
]);

/// Mono's functions in a program that its compiler made ahead of time, and Xamarin's between it and the system.
#[rustfmt::skip]
static MONO: NameTable = NameTable::new(&[
    "sigabrt_signal_handler", "sigusr1_signal_handler", "sigusr2_signal_handler", "sigprof_signal_handler", "monotouch_*", "xamarin_*", "monodroid_*",
    "wrapper_runtime_invoke_*", "wrapper_managed_to_native_*", "wrapper_native_to_managed_*", "wrapper_delegate_invoke_*", "wrapper_alloc_*",
    "wrapper_castclass_*", "wrapper_stelemref_*", "wrapper_write_barrier_*", "plt_System_*", "plt__jit_icall_*", "plt__rgctx_*", "plt_wrapper_*",
    "sgen_*", "interp_exec_method*", "do_icall*", "throw_exception", "ves_icall_*", "System_Collections_*", "System_Threading_*", "System_Linq_*",
    "System_Reflection_*", "System_Runtime_*", "System_IO_*", "System_Net_*", "System_Text_*", "System_Globalization_*", "System_Diagnostics_*",
    "System_Xml_*", "System_Data_*", "System_Exception*", "System_NullReferenceException*", "System_String_*", "System_Array_*", "System_Object_*",
    "System_Delegate_*", "System_MulticastDelegate_*", "System_AppDomain_*", "Microsoft_Maui_*", "Microsoft_Extensions_*",
]);

/// Source files of both.
#[rustfmt::skip]
static FILES: NameTable = NameTable::new(&[
    "mini-posix.c", "mini-exceptions.c", "mini-runtime.c", "mini-darwin.c", "mini-trampolines.c", "mini-generic-sharing.c", "mini-arm*.c", "mini-x86*.c",
    "mini-amd64*.c", "mini-gc.c", "mini-codegen.c", "mini-native-types.c", "mini-wasm*.c", "exceptions-arm*.c", "exceptions-amd64.c", "exceptions-x86.c",
    "tramp-arm*.c", "tramp-amd64.c", "tramp-x86.c", "aot-runtime.c", "mono-threads*.c", "mono-error.c", "mono-mmap.c", "mono-debug.c", "mono-logger.c",
    "mono-log-*.c", "mono-dl*.c", "mono-hwcap*.c", "mono-coop-*.c", "mono-state.c", "sgen-*.c", "sgen-*.h", "monotouch-glue.m", "monotouch-main.m",
    "monodroid-glue.c*", "xamarin-support.m", "coree.c", "marshal-ilgen.c", "method-builder*.c",
]);

/// What may run in a stack, as far as its frames show.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct LinkedRuntimes {
    kotlin: bool,
    mono: bool,
}

impl LinkedRuntimes {
    /// Of the stack's frames and of those beside it.
    pub(super) fn of(stack: &Stack<'_>) -> Self {
        let mut seen = Self::default();
        let related = stack.related.iter().flat_map(|related| &related.frames);
        for frame in stack.frames.iter().chain(related) {
            let Some(name) = frame.function else {
                continue;
            };
            seen.kotlin |= name.starts_with('k') && name.starts_with("kfun:")
                || name.starts_with(['K', 'k', '(', '-', '+']) && KOTLIN.has(bare(name));
            seen.mono |= name.starts_with(['m', 'x', 'w'])
                && ["mono_", "monotouch_", "xamarin_", "wrapper_"]
                    .iter()
                    .any(|start| name.starts_with(start));
        }
        seen
    }

    /// Whether a native frame is of one of them.
    pub(super) fn has(self, frame: &Frame<'_>, name: &str) -> bool {
        let name = bare(name);
        self.kotlin && (KOTLIN.has(name) || frame.file.is_none() && KOTLIN_BESIDE.has(name))
            || self.mono
                && (MONO.has(name)
                    || frame
                        .file
                        .is_some_and(|file| FILES.has(text::base_name(file))))
    }
}

/// A name without the namespace that has none.
fn bare(name: &str) -> &str {
    name.strip_prefix("(anonymous namespace)::").unwrap_or(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_entry_stands_twice() {
        for table in [&KOTLIN, &KOTLIN_BESIDE, &MONO, &FILES] {
            let entries = table.entries();
            for (at, entry) in entries.iter().enumerate() {
                assert!(!entries[..at].contains(entry), "{entry}");
            }
        }
    }
}
