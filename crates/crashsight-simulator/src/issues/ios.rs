//! What only iOS has: Objective-C exceptions, watchdog, Metal.

use super::{Nature, Scope, Spec};

pub(super) const SPECS: &[Spec] = &[
    Spec::new(
        "objc-selector",
        Nature::Objc("NSInvalidArgumentException"),
        &[
            "-[SFStoreController paymentQueue:updatedTransactions:]|SFStoreController.mm:214",
            "-[SFStoreController finish:]|SFStoreController.mm:188",
        ],
    )
    .on("com.apple.main-thread")
    .rate(150, 1)
    .scoped(Scope::Since(0))
    .says("-[__NSCFString objectForKeyedSubscript:]: unrecognized selector sent to instance 0x28301c5a0"),
    Spec::new(
        "objc-range",
        Nature::Objc("NSRangeException"),
        &["-[SFNoticeView cellAtIndex:]|SFNoticeView.m:96", "-[SFNoticeView reload]|SFNoticeView.m:71"],
    )
    .on("com.apple.main-thread")
    .rate(96, 63)
    .says("*** -[__NSArrayM objectAtIndexedSubscript:]: index 4 beyond bounds [0 .. 3]"),
    Spec::new(
        "objc-layout",
        Nature::Objc("NSInternalInconsistencyException"),
        &["-[SFShareSheet present]|SFShareSheet.m:58"],
    )
    .on("NSOperationQueue 0x2834c1f40")
    .rate(74, 120)
    .says("Modifications to the layout engine must not be performed from a background thread after it has been accessed from the main thread."),
    Spec::new(
        "metal-heap",
        Nature::Abort,
        &[
            "FStarMetalHeap::MakeAliasable()|Source/StarRender/Private/Apple/StarMetalHeap.cpp:131",
            "FStarMetalHeap::Trim(uint32)|Source/StarRender/Private/Apple/StarMetalHeap.cpp:88",
        ],
    )
    .on("RHIThread")
    .rate(160, 2)
    .scoped(Scope::Since(0))
    .says("-[MTLDebugHeap makeAliasable]:212: failed assertion `resource is in use by the GPU'"),
    Spec::new(
        "watchdog-background",
        Nature::Abort,
        &["FStarSaveGame::WriteAll()|Source/Starfall/Save/StarSaveGame.cpp:241"],
    )
    .on("com.apple.main-thread")
    .rate(110, 155)
    .says("Termination Reason: FRONTBOARD 2343432205, scene-update watchdog transgression")
    .exits(),
    Spec::new(
        "swift-optional",
        Nature::Null,
        &[
            "StarfallWidget.SeasonProvider.getTimeline(in:completion:)|SeasonProvider.swift:44",
            "StarfallWidget.SeasonProvider.load()|SeasonProvider.swift:29",
        ],
    )
    .on("com.apple.main-thread")
    .rate(40, 36)
    .scoped(Scope::Since(1))
    .says("Unexpectedly found nil while unwrapping an Optional value"),
    Spec::new(
        "avaudio-session",
        Nature::Stale,
        &["-[SFVoiceSession routeChanged:]|SFVoiceSession.mm:152"],
    )
    .on("AVAudioSession Notify Thread")
    .rate(68, 49),
    Spec::new(
        "hang-keychain",
        Nature::Anr,
        &["-[SFAccountVault token]|SFAccountVault.m:77", "-[SFLoginController resume]|SFLoginController.m:130"],
    )
    .on("com.apple.main-thread")
    .rate(120, 84)
    .says("main thread did not respond for 5021 ms"),
    Spec::new(
        "hang-asset",
        Nature::Anr,
        &["FStarAssetStore::Open(FString const&)|Source/StarRuntime/Private/StarAssetStore.cpp:310"],
    )
    .on("com.apple.main-thread")
    .rate(80, 40)
    .says("main thread did not respond for 8214 ms"),
    Spec::new(
        "hang-photo-library",
        Nature::Anr,
        &["-[SFScreenshot save:]|SFScreenshot.m:61"],
    )
    .on("com.apple.main-thread")
    .rate(36, 100)
    .says("main thread did not respond for 5340 ms"),
];
