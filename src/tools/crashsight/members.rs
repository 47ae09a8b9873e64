//! The members of an app: names for the ids by which issues name people, and ids for the names that people use.

use schemars::JsonSchema;
use serde::Serialize;

use super::app::{Member, members_of, options_request};
use crate::error::Error;
use crate::json::JsonRef;
use crate::project::{CrashSightApp, closest_match};
use crate::reply::{Cell, Untrusted, inline};
use crate::tools::context::FEW_CALLS;
use crate::upstream::api::Api;

/// A person as an issue names them.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub(crate) struct Person {
    id: Untrusted,
    name: Option<Untrusted>,
}

impl Person {
    /// Whether the name is known.
    pub(crate) const fn is_named(&self) -> bool {
        self.name.is_some()
    }

    /// A person of whom only the id is known.
    pub(crate) fn unnamed(id: String) -> Self {
        Self {
            id: Untrusted::new(id),
            name: None,
        }
    }

    /// The name, where one is known.
    pub(super) fn into_name(self) -> Option<Untrusted> {
        self.name
    }

    /// The id.
    pub(super) fn id(&self) -> &str {
        self.id.raw()
    }

    /// The name, or the id, a long one by its begin.
    fn short(&self) -> String {
        match self.id.raw().char_indices().nth(8) {
            Some((end, _)) if self.name.is_none() && self.id.raw().len() >= 24 => {
                format!("{}…", &self.id.raw()[..end])
            }
            _ => self.line(),
        }
    }

    /// The name, or the id where no name is known, in a line.
    pub(super) fn line(&self) -> String {
        self.name.as_ref().unwrap_or(&self.id).line(60)
    }
}

/// People as a field names them: ids joined by semicolons.
pub(crate) fn people(node: JsonRef<'_>) -> Vec<Person> {
    let ids = node
        .label()
        .unwrap_or_else(|| node.list_of_text().join(";"));
    ids.split([';', ','])
        .map(str::trim)
        .filter(|id| !id.is_empty())
        .map(|id| Person::unnamed(id.to_owned()))
        .collect()
}

/// Calls of a minute that are left to what people ask for: no answer waits for names. They are asked for once an hour.
const LEFT_TO_OTHERS: usize = 2;

/// Adds names to people, where the app's options have them; where these cannot be read, or few calls are left, the ids
/// remain. A sentence where few calls are left.
pub(crate) async fn name_people<'a>(
    api: &Api<'_>,
    app: &CrashSightApp,
    lists: impl IntoIterator<Item = &'a mut Vec<Person>>,
) -> Option<String> {
    let lists: Vec<&mut Vec<Person>> = lists.into_iter().filter(|list| !list.is_empty()).collect();
    if lists.is_empty() {
        return None;
    }
    let left = api.remaining_calls(&app.account).await;
    let afforded = left.is_none_or(|left| left > LEFT_TO_OTHERS);
    if !afforded && !api.is_at_hand(&options_request(app)).await {
        return Some(format!(
            "not included: names of people ({FEW_CALLS}), which crashsight_get_app_options has"
        ));
    }
    if let Ok(members) = Members::fetch(api, app).await {
        for list in lists {
            members.name(list);
        }
    }
    None
}

/// The same where the options are at hand: it costs no request.
pub(crate) async fn name_known_people<'a>(
    api: &Api<'_>,
    app: &CrashSightApp,
    lists: impl IntoIterator<Item = &'a mut Vec<Person>>,
) {
    let lists: Vec<&mut Vec<Person>> = lists.into_iter().filter(|list| !list.is_empty()).collect();
    if !lists.is_empty() && api.is_at_hand(&options_request(app)).await {
        name_people(api, app, lists).await;
    }
}

/// People in a cell; of those without a name a long id by its begin.
pub(crate) fn people_cell(people: &[Person]) -> Cell {
    let lines: Vec<String> = people.iter().map(Person::short).collect();
    if lines.is_empty() {
        Cell::Missing
    } else {
        Cell::from_untrusted(lines.join(", "))
    }
}

/// The members of an app.
#[derive(Default)]
pub(crate) struct Members(Vec<Member>);

impl Members {
    /// Fetches them with the other options of the app, which are kept for an hour.
    pub(crate) async fn fetch(api: &Api<'_>, app: &CrashSightApp) -> Result<Self, Error> {
        let response = api.send(options_request(app)).await?;
        Ok(Self(members_of(&response.data)))
    }

    fn by_id(&self, id: &str) -> Option<&Member> {
        let is = |field: &Option<Untrusted>| field.as_ref().is_some_and(|field| field.raw() == id);
        let mut all = self.0.iter();
        all.find(|member| is(&member.id) || is(&member.other_id))
    }

    /// Adds names to ids.
    pub(super) fn name(&self, people: &mut [Person]) {
        for person in people {
            let member = self.by_id(person.id.raw());
            person.name = member.and_then(|member| member.name.clone());
        }
    }

    /// Whether two lists name the same people: either of a member's two ids is that member.
    pub(super) fn same(&self, one: &[Person], other: &[Person]) -> bool {
        let key = |person: &Person| {
            let member = self.by_id(person.id());
            let first = member.and_then(|member| member.id.as_ref().or(member.other_id.as_ref()));
            first.unwrap_or(&person.id).clone()
        };
        let keys = |people: &[Person]| {
            let mut keys: Vec<Untrusted> = people.iter().map(key).collect();
            keys.sort();
            keys.dedup();
            keys
        };
        keys(one) == keys(other)
    }

    /// The member that a name or an id means. One that is no member is refused with the closest name.
    pub(super) fn resolve(&self, typed: &str) -> Result<Person, Error> {
        if let Some(member) = self.by_id(typed) {
            return Self::person(member).ok_or_else(|| Self::unknown(typed, None));
        }
        let named = self.0.iter().filter(|member| {
            let name = member.name.as_ref().map(Untrusted::raw);
            name.is_some_and(|name| name.trim().to_lowercase() == typed.to_lowercase())
        });
        let named: Vec<Person> = named.filter_map(Self::person).collect();
        match named.as_slice() {
            [one] => Ok(one.clone()),
            [] => {
                let known = self.0.iter().filter_map(|member| member.name.as_ref());
                Err(Self::unknown(
                    typed,
                    closest_match(typed, known.map(Untrusted::raw)),
                ))
            }
            several => {
                let ids: Vec<String> = several.iter().map(|one| one.id.line(40)).collect();
                Err(Error::invalid_arguments(format!(
                    "assignees: {} members are called `{}`\nhint: give one of their ids: {}",
                    several.len(),
                    inline(typed, 60),
                    ids.join(", ")
                )))
            }
        }
    }

    /// The members that these mean, each once.
    pub(super) fn resolve_all(&self, typed: Vec<&str>) -> Result<Vec<Person>, Error> {
        let mut people: Vec<Person> = Vec::new();
        for typed in typed {
            let person = self.resolve(typed)?;
            if people.iter().all(|known| known.id() != person.id()) {
                people.push(person);
            }
        }
        Ok(people)
    }

    fn person(member: &Member) -> Option<Person> {
        Some(Person {
            id: member.id.clone().or_else(|| member.other_id.clone())?,
            name: member.name.clone(),
        })
    }

    fn unknown(typed: &str, closest: Option<&str>) -> Error {
        let closest = closest.map_or_else(String::new, |name| {
            format!(": did you mean `{}`?", inline(name, 60))
        });
        Error::invalid_arguments(format!(
            "assignees: `{}` is no member of this app{closest}\n\
             hint: crashsight_get_app_options lists the members",
            inline(typed, 60)
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn members() -> Members {
        let member = |id: &str, other: &str, name: &str| json!({"userId": id, "newUserId": other, "name": name});
        Members(members_of(&json!({"processorList": [
            member("380b", "4648", "lin.yue"),
            member("512466", "5124", "M.Okafor"),
            member("1", "2", "twice"),
            member("3", "4", "twice"),
            {"name": "no id"},
        ]})))
    }

    #[test]
    fn a_member_is_named_by_name_or_either_id() {
        for (typed, id) in [
            ("lin.yue", "380b"),
            ("LIN.YUE", "380b"),
            ("380b", "380b"),
            ("4648", "380b"),
            ("m.okafor", "512466"),
        ] {
            assert_eq!(members().resolve(typed).unwrap().id(), id, "{typed}");
        }
    }

    #[test]
    fn who_is_no_member_is_refused_with_the_closest() {
        let refusal = |typed: &str| members().resolve(typed).unwrap_err().to_string();
        assert!(refusal("lin.yeu").contains("did you mean `lin.yue`?"));
        assert!(!refusal("zzz").contains("did you mean"));
        assert!(refusal("twice").contains("1, 3"), "{}", refusal("twice"));
        assert!(refusal("no id").contains("no member"));
    }

    #[test]
    fn either_id_is_the_same_person() {
        let people = |ids: &[&str]| -> Vec<Person> {
            ids.iter()
                .map(|id| Person::unnamed((*id).to_owned()))
                .collect()
        };
        let same = |one: &[&str], other: &[&str]| members().same(&people(one), &people(other));
        assert!(same(&["380b", "512466"], &["5124", "4648"]));
        assert!(same(&["unknown"], &["unknown"]));
        assert!(!same(&["380b"], &[]));
        assert!(!same(&["380b"], &["512466"]));
    }
}
