//! Getui's codes in words (docs/vendor/getui.md §5 to §7). An unknown code has no word.

use crate::reply::{Cell, Untrusted};

/// The word for a code, or the code itself.
pub(super) fn cell(word: Option<&'static str>, code: &Untrusted) -> Cell {
    word.map_or_else(|| Cell::Untrusted(code.clone()), Cell::text)
}

/// A channel.
pub(super) fn channel(code: &str) -> Option<&'static str> {
    Some(match code {
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
        _ => return None,
    })
}

/// Where on its way a message was lost.
pub(super) fn stage(code: &str) -> Option<&'static str> {
    Some(match code {
        "ts" => "before sendable",
        "rs" => "before sent",
        "sf" => "before received",
        "fd" => "before shown",
        _ => return None,
    })
}

/// The class of a reason.
pub(super) fn reason(code: &str) -> Option<&'static str> {
    Some(match code {
        "2" => "invalid parameter",
        "3" => "wrong app credentials",
        "4" => "sensitive words",
        "5" => "device or app gone (uninstalled)",
        "6" => "push quota exceeded",
        "7" => "parameter too long",
        "8" => "no permission",
        "10" => "notifications turned off",
        "11" => "other manufacturer reason",
        "12" => "offline until the message expired",
        "13" => "invalid user",
        "14" => "other",
        _ => return None,
    })
}

/// The reason within its class.
pub(super) fn detail(code: &str) -> Option<&'static str> {
    Some(match code {
        "2001" => "wrong parameter",
        "2002" => "no title or content, or a URL without https",
        "2003" => "no title",
        "2004" => "click target (intent) invalid",
        "2005" => "pass-through not supported by the manufacturer",
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
        "8003" => "outside the manufacturer's hours",
        "11001" => "message missing or expired",
        "11002" => "too frequent",
        "11003" => "display hours limited by a parameter",
        "13001" => "invalid user requested",
        "14001" => "skipped by the sending strategy",
        "14002" => "user on the block list",
        "14003" => "filtered by region",
        "14004" => "on the analytics block list",
        "14005" => "filtered by activity",
        "14006" => "filtered: notifications off",
        _ => return None,
    })
}

/// What a quota is for.
pub(super) fn quota(channel: &str, kind: &str) -> Option<&'static str> {
    Some(match (channel, kind) {
        ("gt", "app") => "pushes to all users",
        ("gt", "list") => "messages created for lists",
        ("gt", "app_with_tag") => "pushes to filtered users",
        ("vv", "special") => "system messages",
        ("vv", "general") => "operational messages",
        ("vv", "grouppush") => "group push bodies",
        ("op", "general") => "public messages",
        (_, "general") => "ordinary messages",
        (_, "special") => "special messages",
        _ => return None,
    })
}
