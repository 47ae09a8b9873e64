//! What a thread is doing, from what the virtual machine says, its locks and its first frames.

use std::fmt;
use std::sync::LazyLock;

use aho_corasick::AhoCorasick;

use crate::frame::Frame;
use crate::model::{LockKind, Stack};
use crate::text;

/// What a thread is doing; the order is the one a reader wants.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Activity {
    /// It computes, or at least nothing says otherwise.
    Running,
    /// It cannot go on before somebody gives up a lock.
    Blocked,
    /// It called another process and waits for the answer.
    BinderCall,
    /// In native code that tells nothing more.
    Native,
    /// Waiting for input: epoll, select, a message queue, a socket.
    Polling,
    /// Sleeping for a time.
    Sleeping,
    /// Waiting to be woken: idle pool threads, condition variables, `Object.wait`.
    Parked,
    /// No frames and no state.
    Unknown,
}

impl Activity {
    /// In words, for a heading.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Running => "running",
            Self::Blocked => "waiting for a lock",
            Self::BinderCall => "in a binder call",
            Self::Native => "in native code",
            Self::Polling => "polling",
            Self::Sleeping => "sleeping",
            Self::Parked => "parked",
            Self::Unknown => "no stack",
        }
    }
}

impl fmt::Display for Activity {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.label())
    }
}

/// Words in the names of first frames. The first row that fits decides; the frame nearest the top asks first.
const SIGNS: &[(Activity, &[&str])] = &[
    (
        Activity::Blocked,
        &[
            "pthread_mutex_lock",
            "MutexLock",
            "Mutex::ExclusiveLock",
            "lll_lock_wait",
            "EnterCriticalSection",
            "NtWaitForAlertByThreadId",
            "_os_unfair_lock_lock",
            "os_unfair_lock",
            "psynch_mutexwait",
            "Monitor.Enter",
            "Monitor_Enter",
            "ReaderWriterMutex",
            "psynch_rw",
            "LockContended",
            "Monitor::Lock",
            "pthread_rwlock",
        ],
    ),
    (
        Activity::Polling,
        &[
            "nativePollOnce",
            "epoll_wait",
            "epoll_pwait",
            "ppoll",
            "pollOnce",
            "pollInner",
            "kevent",
            "mach_msg",
            "NtRemoveIoCompletion",
            "GetQueuedCompletionStatus",
            "NtUserGetMessage",
            "GetMessageW",
            "MsgWaitForMultiple",
            "SocketInputStream.socketRead",
            "recvfrom",
            "recvmsg",
            "__accept",
            "accept4",
            "SocketDispatcher.read",
            "PlainSocketImpl",
            "__select",
            "select$",
            "binder_",
            "IPCThreadState::talkWithDriver",
            "IPCThreadState::getAndExecuteCommand",
            "Selector",
            "read_$",
            "NtReadFile",
            "__ioctl",
            "FileObserver$ObserverThread.observe",
            "LocalSocketImpl",
            "__workq_kernreturn",
            "ALooper_poll",
            "Net.poll",
            "NET_Read",
            "sock_recv",
            "Linux.poll",
            "Posix.poll",
            "Linux.recvfrom",
        ],
    ),
    (
        Activity::Sleeping,
        &[
            "Thread.sleep",
            "VMThread.sleep",
            "nanosleep",
            "usleep",
            "SleepEx",
            "NtDelayExecution",
            "Thread_Sleep",
            "__semwait_signal",
            "FPlatformProcess::Sleep",
            "clock_nanosleep",
        ],
    ),
    (
        Activity::Parked,
        &[
            "Object.wait",
            "Unsafe.park",
            "LockSupport.park",
            "parkFor",
            "pthread_cond_wait",
            "pthread_cond_timedwait",
            "psynch_cvwait",
            "ConditionVariable",
            "futex",
            "sem_wait",
            "semaphore_wait",
            "semaphore_timedwait",
            "NtWaitForSingleObject",
            "WaitForSingleObject",
            "NtWaitForMultipleObjects",
            "WaitForMultipleObjects",
            "SleepConditionVariable",
            "FEvent",
            "Semaphore",
            "Monitor.Wait",
            "Monitor_Wait",
            "WaitHandle",
            "WaitOne",
            "ManualResetEvent",
            "NtWaitForWorkViaWorkerFactory",
            "__ulock_wait",
            "Daemons$",
            "ReferenceQueue.remove",
            "syscall$",
            "Monitor::Wait",
            "ZwWait",
            "TaskQueue",
            "SuspendCheck",
            "NtWaitForKeyedEvent",
            "dispatch_semaphore",
        ],
    ),
];

/// What a thread with this stack and state is doing.
pub(crate) fn of(stack: &Stack<'_>, state: Option<&str>) -> Activity {
    let mut locks = stack.locks.iter();
    if locks.any(|lock| lock.kind == LockKind::Wants && lock.frame == 0 && !is_parking(stack)) {
        return Activity::Blocked;
    }
    let state_activity = state_activity(state.unwrap_or_default());
    if matches!(state_activity, Some(Activity::Blocked | Activity::Sleeping)) {
        return state_activity.unwrap_or(Activity::Unknown);
    }
    if in_binder_call(stack) {
        return Activity::BinderCall;
    }
    if let Some(activity) = of_frames(stack) {
        return activity;
    }
    // A frame without a name, or the virtual machine's entry alone, is all that native threads show.
    let entry = stack.frames.first().is_some_and(|frame| {
        frame.raw.contains("NativeStart.")
            || (!frame.symbolicated())
            || frame.raw.contains("(Native ")
    });
    match state_activity {
        Some(activity) => activity,
        None if stack.frames.is_empty() => Activity::Unknown,
        None if entry => Activity::Native,
        None => Activity::Running,
    }
}

/// `- parking to wait for` is how idle pool threads look as well.
fn is_parking(stack: &Stack<'_>) -> bool {
    stack
        .frames
        .first()
        .is_some_and(|frame| frame.raw.contains("park"))
}

/// A call into another process waits in the driver like an idle binder thread does; the frames above tell them apart.
fn in_binder_call(stack: &Stack<'_>) -> bool {
    static CALLS: LazyLock<AhoCorasick> = LazyLock::new(|| {
        automaton([
            "BinderProxy.transact",
            "waitForResponse",
            "BpBinder::transact",
            "IPCThreadState::transact",
            "BpBinder8transact",
        ])
    });
    let mut frames = stack
        .frames
        .iter()
        .take(12)
        .filter_map(|frame| frame.function);
    frames.any(|function| CALLS.is_match(function))
}

/// The call into another process, where its frame names it: of `IPackageManager$Stub$Proxy.getInstalledPackages` below
/// `BinderProxy.transact` it is `IPackageManager.getInstalledPackages`.
pub(crate) fn binder_call(stack: &Stack<'_>) -> Option<String> {
    let sends = |frame: &Frame<'_>| {
        frame.function.is_some_and(|function| {
            function.ends_with("BinderProxy.transact")
                || function.ends_with("BinderProxy.transactNative")
                || text::has(function, "BpBinder::transact")
        })
    };
    let frames = stack
        .frames
        .get(..SEARCHED_FOR_CALL)
        .unwrap_or(&stack.frames);
    let sent = frames.iter().rposition(sends)?;
    let function = stack.frames.get(sent + 1)?.function?;
    if let Some((_, proxy)) = text::split_once(function, "::Bp") {
        return Some(format!("I{}", proxy.split('(').next().unwrap_or(proxy)));
    }
    let (class, method) = function.rsplit_once('.')?;
    let class = class.rsplit('.').next().unwrap_or(class);
    let known = class
        .strip_suffix("$Stub$Proxy")
        .or_else(|| class.strip_suffix("Proxy"))?;
    Some(format!("{known}.{method}"))
}

/// Frames that a call into another process is looked for in.
const SEARCHED_FOR_CALL: usize = 16;

/// Whether a thread waits for messages, as an idle main thread does.
pub(crate) fn is_looping(stack: &Stack<'_>) -> bool {
    let mut frames = stack
        .frames
        .iter()
        .take(8)
        .filter_map(|frame| frame.function);
    frames.any(|function| text::has(function, "MessageQueue.nativePollOnce"))
}

/// Searches for many words at once.
fn automaton<'w>(words: impl IntoIterator<Item = &'w str>) -> AhoCorasick {
    AhoCorasick::new(words).expect("a few hundred short words fit")
}

/// The words of [`SIGNS`], and the row of each; names that must be whole are looked up apart.
struct Signs {
    words: AhoCorasick,
    rows: Vec<usize>,
    whole: Vec<(&'static str, usize)>,
}

static SEARCHED: LazyLock<Signs> = LazyLock::new(|| {
    let all = || {
        SIGNS
            .iter()
            .enumerate()
            .flat_map(|(row, (_, signs))| signs.iter().map(move |sign| (*sign, row)))
    };
    let parts = || all().filter(|(sign, _)| !sign.ends_with('$'));
    Signs {
        words: automaton(parts().map(|(sign, _)| sign)),
        rows: parts().map(|(_, row)| row).collect(),
        whole: all()
            .filter_map(|(sign, row)| Some((sign.strip_suffix('$')?, row)))
            .collect(),
    }
});

/// The first row of [`SIGNS`] that a name fits.
fn row(function: &str) -> Option<usize> {
    let signs = &*SEARCHED;
    let words = signs
        .words
        .find_overlapping_iter(function)
        .map(|found| signs.rows[found.pattern().as_usize()])
        .min();
    let whole = signs
        .whole
        .iter()
        .filter(|(name, _)| *name == function)
        .map(|(_, row)| *row)
        .min();
    words.into_iter().chain(whole).min()
}

/// What the first frames show.
fn of_frames(stack: &Stack<'_>) -> Option<Activity> {
    // A lock is waited for through the same system call as a condition: the frames above tell which it is.
    let named = || {
        stack
            .frames
            .iter()
            .take(4)
            .filter_map(|frame| frame.function)
    };
    let rows: Vec<usize> = named().filter_map(row).collect();
    // The first row is that of locks.
    if rows.contains(&0) {
        return Some(Activity::Blocked);
    }
    rows.first().map(|&row| SIGNS[row].0)
}

/// What the virtual machine's word means.
fn state_activity(state: &str) -> Option<Activity> {
    let word = state.split([' ', '(']).next().unwrap_or_default();
    match word {
        "Blocked" | "BLOCKED" | "MONITOR" | "WaitingForMonitor" => Some(Activity::Blocked),
        "waiting" if state.contains("monitor entry") => Some(Activity::Blocked),
        "Sleeping" | "SLEEPING" | "sleeping" => Some(Activity::Sleeping),
        "Waiting" | "TimedWaiting" | "WAITING" | "TIMED_WAITING" | "WAIT" | "TIMED_WAIT" | "in"
        | "waiting" | "select" | "chan" | "sync.Cond.Wait" | "semacquire" | "VMWAIT" => {
            Some(Activity::Parked)
        }
        "Native" | "NATIVE" => Some(Activity::Native),
        "Runnable" | "RUNNABLE" | "runnable" => Some(Activity::Running),
        _ if word.starts_with("Waiting") => Some(Activity::Parked),
        _ => None,
    }
}
