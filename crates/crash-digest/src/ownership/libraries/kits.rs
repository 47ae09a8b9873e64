//! Kits that are linked into apps of Apple's systems: what reports crashes, and React Native's Objective-C.

use crate::name_table::NameTable;

/// Their classes and functions: `-[RCTBridge invokeAsync:]`, `kscrash_install`.
#[rustfmt::skip]
pub(in crate::ownership) static KITS: NameTable = NameTable::new(&[
    "-[GDT*", "-[FIR*", "+[FIR*", "-[GUL*", "+[GUL*", "-[FBSDK*", "+[FBSDK*", "-[OneSignal*", "+[OneSignal*", "-[SDWebImage*", "-[SDImage*",
    "-[AFHTTP*", "-[AFURL*", "KSCrash*", "kscrash_*", "kscm_*", "ksmc_*", "kscrashreport_*", "ksmachine_*", "sentrycrash*", "bsg_*", "PLCrash*",
    "StackWalker*", "CLSProcess*", "CLSHandler*", "CLSException*", "CLSTerminateHandler*", "__CLSException*", "FIRCLS*", "__FIRCLS*", "crashsight*",
    "CrashSight*", "Bugly*", "RCTFatal", "RCTFatalException", "RCTLogNative*", "RCTJSErrorFrom*", "RCTInvokeMethod*", "-[RCTExceptionsManager*",
    "-[RCTModuleMethod*", "-[RCTModuleData*", "-[RCTCxxBridge*", "-[RCTBridge*", "-[RCTBatchedBridge*", "-[RCTUIManager*", "-[RCTJSCExecutor*",
    "-[RCTObjcExecutor*", "-[RCTJavaScriptLoader*", "-[RCTRootView*", "-[RCTRootContentView*", "-[RCTEventDispatcher*", "-[RCTTouchHandler*",
    "-[RCTShadowView*", "-[RCTScrollView*", "-[RCTConvert*", "-[RCTNetworking*", "-[RCTNetworkTask*", "-[RCTHTTPRequestHandler*", "-[RCTImageLoader*",
    "-[RCTDisplayLink*", "-[RCTTiming*", "-[RCTRedBox*", "-[RCTSurface*", "-[RCTMountingManager*", "-[RCTComponentData*", "-[RCTTurboModuleManager*",
    "-[RCTInstance*", "-[RCTHost*", "-[RCTNativeAnimated*", "-[RCTAppDelegate*", "-[RCTRootViewFactory*", "-[RCTReactNativeFactory*",
    "-[RCTWebSocket*", "+[RCTBridge*", "+[RCTConvert*", "+[RCTJavaScriptLoader*", "+[RCTExceptionsManager*", "-[MSAC*", "+[MSAC*", "-[MSCrashes*",
    "+[MSCrashes*", "-[MSAppCenter*", "+[MSAppCenter*", "-[MSAnalytics*", "+[MSAnalytics*", "-[BITCrash*", "+[BITCrash*", "-[BITHockey*",
    "+[BITHockey*",
    // More of React Native's, and what its libraries and those of Expo, Cordova and Capacitor bring.
    "-[RCTView*", "-[RCTText*", "-[RCTMessageThread*", "-[RCTCxxModule*", "-[RCTParagraph*", "-[RCTScheduler*", "-[RCTFabric*", "-[RCTComponentView*",
    "-[RCTAlertManager*", "-[RCTSourceCode*", "-[RCTI18n*", "-[RCTPerformanceLogger*", "-[RCTDevSettings*", "-[RCTDevMenu*",
    "-[RCTPackagerConnection*", "-[RCTReconnectingWebSocket*", "-[RCTInspector*", "-[RCTLinkingManager*", "-[RCTPushNotification*",
    "-[RCTAsyncLocalStorage*", "-[RCTKeyboard*", "-[RCTDeviceInfo*", "-[RCTAccessibility*", "-[RCTStatusBar*", "-[RCTBlob*", "-[RCTFile*",
    "-[RCTVirtualText*", "-[RCTBaseText*", "-[RCTModalHost*", "-[RCTSafeArea*", "-[RCTWebView*", "-[RCTJSStackFrame*", "-[RCTProfile*",
    "-[RCTSettings*", "-[RCTVibration*", "-[RCTGIF*", "-[RCTLocalAsset*", "-[RCTImage*", "RCTExecuteOn*", "RCTUnsafeExecute*",
    "RCTDispatchToUIQueue*", "__RCTFatal*", "__RCTExecuteOn*", "-[REA*", "+[REA*", "-[RNScreen*", "-[RNSScreen*", "-[RNSVG*", "-[RNSearch*",
    "-[RNSentry*", "-[RNGesture*", "-[RNC*", "+[RNC*", "-[RNFB*", "+[RNFB*", "-[RNFirebase*", "+[RNFirebase*", "-[RNDeviceInfo*", "+[RNDeviceInfo*",
    "-[RNFetchBlob*", "-[RNLocalize*", "-[RNVectorIcons*", "-[RNImage*", "-[RNIap*", "-[RNKeychain*", "-[RNPermissions*", "-[RNShare*", "-[RNSound*",
    "-[RNReanimated*", "-[RNRootView*", "-[AIRMap*", "+[AIRMap*", "-[AIRGoogleMap*", "-[CodePush*", "+[CodePush*", "-[RCCManager*", "-[RNN*",
    "+[RNN*", "-[EXReact*", "-[EXApp*", "-[EXModule*", "-[EXUpdates*", "-[EXNotifications*", "-[EXFileSystem*", "-[EXNative*", "-[EXJavaScript*",
    "-[EXScoped*", "-[EXKernel*", "-[EXError*", "-[CDV*", "+[CDV*", "-[CAPBridge*", "-[CAPPlugin*", "-[CAPWebView*", "-[CAPInstance*",
    // What many apps use.
    "-[AMP*", "-[Amplitude*", "-[Mixpanel*", "-[BNC*", "-[Branch*", "-[BugsnagClient*", "-[Bugsnag*", "-[Sentry*", "+[Sentry*", "-[RLM*", "+[RLM*",
    "-[MAS*", "-[FLEX*", "-[YY*", "-[MJ*", "-[MBProgressHUD*", "-[SVProgressHUD*", "-[IQKeyboard*", "-[GAD*", "+[GAD*", "-[GTM*", "-[Crashlytics*",
    "+[Crashlytics*", "-[NRMA*", "-[UMeng*", "-[WX*", "+[WX*", "-[Stripe*", "-[ASI*", "-[SR*", "-[Lottie*", "-[LOT*", "-[JPUSH*", "-[DD*Log*",
    "-[TencentOAuth*",
]);
