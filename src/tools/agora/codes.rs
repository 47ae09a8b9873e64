//! Agora's codes in words (docs/vendor/agora.md §6). An unknown code has no word.

/// What users experienced: `exp_id`.
pub(super) fn experience(id: i64) -> Option<&'static str> {
    Some(match id {
        4 => "video froze",
        5 => "audio froze",
        6 => "joined slowly",
        _ => return None,
    })
}

/// Why: `factor_id`.
pub(super) fn factor(id: i64) -> Option<&'static str> {
    Some(match id {
        1 => "removed by another client with the same user id",
        2 => "removed by an administrator",
        3 => "connection error",
        8 => "video downlink delay",
        9 => "audio downlink delay",
        10 => "CPU busy",
        11 => "device busy",
        12 => "the user stopped sending audio",
        13 => "the user stopped sending video",
        14 => "the user turned the audio module off",
        15 => "the user turned the video module off",
        16 => "the remote user stopped receiving this user's audio",
        17 => "the remote user stopped receiving this user's video",
        21 => "video uplink packet loss",
        22 => "audio uplink packet loss",
        23 => "video downlink packet loss",
        24 => "audio downlink packet loss",
        25 => "Electron integration",
        29 => "weak Wi-Fi or hotspot signal",
        30 => "removed from the channel",
        31 => "join failed: invalid app id",
        32 => "join failed: invalid channel name",
        33 => "join failed: invalid token",
        34 => "join failed: token expired",
        35 => "join failed: user is blocked",
        36 => "join timed out",
        37 => "reconnected: network interrupted",
        38 => "reconnected: proxy set",
        39 => "reconnected: token renewed",
        40 => "reconnected: client IP changed",
        41 => "reconnected: connection timed out",
        42 => "video uplink delay",
        43 => "audio uplink delay",
        44 => "video uplink jitter",
        45 => "audio uplink jitter",
        46 => "video downlink jitter",
        47 => "audio downlink jitter",
        _ => return None,
    })
}
