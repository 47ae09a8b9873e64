//! What everybody's code is called: the tables behind `ownership::OwnershipRules::class`.
//!
//! A trailing `*` means "starts with". Names are for reading (`names::short`): no parameters, no template arguments.

use crate::name_table::NameTable;
use crate::text;

/// Frames that raise, report, allocate or copy: they say how it died, never why.
#[rustfmt::skip]
pub(super) static PLUMBING: NameTable = NameTable::new(&[
    // C library and kernel: `abort` and friends are where every assertion ends.
    "base::debug::*", "LogStackTrace", "BuildStackTrace", "UnhandledFilter", "abort", "raise", "gsignal", "tgkill", "__pthread_kill*", "pthread_kill", "__rt_sigreturn*",
    "lambda_method*", "__kernel_rt_sigreturn*", "_sigtramp", "__restore_rt", "__assert*", "_wassert", "common_assert<*", "common_assert_to_*", "__android_log_assert", "__fortify_fatal",
    "__fortify_chk_fail", "__fortify_fail*", "__stack_chk_fail", "__libc_fatal", "__abort_message", "abort_message", "async_safe_fatal*",
    "__sanitizer*", "__asan*", "__tsan*", "__msan*", "__ubsan*", "__libc_message*", "__interceptor_*", "exit", "_exit", "__exit_group", "syscall", "malloc", "free",
    "calloc", "realloc", "memalign", "posix_memalign", "aligned_alloc", "operator new*", "operator delete*", "je_*",
    "scudo*", "dlmalloc*", "dlfree*", "_int_malloc", "_int_free", "malloc_*", "tcache_*", "nanov2_*", "szone_*",
    "tiny_*", "small_free*", "free_list_*", "__bionic_*malloc*", "gwp_asan*", "strdup", "strndup", "memcpy", "memmove", "memset", "memcmp",
    "strlen", "strcpy", "strcmp", "strncpy", "__memcpy*", "__memmove*", "__memset*", "__strlen*", "__memcmp*", "__strcmp*", "__strncmp*", "__strcpy*", "_platform_mem*",
    "_platform_str*", "memcpy_*", "objc_msgSend*", "___forwarding___", "-[NSObject(NSObject) doesNotRecognizeSelector:]",
    // C++, Objective-C, Swift, Rust.
    "__cxa_*", "__gxx_personality*", "_Unwind_*", "unw_*", "backtrace", "backtrace_symbols*", "std::terminate", "std::__terminate", "std::rethrow_exception",
    "demangling_terminate_handler", "__throw_*", "std::__throw_*", "_objc_terminate", "objc_exception_*",
    "__exceptionPreprocess", "+[NSException raise*", "-[NSException raise*", "_assertionFailure",
    "swift_unexpectedError", "Swift._assertionFailure*", "Swift runtime failure*", "_swift_runtime*",
    "__gnu_cxx::__verbose_terminate_handler", "__cxxabiv1::*", "exceptionPreprocess", "safe_handler_caller", "default_terminate", "swift::fatalError*", "CFRelease.cold*", "console_error_panic_hook::*", "rust_panic*", "rust_begin_unwind", "__rust_start_panic",
    "ray::RayLog::*", "ray::SpdLogMessage::*", "ray::GetCallTrace", "ray::StackTrace*", "ray::operator<<", "core::panicking::*", "std::panicking::*", "std::panic::*", "core::option::expect_failed",
    "core::option::unwrap_failed", "core::result::unwrap_failed", "std::process::abort", "alloc::alloc::*",
    "__rust_alloc*", "std::sys::backtrace::*", "core::fmt::write", "std::io::Write::write_fmt", "std::io::default_write_fmt*", "std::sys_common::backtrace::*", "__rustc::*",
    // Android's runtime.
    "art::Runtime::Abort*", "art::(anonymous namespace)::ScopedCheck::*", "android.os.Parcel.createException*", "android.os.Parcel.readException", "art::LogMessage::*", "android::base::LogMessage::*", "android::base::SetAborter*",
    "art::FaultManager::*", "art_sigsegv_fault", "art::SigSegv*", "art::InvokeUserSignalHandler*",
    "art::JavaVMExt::JniAbort*", "art::DumpNativeStack*", "art::Thread::Dump*", "art::ThrowException*", "art::Thread::ThrowNewWrappedException",
    "InvokeUserSignalHandler", "debuggerd_signal_handler", "libsigchain*", "SignalChain*", "android::SignalChain*",
    // Windows.
    "RaiseException", "RtlRaiseException", "KiUserExceptionDispatch*", "RtlDispatchException",
    "RtlpCallVectoredHandlers", "_CxxThrowException", "UnhandledExceptionFilter", "RtlReportCriticalFailure",
    "RtlpHeapHandleError", "RtlpLogHeapFailure", "RtlpReportHeapFailure", "RtlpHpHeapHandleError", "RtlAllocateHeap",
    "RtlFreeHeap", "RtlpAllocateHeap*", "RtlpFreeHeap*", "RtlpHp*", "RtlpLowFragHeap*", "_invalid_parameter*",
    "_invoke_watson", "__report_gsfailure", "__fastfail", "DbgBreakPoint", "DebugBreak", "_purecall", "_free_base",
    "_malloc_base", "RtlExitUserProcess", "__GSHandlerCheck*", "__C_specific_handler", "RtlpExecuteHandler*",
    "RtlpExceptionHandler", "__scrt_common_main_seh$*", "terminate", "_RtlpBreakPointHeap*", "RtlpBreakPointHeap",
    "RtlpCoalesceFreeBlocks",
    // Unreal: checks, ensures, fatal logs, and the allocators behind FMemory.
    "FDebug::*", "FDebugCrash*", "FOutputDevice*", "FMsg::*", "FMemory::*", "FMalloc*", "GMalloc*",
    "FGenericPlatformMisc::RaiseException", "FGenericPlatformMisc::RequestExit*", "FAndroidMisc::RaiseException",
    "FWindowsErrorOutputDevice*", "FAndroidErrorOutputDevice*", "FIOSErrorOutputDevice*", "FIOSMisc::*Crash*",
    "FGenericPlatformMemory::OnOutOfMemory", "UE::Assert::*", "UE::Logging::Private::*",
    "FWindowsPlatformMisc::RaiseException", "StaticFailDebug*", "FUnixErrorOutputDevice*", "ReportCrash*",
    "ReportAssert*", "ReportGPUCrash*", "NewReportEnsure", "DispatchCheckVerify*", "CheckVerifyFailed*", "AssertFailed*",
    "FLinuxPlatformStackWalk::*", "FUnixPlatformStackWalk::*", "FGenericPlatformStackWalk::*", "FLinuxCrashContext::*",
    "FUnixCrashContext::*", "CommonLinuxCrashHandler", "CommonUnixCrashHandler", "PlatformCrashHandler",
    "FEngineCrashHandler*", "TargetSignalHandler", "LowLevelFatalError*",
    // Unity and IL2CPP.
    "il2cpp::vm::Exception::Raise*", "il2cpp_raise_exception", "il2cpp_codegen_raise*", "il2cpp::utils::*StackTrace*",
    "il2cpp::vm::Runtime::Abort*", "il2cpp::gc::GarbageCollector::Allocate*", "il2cpp::vm::Object::New*",
    "GC_malloc*", "il2cpp_codegen_object_new", "NullCheck", "IL2CPP_RAISE*", "RaiseManagedException*",
    "<Module>.*", "ThrowNullReference*", "UnityEngine.Debug.*", "UnityEngine.Logger.*", "UnityEngine.DebugLogHandler.*",
    "UnityEngine.StackTraceUtility.*", "UnityEngine.Assertions.*", "UnityEngine.Bindings.ThrowHelper*",
    "DebugStringToFile*", "HandleSignal", "CrashReporting*", "System.ThrowHelper.*",
    "System.Environment.get_StackTrace", "System.Diagnostics.StackTrace*", "System.Runtime.ExceptionServices.*",
    "System.Diagnostics.Debug.*", "System.Environment.FailFast", "ThrowHelper_*", "Debug_Log*",
    "mono_raise_exception*", "mono_handle_native_*", "mono_sigsegv*", "mono_runtime_try_*throw",
    // Java and Kotlin.
    "java.lang.Thread.getStackTrace", "dalvik.system.VMStack.*", "java.util.Objects.requireNonNull*",
    "java.util.Objects.checkIndex", "jdk.internal.util.Preconditions.*", "java.util.Objects.outOfBounds*",
    "kotlin.jvm.internal.Intrinsics.*", "kotlin.ExceptionsKt*", "kotlin.ResultKt.*", "java.lang.Throwable.*",
    "com.google.common.base.Preconditions.*", "androidx.core.util.Preconditions.*",
    "com.android.internal.util.Preconditions.*", "android.os.StrictMode*", "junit.framework.Assert.*",
    "java.util.ArrayList.throwIndexOutOfBounds*",
    // Scripts.
    "error", "assert", "debug.traceback", "traceback", "luaL_error", "lua_error", "luaG_*", "luaD_throw",
    "luaL_traceback", "lj_err_*", "xpcall", "pcall", "dmCrash::*", "hmdcrash_*", "_seh_filter_exe",
    "konan::*", "*terminateWithUnhandledException*", "*processUnhandledException*", "kotlin.Throwable#*", "kotlin.Exception#*", "kotlin.Error#*", "kotlin.RuntimeException#*",
    "sys::backtrace::*", "sys_common::unwind::begin_unwind*", "sys_common::backtrace::*", "panicking::*", "rt::begin_unwind*",
    "rt::unwind::begin_unwind*", "unwind::begin_unwind*",
]);

/// Native names of the engines, and C# names of Unity.
#[rustfmt::skip]
pub(super) static ENGINE: NameTable = NameTable::new(&[
    "bevy_app::*", "bevy_ecs::*", "bevy_render::*", "bevy_tasks::*", "bevy_transform::*", "bevy_winit::*", "com.mojang.blaze3d.*",
    "net.minecraft.*", "net.minecraftforge.*", "net.neoforged.*", "net.fabricmc.*", "cpw.mods.*", "com.mojang.datafixers.*",
    // Unreal's object, world, task, render, UI and platform layers. One prefix stands for a family.
    "UObject*", "UClass::*", "UFunction::*", "UStruct::*", "UProperty*", "UPackage::*", "UWorld::*", "ULevel::*",
    "UEngine::*", "UGameEngine::*", "UGameInstance::*", "UGameViewportClient::*", "UNetDriver::*", "UIpNetDriver::*",
    "UNetConnection::*", "UChannel::*", "UActorChannel::*", "UActorComponent::*", "USceneComponent::*",
    "UPrimitiveComponent::*", "USkeletalMesh*", "USkinnedMesh*", "UStaticMesh*", "UAnimInstance::*", "UParticle*",
    "UNiagara*", "UMaterial*", "UTexture*", "UCharacterMovementComponent::*", "UPlayer::*", "ULocalPlayer::*",
    "UUserWidget::*", "UWidget*", "UPlayerInput::*", "UAudio*", "UBlueprint*", "UK2*", "UGameplay*",
    "UAssetManager::*", "ULinker*", "UDemoNetDriver*", "UEditor*", "UUnrealEd*", "AActor::*", "APawn::*",
    "ACharacter::*", "AController::*", "APlayerController::*", "AGameMode*", "AGameState*", "FEngineLoop::*", "FPluginManager::*", "FModuleDescriptor::*",
    "FTick*", "FTaskGraph*", "TGraphTask*", "FNamedTaskThread::*", "FBaseGraphTask*", "FRunnable*", "FThread::*",
    "FQueuedThread*", "FAsync*", "FScene*", "FRHI*", "FVulkan*", "FOpenGL*", "FD3D1*", "D3D12RHI::*", "FMetal*", "FRender*",
    "FDeferred*", "FMobile*", "FSlate*", "SWidget*", "SWindow*", "SCompoundWidget*", "SOverlay*", "FAudio*",
    "FMixer*", "FPak*", "FArchive*", "FLinker*", "FFeedback*", "FName::*", "FString::*", "FText*", "FUObject*",
    "FWeakObjectPtr*", "FGarbage*", "FReferenceC*", "FPhys*", "FBodyInstance*", "FNet*", "FRep*",
    "FObjectReplicator*", "FFrame::*", "FStreaming*", "FSkeletal*", "FStaticMesh*", "FAnim*", "FParticle*",
    "FNiagara*", "FShader*", "FMaterial*", "FPrimitive*", "FViewport*", "FCore*", "FPThread*", "FModule*", "FGeneric*",
    "FAndroid*", "FWindows*", "FIOS*", "FUnix*", "FApple*", "FCanvas*", "FHttp*", "FSocket*", "FGC*", "TryCollectGarbage*", "FMedia*", "FMemoryImage*", "FMemStack*", "TPositionVertexBuffer*",
    "TArrayView*", "TConstArrayView*", "UNavigation*", "FNavMesh*", "FNavigation*", "ARecastNavMesh*", "FRecast*", "FOnline*",
    "UOnline*", "UAbilitySystem*", "FGameplay*", "FActiveGameplay*", "UAttributeSet*", "UCanvas*", "UAnim*", "UBehaviorTree*",
    "UBlackboard*", "UAIPerception*", "AAIController*", "UPathFollowing*", "UWorldPartition*", "FWorldPartition*", "UPhysics*",
    "UInput*", "UEnhancedInput*", "UMovieScene*", "FMovieScene*", "ULevelSequence*", "FGeometry*", "FBatched*", "FDynamic*",
    "FProjected*", "FLumen*", "FNanite*", "FVirtualTexture*", "FPostProcess*", "FTexture*", "FIndexBuffer*", "FVertex*",
    "FInstanced*", "FHierarchical*", "FThreadSafe*", "FCriticalSection*", "FTicker*", "FTSTicker*", "FBlueprint*",
    "FScriptStruct*", "FProperty*", "FStructProperty*", "FArrayProperty*", "FObjectProperty*", "FMapProperty*", "FField*",
    "FExport*", "FImport*", "FObjectWriter*", "FObjectReader*", "FMemoryWriter*", "FMemoryReader*", "FBufferArchive*",
    "FStructuredArchive*", "FSavePackage*", "FSaveContext*", "FUnversioned*", "FDuplicateData*", "FCompactBinary*",
    "FPackage*", "FBulkData*", "FIoStore*", "FIoDispatcher*", "FStreamable*", "UStreamable*", "UMediaPlayer*", "FXAudio*",
    "USound*", "FActiveSound*", "UBodySetup*", "UMeshComponent*", "UInstanced*", "UHierarchical*", "UFoliage*", "ALandscape*",
    "ULandscape*", "FLandscape*", "AGameSession*", "APlayerState*", "AHUD::*", "UCheatManager*", "UDataTable*", "UCurve*",
    "UScript*", "USubsystem*", "FConstraint*", "FChaos*", "Audio::*", "SConstraint*", "SViewport*", "SObjectWidget*",
    "SInvalidationPanel*", "FTimerManager::*", "FLinux*", "FUMG*",
    "FLatentAction*", "FConsole*", "FConfig*", "FFile*", "FPlatform*", "FEvent*", "FScopeLock*", "FLow*", "TArray<*",
    "TArray::*", "TMap*", "TSet*", "TSparseArray*", "TSharedPtr*", "TWeak*", "TBase*Delegate*", "TMulticast*",
    "TDelegate*", "TFunction*", "TIndirectArray*", "TBitArray*", "UE::*", "Chaos::*", "ProcessLocalScriptFunction", "ProcessLocalFunction",
    "ProcessScriptFunction*", "ProcessEvent", "CollectGarbage*", "IncrementalPurgeGarbage", "StaticLoadObject*",
    "LoadPackage*", "StaticConstructObject*", "StaticAllocateObject*", "GuardedMain*", "AndroidMain*", "android_main", "android_app_entry", "UnrealMain", "WinMain",
    "LaunchWindows*", "GEngine*", "RHI*", "ExecuteTask*", "RenderingThreadMain", "InvokePreUnloadCallback", "ProcessNewlyLoadedUObjects", "ax::*", "FPooledRenderTarget*", "FRenderTargetPool*", "godot::*", "RunOnGLRenderContextThread",
    // Unity's player and managed side.
    "UnityEngine.*", "UnityEngineInternal.*", "UnityEditor.*", "Unity.*", "TMPro.*", "UnityEngine_*", "Unity_*",
    "PlayerLoop", "PlayerMain", "UnityMain*", "-[Unity*", "UnityPlayer*", "UnityInitApplication*", "UnityPlayerLoop",
    "UnitySendMessage*", "ExecutePlayerLoop", "MonoBehaviour::*", "MonoManager::*", "BehaviourManager::*",
    "Camera::*", "ExtractMonoStacktrace*", "Debug_CUSTOM*", "ExtractManagedStacktrace*", "*_CUSTOM_*", "RenderManager::*", "ScriptableRender*", "scripting_*", "ScriptingInvocation*", "GfxDevice*",
    "ThreadedStreamBuffer*", "JobQueue::*", "Scripting::*", "CallbackArray*", "DynamicHeapAllocator::*",
    "MemoryManager::*", "Transform::*", "SceneManager*", "Object::*PPtr*", "AssetBundle*", "PersistentManager::*",
    "PhysicsManager::*", "InitPlayerLoopCallbacks*", "UI::*", "ParticleSystem*", "NativeRender*", "nativeRender*",
    "com.unity3d.*", "com.unity.*", "com.epicgames.*",
    // Cocos, Flutter, Dart.
    "cocos2d::*", "cocos2d.*", "ScriptingCore::*", "cc::*", "cc.*", "se::*", "spine::*", "dragonBones::*", "org.cocos2dx.*",
    "com.cocos.*", "io.flutter.*", "flutter::*", "fml::*", "-[Flutter*", "+[Flutter*", "cc_*", "CCClass.*", "*.cc.Director*", "jsb.*",
    // Defold: namespaces, and what functions of C begin with.
    "dmAndroid*", "dmArray*", "dmAtomic*", "dmBuffer*", "dmConditionVariable*", "dmConfigFile*", "dmConnectionPool*", "dmCrash*", "dmDDF*", "dmDNS*",
    "dmEngine*", "dmExtension*", "dmFont*", "dmGameObject*", "dmGameSystem*", "dmGlfw*", "dmGraphics*", "dmGui*", "dmHID*", "dmHash*", "dmHttp*",
    "dmInput*", "dmJobThread*", "dmLiveUpdate*", "dmLog*", "dmMessage*", "dmModel*", "dmMutex*", "dmObjectPool*", "dmParticle*", "dmPhysics*",
    "dmPlatform*", "dmProfile*", "dmRender*", "dmResource*", "dmRig*", "dmScript*", "dmSocket*", "dmSound*", "dmSSLSocket*", "dmSys*", "dmThread*",
    "dmTexc*", "dmTime*", "dmTransform*", "dmURI*", "dmWebServer*", "ProfileScope*", "com.defold.*", "com.dynamo.android.*",
    // Godot.
    "Godot.*", "org.godotengine.godot.*", "com.godot.game.*", "Object::call*", "Object::emit_signal*", "Object::notification*", "Variant::*", "MethodBind*", "ClassDB::*", "_OS::*",
    "core_bind::*", "GDScript*", "SceneTree::*", "Node::*notification*", "Node::_propagate*", "MessageQueue::*",
    "CallableCustom*", "CallQueue::*", "StringName::*", "RenderingServer*", "RenderingDevice*", "VisualServer*",
    "PhysicsServer*", "RasterizerStorage*", "OS_LinuxBSD::*", "OS_Windows::*", "OS_X11::*", "OS_MacOS*", "OS_Android::*",
    "Main::iteration*", "Main::start*", "Main::setup*", "Main::cleanup*", "call_with_ptr_args*", "call_with_variant_args*",
    "Stride.*", "Xenko.*", "FlaxEngine.*", "FlaxEditor.*", "Cinemachine.*", "FrooxEngine.*", "FBink*", "UBink*", "FEOSSDK*", "com.badlogic.*", "com.jme3.*", "org.andengine.*", "com.ansca.*",
    "com.yoyogames.*", "processing.core.*", "processing.opengl.*", "com.mojang.brigadier.*", "org.bukkit.*", "org.spigotmc.*", "io.papermc.*",
    "com.destroystokyo.*", "org.spongepowered.*", "org.quiltmc.*", "flixel::*", "openfl::*", "lime::*", "h2d::*", "h3d::*", "hxd::*",
]);

/// Language runtimes.
#[rustfmt::skip]
pub(super) static RUNTIME: NameTable = NameTable::new(&[
    "java.*", "javax.*", "jdk.*", "sun.*", "kotlin.*", "kotlinx.*", "dalvik.*", "libcore.*", "art::*", "art_*",
    "scala.*", "System.*", "MS.Internal.*", "MS.Win32.*", "MS.Utility.*", "Mono.*", "Microsoft.*", "Orleans.*", "mono_*", "il2cpp::*", "hybridclr::*", "il2cpp_*", "Il2Cpp*", "RuntimeInvoker_*",
    "GC_*", "List_1_*", "TaskCompletionSource_*", "ContextCallback_*", "WaitCallback_*", "Dictionary_2_*", "Action_*_Invoke*", "Action_Invoke*", "Func_*_Invoke*", "Array_*",
    "String_*", "Enumerable_*", "Task_*", "AsyncMethodBuilder*", "ThreadPool*", "ExecutionContext_*",
    "SynchronizationContext*", "Delegate_*", "MulticastDelegate*", "GenericVirtActionInvoker*", "VirtActionInvoker*",
    "VirtualActionInvoker*", "VirtualFuncInvoker*", "InterfaceActionInvoker*", "std::*", "core::*", "alloc::*",
    "__rust_*", "lua_*", "luaV_*", "luaD_*", "luaL_*", "luaH_*", "luaC_*", "luaF_*", "lj_*", "v8::*", "v8impl::*", "js::*", "JS::*", "JS_*", "node:*",
    "JSC::*", "WTF::*", "facebook::hermes*", "hermes::*", "swift_*", "swift::*", "Swift.*", "partial apply*", "thunk for*", "reabstraction thunk*", "dart:*",
    "~StubRoutines::*", "~BufferBlob::*", "~RuntimeStub::*", "~RuntimeStub", "~I2C/C2I*", "~*Blob", "~*Blob::*", "__scrt_*", "invoke_main", "main", "wWinMain*", "mainCRTStartup", "wmainCRTStartup", "wWinMainCRTStartup", "__tmainCRTStartup", "WinMainCRTStartup", "__libc_init", "__libc_start*", "_start",
    "start_thread", "object.runtime_invoke*", "<Module>.runtime_invoke*", "*:runtime_invoke_*", "*.runtime_invoke_*",
    "g_log*", "Rhp*",
    "flash.*", "fl.*", "mx.*", "spark.components.*", "spark.core.*", "spark.layouts.*", "spark.skins.*", "spark.effects.*", "air.net.*", "pesapi.*",
    "pesapi_*", "clojure.*", "<magic>clojure_*", "groovy.*", "org.codehaus.groovy.*", "com.sun.*", "jakarta.*", "org.xml.sax.*", "org.w3c.dom.*",
    "org.graalvm.*", "com.oracle.truffle.*", "jdk.proxy*", "javafx.*", "node::AsyncWrap*", "node::BaseObject*", "node::Environment*",
    "node::InternalMakeCallback", "node::MakeCallback*", "node::LoadEnvironment*", "node::NodeMainInstance*", "node::Start*", "node::SpinEventLoop*",
    "node::builtins::*", "node::contextify::*", "node::errors::*", "node::fs::*", "node::inspector::*", "node::worker::*", "node::crypto::*",
    "node::StreamBase*", "node::LibuvStreamWrap*", "napi_*", "v8_inspector::*", "luaB_*", "luaO_*", "luaT_*", "luaS_*", "luaX_*", "luaY_*", "luaU_*",
    "luaE_*", "luaM_*", "luaK_*", "luaZ_*", "luaopen_*", "duk_*", "mrb_*", "SQVM::*", "asCContext::*", "asCScriptEngine::*", "PyEval_*", "_PyEval_*",
    "PyObject_*", "_PyObject_*", "_PyFunction_*", "PyRun_*", "PyImport_*", "PyErr_*", "Py_RunMain", "Py_Main", "pymain_*", "Py_BytesMain",
    "cfunction_*", "zend_*", "php_*", "Perl_*", "hx::*", "__hxcpp_*", "WinRT.*",
    // The C runtime of Windows, where it is linked into the program.
    "__acrt_*", "__vcrt_*", "__CxxFrameHandler*", "__InternalCxxFrameHandler*", "__FrameHandler*", "__CxxThrow*", "__CxxCallCatchBlock*",
    "_CallSettingFrame*", "_CallCatchBlock*", "CallCatchBlock*", "_CrtDbgReport*", "_VCrtDbgReport*", "_CrtDbgBreak", "_CrtIsValid*",
    "_CrtCheckMemory", "_CrtDumpMemory*", "issue_debug_notification", "internal_getptd*", "internal_get_ptd_head", "_getptd*", "_errno",
    "heap_alloc_dbg*", "_heap_alloc_dbg*", "free_dbg_nolock", "_free_dbg*", "_malloc_dbg*", "_calloc_dbg*", "_realloc_dbg*", "realloc_dbg_nolock",
    "_malloc_base", "_free_base", "_calloc_base", "_realloc_base", "_invalid_parameter*", "_invoke_watson*", "__report_gsfailure",
    "__report_rangecheckfailure", "__security_check_cookie", "__raise_securityfailure", "common_assert_to_*", "common_message_window*", "_wassert", "_RTC_*",
    "__std_terminate", "__std_exception_*",
    // Rust before 2016 left the crate out: `sys_common::unwind::begin_unwind_inner`.
    "option::Option<*", "result::Result<*", "panicking::*",
    "sys::thread::Thread::*", "sys::thread_local::*", "sys_common::*", "rt::lang_start*", "rt::unwind::*", "rt::args::*", "rt::at_exit*",
    "rt::cleanup*", "thunk::F.Invoke*", "boxed::F.FnBox*", "boxed::_$LT$impl*", "collections::vec::Vec*", "collections::string::String*", "thread::Builder::spawn*", "thread::JoinHandle*",
    "panic::catch_unwind*", "panic::recover*",
]);

/// Scripts' own loops and servers, wherever their files lie.
#[rustfmt::skip]
pub(super) static SCRIPT_RUNTIME: NameTable = NameTable::new(&[
    "application_controller:*", "application_master:*", "base64:*", "binary:*", "dict:*", "erl_eval:*", "erlang:*",
    "error_handler:*", "ets:*", "file:*", "gb_trees:*", "gen:*", "gen_event:*", "gen_fsm:*", "gen_tcp:*", "inets:*", "init:*",
    "io:*", "io_lib:*", "lists:*", "maps:*", "prim_inet:*", "proplists:*", "rpc:*", "shell:*", "string:*", "supervisor:*",
    "timer:*", "unicode:*",
    "gen_server*", ":gen_server*", "gen_statem*", ":gen_statem*", "proc_lib*", ":proc_lib*", "requestAnimationFrame",
    "setTimeout handler", "browserIterationFunc", "callUserCallback", "dynCall_*", "{main}", "{closure}",
    // What bundlers load a program's modules with, and React Native's bridge into it.
    "metroRequire", "metroImportDefault", "metroImportAll", "loadModuleImplementation", "guardedLoadModule", "__webpack_require__", "webpackJsonpCallback", "__callFunction", "__guard", "callFunctionReturnFlushedQueue", "invokeCallbackAndReturnFlushedQueue",
]);

/// What Emscripten writes into the script beside a game that it compiled.
#[rustfmt::skip]
static EMSCRIPTEN: NameTable = NameTable::new(&[
    "_abort", "ccall", "*.ccall", "callMain", "doRun", "callRuntimeCallbacks", "dynCall*", "Object.dynCall*",
    "*doNativeToWasm", "*MainLoop_runner", "MainLoop*", "*.runIter", "_emscripten*", "emscripten*", "__emscripten*",
    "_JS_*", "___cxa_*", "__cxa_*", "receiveInst*", "jsEventHandler*", "JSEvents*", "invokeEntryPoint",
    "jsStackTrace", "___assert_fail", "wasmTable*", "ret.<computed>", "*createExportWrapper*", "Module._main", "doWritev", "doReadv", "_fd_write",
    "_fd_read", "_fd_close", "_fd_seek", "___syscall*",
    // What wasm-bindgen writes beside a program in Rust.
    "__wbg_*", "__wbindgen_*", "imports.wbg.*", "*.__wbg_*", "*.__wbindgen_*", "passStringToWasm0", "getStringFromWasm0", "getArrayU8FromWasm0",
    "makeMutClosure*", "makeClosure*", "addHeapObject", "takeObject", "dropObject", "wasm_bindgen__*", "initSync",
]);

/// Whether a function of a browser's script is Emscripten's own; `invoke_viii` names types, `_glClear` is WebGL.
pub(crate) fn is_emscripten(name: &str) -> bool {
    let typed = name.strip_prefix("invoke_").is_some_and(|types| {
        !types.is_empty() && types.bytes().all(|byte| b"vijfdp".contains(&byte))
    });
    let drawing = name
        .strip_prefix("_gl")
        .is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_uppercase()));
    typed || drawing || EMSCRIPTEN.has(name)
}

/// Names of Emscripten's that a game's own script may have as well.
pub(crate) fn may_be_emscripten(name: &str) -> bool {
    #[rustfmt::skip]
    const NAMES: [&str; 10] = [
        "abort", "assert", "handleException", "stackTrace", "onAbort", "printErr", "handleError", "logError", "put_char", "printChar",
    ];
    // wasm-bindgen's closures: `HTMLCanvasElement.real`.
    NAMES.contains(&name.strip_prefix("Object.").unwrap_or(name))
        || name.rsplit('.').next() == Some("real")
}

/// Names of Android in Java and in .NET's bindings, of Apple's in those, and of system calls.
#[rustfmt::skip]
pub(super) static SYSTEM: NameTable = NameTable::new(&[
    "android::*", "OHOS::*", "panda::*", "AppExecFwk*", "android.*", "androidx.*", "com.android.*", "org.chromium.*", "miui.*", "com.miui.*", "com.oplus.*",
    "com.samsung.*", "vivo.*", "Android.App.*", "Android.Content.*", "Android.OS.*", "Android.Runtime.*", "Android.Views.*",
    "Android.Widget.*", "AndroidX.*", "Android.Animation.*", "Android.Bluetooth.*", "Android.Database.*", "Android.Gms.*", "Android.Graphics.*",
    "Android.Hardware.*", "Android.Locations.*", "Android.Media.*", "Android.Net.*", "Android.Nfc.*", "Android.Opengl.*", "Android.Provider.*",
    "Android.Support.*", "Android.Telephony.*", "Android.Text.*", "Android.Util.*", "Android.Webkit.*", "Java.IO.*", "Java.Net.*", "Java.Nio.*",
    "Java.Security.*", "Java.Util.*", "Java.Interop.*", "Java.Lang.*", "ObjCRuntime.*", "UIKit.UIApplication*",
    "UIKit.UIViewController*", "Foundation.NS*", "__epoll_pwait", "epoll_wait", "__ioctl", "ioctl", "read", "write", "poll",
    "__ppoll",
    "select", "futex*", "nanosleep", "__futex*", "pthread_*", "__pthread_*", "__start_thread", "thread_start",
    "_pthread_*", "clone", "start_wqthread", "mach_msg*", "RtlUserThreadStart", "BaseThreadInitThunk", "NtWait*",
    "ZwWait*", "WaitForSingle*", "WaitForMultiple*", "UIApplicationMain", "NSApplicationMain", "CFRunLoopRun*", "__CFRunLoop*", "_dispatch_*",
    "Windows.UI.*", "Windows.Foundation.*", "Windows.Storage.*", "Windows.ApplicationModel.*", "UIKit.*", "AppKit.*", "CoreFoundation.*",
    "CoreAnimation.*", "MonoTouch.*", "MonoMac.*", "CoreGraphics.CG*", "CoreLocation.CL*", "AVFoundation.AV*", "WebKit.WK*", "MapKit.MK*",
    "StoreKit.SK*", "SpriteKit.SK*", "SceneKit.SCN*", "Photos.PH*", "CoreText.CT*", "CoreData.NS*", "CoreMedia.CM*", "UIKit_UI*", "Foundation_NS*",
    "ObjCRuntime_*", "MonoTouch_UIKit_*", "MonoTouch_Foundation_*", "MonoTouch_ObjCRuntime_*", "AppKit_NS*",
]);

/// Calls of the system in which a thread waits.
#[rustfmt::skip]
pub(super) static WAITS: NameTable = NameTable::new(&[
    "nanosleep", "clock_nanosleep", "syscall", "futex*", "__futex*", "__epoll_pwait", "epoll_wait", "poll", "__ppoll",
    "select", "pthread_cond_*", "__pthread_cond_*", "sem_wait", "NtWait*", "ZwWait*", "NtDelayExecution",
    "WaitForSingle*", "WaitForMultiple*", "mach_msg*", "__psynch_*", "__semwait_signal", "semaphore_*wait*", "usleep",
    "sleep", "__timedwait*",
]);

/// Modules of the system, without folders, in lower case. GPU drivers count here: nobody ships them.
#[rustfmt::skip]
pub(super) static SYSTEM_MODULES: NameTable = NameTable::new(&[
    "libc.so*", "libm.so*", "libdl.so*", "libpthread*", "ld-linux*", "linker*", "[vdso]", "libutils*", "libbinder*",
    "libandroid*", "libgui.so", "libhwui.so", "libegl*", "libgles*", "libvulkan*", "vulkan.*", "libadreno*",
    "libgsl*", "libllvm-glnext*", "libmali*", "libbase.so", "liblog.so", "libui.so", "libinput*", "libmedia*",
    "libaudio*", "libopensles*", "libaaudio*", "libnativehelper*", "app_process*", "libcutils*", "libstagefright*",
    "libsurfaceflinger*", "libsigchain*", "libunwind*", "libwebviewchromium*", "framework.jar", "ntdll*", "kernel32*",
    "kernelbase*", "user32*", "win32u*", "gdi32*", "combase*", "rpcrt4*", "ole32*", "oleaut32*", "ws2_32*",
    "advapi32*", "d3d*", "dxgi*", "nvwgf2um*", "nvoglv*", "nvldumd*", "nvcuda*", "amdxx*", "atidxx*", "amdxc*",
    "atiuxp*", "igd*", "igxe*", "amdvlk*", "nvgpucomp*", "xaudio*", "mmdevapi*", "audioses*", "dinput*", "xinput*",
    "imm32*", "shell32*", "winmm*", "dbghelp*", "dbgeng*", "dbgcore*", "dbgmodel*", "dwmapi*", "msctf*", "bcrypt*", "mswsock*", "libsystem*",
    "libdispatch*", "libobjc*", "libxpc*", "libc++*", "dyld*", "corefoundation", "foundation", "uikit*",
    "graphicsservices", "quartzcore", "metal*", "agx*", "iokit", "iogpu*", "coregraphics", "avfaudio", "avfoundation",
    "audiotoolbox*", "corelocation", "cfnetwork", "security", "frontboardservices", "baseboard", "backboardservices",
    "libgpu*", "com.apple.*", "libquartz*", "mtlcompiler*", "webkit", "javascriptcore", "webcore", "libsqlite3.dylib", "storekit", "network",
]);

/// Modules of language runtimes, without folders, in lower case.
#[rustfmt::skip]
pub(super) static RUNTIME_MODULES: NameTable = NameTable::new(&[
    "mono", "monosgen*", "monobdwgc*", "libart*", "libdvm*", "libjavacore*", "libopenjdk*", "libmono*", "libjvm*", "jvm.dll", "mono-*", "mono.*", "mono jit*", "boot*.oat",
    "*core-oj*", "ucrtbase*", "msvcr*", "msvcp*", "vcruntime*", "libstdc++*", "libgcc*", "libswift*", "libxlua*",
    "xlua*", "libtolua*", "libslua*", "slua*", "liblua*", "libv8*", "libhermes*", "libjsc*", "libruby*", "libpython*", "libperl*", "libphp*", "libpuerts*", "coreclr*",
    "clr", "clrjit*", "mscorwks*", "mscordacwks*", "mscordbi*", "sos", "sos.dll", "sos_*", "clr.dll", "mscorlib*", "jit-cache", "memfd:jit*", "<anonymous*", "[anon*", "[c]", "dalvik-jit*",
]);

/// Modules of libraries that games carry, without `lib` and folders, in lower case.
#[rustfmt::skip]
pub(super) static THIRD_PARTY_MODULES: NameTable = NameTable::new(&[
    "crashsight*", "bugly*", "fmod*", "ak*sound*", "gcloud*", "tersafe*", "anogs*", "ssl*", "crypto*", "curl*",
    "sqlite*", "physx*", "webp*", "ffmpeg*", "av*codec*", "gvoice*", "agora*", "steam_api*", "eossdk*",
    "easyanticheat*", "battleye*", "mmkv*", "marsxlog*", "discord*", "onnx*", "gameoverlayrenderer*", "rtss*",
    "oodle*", "firebase*", "swappy*", "burst*", "lib_burst*", "abseil*", "grpc*", "protobuf*", "openal*", "bink*",
    "vivox*", "sentry*", "rtc*", "kscrash*", "plcrash*", "il2cppinterop*", "onesignal*", "fbsdk*", "facebook*", "alamofire", "afnetworking", "sdwebimage*", "rxswift", "rxcocoa", "kingfisher", "lottie", "bugsnag*", "crashlytics*", "appcenter*", "googlemaps*", "boost_*", "icuuc*", "icui18n*", "icudata*", "nspr*", "nss3*", "nssutil3*", "softokn*", "plds4*", "plc4*", "smime3*", "freebl*", "z.so*", "lzma.so*", "lz4.so*", "zstd.so*", "glib-2*", "gobject-2*", "gio-2*", "mapbox*", "datadog*", "instabug*", "mixpanel*", "amplitude*", "newrelic*", "appsflyer*", "snapkit", "socketrocket",
]);

/// Modules of engines alone, without folders, in lower case.
#[rustfmt::skip]
pub(super) static ENGINE_MODULES: NameTable = NameTable::new(&[
    "libunity.so", "unityplayer*", "unityframework", "libmain.so", "libcocos*", "libflutter*", "ue4editor*",
    "unrealeditor*", "libcc.so", "unity", "unity.exe", "unity editor*", "godot*", "libgodot*", "flutter", "flutter_*windows.dll",
]);

/// Modules in which an Unreal or Unity game and its engine are linked into one, in lower case.
#[rustfmt::skip]
pub(super) static MONOLITHS: NameTable = NameTable::new(&[
    "libue4.so", "libunreal.so", "libil2cpp.so", "gameassembly*", "libcocos2djs.so", "libcocos2dlua.so", "libgame.so",
]);

/// Source folders of engines, in lower case, with slashes; `/` in front stands for a start of the path too.
#[rustfmt::skip]
pub(super) const ENGINE_PATHS: &[&str] = &[
    "/engine/source/", "/engine/plugins/", "/intermediate/", "/engine/shaders/", "/unityengine/",
    "/runtime/export/", "/cocos/", "/cocos-js/", "/cocos2d-x/", "/cocos2d-jsb", "/jsb-adapter/",
    "/packagecache/com.unity.", "/packages/com.unity.", "/package:flutter/", "/packages/flutter/lib/", "/flutter/lib/ui/",
    "/bevy/crates/", "/engine-native/", "/defold/engine/",
    "/engine/private/", "/com.unity.", "/godotengine/", "/modules/gdscript/", "/core/variant/", "/core/os/memory.h",
    "/core/cowdata.h", "/core/method_bind", "/core/object/object.", "/core/bind/core_bind", "/core/core_bind",
    "/core/reference.h", "/core/variant.cpp", "/core/variant_call.cpp", "/core/object.cpp", "/core/message_queue.cpp",
    "/scene/main/",
    "/servers/rendering/", "/servers/physics",
    "/platform/linuxbsd/", "/platform/x11/", "/main/main.cpp", "/rpg_core.js", "/rpg_managers.js",
    "/rpg_objects.js", "/rpg_scenes.js", "/rpg_sprites.js", "/rpg_windows.js", "/rmmz_core.js", "/rmmz_managers.js",
    "/rmmz_objects.js", "/rmmz_scenes.js", "/rmmz_sprites.js", "/rmmz_windows.js",
    "/renpy/ast.py", "/renpy/python.py", "/renpy/execution.py", "/renpy/bootstrap.py", "/renpy/main.py", "/renpy/ui.py",
    "/renpy/script.py", "/00start.rpy", "/renpy/exports.py", "/renpy/common/", "/renpy/display/", "/renpy/audio/", "/renpy/text/",
    "citizen:/scripting/", "/datas/scripts/", "/skynet/lualib/", "/skynet/service/", "/interface/framexml/", "/interface/sharedxml/", "/interface/addons/blizzard_", "/lualib/skynet", "/electron.asar/", "/atom.asar/", "/default_app.asar/",
];

/// Source folders of other people's code.
#[rustfmt::skip]
pub(super) const THIRD_PARTY_PATHS: &[&str] = &[
    "/thirdparty/", "/third_party/", "/third-party/", "/external/", "/externals/", "/vendor/", "/contrib/", "/node_modules/",
    "/assets/plugins/", "/packagecache/", "/packages/", "/.cargo/registry/", "/deps/", "/3rd/", "/3rdparty/",
    "/_deps/", "/subprojects/", "/buildtrees/", "/.haxelib/", "/haxelib/", "/include/opencv2/", "/include/opencv4/", "/include/boost/", "/include/eigen3/", "/eigen/src/", "/include/absl/", "/google/protobuf/", "/include/grpcpp/", "/include/nlohmann/", "/include/fmt/", "/include/spdlog/", "/include/rapidjson/", "/include/flatbuffers/",
    "/include/sdl2/", "/include/glm/", "/include/qt5/", "/include/qt6/", "/include/pcl-", "/opt/ros/", "/opt/homebrew/", "/usr/local/include/", "/usr/local/cellar/", "/opt/local/", "/vcpkg/installed/", "/vcpkg_installed/", "/msys64/", "/assets/demigiant/", "/assets/textmesh pro/", "/assets/standard assets/", "/assets/googlemobileads/", "/assets/facebooksdk/", "/assets/externaldependencymanager/", "/assets/playfabsdk/", "/assets/photon/", "/haxetoolkit/haxe/lib/", "/haxe/lib/", "/.conan/", "/.conan2/", "/.cargo/git/", "/lualib/resty/", "/lua-resty-", "/share/lua/", "/.build/checkouts/", "/carthage/checkouts/", "/oh_modules/", "/gems/", "/upload/extension-", "/wp-includes/", "/wp-admin/", "/sdk/openharmony/", "/openharmony/sdk/", "/ets/build-tools/", "/ets-loader/", "/hvigor/", "/emsdk/",
];

/// Source folders of systems and runtimes: compilers' and vendors' build machines.
#[rustfmt::skip]
pub(super) const SYSTEM_PATHS: &[&str] = &[
    "/bionic/", "/art/runtime/", "/frameworks/", "/system/core/", "/libnativehelper/", "/nativehelper/jni.h", "/system/libbase/", "/system/libhidl/", "/system/libhwbinder/", "/hardware/libhardware/", "/packages/modules/", "/art/libartbase/", "/libcore/luni/", "/libcore/ojluni/",
    "/dd/ndp/", "/dd/vctools/", "/ndp/clr/", "/ndp/fx/", "/toolbox/sos/", "/haxe/std/", "/usr/include/", "/include/c++/", "/usr/lib/", "/minkernel/",
    "/vctools/", "/ucrt/", "/rustc/", "/buildbot/", "/ndk/", "/toolchains/", "/glibc", "/eglibc-", "/musl-", "/uclibc-", "/libgcc/", "/crt/src/", "/onecore/",
    "/buildslave/mono/", "/unity-technologies/mono/", "/mono/metadata/", "/mono/mini/", "/build/source/il2cpp", "/il2cpp/libil2cpp/", "/libcxx/", "/llvm-project/", "/xcode",
    "/julialang/", "/julia/stdlib/", "/sysdeps/", "/nptl/", "/malloc/malloc.c", "/stdlib/abort.c", "/var/runtime/", "/libstdc++-v3/", "/libsupc++/", "/libsanitizer/", "/compiler-rt/", "/mingw-w64-crt/", "/src/mesa/", "/src/gallium/", "/tnl/t_", "/vbo/vbo_", "/state_tracker/st_", "/usr/src/debug/gcc/",
    "/lib/ruby/",
];

/// Words of a bundle id that name nobody: `com.starfall.game.android` leaves `starfall`.
#[rustfmt::skip]
pub(super) const COMMON_WORDS: &[&str] = &[
    "com", "net", "org", "app", "game", "games", "mobile", "android", "client", "demo", "tencent", "studio", "beta",
    "test", "release", "debug", "lite", "global", "tmgp", "dev", "ios", "free", "google", "prod", "main",
    "entertainment", "interactive", "online", "windows", "shipping",
];

/// Classes a game wraps its reporting in: `Starfall.Core.Log.Fatal`, `StarfallAssert::Fail`.
const REPORTERS: [&str; 8] = [
    "Log",
    "Logger",
    "Logging",
    "Debug",
    "Assert",
    "Reporter",
    "ExceptionHandler",
    "CrashHandler",
];

/// The signal of a crash by its number. Linux and Apple agree but for `SIGBUS`, which is 7 and 10.
pub(crate) const fn signal_name(number: i64) -> Option<&'static str> {
    Some(match number {
        4 => "SIGILL",
        5 => "SIGTRAP",
        6 => "SIGABRT",
        7 | 10 => "SIGBUS",
        8 => "SIGFPE",
        9 => "SIGKILL",
        11 => "SIGSEGV",
        _ => return None,
    })
}

/// Whether a frame of the end names what was found: `scudo::reportInvalidChunkState`, `__fortify_fatal`.
pub(crate) fn says_why(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    [
        "::report",
        "_report",
        "fortify",
        "stack_chk",
        "double_free",
        "corrupt",
        "heapfailure",
        "heap_failure",
        "jniabort",
        "purecall",
        "pure_virtual",
        "assert",
        "check_fail",
        "gsfailure",
        "invalid_parameter",
    ]
    .iter()
    .any(|word| name.contains(word))
        && !text::has(&name, "scopederrorreport")
}

/// Whether a name is a reporter's; believed only beside plumbing.
pub(crate) fn reports(name: &str) -> bool {
    let mut parts = name.rsplit(['.', ':']).filter(|part| !part.is_empty());
    let method = parts.next().unwrap_or_default();
    let class = parts.next().unwrap_or_default();
    REPORTERS.iter().any(|word| class.ends_with(word))
        || ["LogError", "LogException", "ReportError", "ReportException"].contains(&method)
}

/// Whether a name as printed can be a reporter's: a cheap test before [`reports`].
pub(crate) fn may_report(function: Option<&str>) -> bool {
    function.is_some_and(|name| MARKS.iter().any(|mark| text::has(name, mark)))
}

/// What each reporter's name has at least one of.
const MARKS: [&str; 6] = [
    "Log",
    "Debug",
    "Assert",
    "Report",
    "ExceptionHandler",
    "CrashHandler",
];

/// Cocos' own scripts by their names: `CCDirector.js`.
pub(crate) fn is_cocos_script(path: &str) -> bool {
    let name = path.rsplit(['/', '\\']).next().unwrap_or(path);
    let script = name.strip_suffix(".js").unwrap_or_default();
    matches!(
        script.as_bytes(),
        [b'C', b'C', b'A'..=b'Z', b'a'..=b'z', ..]
    ) || matches!(
        script,
        "callbacks-invoker" | "node-activator" | "component-scheduler"
    )
}

/// Whether a module lies in a folder of the system.
pub(crate) fn is_system_path(path: &str) -> bool {
    const FOLDERS: [&str; 14] = [
        "/system",
        "/apex/",
        "/vendor/",
        "/usr/",
        "/lib/",
        "/lib64/",
        "/odm/",
        "/product/",
        "/System/",
        "/Library/Apple/",
        "/private/preboot/",
        "/data/dalvik-cache/",
        "/chipset/",
        "/lib32/",
    ];
    FOLDERS.iter().any(|start| path.starts_with(start))
        || path
            .get(..10)
            .is_some_and(|head| head.eq_ignore_ascii_case("C:\\Windows"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_entry_stands_twice() {
        for table in [
            &PLUMBING,
            &ENGINE,
            &RUNTIME,
            &SYSTEM,
            &SYSTEM_MODULES,
            &RUNTIME_MODULES,
        ] {
            let entries = table.entries();
            for (at, entry) in entries.iter().enumerate() {
                assert!(!entries[..at].contains(entry), "{entry}");
            }
        }
    }
}
