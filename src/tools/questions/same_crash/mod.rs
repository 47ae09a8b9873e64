//! Where else a crash is: its frames searched in other versions, environments and platforms, and what is found compared.

mod candidates;
mod looked_for;
mod pasted;
mod search;
mod source;
mod text;
mod verdict;

use futures_util::future::join_all;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use self::candidates::Candidate;
use self::looked_for::{LookedForAnswer, with_exception};
use self::search::Searched;
use self::source::{Given, Source};
use self::verdict::{Evidence, Judgement, Verdict};
use super::parts::{Cost, Missing, Parts};
use crate::args::{CrashId, IssueId, List, PastedText, ProjectName};
use crate::error::Error;
use crate::project::CrashSightApp;
use crate::reply::{Fact, Reply, Untrusted};
use crate::request::ProviderId;
use crate::time_range::{Granularity, WindowSpec};
use crate::tools::context::CallContext;
use crate::tools::crashsight::codes::what_and_where;
use crate::tools::crashsight::crash_stack::CrashStack;
use crate::tools::crashsight::issue_summary::IssueSummary;
use crate::tools::crashsight::lookback;
use crate::tools::crashsight::members::{name_known_people, name_people};
use crate::tools::crashsight::search_stacks::SearchStacks;
use crate::tools::output::Output;
use crate::tools::tool::Tool;
use crate::upstream::api::Api;

/// Requests of one call.
const MOST_REQUESTS: usize = 8;

/// Projects of one call.
const MOST_PROJECTS: usize = 20;

/// Projects whose whole stacks a further call compares.
const MOST_UNSURE: usize = 3;

/// Days searched unless the caller says otherwise.
const DAYS: i64 = 30;

/// Whether a crash is known elsewhere: an issue, a crash or a pasted stack (`text`) searched in all projects or some
/// (default 30d). Candidates are the same, probably or not, with first report, versions, devices, state, assignees.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct FindSameCrash {
    project: Option<ProjectName>,
    issue: Option<IssueId>,
    crash: Option<CrashId>,
    text: Option<PastedText>,
    #[serde(default)]
    projects: List<ProjectName, MOST_PROJECTS>,
    /// counted back from now, as `24h` or `30d`
    window: Option<WindowSpec>,
}

/// Where else a crash is.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct SameCrash {
    looked_for: LookedForAnswer,
    /// What is the same first.
    candidates: Vec<Candidate>,
    /// Searches that were made.
    searched: Vec<Searched>,
    missing: Vec<Missing>,
    cost: Cost,
    #[serde(skip)]
    place: Option<Untrusted>,
    #[serde(skip)]
    exception: Option<Untrusted>,
    #[serde(skip)]
    message: Option<Untrusted>,
}

impl Tool for FindSameCrash {
    const NAME: &'static str = "crashsight_find_same_crash";
    const UPSTREAM: &'static [&'static str] = &[
        "lastCrashInfo",
        "advancedSearchEx",
        "crashDoc",
        "issueInfo",
        "queryIssueList",
        "getSelectorDatas",
    ];
    type Answer = SameCrash;

    async fn answer(self, ctx: &CallContext, api: &Api<'_>) -> Result<Output<SameCrash>, Error> {
        let given = Given::one_of(self.issue, self.crash, self.text)?;
        let parts = Parts::new(ctx, api);
        let app = match ctx.app_of_page(self.project.as_ref(), given.page()) {
            // A pasted stack is of no project.
            Err(error) if matches!(given, Given::Text(_)) && self.project.is_none() => {
                configured(ctx).into_iter().next().ok_or(error)?
            }
            app => app?,
        };
        let apps = apps(&self.projects, &app, ctx)?;
        let default = WindowSpec::last_days(DAYS);
        let window = ctx.window(self.window.as_ref(), &default, Granularity::Second, &app)?;
        let searched_range = lookback::argument(&window, ctx.now)?;
        let source = given.read(&parts, &app).await?;
        if source.wanted.frames.is_empty() {
            return no_frames(&parts, &given, &source, &app);
        }
        let call = Call {
            parts: &parts,
            source: &source,
            app: &app,
            window: searched_range,
        };
        let (searched, mut candidates) = call.search(&apps).await?;
        call.add_given(&mut candidates).await;
        call.compare_stacks(&apps, &mut candidates).await;
        let names: Vec<String> = apps.iter().map(|app| app.label.clone()).collect();
        candidates::sort(&mut candidates, &names);
        call.name_assignees(&apps, &mut candidates).await;
        let note = text::note(&searched);
        let mut output = answer(&given, &source, &app, candidates, searched).window(&window);
        output.note(note);
        if let Some(rest) = text::not_asked(&output.answer.candidates) {
            output.note(rest);
        }
        if !source.wanted.frames.iter().any(|frame| frame.named) {
            output.note("the stack has no symbols: it is found only in reports of the same build");
        } else if !source.wanted.frames.iter().any(|frame| frame.own) {
            output.note(
                "no frame is known as the project's own code: another bug may have the same frame of a library",
            );
        }
        suggest(&mut output, &given);
        let (missing, cost) = parts.finish(&mut output);
        output.answer.missing = missing;
        output.answer.cost = cost;
        Ok(output)
    }

    fn render(output: &Output<SameCrash>, reply: &mut Reply) {
        let answer = &output.answer;
        let raw = |text: &Option<Untrusted>| text.as_ref().map(|text| text.raw().to_owned());
        let what = what_and_where(
            raw(&answer.exception).as_deref(),
            raw(&answer.message).as_deref(),
            raw(&answer.place).as_deref(),
        );
        reply.facts([Fact::new("crash", what)]);
        if answer.searched.is_empty() {
            return;
        }
        text::places(&answer.candidates, &answer.searched, reply);
        text::table(&answer.candidates, reply);
    }
}

/// What the searches of one call have in common.
struct Call<'a> {
    parts: &'a Parts<'a>,
    source: &'a Source,
    app: &'a CrashSightApp,
    window: String,
}

impl Call<'_> {
    fn left(&self) -> usize {
        MOST_REQUESTS.saturating_sub(self.parts.requests())
    }

    /// Adds the names of assignees, project by project as far as the requests suffice; ids remain.
    async fn name_assignees(&self, apps: &[CrashSightApp], candidates: &mut [Candidate]) {
        let is_new = |app: &&CrashSightApp| apps.iter().all(|known| known.label != app.label);
        for app in apps.iter().chain(Some(self.app).filter(is_new)) {
            let of_app = candidates
                .iter_mut()
                .filter(|candidate| candidate.project == app.label)
                .map(|candidate| &mut candidate.issue.assignees);
            if self.left() > 0 {
                name_people(self.parts.api, app, of_app).await;
            } else {
                name_known_people(self.parts.api, app, of_app).await;
            }
        }
    }

    /// Searches the projects side by side: for the first frame, then for the second where the first is nowhere. What
    /// the requests do not suffice for is noted.
    async fn search(
        &self,
        apps: &[CrashSightApp],
    ) -> Result<(Vec<Searched>, Vec<Candidate>), Error> {
        let wanted = &self.source.wanted;
        let mut searched = Vec::new();
        let mut candidates: Vec<Candidate> = Vec::new();
        let mut failed: Option<Error> = None;
        for (round, frame) in wanted.frames.iter().take(2).enumerate() {
            let nowhere = |app: &&CrashSightApp| {
                let mut of_app = candidates.iter().filter(|one| one.project == app.label);
                round == 0 || of_app.all(|one| one.verdict == Verdict::Not)
            };
            let open: Vec<&CrashSightApp> = apps.iter().filter(nowhere).collect();
            let (now, later) = open.split_at(open.len().min(self.left()));
            if round == 0 {
                for app in later {
                    self.miss(
                        app,
                        &format!("{MOST_REQUESTS} requests are the most of one call"),
                    );
                }
            }
            let requests = now.iter().map(|app| async move {
                let found = search::stacks(self.parts, &app.label, frame, &self.window).await;
                (*app, found)
            });
            for (app, found) in join_all(requests).await {
                let found = match found {
                    Err(Error::NotAvailable { .. } | Error::Rejected { .. }) if self.left() > 0 => {
                        search::issues(self.parts, &app.label, frame, &self.window).await
                    }
                    found => found,
                };
                match found {
                    Ok((search, issues)) => {
                        self.add(&mut candidates, &search.project, issues);
                        searched.push(search);
                    }
                    Err(error) if round == 0 => {
                        let words = error.to_string();
                        self.miss(app, words.lines().next().unwrap_or_default());
                        failed.get_or_insert(error);
                    }
                    // The first frame was searched.
                    Err(_) => {}
                }
            }
        }
        match failed {
            Some(error) if searched.is_empty() => Err(error),
            _ => Ok((searched, candidates)),
        }
    }

    /// Adds issues of a project that are not there yet.
    fn add(&self, candidates: &mut Vec<Candidate>, project: &str, issues: Vec<IssueSummary>) {
        for issue in issues {
            let id = issue.issue.as_ref().map(|id| id.raw().to_owned());
            let known = candidates.iter().any(|other| {
                let other_id = other.issue.issue.as_ref().map(Untrusted::raw);
                other.project == project && other_id == id.as_deref()
            });
            if known {
                continue;
            }
            let is_given = project == self.app.label
                && id.is_some_and(|id| {
                    let given = self.source.issue.as_deref();
                    given.is_some_and(|given| given.eq_ignore_ascii_case(&id))
                });
            candidates.push(if is_given {
                Candidate::given(project, issue)
            } else {
                Candidate::new(&self.source.wanted, project, issue)
            });
        }
    }

    /// Adds the issue that was asked for, where no search returned it: it may have no report in the range.
    async fn add_given(&self, candidates: &mut Vec<Candidate>) {
        let Some(id) = &self.source.issue else {
            return;
        };
        if candidates.iter().any(|candidate| candidate.is_given) {
            return;
        }
        let summary = match &self.source.summary {
            Some(summary) => Some(summary.clone()),
            None if self.left() > 0 => {
                let zone = &self.parts.ctx.zone;
                let found = IssueSummary::of(self.parts.api, self.app, id, zone).await;
                found.ok().flatten()
            }
            None => None,
        };
        candidates.extend(summary.map(|summary| Candidate::given(&self.app.label, summary)));
    }

    /// Compares whole stacks with the requests that are left: where a project does not have the crash for sure, its
    /// likeliest issue, by its newest crash.
    async fn compare_stacks(&self, apps: &[CrashSightApp], candidates: &mut [Candidate]) {
        let Some(stack) = &self.source.wanted.stack else {
            return;
        };
        let unsure = apps.iter().filter_map(|app| {
            let of_app = candidates.iter().enumerate();
            let of_app = of_app.filter(|(_, one)| one.project == app.label);
            let (at, best) = of_app.min_by(|(_, left), (_, right)| {
                let similarity = right.similarity.total_cmp(&left.similarity);
                left.verdict.cmp(&right.verdict).then(similarity)
            })?;
            let id = best.id()?.to_owned();
            (best.verdict != Verdict::Same).then_some((at, app, id))
        });
        let unsure: Vec<(usize, &CrashSightApp, String)> = unsure.take(self.left()).collect();
        let fetched = unsure.iter().map(|(at, app, id)| async move {
            (*at, CrashStack::newest_of(self.parts.api, app, id).await)
        });
        for (at, newest) in join_all(fetched).await {
            // Without it the verdict by key frame stays.
            let Ok(Some(newest)) = newest else {
                continue;
            };
            if let Some(text) = &newest.text {
                let other = with_exception(text, newest.exception.as_deref());
                let judgement = Judgement::by_stack(stack, &self.source.wanted, &other);
                candidates[at].judge(judgement);
            }
        }
    }

    fn miss(&self, app: &CrashSightApp, why: &str) {
        if let Some(frame) = self.source.wanted.frames.first() {
            let arguments = search::arguments(&app.label, frame, &self.window);
            let what = format!("a search in {}", app.label);
            self.parts
                .miss(&what, why, <SearchStacks as Tool>::NAME, arguments);
        }
    }
}

/// Every configured app that the caller may read, in the order of the configuration.
fn configured(ctx: &CallContext) -> Vec<CrashSightApp> {
    let with_app = ctx.projects.projects.iter();
    let with_app = with_app.filter(|project| project.has_app(ProviderId::CrashSight));
    with_app
        .filter_map(|project| ctx.app(ProjectName::new(&project.name).as_ref()).ok())
        .take(MOST_PROJECTS)
        .collect()
}

/// The apps to search: those named, else the given one and every other.
fn apps(
    names: &[ProjectName],
    given: &CrashSightApp,
    ctx: &CallContext,
) -> Result<Vec<CrashSightApp>, Error> {
    let all = |name: &ProjectName| matches!(name.as_str(), "all" | "全部" | "*");
    let mut apps: Vec<CrashSightApp> = Vec::new();
    let mut add = |app: CrashSightApp| {
        if !apps.iter().any(|other| other.label == app.label) {
            apps.push(app);
        }
    };
    if names.is_empty() || names.iter().any(all) {
        add(given.clone());
        configured(ctx).into_iter().for_each(add);
    } else {
        for name in names {
            add(ctx.app(Some(name))?);
        }
    }
    Ok(apps)
}

fn answer(
    given: &Given,
    source: &Source,
    app: &CrashSightApp,
    candidates: Vec<Candidate>,
    searched: Vec<Searched>,
) -> Output<SameCrash> {
    let wanted = &source.wanted;
    let text = |text: Option<&str>| text.map(Untrusted::from);
    let answer = SameCrash {
        looked_for: wanted.answer(),
        candidates,
        searched,
        missing: Vec::new(),
        cost: Cost::default(),
        place: text(wanted.place()),
        exception: text(wanted.exception.as_deref()),
        message: text(wanted.message.as_deref()),
    };
    let title = format!("Same crash as {}", given.title());
    let mut output = Output::new(title, app, answer);
    if matches!(given, Given::Text(_)) {
        output.meta.heading.pop();
    }
    output
}

/// Nothing can be searched without a frame.
fn no_frames(
    parts: &Parts<'_>,
    given: &Given,
    source: &Source,
    app: &CrashSightApp,
) -> Result<Output<SameCrash>, Error> {
    if matches!(given, Given::Text(_)) {
        return Err(Error::invalid_arguments(
            "text: no stack frame is recognised in it\nhint: paste the stack of the crashed thread; crashsight_search_stacks finds a word of stacks",
        ));
    }
    let mut output = answer(given, source, app, Vec::new(), Vec::new());
    output.note("not searched: no stack frame is recognised in its stack");
    if let Some(issue) = &source.issue {
        output.suggest("crashsight_get_issue", json!({"issue": issue}));
    }
    let (missing, cost) = parts.finish(&mut output);
    output.answer.missing = missing;
    output.answer.cost = cost;
    Ok(output)
}

/// The likeliest issue of another project; and fewer projects, so that requests are left to compare whole stacks.
fn suggest(output: &mut Output<SameCrash>, given: &Given) {
    let candidates = &output.answer.candidates;
    let found = candidates.iter();
    let mut found = found.filter(|one| !one.is_given && one.verdict != Verdict::Not);
    let best = found.find_map(|one| Some((one.project.clone(), one.id()?.to_owned())));
    let by_key_frame =
        |one: &&Candidate| one.verdict == Verdict::Probably && one.compared == Evidence::KeyFrame;
    let mut unsure: Vec<String> = Vec::new();
    for candidate in candidates.iter().filter(by_key_frame) {
        if !unsure.contains(&candidate.project) && unsure.len() < MOST_UNSURE {
            unsure.push(candidate.project.clone());
        }
    }
    if let Some((project, issue)) = best {
        let arguments = json!({"project": project, "issue": issue});
        output.suggest("crashsight_get_issue", arguments);
    }
    if let (Some((name, id)), false) = (given.argument(), unsure.is_empty()) {
        output.note("`probably` is by exception and key frame; a call for fewer projects compares whole stacks");
        output.suggest(FindSameCrash::NAME, json!({name: id, "projects": unsure}));
    }
}
