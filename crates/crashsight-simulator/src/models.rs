//! Device models that people play on.

/// A device model.
#[derive(Debug)]
pub(crate) struct Model {
    pub(crate) name: &'static str,
    pub(crate) brand: &'static str,
    pub(crate) gpu: &'static str,
    pub(crate) cpu: &'static str,
    pub(crate) ram_mb: u64,
    pub(crate) disk_gb: u64,
    /// Values of `osVer`.
    pub(crate) systems: &'static [&'static str],
}

const fn model(
    name: &'static str,
    brand: &'static str,
    gpu: &'static str,
    cpu: &'static str,
    sizes: (u64, u64),
    systems: &'static [&'static str],
) -> Model {
    Model {
        name,
        brand,
        gpu,
        cpu,
        ram_mb: sizes.0,
        disk_gb: sizes.1,
        systems,
    }
}

const NEW: &[&str] = &["Android 16,level 36", "Android 15,level 35"];
const USUAL: &[&str] = &[
    "Android 14,level 34",
    "Android 13,level 33",
    "Android 15,level 35",
];
const OLD: &[&str] = &[
    "Android 10,level 29",
    "Android 11,level 30",
    "Android 12,level 31",
];
const IOS_NEW: &[&str] = &["26.1 (23B85)", "26.0.1 (23A355)", "18.6.2 (22G100)"];
const IOS_OLD: &[&str] = &["18.6.2 (22G100)", "17.7.1 (21H216)"];
const HARMONY: &[&str] = &["HarmonyOS 5.1.0", "HarmonyOS 5.0.1"];
const WINDOWS: &[&str] = &[
    "Microsoft Windows 11-sp0.0 (26100)",
    "Microsoft Windows 11-sp0.0 (22631)",
    "Microsoft Windows 10-sp0.0 (19045)",
];

/// Android phones, the commonest first.
pub(crate) const PHONES: &[Model] = &[
    model(
        "M2102J2SC",
        "Xiaomi",
        "Adreno (TM) 650",
        "Snapdragon 870",
        (7_532, 128),
        USUAL,
    ),
    model(
        "23127PN0CC",
        "Xiaomi",
        "Adreno (TM) 750",
        "Snapdragon 8 Gen 3",
        (11_720, 256),
        NEW,
    ),
    model(
        "PJD110",
        "OnePlus",
        "Adreno (TM) 750",
        "Snapdragon 8 Gen 3",
        (15_410, 512),
        NEW,
    ),
    model(
        "V2245A",
        "vivo",
        "Mali-G715 MC11",
        "Dimensity 9200",
        (11_640, 256),
        USUAL,
    ),
    model(
        "PHB110",
        "OPPO",
        "Mali-G710 MC10",
        "Dimensity 8200",
        (7_610, 256),
        USUAL,
    ),
    model(
        "SM-S9280",
        "samsung",
        "Adreno (TM) 750",
        "Snapdragon 8 Gen 3",
        (11_300, 512),
        NEW,
    ),
    model(
        "SM-A546E",
        "samsung",
        "Mali-G68 MC4",
        "Exynos 1380",
        (5_620, 128),
        USUAL,
    ),
    model(
        "ALN-AL00",
        "HUAWEI",
        "Maleoon 910",
        "Kirin 9000S",
        (11_510, 512),
        OLD,
    ),
    model(
        "Pixel 8 Pro",
        "google",
        "Mali-G715",
        "Tensor G3",
        (11_600, 128),
        NEW,
    ),
    model(
        "23049RAD8C",
        "Redmi",
        "Adreno (TM) 725",
        "Snapdragon 7+ Gen 2",
        (7_480, 256),
        USUAL,
    ),
    model(
        "RMX3370",
        "realme",
        "Adreno (TM) 650",
        "Snapdragon 870",
        (7_460, 128),
        OLD,
    ),
    model(
        "moto g84 5G",
        "motorola",
        "Adreno (TM) 619",
        "Snapdragon 695",
        (11_480, 256),
        USUAL,
    ),
    model(
        "Infinix X6833B",
        "INFINIX",
        "PowerVR Rogue GE8320",
        "Helio G36",
        (3_720, 64),
        OLD,
    ),
    model(
        "M6 Note",
        "Meizu",
        "PowerVR Rogue GE8322",
        "Helio P35",
        (2_810, 64),
        OLD,
    ),
];
pub(crate) const ANDROID_EMULATOR: Model = model(
    "SM-G988N",
    "samsung",
    "Adreno (TM) 640",
    "x86_64",
    (3_950, 64),
    &["Android 9,level 28"],
);
pub(crate) const IPHONES: &[Model] = &[
    model(
        "iPhone17,1",
        "Apple",
        "Apple A18 Pro GPU",
        "arm64e",
        (7_480, 256),
        IOS_NEW,
    ),
    model(
        "iPhone16,2",
        "Apple",
        "Apple A17 Pro GPU",
        "arm64e",
        (7_460, 256),
        IOS_NEW,
    ),
    model(
        "iPhone15,3",
        "Apple",
        "Apple A16 GPU",
        "arm64e",
        (5_560, 256),
        IOS_NEW,
    ),
    model(
        "iPhone14,5",
        "Apple",
        "Apple A15 GPU",
        "arm64e",
        (3_720, 128),
        IOS_NEW,
    ),
    model(
        "iPhone13,2",
        "Apple",
        "Apple A14 GPU",
        "arm64e",
        (3_700, 128),
        IOS_OLD,
    ),
    model(
        "iPhone12,1",
        "Apple",
        "Apple A13 GPU",
        "arm64e",
        (3_680, 64),
        IOS_OLD,
    ),
    model(
        "iPad13,8",
        "Apple",
        "Apple M1 GPU",
        "arm64e",
        (7_600, 128),
        IOS_NEW,
    ),
];
/// HarmonyOS phones, the commonest first.
pub(crate) const HARMONY_PHONES: &[Model] = &[
    model(
        "ALN-AL10",
        "HUAWEI",
        "Maleoon 910",
        "Kirin 9000S",
        (11_510, 512),
        HARMONY,
    ),
    model(
        "HBN-AL10",
        "HUAWEI",
        "Maleoon 910",
        "Kirin 9010",
        (11_540, 256),
        HARMONY,
    ),
    model(
        "PLR-AL00",
        "HUAWEI",
        "Maleoon 920",
        "Kirin 9020",
        (15_380, 512),
        HARMONY,
    ),
    model(
        "ICL-AL20",
        "HUAWEI",
        "Maleoon 910",
        "Kirin 9010",
        (15_390, 512),
        HARMONY,
    ),
    model(
        "GLL-AL01",
        "HUAWEI",
        "Mali-G57 MC4",
        "Kirin 8000",
        (7_540, 256),
        HARMONY,
    ),
];
pub(crate) const COMPUTERS: &[Model] = &[
    model(
        "B760M GAMING",
        "Gigabyte",
        "NVIDIA GeForce RTX 4060",
        "Core i5-13400F",
        (32_560, 954),
        WINDOWS,
    ),
    model(
        "MS-7D25",
        "MSI",
        "NVIDIA GeForce RTX 4070 SUPER",
        "Core i7-13700K",
        (32_580, 1_863),
        WINDOWS,
    ),
    model(
        "TUF GAMING B550",
        "ASUS",
        "AMD Radeon RX 7800 XT",
        "Ryzen 7 5800X3D",
        (32_490, 954),
        WINDOWS,
    ),
    model(
        "82WM",
        "Lenovo",
        "NVIDIA GeForce RTX 3060 Laptop GPU",
        "Ryzen 7 6800H",
        (15_740, 476),
        WINDOWS,
    ),
    model(
        "H610M-K",
        "ASUS",
        "NVIDIA GeForce GTX 1650",
        "Core i3-12100F",
        (15_890, 476),
        WINDOWS,
    ),
    model(
        "21D6",
        "Lenovo",
        "Intel(R) Iris(R) Xe Graphics",
        "Core i5-1240P",
        (15_600, 476),
        WINDOWS,
    ),
    model(
        "B450M",
        "ASRock",
        "AMD Radeon RX 580",
        "Ryzen 5 3600",
        (16_310, 238),
        WINDOWS,
    ),
];
pub(crate) const VIRTUAL_MACHINE: Model = model(
    "Virtual Machine",
    "Microsoft",
    "Microsoft Basic Render Driver",
    "Xeon",
    (8_190, 119),
    WINDOWS,
);
