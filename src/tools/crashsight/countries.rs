//! Countries by the names that the service knows: the `countries` filter takes Chinese names
//! (docs/vendor/crashsight.md §13), and callers give codes or English names.

/// A line a country: both ISO 3166 codes, English names, the Chinese name, further Chinese names. Names come from
/// the Unicode CLDR.
const TABLE: &str = include_str!("countries.tsv");

/// A country of the table.
struct Country<'a> {
    codes: [&'a str; 2],
    english: &'a str,
    chinese: &'a str,
    also: &'a str,
}

fn table() -> impl Iterator<Item = Country<'static>> {
    TABLE.lines().filter_map(|line| {
        let mut fields = line.split('\t');
        Some(Country {
            codes: [fields.next()?, fields.next()?],
            english: fields.next()?,
            chinese: fields.next()?,
            also: fields.next().unwrap_or_default(),
        })
    })
}

/// The service's name for what was typed. A Chinese name that is not in the table is taken as it is, because the
/// service may know it; `None` for a word of another script that names no country.
pub(super) fn console_name(typed: &str) -> Option<&str> {
    let chinese = |letter| matches!(letter, '\u{3400}'..='\u{9fff}');
    find(typed)
        .map(|country| country.chinese)
        .or_else(|| typed.chars().any(chinese).then_some(typed))
}

/// Whether the table has a country of this code or name.
pub(crate) fn is_country(typed: &str) -> bool {
    find(typed).is_some()
}

fn find(typed: &str) -> Option<Country<'static>> {
    let plain = plain(typed);
    if plain.is_empty() {
        return None;
    }
    table().find(|country| {
        let also = country.also.split('/').chain([country.chinese]);
        country
            .codes
            .iter()
            .any(|code| code.eq_ignore_ascii_case(typed))
            || country
                .english
                .split('/')
                .any(|name| self::plain(name) == plain)
            || also.into_iter().any(|name| name == typed)
    })
}

/// The name without `中国` before it, where there is one: which of the two the service has is not documented, so both
/// are sent.
pub(super) fn shorter_name(name: &str) -> Option<&str> {
    name.strip_prefix("中国").filter(|rest| !rest.is_empty())
}

/// The English names.
pub(super) fn english_names() -> impl Iterator<Item = &'static str> {
    table().flat_map(|country| country.english.split('/'))
}

/// Letters alone, small and without accents that matter: `Côte d’Ivoire` and `cote d'ivoire` are one.
fn plain(name: &str) -> String {
    let name = name.to_lowercase().replace('&', "and");
    name.chars()
        .filter(|letter| letter.is_alphanumeric())
        .map(|letter| match letter {
            'ã' | 'á' | 'å' => 'a',
            'ç' => 'c',
            'é' => 'e',
            'í' => 'i',
            'ô' => 'o',
            'ü' => 'u',
            other => other,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_and_names_are_the_consoles_names() {
        for (typed, expected) in [
            ("US", Some("美国")),
            ("usa", Some("美国")),
            ("United States", Some("美国")),
            ("China", Some("中国")),
            ("中國", Some("中国")),
            ("中国", Some("中国")),
            ("Turkey", Some("土耳其")),
            ("cote d'ivoire", Some("科特迪瓦")),
            ("Antigua & Barbuda", Some("安提瓜和巴布达")),
            ("HK", Some("中国香港")),
            ("香港", Some("中国香港")),
            ("台灣", Some("中国台湾")),
            ("Chna", None),
            ("-", None),
            ("", None),
        ] {
            assert_eq!(console_name(typed), expected, "{typed}");
        }
    }

    #[test]
    fn the_table_is_whole_and_every_name_has_one_country() {
        assert_eq!(table().count(), 249);
        let mut names: Vec<String> = english_names().map(plain).collect();
        names.sort();
        let all = names.len();
        names.dedup();
        assert_eq!(names.len(), all);
        for name in english_names() {
            assert!(plain(name).is_ascii(), "{name}");
        }
    }
}
