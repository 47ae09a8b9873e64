//! What a model reads of a tool is the doc comment of its arguments. A tool that wraps a query is described by the
//! query: a doc comment of its own would be published in its place.

use std::collections::BTreeSet;

use super::modules;

fn items() -> Vec<syn::Item> {
    let files = modules().into_iter().map(|module| module.file);
    files
        .flat_map(|file| {
            let text = std::fs::read_to_string(file).unwrap();
            syn::parse_file(&text).unwrap().items
        })
        .collect()
}

fn last(ty: &syn::Type) -> Option<String> {
    match ty {
        syn::Type::Path(path) => path.path.segments.last().map(|part| part.ident.to_string()),
        _ => None,
    }
}

#[test]
fn a_wrapped_query_describes_its_tool() {
    let items = items();
    let queries: BTreeSet<String> = items
        .iter()
        .filter_map(|item| match item {
            syn::Item::Impl(one) => {
                let (of, _) = one.trait_.as_ref()?;
                let is_query = of.segments.last()?.ident == "Query";
                is_query.then(|| last(&one.self_ty)).flatten()
            }
            _ => None,
        })
        .collect();
    let mut wrappers = 0;
    for item in &items {
        let syn::Item::Struct(wrapper) = item else {
            continue;
        };
        let syn::Fields::Unnamed(fields) = &wrapper.fields else {
            continue;
        };
        let inner = fields.unnamed.first().and_then(|field| last(&field.ty));
        if !inner.is_some_and(|inner| queries.contains(&inner)) {
            continue;
        }
        wrappers += 1;
        let documented = wrapper
            .attrs
            .iter()
            .any(|attribute| attribute.path().is_ident("doc"));
        assert!(
            !documented,
            "{} hides the query's description",
            wrapper.ident
        );
    }
    assert!(wrappers >= 3, "{wrappers} wrappers found");
}
