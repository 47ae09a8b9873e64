//! What only iOS has: Objective-C exceptions, watchdog, Metal.

use super::spec::{Nature, Scope, Spec};

pub(crate) const SPECS: &[Spec] = &[
    Spec::new(
        "objc-selector",
        Nature::Objc("NSInvalidArgumentException"),
        &[
            "-[SFStoreController paymentQueue:updatedTransactions:]|SFStoreController.mm:214",
            "-[SFStoreController finish:]|SFStoreController.mm:188",
        ],
    )
    .thread("com.apple.main-thread")
    .rate(150, 1)
    .versions(Scope::Since(0))
    .message("-[__NSCFString objectForKeyedSubscript:]: unrecognized selector sent to instance 0x28301c5a0"),
    Spec::new(
        "objc-range",
        Nature::Objc("NSRangeException"),
        &["-[SFNoticeView cellAtIndex:]|SFNoticeView.m:96", "-[SFNoticeView reload]|SFNoticeView.m:71"],
    )
    .thread("com.apple.main-thread")
    .rate(96, 63)
    .message("*** -[__NSArrayM objectAtIndexedSubscript:]: index 4 beyond bounds [0 .. 3]"),
    Spec::new(
        "objc-layout",
        Nature::Objc("NSInternalInconsistencyException"),
        &["-[SFShareSheet present]|SFShareSheet.m:58"],
    )
    .thread("NSOperationQueue 0x2834c1f40")
    .rate(74, 120)
    .message("Modifications to the layout engine must not be performed from a background thread after it has been accessed from the main thread."),
    Spec::new(
        "metal-heap",
        Nature::Abort,
        &[
            "FStarMetalHeap::MakeAliasable()|Source/StarRender/Private/Apple/StarMetalHeap.cpp:131",
            "FStarMetalHeap::Trim(uint32)|Source/StarRender/Private/Apple/StarMetalHeap.cpp:88",
        ],
    )
    .thread("RHIThread")
    .rate(160, 2)
    .versions(Scope::Since(0))
    .message("-[MTLDebugHeap makeAliasable]:212: failed assertion `resource is in use by the GPU'"),
    Spec::new(
        "watchdog-background",
        Nature::Abort,
        &["FStarSaveGame::WriteAll()|Source/Starfall/Save/StarSaveGame.cpp:241"],
    )
    .thread("com.apple.main-thread")
    .rate(110, 155)
    .message("Termination Reason: FRONTBOARD 2343432205, scene-update watchdog transgression")
    .system_exit(),
    Spec::new(
        "swift-optional",
        Nature::Null,
        &[
            "StarfallWidget.SeasonProvider.getTimeline(in:completion:)|SeasonProvider.swift:44",
            "StarfallWidget.SeasonProvider.load()|SeasonProvider.swift:29",
        ],
    )
    .thread("com.apple.main-thread")
    .rate(40, 36)
    .versions(Scope::Since(1))
    .message("Unexpectedly found nil while unwrapping an Optional value"),
    Spec::new(
        "avaudio-session",
        Nature::Stale,
        &["-[SFVoiceSession routeChanged:]|SFVoiceSession.mm:152"],
    )
    .thread("AVAudioSession Notify Thread")
    .rate(68, 49),
    Spec::new(
        "hang-keychain",
        Nature::Anr,
        &["-[SFAccountVault token]|SFAccountVault.m:77", "-[SFLoginController resume]|SFLoginController.m:130"],
    )
    .thread("com.apple.main-thread")
    .rate(120, 84)
    .message("main thread did not respond for 5021 ms"),
    Spec::new(
        "hang-asset",
        Nature::Anr,
        &["FStarAssetStore::Open(FString const&)|Source/StarRuntime/Private/StarAssetStore.cpp:310"],
    )
    .thread("com.apple.main-thread")
    .rate(80, 40)
    .message("main thread did not respond for 8214 ms"),
    Spec::new(
        "hang-photo-library",
        Nature::Anr,
        &["-[SFScreenshot save:]|SFScreenshot.m:61"],
    )
    .thread("com.apple.main-thread")
    .rate(36, 100)
    .message("main thread did not respond for 5340 ms"),
];
