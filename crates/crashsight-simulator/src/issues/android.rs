//! What only Android has: Java exceptions, ANRs, drivers.

use super::{Nature, Quirk, Scope, Spec};

pub(super) const SPECS: &[Spec] = &[
    Spec::new(
        "java-billing-state",
        Nature::Java("java.lang.IllegalStateException"),
        &[
            "com.starfall.pay.PurchaseFlow.resume|PurchaseFlow.kt:128",
            "com.starfall.pay.PurchaseFlow.onBillingReady|PurchaseFlow.kt:87",
            "com.starfall.pay.BillingConnector$connect$1.onBillingSetupFinished|BillingConnector.kt:52",
        ],
    )
    .on("main")
    .rate(170, 1)
    .scoped(Scope::Since(0))
    .says("Fragment PurchaseFlow{3f1a9c2} not attached to an activity."),
    Spec::new(
        "java-push-null",
        Nature::Java("java.lang.NullPointerException"),
        &[
            "com.starfall.push.PushReceiver.onMessage|PushReceiver.java:73",
            "com.starfall.push.PushReceiver.onReceive|PushReceiver.java:41",
        ],
    )
    .on("main")
    .rate(210, 95)
    .says("Attempt to invoke virtual method 'java.lang.String android.os.Bundle.getString(java.lang.String)' on a null object reference"),
    Spec::new(
        "java-notification-oom",
        Nature::Java("java.lang.OutOfMemoryError"),
        &[
            "com.starfall.media.CoverLoader.decode|CoverLoader.kt:64",
            "com.starfall.media.CoverLoader.access$decode|CoverLoader.kt:19",
        ],
    )
    .on("DefaultDispatcher-worker-3")
    .rate(125, 180)
    .says("Failed to allocate a 23970828 byte allocation with 8388608 free bytes and 21MB until OOM"),
    Spec::new(
        "java-webview-missing",
        Nature::Java("android.util.AndroidRuntimeException"),
        &[
            "com.starfall.web.EventPage.create|EventPage.kt:33",
            "com.starfall.web.EventActivity.onCreate|EventActivity.kt:27",
        ],
    )
    .on("main")
    .rate(42, 210)
    .says("android.webkit.WebViewFactory$MissingWebViewPackageException: Failed to load WebView provider: No WebView installed"),
    Spec::new(
        "java-bad-token",
        Nature::Java("android.view.WindowManager$BadTokenException"),
        &["com.starfall.ui.RatingDialog.show|RatingDialog.java:58"],
    )
    .on("main")
    .rate(88, 145)
    .says("Unable to add window -- token android.os.BinderProxy@5f0c2d1 is not valid; is your activity running?"),
    Spec::new(
        "java-foreground-service",
        Nature::Java("android.app.RemoteServiceException$ForegroundServiceDidNotStartInTimeException"),
        &["com.starfall.download.PatchService.onStartCommand|PatchService.kt:70"],
    )
    .on("main")
    .rate(66, 31)
    .scoped(Scope::Since(1))
    .says("Context.startForegroundService() did not then call Service.startForeground(): ServiceRecord{8e01b7a u0 com.starfall.game/com.starfall.download.PatchService}"),
    Spec::new(
        "java-dead-object",
        Nature::Java("android.os.DeadSystemException"),
        &["com.starfall.core.DeviceInfo.battery|DeviceInfo.java:112"],
    )
    .on("main")
    .rate(75, 260)
    .exits(),
    Spec::new(
        "driver-mali",
        Nature::Null,
        &[
            "FStarRender::Present(bool)|Source/StarRender/Private/StarRender.cpp:512",
            "FStarFrame::EndFrame()|Source/StarRender/Private/StarFrame.cpp:208",
        ],
    )
    .on("RHIThread")
    .rate(105, 190)
    .mostly_on("Mali"),
    Spec::new(
        "anr-asset-lock",
        Nature::Anr,
        &[
            "com.starfall.asset.AssetStore.open|AssetStore.java:146",
            "com.starfall.asset.AssetStore.preload|AssetStore.java:101",
            "com.starfall.core.GameActivity.onResume|GameActivity.java:233",
        ],
    )
    .on("main")
    .rate(180, 44)
    .says("Input dispatching timed out (com.starfall.game/com.starfall.core.GameActivity, Waiting to send non-key event because the touched window has not finished processing certain input events)")
    .with(Quirk::LockChain),
    Spec::new(
        "anr-shared-preferences",
        Nature::Anr,
        &[
            "com.starfall.core.Settings.commit|Settings.java:67",
            "com.starfall.core.GameActivity.onPause|GameActivity.java:251",
        ],
    )
    .on("main")
    .rate(140, 200)
    .says("Input dispatching timed out (Application does not have a focused window)"),
    Spec::new(
        "anr-broadcast",
        Nature::Anr,
        &[
            "com.starfall.push.TokenStore.load|TokenStore.kt:48",
            "com.starfall.push.PushReceiver.onReceive|PushReceiver.java:39",
        ],
    )
    .on("main")
    .rate(90, 130)
    .says("Broadcast of Intent { act=com.starfall.push.MESSAGE flg=0x10 pkg=com.starfall.game }"),
    Spec::new(
        "anr-native-load",
        Nature::Anr,
        &[
            "com.starfall.core.NativeLoader.load|NativeLoader.kt:55",
            "com.starfall.core.GameApplication.onCreate|GameApplication.kt:38",
        ],
    )
    .on("main")
    .rate(60, 10)
    .scoped(Scope::Since(0))
    .says("executing service com.starfall.game/com.starfall.download.PatchService"),
];
