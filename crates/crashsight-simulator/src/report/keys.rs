//! Small files: the SDK's own values and the keys that game and service have set.

use super::context::{Attachment, Context, FileType};
use crate::ids;

const MAPS: &[&str] = &[
    "Harbor_Night",
    "Glasslands",
    "OrbitalRing",
    "Lobby",
    "Training_02",
    "SunkenCity",
];
const SCENES: &[&str] = &[
    "Battle", "Battle", "Battle", "Lobby", "Loading", "Shop", "Replay",
];
const RANKS: &[&str] = &[
    "Bronze III",
    "Silver I",
    "Gold II",
    "Platinum IV",
    "Diamond I",
    "Star 12",
];
const QUALITY: &[&str] = &["Low", "Medium", "High", "Ultra"];
const SHARDS: &[&str] = &[
    "cn-east-3",
    "cn-south-1",
    "ap-tokyo-2",
    "us-west-1",
    "sa-east-1",
];

/// Issues whose reports have a key in common that explains them: slug, key, value.
const EXPLAINED: &[(&str, &str, &str)] = &[
    ("rhi-buffer-lock", "graphics_quality", "Ultra"),
    ("texture-streaming-memory", "map", "SunkenCity"),
    ("shader-precompile", "scene", "Loading"),
    ("harmony-surface-fold", "fold_state", "half_folded"),
    ("test-housing-snap", "scene", "Housing"),
];

/// `valueMapOthers.txt`.
pub(crate) fn others(context: &Context<'_>) -> Attachment {
    let profile = context.crash.profile();
    let device = ids::device_id(context.project(), context.crash.device);
    let mut text = format!(
        "A23:{};A24:{};A25:{device};F09:1;",
        context.crash.version(),
        profile.system
    );
    for (prefix, files) in [("C03", user(context)), ("C04", server(context))] {
        for file in files {
            text.extend([prefix, "_", &file.name, ":", &file.content, ";"]);
        }
    }
    Attachment {
        name: "valueMapOthers.txt".to_owned(),
        kind: FileType::Others,
        content: text,
    }
}

/// Keys that the game has set.
pub(crate) fn user(context: &Context<'_>) -> Vec<Attachment> {
    let mut draws = context.draws(30);
    let vehicle = context.issue.spec.slug.starts_with("vehicle");
    let map = if vehicle {
        "Glasslands"
    } else {
        draws.pick(MAPS)
    };
    let scene = if vehicle {
        "Battle"
    } else {
        draws.pick(SCENES)
    };
    let explained = EXPLAINED
        .iter()
        .filter(|(slug, _, _)| *slug == context.issue.spec.slug);
    let mut values = [
        ("level", draws.between(1, 90).to_string()),
        ("map", map.to_owned()),
        ("scene", scene.to_owned()),
        ("match_id", format!("m-{:010x}", draws.next() >> 24)),
        ("fps", draws.between(17, 61).to_string()),
        ("player_rank", draws.pick(RANKS).to_owned()),
        ("graphics_quality", draws.pick(QUALITY).to_owned()),
        ("ping_ms", draws.between(12, 240).to_string()),
        ("fold_state", String::new()),
        (
            "vehicle",
            if vehicle {
                "Rover_Mk2".to_owned()
            } else {
                String::new()
            },
        ),
    ];
    for (_, key, value) in explained {
        // Nine in ten reports show what they have in common.
        let shows = context.draws(32).between(0, 9) > 0;
        for set in values.iter_mut().filter(|(name, _)| shows && name == key) {
            (*value).clone_into(&mut set.1);
        }
    }
    files(FileType::UserKey, values)
}

/// Keys that the service has set.
pub(crate) fn server(context: &Context<'_>) -> Vec<Attachment> {
    let mut draws = context.draws(31);
    let values = [
        ("APP_ID", context.project().facts().app.to_owned()),
        ("shard", draws.pick(SHARDS).to_owned()),
        ("ab_bucket", draws.between(0, 9).to_string()),
    ];
    files(FileType::ServerKey, values)
}

/// A file per key that has a value.
fn files<const N: usize>(kind: FileType, values: [(&str, String); N]) -> Vec<Attachment> {
    let set = values
        .into_iter()
        .filter(|(_, content)| !content.is_empty());
    set.map(|(name, content)| Attachment {
        name: name.to_owned(),
        kind,
        content,
    })
    .collect()
}
