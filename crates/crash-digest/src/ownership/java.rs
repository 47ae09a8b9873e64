//! Whose code Java's classes are, and functions behind their native methods, whose symbols spell the class:
//! `Java_org_libsdl_app_SDLActivity_nativeInit`.

use super::Ownership;
use super::bundle_id::shares_package;
use super::listed::{Name, obfuscated};
use super::origin::CodeOrigin;

impl Ownership<'_> {
    /// By the class, its package and the app's.
    pub(super) fn java(&self, name: Name<'_>) -> CodeOrigin {
        // A vendor's own app: `com.google.samples.apps.topeka`.
        let of_app = |id: &str| {
            let rest = name.text.strip_prefix(id);
            id.matches('.').count() >= 2 && rest.is_some_and(|rest| rest.starts_with('.'))
        };
        let vendors = matches!(
            name.listed,
            Some(CodeOrigin::ThirdParty | CodeOrigin::System)
        ) && (self.rules.bundle.as_deref().is_some_and(of_app)
            || self.own.iter().any(|own| of_app(own)));
        if vendors {
            return CodeOrigin::Own;
        }
        if let Some(class) = name.listed {
            return class;
        }
        let name = name.text;
        if self
            .rules
            .bundle
            .as_deref()
            .is_some_and(|bundle| shares_package(name, bundle))
            || self.has_word(name)
            // Android calls a process after its package.
            || self.own.iter().any(|own| own.contains('.') && shares_package(name, own))
        {
            return CodeOrigin::Own;
        }
        // `a.b.c` after R8: the app's code or a library's, nobody can tell; nor where nothing names the app.
        let named = self.rules.bundle.is_some()
            || !self.rules.own.is_empty()
            || self.own.iter().any(|own| own.contains('.'));
        if obfuscated(name) || !named {
            CodeOrigin::Unknown
        } else {
            CodeOrigin::ThirdParty
        }
    }

    /// Whose such a function is, by its class; `None` where it is no such function, or where its place tells more.
    ///
    /// An engine's glue is linked into the app's own library.
    pub(super) fn java_native(&self, symbol: &str, path: Option<&str>) -> Option<CodeOrigin> {
        let class = symbol.strip_prefix("Java_")?;
        // `_1` is an underscore of the name itself, two stand before the parameters of an overloaded one.
        let class = class.split("__").next().unwrap_or(class);
        let class = class.replace("_1", "\u{1}").replace('_', ".");
        let class = class.replace('\u{1}', "_");
        let name = Name::of(&class);
        let known = path.is_none() || name.listed.is_some();
        (known && class.matches('.').count() >= 2).then(|| self.java(name))
    }
}
