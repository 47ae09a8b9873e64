//! The frames below the game's own: engines and systems, innermost first, as `symbol|file:line`;
//! a system frame without a file is `symbol|module`.

/// From an actor's tick down to the engine's loop.
pub(crate) const GAME_THREAD: &[&str] = &[
    "FActorComponentTickFunction::ExecuteTick(float, ELevelTick, ENamedThreads::Type, TRefCountPtr<FGraphEvent> const&)|Engine/Source/Runtime/Engine/Private/Actor.cpp:1012",
    "FTickFunctionTask::DoTask(ENamedThreads::Type, TRefCountPtr<FGraphEvent> const&)|Engine/Source/Runtime/Engine/Private/TickTaskManager.cpp:280",
    "TGraphTask<FTickFunctionTask>::ExecuteTask(TArray<FBaseGraphTask*>&, ENamedThreads::Type, bool)|Engine/Source/Runtime/Core/Public/Async/TaskGraphInterfaces.h:1265",
    "FBaseGraphTask::Execute(TArray<FBaseGraphTask*>&, ENamedThreads::Type, bool)|Engine/Source/Runtime/Core/Public/Async/TaskGraphInterfaces.h:840",
    "FNamedTaskThread::ProcessTasksNamedThread(int32, bool)|Engine/Source/Runtime/Core/Private/Async/TaskGraph.cpp:779",
    "FNamedTaskThread::ProcessTasksUntilQuit(int32)|Engine/Source/Runtime/Core/Private/Async/TaskGraph.cpp:668",
    "FTaskGraphImplementation::ProcessThreadUntilRequestReturn(ENamedThreads::Type)|Engine/Source/Runtime/Core/Private/Async/TaskGraph.cpp:2067",
    "FTaskGraphImplementation::WaitUntilTasksComplete(TArray<TRefCountPtr<FGraphEvent>> const&, ENamedThreads::Type)|Engine/Source/Runtime/Core/Private/Async/TaskGraph.cpp:2119",
    "FTickTaskSequencer::ReleaseTickGroup(ETickingGroup, bool)|Engine/Source/Runtime/Engine/Private/TickTaskManager.cpp:568",
    "FTickTaskManager::RunTickGroup(ETickingGroup, bool)|Engine/Source/Runtime/Engine/Private/TickTaskManager.cpp:1584",
    "UWorld::RunTickGroup(ETickingGroup, bool)|Engine/Source/Runtime/Engine/Private/LevelTick.cpp:772",
    "UWorld::Tick(ELevelTick, float)|Engine/Source/Runtime/Engine/Private/LevelTick.cpp:1519",
    "UGameEngine::Tick(float, bool)|Engine/Source/Runtime/Engine/Private/GameEngine.cpp:1782",
    "UStarGameEngine::Tick(float, bool)|Source/Starfall/Core/StarGameEngine.cpp:64",
    "FEngineLoop::Tick()|Engine/Source/Runtime/Launch/Private/LaunchEngineLoop.cpp:5215",
    "EngineTick()|Engine/Source/Runtime/Launch/Private/Launch.cpp:62",
    "GuardedMain(wchar_t const*)|Engine/Source/Runtime/Launch/Private/Launch.cpp:169",
];

/// A command of the render thread.
pub(crate) const RENDER_THREAD: &[&str] = &[
    "FStarSceneRenderer::Render(FRHICommandListImmediate&)|Source/StarRender/Private/StarSceneRenderer.cpp:340",
    "RenderViewFamily_RenderThread(FRHICommandListImmediate&, FSceneRenderer*)|Engine/Source/Runtime/Renderer/Private/SceneRendering.cpp:3712",
    "TGraphTask<TEnqueueUniqueRenderCommandType<FDrawSceneCommandName>>::ExecuteTask(TArray<FBaseGraphTask*>&, ENamedThreads::Type, bool)|Engine/Source/Runtime/Core/Public/Async/TaskGraphInterfaces.h:1265",
    "FBaseGraphTask::Execute(TArray<FBaseGraphTask*>&, ENamedThreads::Type, bool)|Engine/Source/Runtime/Core/Public/Async/TaskGraphInterfaces.h:840",
    "FNamedTaskThread::ProcessTasksNamedThread(int32, bool)|Engine/Source/Runtime/Core/Private/Async/TaskGraph.cpp:779",
    "FNamedTaskThread::ProcessTasksUntilQuit(int32)|Engine/Source/Runtime/Core/Private/Async/TaskGraph.cpp:668",
    "RenderingThreadMain(FEvent*)|Engine/Source/Runtime/RenderCore/Private/RenderingThread.cpp:372",
    "FRenderingThread::Run()|Engine/Source/Runtime/RenderCore/Private/RenderingThread.cpp:526",
    "FRunnableThreadPThread::Run()|Engine/Source/Runtime/Core/Private/HAL/PThreadRunnableThread.cpp:25",
    "FRunnableThreadPThread::_ThreadProc(void*)|Engine/Source/Runtime/Core/Private/HAL/PThreadRunnableThread.h:185",
];

/// A task of a worker thread.
pub(crate) const WORKER_THREAD: &[&str] = &[
    "TAsyncTaskBase<FStarAsyncWork>::DoWork()|Engine/Source/Runtime/Core/Public/Async/AsyncWork.h:283",
    "FQueuedThread::Run()|Engine/Source/Runtime/Core/Private/HAL/ThreadingBase.cpp:1140",
    "FQueuedThreadPoolBase::ReturnToPoolOrGetNextJob(FQueuedThread*)|Engine/Source/Runtime/Core/Private/HAL/ThreadingBase.cpp:1255",
    "FRunnableThreadPThread::Run()|Engine/Source/Runtime/Core/Private/HAL/PThreadRunnableThread.cpp:25",
    "FRunnableThreadPThread::_ThreadProc(void*)|Engine/Source/Runtime/Core/Private/HAL/PThreadRunnableThread.h:185",
];

/// Unity's player loop.
pub(crate) const UNITY_MAIN: &[&str] = &[
    "Action_Invoke_m5A038831CEB84A7E374FE59D43444412629F833F(Action_t*, MethodInfo const*)|Il2CppOutputProject/Source/il2cppOutput/GenericMethods.cpp:10882",
    "UnitySynchronizationContext_Exec_m2E1F7A9CA44D2C3A(UnitySynchronizationContext_t*, MethodInfo const*)|Il2CppOutputProject/Source/il2cppOutput/UnityEngine.CoreModule.cpp:30117",
    "RuntimeInvoker_TrueVoid_t(void (*)(), MethodInfo const*, void*, void**, void*)|Il2CppOutputProject/Source/il2cppOutput/Il2CppInvokerTable.cpp:35",
    "il2cpp::vm::Runtime::InvokeWithThrow(MethodInfo const*, void*, void**)|Il2CppOutputProject/IL2CPP/libil2cpp/vm/Runtime.cpp:627",
    "il2cpp::vm::Runtime::Invoke(MethodInfo const*, void*, void**, Il2CppException**)|Il2CppOutputProject/IL2CPP/libil2cpp/vm/Runtime.cpp:613",
    "il2cpp_runtime_invoke|Il2CppOutputProject/IL2CPP/libil2cpp/il2cpp-api.cpp:1203",
    "scripting_method_invoke(ScriptingMethodPtr, ScriptingObjectPtr, ScriptingArguments&, ScriptingExceptionPtr*, bool)|unity",
    "ScriptingInvocation::Invoke(ScriptingExceptionPtr*, bool)|unity",
    "MonoBehaviour::CallMethodIfAvailable(int)|unity",
    "MonoBehaviour::CallUpdateMethod(int)|unity",
    "BaseBehaviourManager::CommonUpdate<BehaviourManager>()|unity",
    "ExecutePlayerLoop(NativePlayerLoopSystem*)|unity",
    "PlayerLoop()|unity",
    "UnityPlayerLoop()|unity",
];

/// System frames at the bottom of an Android stack.
pub(crate) const ANDROID_NATIVE: &[&str] = &[
    "android_main|Engine/Source/Runtime/Launch/Private/Android/LaunchAndroid.cpp:583",
    "android_app_entry|Engine/Source/Runtime/Launch/Private/Android/android_native_app_glue.c:218",
    "__pthread_start(void*)|libc",
    "__start_thread|libc",
];
pub(crate) const IOS_NATIVE: &[&str] = &[
    "-[IOSAppDelegate MainAppThread:]|Engine/Source/Runtime/ApplicationCore/Private/IOS/IOSAppDelegate.cpp:357",
    "__NSThread__start__|Foundation",
    "_pthread_start|libsystem_pthread.dylib",
    "thread_start|libsystem_pthread.dylib",
];
pub(crate) const PC_NATIVE: &[&str] = &[
    "WinMain|Engine/Source/Runtime/Launch/Private/Windows/LaunchWindows.cpp:246",
    "__scrt_common_main_seh|vcruntime",
    "BaseThreadInitThunk|KERNEL32.DLL",
    "RtlUserThreadStart|ntdll.dll",
];

/// The Java main loop.
pub(crate) const JAVA_MAIN: &[&str] = &[
    "androidx.fragment.app.FragmentManager.dispatchStateChange|FragmentManager.java:2859",
    "androidx.fragment.app.FragmentController.dispatchResume|FragmentController.java:273",
    "androidx.lifecycle.LifecycleRegistry.handleLifecycleEvent|LifecycleRegistry.java:139",
    "android.app.Activity.performResume|Activity.java:9058",
    "android.app.Instrumentation.callActivityOnResume|Instrumentation.java:1639",
    "android.app.ActivityThread.performResumeActivity|ActivityThread.java:5471",
    "android.app.ActivityThread.handleResumeActivity|ActivityThread.java:5513",
    "android.app.servertransaction.ResumeActivityItem.execute|ResumeActivityItem.java:73",
    "android.app.servertransaction.TransactionExecutor.executeLifecycleState|TransactionExecutor.java:198",
    "android.app.servertransaction.TransactionExecutor.execute|TransactionExecutor.java:98",
    "android.app.ActivityThread$H.handleMessage|ActivityThread.java:2685",
    "android.os.Handler.dispatchMessage|Handler.java:107",
    "android.os.Looper.loopOnce|Looper.java:232",
    "android.os.Looper.loop|Looper.java:317",
    "android.app.ActivityThread.main|ActivityThread.java:8934",
    "java.lang.reflect.Method.invoke|Native Method",
    "com.android.internal.os.RuntimeInit$MethodAndArgsCaller.run|RuntimeInit.java:591",
    "com.android.internal.os.ZygoteInit.main|ZygoteInit.java:911",
];
/// A coroutine on a worker.
pub(crate) const JAVA_WORKER: &[&str] = &[
    "android.graphics.BitmapFactory.nativeDecodeStream|Native Method",
    "android.graphics.BitmapFactory.decodeStreamInternal|BitmapFactory.java:779",
    "android.graphics.BitmapFactory.decodeStream|BitmapFactory.java:744",
    "com.starfall.media.CoverLoader$load$2.invokeSuspend|CoverLoader.kt:41",
    "kotlin.coroutines.jvm.internal.BaseContinuationImpl.resumeWith|ContinuationImpl.kt:33",
    "kotlinx.coroutines.DispatchedTask.run|DispatchedTask.kt:104",
    "kotlinx.coroutines.internal.LimitedDispatcher$Worker.run|LimitedDispatcher.kt:111",
    "kotlinx.coroutines.scheduling.TaskImpl.run|Tasks.kt:99",
    "kotlinx.coroutines.scheduling.CoroutineScheduler.runSafely|CoroutineScheduler.kt:585",
    "kotlinx.coroutines.scheduling.CoroutineScheduler.executeTask|CoroutineScheduler.kt:802",
    "kotlinx.coroutines.scheduling.CoroutineScheduler$Worker.executeTask|CoroutineScheduler.kt:706",
    "kotlinx.coroutines.scheduling.CoroutineScheduler$Worker.runWorker|CoroutineScheduler.kt:693",
    "kotlinx.coroutines.scheduling.CoroutineScheduler$Worker.run|CoroutineScheduler.kt:684",
    "java.lang.Thread.run|Thread.java:1012",
    "java.util.concurrent.ThreadPoolExecutor.runWorker|ThreadPoolExecutor.java:1145",
    "java.util.concurrent.ThreadPoolExecutor$Worker.run|ThreadPoolExecutor.java:644",
    "android.os.HandlerThread.run|HandlerThread.java:85",
];

/// Frames that throw an Objective-C exception, and those of the main run loop.
pub(crate) const OBJC_RAISE: &[&str] = &[
    "__exceptionPreprocess|CoreFoundation",
    "objc_exception_throw|libobjc.A.dylib",
    "-[NSOrderedSet initWithSet:copyItems:]|CoreFoundation",
    "___forwarding___|CoreFoundation",
    "_CF_forwarding_prep_0|CoreFoundation",
];
pub(crate) const APPLE_MAIN: &[&str] = &[
    "__CFRUNLOOP_IS_CALLING_OUT_TO_AN_OBSERVER_CALLBACK_FUNCTION__|CoreFoundation",
    "__CFRunLoopDoObservers|CoreFoundation",
    "_dispatch_call_block_and_release|libdispatch.dylib",
    "_dispatch_client_callout|libdispatch.dylib",
    "_dispatch_main_queue_drain|libdispatch.dylib",
    "_dispatch_main_queue_callback_4CF|libdispatch.dylib",
    "__CFRUNLOOP_IS_SERVICING_THE_MAIN_DISPATCH_QUEUE__|CoreFoundation",
    "__CFRunLoopRun|CoreFoundation",
    "CFRunLoopRunSpecific|CoreFoundation",
    "GSEventRunModal|GraphicsServices",
    "-[UIApplication _run]|UIKitCore",
    "UIApplicationMain|UIKitCore",
    "main|Engine/Source/Runtime/Launch/Private/IOS/LaunchIOS.cpp:508",
    "start|dyld",
];

/// Frames above the game's own, by fault.
pub(crate) const ASSERT: &[&str] = &[
    "FDebug::CheckVerifyFailedImpl2(char const*, char const*, int32, wchar_t const*, ...)|Engine/Source/Runtime/Core/Private/Misc/AssertionMacros.cpp:683",
    "FDebug::AssertFailed(char const*, char const*, int32, wchar_t const*, ...)|Engine/Source/Runtime/Core/Private/Misc/AssertionMacros.cpp:482",
];
pub(crate) const OUT_OF_MEMORY: &[&str] = &[
    "FGenericPlatformMemory::OnOutOfMemory(uint64, uint32)|Engine/Source/Runtime/Core/Private/GenericPlatform/GenericPlatformMemory.cpp:218",
    "FMallocBinned2::MallocExternal(unsigned long, uint32)|Engine/Source/Runtime/Core/Private/HAL/MallocBinned2.cpp:733",
    "FMemory::Malloc(unsigned long, uint32)|Engine/Source/Runtime/Core/Public/HAL/FMemory.inl:105",
];

/// The loop that runs Lua.
pub(crate) const LUA: &[&str] = &[
    "[C]|in function 'xpcall':0",
    "Script/Core/SafeCall.lua|in function 'SafeCall.Run':19",
    "Script/Core/Timer.lua|in method 'Fire':66",
    "Script/Core/Timer.lua|in method 'Tick':91",
    "Script/Core/Scheduler.lua|in upvalue 'step':143",
    "Script/Core/Scheduler.lua|in method 'Update':120",
    "Script/Game/GameLoop.lua|in function 'GameLoop.OnFrame':57",
    "Script/Game/Main.lua|in function <Script/Game/Main.lua:24>:31",
    "[C]|in function 'xpcall':0",
    "[C]|in ?:0",
];
/// The loop that runs C#.
pub(crate) const CSHARP: &[&str] = &[
    "Starfall.Core.TaskRunner:Step()|Assets/Scripts/Core/TaskRunner.cs:88",
    "Starfall.Core.TaskRunner:Update()|Assets/Scripts/Core/TaskRunner.cs:52",
    "Starfall.Core.UIRoot:Dispatch(UIEvent)|Assets/Scripts/Core/UIRoot.cs:140",
    "Starfall.Core.UIRoot:Update()|Assets/Scripts/Core/UIRoot.cs:73",
    "UnityEngine.Events.InvokableCall:Invoke()|/Users/bokken/build/output/unity/unity/Runtime/Export/UnityEvent/UnityEvent.cs:178",
    "UnityEngine.Events.UnityEvent:Invoke()|/Users/bokken/build/output/unity/unity/Runtime/Export/UnityEvent/UnityEvent.cs:58",
    "UnityEngine.EventSystems.ExecuteEvents:Execute(GameObject, BaseEventData, EventFunction`1)|Library/PackageCache/com.unity.ugui/Runtime/EventSystem/ExecuteEvents.cs:272",
    "UnityEngine.EventSystems.StandaloneInputModule:ProcessTouchPress(PointerEventData, Boolean, Boolean)|Library/PackageCache/com.unity.ugui/Runtime/EventSystem/InputModules/StandaloneInputModule.cs:286",
    "UnityEngine.EventSystems.StandaloneInputModule:Process()|Library/PackageCache/com.unity.ugui/Runtime/EventSystem/InputModules/StandaloneInputModule.cs:241",
    "UnityEngine.EventSystems.EventSystem:Update()|Library/PackageCache/com.unity.ugui/Runtime/EventSystem/EventSystem.cs:501",
];
/// The loop that runs JavaScript.
pub(crate) const JAVASCRIPT: &[&str] = &[
    "EventEmitter.emit|webview/common/emitter.js:47",
    "Scene.update|webview/common/scene.js:91",
    "Scheduler.flush|webview/common/scheduler.js:63",
    "Scheduler.tick|webview/common/scheduler.js:38",
    "step|webview/common/async.js:12",
    "Object.next|webview/common/async.js:29",
    "fulfilled|webview/common/async.js:5",
    "Loop.frame|webview/common/loop.js:20",
    "Loop.run|webview/common/loop.js:33",
    "bootstrap|webview/common/main.js:8",
];
