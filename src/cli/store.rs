//! `store`: shows or clears what processes share.

use clap::{Args, Subcommand};

use super::exit::Exit;
use super::options::Options;
use super::output::print_line;
use super::store_options::DefaultStore;

/// The arguments of `store`.
#[derive(Args)]
pub(super) struct StoreCommand {
    #[command(subcommand)]
    action: Option<Action>,
}

#[derive(Subcommand, Clone, Copy)]
enum Action {
    /// Print where the store is and what it holds (default).
    Show,
    /// Remove answers, login tokens and pseudonyms. Counted calls and used confirmations stay until they expire.
    Clear,
}

impl StoreCommand {
    pub(super) async fn run(&self, options: &Options) -> anyhow::Result<Exit> {
        let store = options.store.open(DefaultStore::Sqlite)?;
        let name = store.status().name;
        if !store.is_shared() {
            print_line(&format!("{name}: nothing is kept between processes"));
            return Ok(Exit::Success);
        }
        let unavailable = |problem: crate::upstream::store::Unavailable| {
            anyhow::anyhow!("{name} is unavailable: {}", problem.0)
        };
        match self.action.unwrap_or(Action::Show) {
            Action::Show => {
                let contents = store.contents().await.map_err(unavailable)?;
                let bytes = contents
                    .bytes
                    .map_or_else(String::new, |bytes| format!(", {}", size(bytes)));
                print_line(&format!("{name}{bytes}"));
                for (kind, count, bytes) in &contents.kinds {
                    let kind = kind.as_str();
                    print_line(&format!("{kind:<13} {count:>7}  {:>9}", size(*bytes)));
                }
                print_line(&format!("calls counted now: {}", contents.calls));
            }
            Action::Clear => {
                let removed = store.clear().await.map_err(unavailable)?;
                let values = crate::reply::counted(usize::try_from(removed)?, "value");
                print_line(&format!("{name}: {values} removed"));
            }
        }
        Ok(Exit::Success)
    }
}

fn size(bytes: u64) -> String {
    crate::reply::size(i64::try_from(bytes).unwrap_or(i64::MAX))
}
