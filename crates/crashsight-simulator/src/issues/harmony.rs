//! Faults of HarmonyOS: ArkTS errors, freezes, and surfaces of foldable phones.

use super::spec::{Nature, Scope, Spec};

pub(crate) const SPECS: &[Spec] = &[
    Spec::new(
        "harmony-surface-fold",
        Nature::Stale,
        &[
            "FStarOhosSurface::Resize(OHNativeWindow*, int32, int32)|Source/StarRender/Private/OpenHarmony/StarOhosSurface.cpp:166",
            "FStarOhosSurface::OnFoldStatusChanged(int32)|Source/StarRender/Private/OpenHarmony/StarOhosSurface.cpp:121",
        ],
    )
    .thread("RHIThread")
    .rate(210, 1)
    .versions(Scope::Since(0)),
    Spec::new(
        "harmony-arkts-undefined",
        Nature::Js("TypeError"),
        &[
            "onBackPress|entry/src/main/ets/pages/Index.ets:88",
            "handleBack|entry/src/main/ets/common/Router.ets:41",
        ],
    )
    .thread("main")
    .rate(160, 60)
    .message("Cannot read property 'pop' of undefined"),
    Spec::new(
        "harmony-app-freeze",
        Nature::Anr,
        &[
            "FStarOhosBridge::CallSync(napi_env, char const*)|Source/StarRuntime/Private/OpenHarmony/StarOhosBridge.cpp:203",
            "UStarPlatform::QueryPermission(FString const&)|Source/Starfall/Core/StarPlatform.cpp:97",
        ],
    )
    .thread("main")
    .rate(130, 40)
    .message("THREAD_BLOCK_6S: com.starfall.game.ohos"),
    Spec::new(
        "harmony-memory-limit",
        Nature::Memory,
        &["FStarStreamingPool::Grow(uint64)|Source/StarRuntime/Private/StarStreamingPool.cpp:141"],
    )
    .thread("PoolThread 2")
    .rate(90, 33)
    .message("Process memory exceeds the limit of the system"),
];
