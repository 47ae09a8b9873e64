//! Agora's codes in words. An unknown code stays a number.

/// What was experienced: `exp_id` (seed 002 lines 1002-1008).
pub(super) fn experience(id: i64) -> String {
    match id {
        4 => "video froze",
        5 => "audio froze",
        6 => "joined slowly",
        other => return format!("experience {other}"),
    }
    .to_owned()
}

/// Why: `factor_id` (seed 002 lines 1010-1050). The seed's own example has 18, which is in no table.
pub(super) fn factor(id: i64) -> String {
    match id {
        1 => "two clients with the same user id threw each other out",
        2 => "removed by an administrator",
        3 => "connection error",
        8 => "video delayed on the way down",
        9 => "audio delayed on the way down",
        10 => "CPU busy",
        11 => "device busy",
        12 => "the user stopped sending audio",
        13 => "the user stopped sending video",
        14 => "the user turned the audio module off",
        15 => "the user turned the video module off",
        16 => "the other side stopped receiving this user's audio",
        17 => "the other side stopped receiving this user's video",
        21 => "video packets lost on the way up",
        22 => "audio packets lost on the way up",
        23 => "video packets lost on the way down",
        24 => "audio packets lost on the way down",
        25 => "Electron integration",
        29 => "weak Wi-Fi or hotspot signal",
        30 => "removed from the channel",
        31 => "join failed: invalid app id",
        32 => "join failed: invalid channel name",
        33 => "join failed: invalid token",
        34 => "join failed: token expired",
        35 => "join failed: user is blocked",
        36 => "join timed out",
        37 => "reconnected after the network broke",
        38 => "reconnected after a proxy was set",
        39 => "reconnected after the token was renewed",
        40 => "reconnected after the user's address changed",
        41 => "reconnected after a connection time-out",
        42 => "video delayed on the way up",
        43 => "audio delayed on the way up",
        44 => "video jitter on the way up",
        45 => "audio jitter on the way up",
        46 => "video jitter on the way down",
        47 => "audio jitter on the way down",
        other => return format!("cause {other}"),
    }
    .to_owned()
}
