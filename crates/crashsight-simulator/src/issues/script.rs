//! Caught script errors: Lua gameplay, C# interface, JavaScript event pages.

use super::spec::{Nature, Quirk, Scope, Spec};

pub(crate) const SPECS: &[Spec] = &[
    Spec::new(
        "lua-quest-nil",
        Nature::Lua,
        &[
            "Script/Quest/QuestTracker.lua|in field 'Refresh':214",
            "Script/Quest/QuestTracker.lua|in function 'QuestTracker.OnProgress':171",
            "Script/Core/EventCenter.lua|in method 'Dispatch':88",
        ],
    )
    .rate(900, 61)
    .message(
        "Script/Quest/QuestTracker.lua:214: attempt to index a nil value (field 'currentStage')",
    ),
    Spec::new(
        "lua-chat-hostile",
        Nature::Lua,
        &[
            "Script/Chat/ChatParser.lua|in upvalue 'decode':97",
            "Script/Chat/ChatParser.lua|in function 'ChatParser.Parse':64",
            "Script/Chat/ChatChannel.lua|in method 'OnMessage':132",
        ],
    )
    .rate(120, 12)
    .message("Script/Chat/ChatParser.lua:97: malformed UTF-8 in message body")
    .with(Quirk::HostileLog),
    Spec::new(
        "lua-shop-arith",
        Nature::Lua,
        &[
            "Script/Shop/PriceTag.lua|in function 'PriceTag.Discount':53",
            "Script/Shop/ShopPage.lua|in method 'Layout':240",
        ],
    )
    .rate(310, 24)
    .versions(Scope::Since(1))
    .message(
        "Script/Shop/PriceTag.lua:53: attempt to perform arithmetic on a nil value (local 'rate')",
    ),
    Spec::new(
        "lua-skill-table",
        Nature::Lua,
        &[
            "Script/Battle/SkillRunner.lua|in method 'Cast':318",
            "Script/Battle/BattleLoop.lua|in function <Script/Battle/BattleLoop.lua:40>:77",
        ],
    )
    .rate(205, 140)
    .message(
        "Script/Battle/SkillRunner.lua:318: bad argument #1 to 'ipairs' (table expected, got nil)",
    ),
    Spec::new(
        "lua-dialog-overflow",
        Nature::Lua,
        &[
            "Script/Dialog/DialogTree.lua|in function 'DialogTree.Walk':29",
            "Script/Dialog/DialogTree.lua|in function 'DialogTree.Walk':31",
        ],
    )
    .rate(22, 9)
    .message("stack overflow (message handler Script/Dialog/DialogTree.lua:29)"),
    Spec::new(
        "cs-mail-null",
        Nature::CSharp("NullReferenceException"),
        &[
            "Starfall.UI.MailPanel:RefreshBadge(Int32)|Assets/Scripts/UI/Mail/MailPanel.cs:142",
            "Starfall.UI.MailPanel:OnMailArrived(Mail)|Assets/Scripts/UI/Mail/MailPanel.cs:97",
            "Starfall.Core.EventBus:Publish(Object)|Assets/Scripts/Core/EventBus.cs:61",
        ],
    )
    .rate(640, 83)
    .message("Object reference not set to an instance of an object."),
    Spec::new(
        "cs-atlas-key",
        Nature::CSharp("KeyNotFoundException"),
        &[
            "Starfall.Art.AtlasTable:Find(String)|Assets/Scripts/Art/AtlasTable.cs:38",
            "Starfall.UI.ItemIcon:Bind(ItemData)|Assets/Scripts/UI/Common/ItemIcon.cs:55",
        ],
    )
    .rate(380, 45)
    .message("The given key 'icon_season_09_frame' was not present in the dictionary."),
    Spec::new(
        "cs-timer-range",
        Nature::CSharp("ArgumentOutOfRangeException"),
        &[
            "Starfall.Battle.WaveTimer:Next()|Assets/Scripts/Battle/WaveTimer.cs:84",
            "Starfall.Battle.WaveDirector:Update()|Assets/Scripts/Battle/WaveDirector.cs:120",
        ],
    )
    .rate(95, 20)
    .versions(Scope::Since(1))
    .message(
        "Index was out of range. Must be non-negative and less than the size of the collection.",
    ),
    Spec::new(
        "cs-json-format",
        Nature::CSharp("FormatException"),
        &[
            "Starfall.Net.ServerConfig:Parse(String)|Assets/Scripts/Net/ServerConfig.cs:47",
            "Starfall.Net.Gateway:OnHandshake(Byte[])|Assets/Scripts/Net/Gateway.cs:203",
        ],
    )
    .rate(54, 70)
    .message("Input string was not in a correct format."),
    Spec::new(
        "js-event-undefined",
        Nature::Js("TypeError"),
        &[
            "BattlePass.onClaim|webview/event/battlepass.js:211",
            "Button.dispatch|webview/common/button.js:34",
        ],
    )
    .thread("JavaScriptThread")
    .rate(260, 17)
    .versions(Scope::Since(1))
    .message("Cannot read properties of undefined (reading 'rewardId')"),
    Spec::new(
        "js-promise",
        Nature::Js("UnhandledPromiseRejection"),
        &[
            "fetchNotice|webview/notice/notice.js:58",
            "render|webview/notice/notice.js:22",
        ],
    )
    .thread("JavaScriptThread")
    .rate(170, 100)
    .message("Request failed with status code 504"),
];
