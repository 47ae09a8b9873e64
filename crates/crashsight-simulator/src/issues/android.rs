//! What only Android has: Java exceptions, ANRs, drivers.

use super::spec::{Nature, Quirk, Scope, Spec};

pub(crate) const SPECS: &[Spec] = &[
    Spec::new(
        "java-billing-state",
        Nature::Java("java.lang.IllegalStateException"),
        &[
            "com.starfall.pay.PurchaseFlow.resume|PurchaseFlow.kt:128",
            "com.starfall.pay.PurchaseFlow.onBillingReady|PurchaseFlow.kt:87",
            "com.starfall.pay.BillingConnector$connect$1.onBillingSetupFinished|BillingConnector.kt:52",
        ],
    )
    .thread("main")
    .rate(170, 1)
    .versions(Scope::Since(0))
    .message("Fragment PurchaseFlow{3f1a9c2} not attached to an activity."),
    Spec::new(
        "java-push-null",
        Nature::Java("java.lang.NullPointerException"),
        &[
            "com.starfall.push.PushReceiver.onMessage|PushReceiver.java:73",
            "com.starfall.push.PushReceiver.onReceive|PushReceiver.java:41",
        ],
    )
    .thread("main")
    .rate(210, 95)
    .message("Attempt to invoke virtual method 'java.lang.String android.os.Bundle.getString(java.lang.String)' on a null object reference"),
    Spec::new(
        "java-notification-oom",
        Nature::Java("java.lang.OutOfMemoryError"),
        &[
            "com.starfall.media.CoverLoader.decode|CoverLoader.kt:64",
            "com.starfall.media.CoverLoader.access$decode|CoverLoader.kt:19",
        ],
    )
    .thread("DefaultDispatcher-worker-3")
    .rate(125, 180)
    .message("Failed to allocate a 23970828 byte allocation with 8388608 free bytes and 21MB until OOM"),
    Spec::new(
        "java-webview-missing",
        Nature::Java("android.util.AndroidRuntimeException"),
        &[
            "com.starfall.web.EventPage.create|EventPage.kt:33",
            "com.starfall.web.EventActivity.onCreate|EventActivity.kt:27",
        ],
    )
    .thread("main")
    .rate(42, 210)
    .message("android.webkit.WebViewFactory$MissingWebViewPackageException: Failed to load WebView provider: No WebView installed"),
    Spec::new(
        "java-bad-token",
        Nature::Java("android.view.WindowManager$BadTokenException"),
        &["com.starfall.ui.RatingDialog.show|RatingDialog.java:58"],
    )
    .thread("main")
    .rate(88, 145)
    .message("Unable to add window -- token android.os.BinderProxy@5f0c2d1 is not valid; is your activity running?"),
    Spec::new(
        "java-foreground-service",
        Nature::Java("android.app.RemoteServiceException$ForegroundServiceDidNotStartInTimeException"),
        &["com.starfall.download.PatchService.onStartCommand|PatchService.kt:70"],
    )
    .thread("main")
    .rate(66, 31)
    .versions(Scope::Since(1))
    .message("Context.startForegroundService() did not then call Service.startForeground(): ServiceRecord{8e01b7a u0 com.starfall.game/com.starfall.download.PatchService}"),
    Spec::new(
        "java-dead-object",
        Nature::Java("android.os.DeadSystemException"),
        &["com.starfall.core.DeviceInfo.battery|DeviceInfo.java:112"],
    )
    .thread("main")
    .rate(75, 260)
    .system_exit(),
    Spec::new(
        "driver-mali",
        Nature::Null,
        &[
            "FStarRender::Present(bool)|Source/StarRender/Private/StarRender.cpp:512",
            "FStarFrame::EndFrame()|Source/StarRender/Private/StarFrame.cpp:208",
        ],
    )
    .thread("RHIThread")
    .rate(105, 190)
    .mostly_on_gpu("Mali"),
    Spec::new(
        "anr-asset-lock",
        Nature::Anr,
        &[
            "com.starfall.asset.AssetStore.open|AssetStore.java:146",
            "com.starfall.asset.AssetStore.preload|AssetStore.java:101",
            "com.starfall.core.GameActivity.onResume|GameActivity.java:233",
        ],
    )
    .thread("main")
    .rate(180, 44)
    .message("Input dispatching timed out (com.starfall.game/com.starfall.core.GameActivity, Waiting to send non-key event because the touched window has not finished processing certain input events)")
    .with(Quirk::LockChain),
    Spec::new(
        "anr-shared-preferences",
        Nature::Anr,
        &[
            "com.starfall.core.Settings.commit|Settings.java:67",
            "com.starfall.core.GameActivity.onPause|GameActivity.java:251",
        ],
    )
    .thread("main")
    .rate(140, 200)
    .message("Input dispatching timed out (Application does not have a focused window)"),
    Spec::new(
        "anr-broadcast",
        Nature::Anr,
        &[
            "com.starfall.push.TokenStore.load|TokenStore.kt:48",
            "com.starfall.push.PushReceiver.onReceive|PushReceiver.java:39",
        ],
    )
    .thread("main")
    .rate(90, 130)
    .message("Broadcast of Intent { act=com.starfall.push.MESSAGE flg=0x10 pkg=com.starfall.game }"),
    Spec::new(
        "anr-native-load",
        Nature::Anr,
        &[
            "com.starfall.core.NativeLoader.load|NativeLoader.kt:55",
            "com.starfall.core.GameApplication.onCreate|GameApplication.kt:38",
        ],
    )
    .thread("main")
    .rate(60, 10)
    .versions(Scope::Since(0))
    .message("executing service com.starfall.game/com.starfall.download.PatchService"),
];
