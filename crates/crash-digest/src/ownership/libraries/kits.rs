//! Kits that are linked into apps of Apple's systems: what reports crashes, and React Native's Objective-C.

use crate::name_table::NameTable;

/// Their classes and functions: `-[RCTBridge invokeAsync:]`, `kscrash_install`.
#[rustfmt::skip]
pub(in crate::ownership) static KITS: NameTable = NameTable::new(&[
    "-[GDT*", "+[GDT*", "-[FIR*", "+[FIR*", "-[GUL*", "+[GUL*", "-[FBSDK*", "+[FBSDK*", "-[OneSignal*", "+[OneSignal*", "-[SDWebImage*",
    "+[SDWebImage*", "-[SDImage*", "+[SDImage*", "-[AFHTTP*", "+[AFHTTP*", "-[AFURL*", "+[AFURL*", "KSCrash*", "kscrash_*", "kscm_*", "ksmc_*",
    "kscrashreport_*", "ksmachine_*", "sentrycrash*", "bsg_*", "PLCrash*", "StackWalker*", "CLSProcess*", "CLSHandler*", "CLSException*",
    "CLSTerminateHandler*", "__CLSException*", "FIRCLS*", "__FIRCLS*", "crashsight*", "CrashSight*", "Bugly*", "RCTFatal", "RCTFatalException",
    "RCTLogNative*", "RCTJSErrorFrom*", "RCTInvokeMethod*", "-[RCTExceptionsManager*", "-[RCTModuleMethod*", "+[RCTModuleMethod*", "-[RCTModuleData*",
    "+[RCTModuleData*", "-[RCTCxxBridge*", "+[RCTCxxBridge*", "-[RCTBridge*", "-[RCTBatchedBridge*", "+[RCTBatchedBridge*", "-[RCTUIManager*",
    "+[RCTUIManager*", "-[RCTJSCExecutor*", "+[RCTJSCExecutor*", "-[RCTObjcExecutor*", "+[RCTObjcExecutor*", "-[RCTJavaScriptLoader*",
    "-[RCTRootView*", "+[RCTRootView*", "-[RCTRootContentView*", "+[RCTRootContentView*", "-[RCTEventDispatcher*", "+[RCTEventDispatcher*",
    "-[RCTTouchHandler*", "+[RCTTouchHandler*", "-[RCTShadowView*", "+[RCTShadowView*", "-[RCTScrollView*", "+[RCTScrollView*", "-[RCTConvert*",
    "-[RCTNetworking*", "+[RCTNetworking*", "-[RCTNetworkTask*", "+[RCTNetworkTask*", "-[RCTHTTPRequestHandler*", "+[RCTHTTPRequestHandler*",
    "-[RCTImageLoader*", "+[RCTImageLoader*", "-[RCTDisplayLink*", "+[RCTDisplayLink*", "-[RCTTiming*", "+[RCTTiming*", "-[RCTRedBox*",
    "+[RCTRedBox*", "-[RCTSurface*", "+[RCTSurface*", "-[RCTMountingManager*", "+[RCTMountingManager*", "-[RCTComponentData*", "+[RCTComponentData*",
    "-[RCTTurboModuleManager*", "+[RCTTurboModuleManager*", "-[RCTInstance*", "+[RCTInstance*", "-[RCTHost*", "+[RCTHost*", "-[RCTNativeAnimated*",
    "+[RCTNativeAnimated*", "-[RCTAppDelegate*", "+[RCTAppDelegate*", "-[RCTRootViewFactory*", "+[RCTRootViewFactory*", "-[RCTReactNativeFactory*",
    "+[RCTReactNativeFactory*", "-[RCTWebSocket*", "+[RCTWebSocket*", "+[RCTBridge*", "+[RCTConvert*", "+[RCTJavaScriptLoader*",
    "+[RCTExceptionsManager*", "-[MSAC*", "+[MSAC*", "-[MSCrashes*", "+[MSCrashes*", "-[MSAppCenter*", "+[MSAppCenter*", "-[MSAnalytics*",
    "+[MSAnalytics*", "-[BITCrash*", "+[BITCrash*", "-[BITHockey*", "+[BITHockey*",
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
    "-[AMP*", "+[AMP*", "-[Amplitude*", "+[Amplitude*", "-[Mixpanel*", "+[Mixpanel*", "-[BNC*", "+[BNC*", "-[Branch*", "+[Branch*", "-[Bugsnag*",
    "+[Bugsnag*", "-[BSG*", "+[BSG*", "-[Sentry*", "+[Sentry*", "-[RLM*", "+[RLM*", "-[MAS*", "+[MAS*", "-[FLEX*", "+[FLEX*", "-[YY*", "+[YY*",
    "-[MJ*", "+[MJ*", "-[MBProgressHUD*", "+[MBProgressHUD*", "-[SVProgressHUD*", "+[SVProgressHUD*", "-[IQKeyboard*", "+[IQKeyboard*", "-[GAD*",
    "+[GAD*", "-[GTM*", "+[GTM*", "-[Crashlytics*", "+[Crashlytics*", "-[NRMA*", "+[NRMA*", "-[UMeng*", "+[UMeng*", "-[WX*", "+[WX*", "-[Stripe*",
    "+[Stripe*", "-[ASI*", "+[ASI*", "-[SR*", "+[SR*", "-[Lottie*", "+[Lottie*", "-[LOT*", "+[LOT*", "-[JPUSH*", "+[JPUSH*", "-[DD*Log*", "+[DD*Log*",
    "-[TencentOAuth*", "+[TencentOAuth*",
]);
