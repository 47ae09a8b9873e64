//! What only the PC has: drivers, overlays, Windows.

use super::spec::{Nature, Quirk, Scope, Spec};

pub(crate) const SPECS: &[Spec] = &[
    Spec::new(
        "d3d-device-removed",
        Nature::Abort,
        &[
            "FStarD3D12::VerifyResult(HRESULT, char const*)|Source/StarRender/Private/Windows/StarD3D12.cpp:145",
            "FStarD3D12::Present()|Source/StarRender/Private/Windows/StarD3D12.cpp:611",
        ],
    )
    .thread("RHIThread")
    .rate(460, 200)
    .mostly_on_gpu("NVIDIA")
    .message("Unreal Engine is exiting due to D3D device being lost. (Error: 0x887A0006 - 'HUNG')"),
    Spec::new(
        "overlay-hook",
        Nature::Stale,
        &["FStarWindow::OnPaint()|Source/StarRuntime/Private/Windows/StarWindow.cpp:230"],
    )
    .thread("GameThread")
    .rate(170, 170)
    .with(Quirk::NoSymbols),
    Spec::new(
        "ray-tracing-scene",
        Nature::Null,
        &[
            "FStarRayScene::BuildInstances(FRDGBuilder&)|Source/StarRender/Private/StarRayScene.cpp:277",
            "FStarRayScene::Update()|Source/StarRender/Private/StarRayScene.cpp:190",
        ],
    )
    .thread("RenderThread 0")
    .rate(210, 1)
    .versions(Scope::Since(0))
    .mostly_on_gpu("NVIDIA GeForce RTX"),
    Spec::new(
        "mod-loader",
        Nature::Null,
        &["FStarModLoader::Bind(FString const&)|Source/StarRuntime/Private/StarModLoader.cpp:92"],
    )
    .rate(90, 38)
    .versions(Scope::Since(1)),
    Spec::new(
        "gamepad-haptics",
        Nature::Stale,
        &["FStarHaptics::Stop(int32)|Source/StarInput/Private/StarHaptics.cpp:66"],
    )
    .rate(55, 90),
    Spec::new(
        "launcher-pipe",
        Nature::Abort,
        &["FStarLauncherPipe::Read()|Source/StarRuntime/Private/Windows/StarLauncherPipe.cpp:120"],
    )
    .thread("LauncherPipe")
    .rate(60, 140)
    .message("Fatal error: launcher closed the pipe")
    .system_exit(),
    Spec::new(
        "hang-d3d-present",
        Nature::Anr,
        &["FStarD3D12::WaitForFence(uint64)|Source/StarRender/Private/Windows/StarD3D12.cpp:702"],
    )
    .rate(150, 100)
    .message("game thread did not respond for 12000 ms"),
    Spec::new(
        "hang-save-cloud",
        Nature::Anr,
        &["FStarCloudSave::Sync()|Source/Starfall/Save/StarCloudSave.cpp:203"],
    )
    .rate(70, 55)
    .message("game thread did not respond for 15000 ms"),
];
