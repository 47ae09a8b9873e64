//! The other threads: their waits, and the lock chain of one ANR.

use std::fmt::Write as _;

use super::base_frames;
use super::context::{Attachment, Context, FileType};
use super::notation;
use crate::issues::Quirk;
use crate::projects::Platform;

/// Threads of the chain behind `main`: name and number. Each waits for the next one's lock; the
/// last one is busy.
const CHAIN: [(&str, u64); 3] = [
    ("AssetLoader-1", 27),
    ("PatchInstaller", 31),
    ("SaveWriter", 35),
];

/// Frames of a waiting thread.
const ANDROID_WAIT: &[&str] = &[
    "syscall|libc",
    "__futex_wait_ex(void volatile*, bool, int, bool, timespec const*)|libc",
    "pthread_cond_wait|libc",
];
const IOS_WAIT: &[&str] = &[
    "__psynch_cvwait|libsystem_kernel.dylib",
    "_pthread_cond_wait|libsystem_pthread.dylib",
];
const PC_WAIT: &[&str] = &[
    "ZwWaitForAlertByThreadId|ntdll.dll",
    "SleepConditionVariableSRW|KERNELBASE.dll",
];

/// Single engine threads, with their frame.
const ENGINE: &[(&str, &str)] = &[
    (
        "GameThread",
        "FEngineLoop::Tick()|Engine/Source/Runtime/Launch/Private/LaunchEngineLoop.cpp:5215",
    ),
    (
        "RenderThread 1",
        "FRenderingThread::Run()|Engine/Source/Runtime/RenderCore/Private/RenderingThread.cpp:526",
    ),
    (
        "RHIThread",
        "FRHIThread::Run()|Engine/Source/Runtime/RenderCore/Private/RenderingThread.cpp:320",
    ),
    (
        "AudioMixerRenderThread(1)",
        "Audio::FOutputBuffer::MixNextBuffer()|Engine/Source/Runtime/AudioMixerCore/Private/AudioMixer.cpp:164",
    ),
    (
        "FAsyncLoadingThread",
        "FAsyncLoadingThread::Run()|Engine/Source/Runtime/CoreUObject/Private/Serialization/AsyncLoading.cpp:4020",
    ),
    (
        "IoService",
        "FIoDispatcherImpl::Run()|Engine/Source/Runtime/Core/Private/IO/IoDispatcher.cpp:655",
    ),
    (
        "HttpManagerThread",
        "FHttpThread::Run()|Engine/Source/Runtime/Online/HTTP/Private/HttpThread.cpp:148",
    ),
    (
        "StarNetThread",
        "FStarNetThread::Run()|Source/StarNet/Private/StarNetThread.cpp:77",
    ),
    (
        "StarVoiceEngine",
        "FStarVoiceEngine::Run()|Source/StarVoice/Private/StarVoiceEngine.cpp:92",
    ),
    (
        "StatsThread",
        "FStatsThread::Run()|Engine/Source/Runtime/Core/Private/Stats/Stats2.cpp:1010",
    ),
    (
        "OnlineAsyncTaskThread",
        "FOnlineAsyncTaskManager::Run()|Engine/Plugins/Online/OnlineSubsystem/Source/Private/OnlineAsyncTaskManager.cpp:66",
    ),
];
/// Engine threads there are several of.
const POOLS: &[(&str, &str)] = &[
    (
        "TaskGraphThreadNP",
        "FTaskThreadAnyThread::ProcessTasks()|Engine/Source/Runtime/Core/Private/Async/TaskGraph.cpp:1086",
    ),
    (
        "PoolThread",
        "FQueuedThread::Run()|Engine/Source/Runtime/Core/Private/HAL/ThreadingBase.cpp:1140",
    ),
    (
        "TaskGraphThreadHP",
        "FTaskThreadAnyThread::ProcessTasks()|Engine/Source/Runtime/Core/Private/Async/TaskGraph.cpp:1086",
    ),
];

const OBJECT_WAIT: &str =
    "java.lang.Object.wait(Native Method)\njava.lang.Object.wait(Object.java:442)\n";
const POOL_WAIT: &str = "jdk.internal.misc.Unsafe.park(Native Method)\njava.util.concurrent.locks.LockSupport.park(LockSupport.java:341)\njava.util.concurrent.LinkedBlockingQueue.take(LinkedBlockingQueue.java:435)\njava.util.concurrent.ThreadPoolExecutor.getTask(ThreadPoolExecutor.java:1081)\njava.util.concurrent.ThreadPoolExecutor.runWorker(ThreadPoolExecutor.java:1145)\njava.util.concurrent.ThreadPoolExecutor$Worker.run(ThreadPoolExecutor.java:644)\njava.lang.Thread.run(Thread.java:1012)\n";
const LOOPER_WAIT: &str = "android.os.MessageQueue.nativePollOnce(Native Method)\nandroid.os.MessageQueue.next(MessageQueue.java:335)\nandroid.os.Looper.loopOnce(Looper.java:162)\nandroid.os.Looper.loop(Looper.java:294)\nandroid.os.HandlerThread.run(HandlerThread.java:67)\n";
const SOCKET_WAIT: &str = "java.net.SocketInputStream.socketRead0(Native Method)\njava.net.SocketInputStream.read(SocketInputStream.java:190)\nokio.InputStreamSource.read(JvmOkio.kt:93)\nokhttp3.internal.http2.Http2Reader.nextFrame(Http2Reader.kt:89)\nokhttp3.internal.http2.Http2Connection$ReaderRunnable.invoke(Http2Connection.kt:618)\njava.lang.Thread.run(Thread.java:1012)\n";

/// Java threads of every Android process: name, number, stack.
const JAVA: &[(&str, u64, &str)] = &[
    ("Signal Catcher", 3, "(native thread)\n"),
    (
        "HeapTaskDaemon",
        4,
        "dalvik.system.VMRuntime.runHeapTasks(Native Method)\njava.lang.Daemons$HeapTaskDaemon.runInternal(Daemons.java:687)\njava.lang.Daemons$Daemon.run(Daemons.java:131)\njava.lang.Thread.run(Thread.java:1012)\n",
    ),
    ("ReferenceQueueDaemon", 5, OBJECT_WAIT),
    ("FinalizerDaemon", 6, OBJECT_WAIT),
    ("FinalizerWatchdogDaemon", 7, OBJECT_WAIT),
    ("Binder:4883_1", 8, "(native thread)\n"),
    ("Binder:4883_2", 9, "(native thread)\n"),
    ("Profile Saver", 11, "(native thread)\n"),
    ("OkHttp ConnectionPool", 15, POOL_WAIT),
    ("OkHttp push.starfall.example", 16, SOCKET_WAIT),
    ("crashsightThread-1", 18, POOL_WAIT),
    ("crashsightThread-2", 19, POOL_WAIT),
    ("DefaultDispatcher-worker-1", 21, POOL_WAIT),
    ("DefaultDispatcher-worker-2", 22, POOL_WAIT),
    ("PatchDownloader", 24, LOOPER_WAIT),
    (
        "FileObserver",
        25,
        "android.os.FileObserver$ObserverThread.observe(Native Method)\nandroid.os.FileObserver$ObserverThread.run(FileObserver.java:116)\n",
    ),
];

/// A file per thread, the crashed one first.
pub(crate) fn dump(context: &Context<'_>) -> Vec<Attachment> {
    let crashed = context.issue.spec.thread;
    let mut files = vec![thread(context.thread_name(), context.stack())];
    if context.platform() == Platform::Android {
        if crashed != "main" {
            files.push(thread(
                "main(1)".to_owned(),
                notation::java(&base_frames::JAVA_MAIN[11..]),
            ));
        }
        let java = JAVA
            .iter()
            .map(|(name, id, stack)| thread(format!("{name}({id})"), (*stack).to_owned()));
        files.extend(java);
    }
    if context.issue.spec.quirk == Quirk::LockChain {
        files.extend((0..CHAIN.len()).map(|link| chain_thread(context, link)));
    }
    let mut draws = context.draws(20);
    let mut id = context.process_id() + 40;
    for (name, frame) in ENGINE.iter().filter(|(name, _)| *name != crashed) {
        id += draws.between(1, 9);
        files.push(thread(format!("{name}({id})"), waiting(context, frame)));
    }
    for (name, frame) in POOLS {
        for number in 0..draws.between(4, 14) {
            id += 1;
            let name = format!("{name} {number}");
            if name != crashed {
                files.push(thread(format!("{name}({id})"), waiting(context, frame)));
            }
        }
    }
    files
}

fn thread(name: String, content: String) -> Attachment {
    Attachment {
        name,
        kind: FileType::Thread,
        content,
    }
}

/// A native thread that waits for work.
fn waiting(context: &Context<'_>, frame: &'static str) -> String {
    let (wait, base) = match context.platform() {
        Platform::Android | Platform::Harmony => (ANDROID_WAIT, &base_frames::ANDROID_NATIVE[2..]),
        Platform::Ios => (IOS_WAIT, &base_frames::IOS_NATIVE[2..]),
        Platform::Pc => (PC_WAIT, &base_frames::PC_NATIVE[2..]),
    };
    let event = "FPThreadEvent::Wait(uint32, bool)|Engine/Source/Runtime/Core/Private/HAL/PThreadEvent.cpp:88";
    let frames = wait.iter().chain([&event, &frame]).chain(base);
    let mut text = String::new();
    for (position, frame) in frames.enumerate() {
        text += &notation::native(context, position, frame, true);
        text.push('\n');
    }
    text
}

/// The main thread of an Android ANR, as `traces.txt` has it.
pub(crate) fn blocked_main(context: &Context<'_>) -> String {
    let spec = context.issue.spec;
    let state = match spec.quirk {
        Quirk::LockChain => "Blocked",
        _ => "Native",
    };
    let mut text = format!(
        "\"main\" prio=5 tid=1 {state}\n  | group=\"main\" sCount=1 ucsCount=0 flags=1 obj=0x71c5a9f8 self=0xb400007a1c810be0\n  | sysTid={} nice=-10 cgrp=top-app sched=0/0 handle=0x7b0e5a94f8\n  | state=S schedstat=( {} 0 0 ) utm=812 stm=204 core=5 HZ=100\n",
        context.process_id(),
        context.draws(21).between(1_000_000_000, 9_999_999_999),
    );
    if spec.quirk != Quirk::LockChain {
        text += "  native: #00 pc 00000000000d1c98 /apex/com.android.runtime/lib64/bionic/libc.so (fdatasync+8)\n";
    }
    for (position, frame) in spec
        .frames
        .iter()
        .chain(&base_frames::JAVA_MAIN[3..])
        .enumerate()
    {
        let (symbol, place) = frame.split_once('|').unwrap_or((frame, ""));
        let _ = writeln!(text, "  at {symbol}({place})");
        if position == 0 && spec.quirk == Quirk::LockChain {
            text += &lock_line(context, 0);
        }
    }
    text
}

/// One of the threads behind `main`.
fn chain_thread(context: &Context<'_>, link: usize) -> Attachment {
    let (name, id) = CHAIN.get(link).copied().unwrap_or(("", 0));
    let last = link + 1 == CHAIN.len();
    let state = if last { "Native" } else { "Blocked" };
    let mut text = format!("\"{name}\" prio=5 tid={id} {state}\n");
    let frames: [&str; 3] = match link {
        0 => [
            "com.starfall.asset.AssetIndex.lookup(AssetIndex.java:88)",
            "com.starfall.asset.AssetStore.load(AssetStore.java:175)",
            "com.starfall.asset.AssetLoader.run(AssetLoader.java:52)",
        ],
        1 => [
            "com.starfall.download.PatchInstaller.commit(PatchInstaller.kt:140)",
            "com.starfall.download.PatchInstaller.install(PatchInstaller.kt:97)",
            "com.starfall.download.PatchInstaller.run(PatchInstaller.kt:61)",
        ],
        _ => [
            "java.io.FileDescriptor.sync(Native Method)",
            "com.starfall.save.SaveWriter.flush(SaveWriter.java:133)",
            "com.starfall.save.SaveWriter.run(SaveWriter.java:74)",
        ],
    };
    for (position, frame) in frames.into_iter().enumerate() {
        let _ = writeln!(text, "  at {frame}");
        if position == 0 {
            if !last {
                text += &lock_line(context, link + 1);
            }
            let _ = writeln!(
                text,
                "  - locked <0x{:08x}> (a java.lang.Object)",
                lock(context, link)
            );
        }
    }
    text += "  at java.lang.Thread.run(Thread.java:1012)\n";
    thread(format!("{name}({id})"), text)
}

/// `- waiting to lock <0x…> … held by thread N`, for the lock of this link of the chain.
pub(crate) fn lock_line(context: &Context<'_>, link: usize) -> String {
    let holder = CHAIN.get(link).map_or(0, |(_, id)| *id);
    format!(
        "  - waiting to lock <0x{:08x}> (a java.lang.Object) held by thread {holder}\n",
        lock(context, link)
    )
}

/// The address of the lock of one link of the chain.
fn lock(context: &Context<'_>, link: usize) -> u64 {
    0x0a00_0000
        + context
            .draws(22 + u64::try_from(link).unwrap_or(0))
            .between(0, 0xff_ffff)
}
