//! The standard `OTEL_…` variables that decide whether spans are exported. The exporter reads the others itself.

use super::environment::{Variables, env_var};

/// That spans are exported, and what must be known for it.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct TelemetrySettings {
    /// Whether the environment names the service.
    pub names_service: bool,
    /// Whether traces of callers are continued, and services learn of the trace they are asked in.
    pub propagates: bool,
}

impl TelemetrySettings {
    /// `None` unless an endpoint is set.
    pub(crate) fn of_process() -> Option<Self> {
        Self::read(&env_var)
    }

    fn read(variables: Variables<'_>) -> Option<Self> {
        let is = |name: &str, value: &str| {
            variables(name).is_some_and(|set| set.trim().eq_ignore_ascii_case(value))
        };
        let endpoint = variables("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT")
            .or_else(|| variables("OTEL_EXPORTER_OTLP_ENDPOINT"));
        if endpoint.is_none()
            || is("OTEL_SDK_DISABLED", "true")
            || is("OTEL_TRACES_EXPORTER", "none")
        {
            return None;
        }
        let attributes = variables("OTEL_RESOURCE_ATTRIBUTES").unwrap_or_default();
        let propagators = variables("OTEL_PROPAGATORS");
        Some(Self {
            propagates: propagators.is_none_or(|names| {
                let mut names = names.split(',').map(str::trim);
                names.any(|name| name.eq_ignore_ascii_case("tracecontext"))
            }),
            names_service: variables("OTEL_SERVICE_NAME").is_some()
                || attributes.contains("service.name="),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_are_exported_only_where_an_endpoint_is_set() {
        let read = |set: &[(&str, &str)]| {
            let found = |name: &str| {
                let row = set.iter().find(|(other, _)| *other == name);
                row.map(|(_, value)| (*value).to_owned())
            };
            TelemetrySettings::read(&found)
        };
        let endpoint = ("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:4318");
        let traces = ("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "http://127.0.0.1/t");
        for (set, expected) in [
            (&[][..], None),
            (&[("OTEL_SERVICE_NAME", "a")], None),
            (&[endpoint], Some(false)),
            (&[traces], Some(false)),
            (&[endpoint, ("OTEL_SERVICE_NAME", "a")], Some(true)),
            (
                &[endpoint, ("OTEL_RESOURCE_ATTRIBUTES", "service.name=a")],
                Some(true),
            ),
            (&[endpoint, ("OTEL_SDK_DISABLED", "TRUE")], None),
            (&[endpoint, ("OTEL_TRACES_EXPORTER", "none")], None),
        ] {
            let names_service = read(set).map(|settings| settings.names_service);
            assert_eq!(names_service, expected, "{set:?}");
        }
        for (propagators, expected) in [
            (None, true),
            (Some("tracecontext,baggage"), true),
            (Some("b3"), false),
            (Some("none"), false),
        ] {
            let set = propagators.map(|names| ("OTEL_PROPAGATORS", names));
            let set: Vec<_> = [Some(endpoint), set].into_iter().flatten().collect();
            let propagates = read(&set).map(|settings| settings.propagates);
            assert_eq!(propagates, Some(expected), "{propagators:?}");
        }
    }
}
