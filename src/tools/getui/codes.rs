//! Getui's codes in words (seed 003 lines 57, 188-253). An unknown code stays a number.

/// A channel.
pub(super) fn channel(key: &str) -> String {
    match key {
        "gt" => "Getui 个推",
        "ios" | "apn" => "Apple",
        "st" => "Smartisan",
        "hw" => "Huawei",
        "ho" => "Honor",
        "xm" => "Xiaomi",
        "xmg" => "Xiaomi global",
        "vv" => "vivo",
        "mz" => "Meizu",
        "op" => "OPPO",
        "opg" => "OPPO global",
        "wx" => "WeChat",
        "others" => "other brands",
        other => return other.to_owned(),
    }
    .to_owned()
}

/// Where in its way a message was lost (seed 003 lines 201-204).
pub(super) fn stage(key: &str) -> &str {
    match key {
        "ts" => "before sendable",
        "rs" => "before sent",
        "sf" => "before received",
        "fd" => "before shown",
        other => other,
    }
}

/// Why, in one word or five.
pub(super) fn reason(code: &str) -> String {
    match code {
        "2" => "invalid parameter",
        "3" => "wrong app credentials",
        "4" => "sensitive words",
        "5" => "device or app gone (uninstalled)",
        "6" => "push quota spent",
        "7" => "parameter too long",
        "8" => "no permission",
        "10" => "notifications turned off",
        "11" => "other reason of the maker",
        "12" => "offline until the message expired",
        "13" => "invalid user",
        "14" => "other",
        unknown => return format!("reason {unknown}"),
    }
    .to_owned()
}

/// The finer reason.
pub(super) fn detail(code: &str) -> String {
    match code {
        "2001" => "wrong parameter",
        "2002" => "no title or content, or a URL without https",
        "2003" => "no title",
        "2004" => "click target (intent) invalid",
        "2005" => "the maker takes no pure pass-through",
        "2999" | "8999" | "11999" | "13999" => "other",
        "6001" => "the app's total",
        "6002" => "the device's own",
        "7001" => "title",
        "7002" => "content",
        "7003" => "URL",
        "7005" => "extra data",
        "7006" => "payload",
        "7007" => "pass-through content",
        "8001" => "no push permission, or no auth token",
        "8002" => "system messages turned off",
        "8003" => "outside the maker's hours",
        "11001" => "message gone or expired",
        "11002" => "too frequent",
        "11003" => "limited to certain hours by its own parameters",
        "13001" => "asked for an invalid user",
        "14001" => "left out by the sending strategy",
        "14002" => "user on the block list",
        "14003" => "filtered by region",
        "14004" => "on the analytics block list",
        "14005" => "filtered by activity",
        "14006" => "filtered: notifications off",
        unknown => return unknown.to_owned(),
    }
    .to_owned()
}

/// What a quota is for (seed 003 lines 385-397).
pub(super) fn quota(channel: &str, kind: &str) -> String {
    match (channel, kind) {
        ("gt", "app") => "pushes to all users",
        ("gt", "list") => "messages created for lists",
        ("gt", "app_with_tag") => "pushes to filtered users",
        ("vv", "special") => "system messages",
        ("vv", "general") => "operational messages",
        ("vv", "grouppush") => "group push bodies",
        ("op", "general") => "public messages",
        (_, "general") => "ordinary messages",
        (_, "special") => "special messages",
        (_, other) => return other.to_owned(),
    }
    .to_owned()
}
