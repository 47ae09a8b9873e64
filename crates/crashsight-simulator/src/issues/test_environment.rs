//! Faults of the next version, which only the test environment has.

use super::spec::{Nature, Scope, Spec};

pub(crate) const SPECS: &[Spec] = &[
    Spec::new(
        "test-housing-snap",
        Nature::Null,
        &[
            "UStarHousingGrid::SnapToFloor(FHousingPiece&)|Source/Starfall/Housing/StarHousingGrid.cpp:274",
            "UStarHousingEditor::Place(FHousingPiece&, FVector const&)|Source/Starfall/Housing/StarHousingEditor.cpp:118",
        ],
    )
    .rate(900, 1)
    .versions(Scope::Since(0)),
    Spec::new(
        "test-pet-follow",
        Nature::Stale,
        &["AStarPet::FollowOwner(float)|Source/Starfall/Pet/StarPet.cpp:152"],
    )
    .rate(620, 5)
    .versions(Scope::Since(1)),
    Spec::new(
        "test-season8-quest",
        Nature::Lua,
        &["Script/Quest/Season8.lua|in function 'Season8.Open':57"],
    )
    .rate(1_400, 1)
    .versions(Scope::Since(0))
    .message("Script/Quest/Season8.lua:57: bad argument #1 to 'ipairs' (table expected, got nil)"),
];
