//! Platforms as CrashSight numbers them.

/// The platforms of CrashSight. Three have documented numbers; others are passed on by number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Platform {
    /// `1`
    Android,
    /// `2`
    Ios,
    /// `10`
    Pc,
    /// Any other number of the vendor.
    Other(u16),
}

impl Platform {
    /// Reads `android`, `ios`, `pc` or the vendor's number.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim().to_lowercase();
        match text.as_str() {
            "android" => Some(Self::Android),
            "ios" => Some(Self::Ios),
            "pc" | "windows" => Some(Self::Pc),
            _ => text.parse().ok().map(|number| match number {
                1 => Self::Android,
                2 => Self::Ios,
                10 => Self::Pc,
                other => Self::Other(other),
            }),
        }
    }

    /// The vendor's number.
    pub fn number(self) -> u16 {
        match self {
            Self::Android => 1,
            Self::Ios => 2,
            Self::Pc => 10,
            Self::Other(number) => number,
        }
    }

    /// As written in `appId@platform`.
    pub fn as_str(self) -> String {
        match self {
            Self::Android => "android".to_owned(),
            Self::Ios => "ios".to_owned(),
            Self::Pc => "pc".to_owned(),
            Self::Other(number) => number.to_string(),
        }
    }

    /// For people.
    pub fn display_name(self) -> String {
        match self {
            Self::Android => "Android".to_owned(),
            Self::Ios => "iOS".to_owned(),
            Self::Pc => "PC".to_owned(),
            Self::Other(number) => format!("platform {number}"),
        }
    }
}
