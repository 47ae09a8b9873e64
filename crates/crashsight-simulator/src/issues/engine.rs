//! Native faults of the Unreal and IL2CPP halves of the game, on every platform.

use super::spec::{Nature, Quirk, Scope, Spec};

pub(crate) const SPECS: &[Spec] = &[
    Spec::new(
        "vehicle-suspension",
        Nature::Null,
        &[
            "UStarVehicleMovement::ApplySuspension(FWheelState&, float)|Source/Starfall/Vehicle/StarVehicleMovement.cpp:412",
            "UStarVehicleMovement::TickWheels(float)|Source/Starfall/Vehicle/StarVehicleMovement.cpp:287",
            "UStarVehicleMovement::TickComponent(float, ELevelTick, FActorComponentTickFunction*)|Source/Starfall/Vehicle/StarVehicleMovement.cpp:141",
        ],
    )
    .rate(130, 3)
    .versions(Scope::Since(0))
    .mostly_on_gpu("Mali"),
    Spec::new(
        "ability-target-stale",
        Nature::Stale,
        &[
            "UStarAbilityComponent::ResolveTarget(FGameplayAbilitySpecHandle)|Source/Starfall/Ability/StarAbilityComponent.cpp:633",
            "UStarAbilityComponent::CommitAbility(FGameplayAbilitySpecHandle, bool)|Source/Starfall/Ability/StarAbilityComponent.cpp:518",
            "AStarCharacter::ServerUseAbility_Implementation(int32)|Source/Starfall/Character/StarCharacter.cpp:904",
        ],
    )
    .rate(520, 134),
    Spec::new(
        "rhi-buffer-lock",
        Nature::Stale,
        &[
            "FStarTerrainRenderer::UploadChunk_RenderThread(FRHICommandListImmediate&, FTerrainChunk const&)|Source/StarTerrain/Private/StarTerrainRenderer.cpp:228",
            "FStarTerrainRenderer::FlushUploads()|Source/StarTerrain/Private/StarTerrainRenderer.cpp:181",
        ],
    )
    .rate(410, 74)
    .thread("RenderThread 1")
    .mostly_on_gpu("Adreno"),
    Spec::new(
        "matchmaking-abort",
        Nature::Abort,
        &[
            "FStarMatchTicket::Reset()|Source/Starfall/Online/StarMatchTicket.cpp:96",
            "UStarMatchmaking::OnTicketExpired(FString const&)|Source/Starfall/Online/StarMatchmaking.cpp:344",
        ],
    )
    .rate(240, 51)
    .message("Assertion failed: Ticket.IsValid() [File:D:/build/ws/Source/Starfall/Online/StarMatchTicket.cpp] [Line: 96]"),
    Spec::new(
        "texture-streaming-memory",
        Nature::Memory,
        &[
            "FStarStreamingPool::Reserve(uint64)|Source/StarRuntime/Private/StarStreamingPool.cpp:77",
            "FStarStreamingPool::LoadMip(FTextureHandle, int32)|Source/StarRuntime/Private/StarStreamingPool.cpp:203",
        ],
    )
    .rate(330, 160)
    .thread("PoolThread 4")
    .message("Ran out of memory allocating 67108864 bytes with alignment 0"),
    Spec::new(
        "il2cpp-inventory-null",
        Nature::Null,
        &[
            "InventoryPanel_RefreshSlot_m8C21D0E41F6A3B75(InventoryPanel_t*, int32_t, MethodInfo const*)|Il2CppOutputProject/Source/il2cppOutput/Assembly-CSharp7.cpp:20411",
            "InventoryPanel_OnItemMoved_mA04F7BD5C6E21F93(InventoryPanel_t*, Item_t*, MethodInfo const*)|Il2CppOutputProject/Source/il2cppOutput/Assembly-CSharp7.cpp:20187",
            "EventBus_Publish_m61D83A2C5E9F04B7(EventBus_t*, Il2CppObject*, MethodInfo const*)|Il2CppOutputProject/Source/il2cppOutput/Assembly-CSharp2.cpp:3391",
        ],
    )
    .thread("UnityMain")
    .rate(290, 88),
    Spec::new(
        "anim-graph-overflow",
        Nature::Overflow,
        &[
            "FStarPoseNode::Evaluate(FPoseContext&)|Source/StarAnim/Private/StarPoseNode.cpp:58",
            "FStarPoseNode::Evaluate(FPoseContext&)|Source/StarAnim/Private/StarPoseNode.cpp:61",
            "FStarPoseNode::Evaluate(FPoseContext&)|Source/StarAnim/Private/StarPoseNode.cpp:61",
            "UStarAnimInstance::EvaluateGraph(float)|Source/StarAnim/Private/StarAnimInstance.cpp:219",
        ],
    )
    .thread("TaskGraphThreadHP 2")
    .rate(64, 40),
    Spec::new(
        "physics-constraint",
        Nature::Stale,
        &[
            "physx::PxVehicleConstraintShader::visualiseConstraint(physx::PxConstraintVisualizer&, void const*, physx::PxTransform const&, physx::PxTransform const&, unsigned int)|Engine/Source/ThirdParty/PhysX3/PhysX_3.4/Source/PhysXVehicle/src/PxVehicleSDK.cpp:318",
            "UStarPhysicsScene::SyncBodies()|Source/Starfall/Physics/StarPhysicsScene.cpp:455",
        ],
    )
    .rate(150, 240),
    Spec::new(
        "voice-ring-buffer",
        Nature::Bus,
        &[
            "FStarVoiceRing::Write(int16 const*, int32)|Source/StarVoice/Private/StarVoiceRing.cpp:44",
            "FStarVoiceEngine::OnCapturedAudio(void*, int32)|Source/StarVoice/Private/StarVoiceEngine.cpp:160",
        ],
    )
    .thread("AudioCapture")
    .rate(58, 66),
    Spec::new(
        "shader-precompile",
        Nature::Abort,
        &[
            "FStarShaderCache::Precompile(TArray<FShaderKey> const&)|Source/StarRender/Private/StarShaderCache.cpp:309",
            "UStarLoadingScreen::WarmUp()|Source/Starfall/UI/StarLoadingScreen.cpp:122",
        ],
    )
    .thread("RHIThread")
    .rate(190, 120)
    .message("Fatal: Failed to link program, shader compiler ran out of memory")
    .mostly_on_gpu("PowerVR"),
    Spec::new(
        "replication-actor-gone",
        Nature::Null,
        &[
            "AStarProjectile::OnRep_Impact()|Source/Starfall/Weapon/StarProjectile.cpp:175",
            "AStarProjectile::PostNetReceive()|Source/Starfall/Weapon/StarProjectile.cpp:98",
        ],
    )
    .rate(120, 33)
    .versions(Scope::Since(1)),
    Spec::new(
        "pak-mount-race",
        Nature::Stale,
        &[
            "FStarPakMounter::Mount(FString const&, int32)|Source/StarRuntime/Private/StarPakMounter.cpp:141",
            "FStarHotUpdate::ApplyPatch(FPatchManifest const&)|Source/StarRuntime/Private/StarHotUpdate.cpp:266",
        ],
    )
    .thread("IoService")
    .rate(46, 24)
    .versions(Scope::Since(1))
    .with(Quirk::FilesElsewhere),
    Spec::new(
        "replay-writer",
        Nature::Null,
        &[
            "FStarReplayWriter::AppendFrame(FReplayFrame const&)|Source/Starfall/Replay/StarReplayWriter.cpp:83",
            "UStarReplaySubsystem::Tick(float)|Source/Starfall/Replay/StarReplaySubsystem.cpp:57",
        ],
    )
    .rate(34, 24)
    .versions(Scope::Since(1)),
    Spec::new(
        "third-party-anticheat",
        Nature::Stale,
        &["anticheat_scan_region|0", "anticheat_worker|0"],
    )
    .thread("ac_worker")
    .rate(82, 200)
    .with(Quirk::NoSymbols),
    Spec::new(
        "navmesh-tile",
        Nature::Null,
        &[
            "FStarNavTile::FindPoly(FVector const&) const|Source/StarAI/Private/StarNavTile.cpp:202",
            "UStarBotController::PickCover()|Source/StarAI/Private/StarBotController.cpp:391",
        ],
    )
    .rate(28, 58),
    Spec::new(
        "niagara-emitter",
        Nature::Stale,
        &[
            "UStarSkillEffect::AttachEmitter(USceneComponent*, FName)|Source/Starfall/Effect/StarSkillEffect.cpp:119",
            "UStarSkillEffect::Activate(bool)|Source/Starfall/Effect/StarSkillEffect.cpp:71",
        ],
    )
    .rate(96, 83)
    .versions(Scope::Until(1)),
    Spec::new(
        "il2cpp-guild-list",
        Nature::Null,
        &[
            "GuildList_Sort_mD5F0C1A2E7B84963(GuildList_t*, Comparison_1_t*, MethodInfo const*)|Il2CppOutputProject/Source/il2cppOutput/Assembly-CSharp12.cpp:9917",
            "GuildPage_Show_m47B1E95D0C38F2A6(GuildPage_t*, MethodInfo const*)|Il2CppOutputProject/Source/il2cppOutput/Assembly-CSharp12.cpp:8803",
        ],
    )
    .thread("UnityMain")
    .rate(72, 29)
    .versions(Scope::Since(1)),
    Spec::new(
        "save-thread-exit",
        Nature::Abort,
        &[
            "FStarSaveGame::Flush()|Source/Starfall/Save/StarSaveGame.cpp:188",
            "UStarGameInstance::Shutdown()|Source/Starfall/Core/StarGameInstance.cpp:75",
        ],
    )
    .rate(140, 150)
    .message("pthread_mutex_lock called on a destroyed mutex")
    .system_exit(),
];
