//! Plans an installation: the file, the entry, the executable and notes for the user.

mod command;
mod target;
mod url;

pub(super) use self::target::{Plan, Setting};
pub(super) use self::url::refusal;

use self::target::Target;
use super::args::Install;
use super::clients::Client;

impl Install {
    /// Plans the entry of one client.
    pub(super) fn plan(
        &self,
        client: Client,
        setting: &Setting<'_>,
        notes: Vec<String>,
    ) -> anyhow::Result<Plan> {
        let target = Target::read(self, client, setting)?;
        match &setting.remote {
            Some(remote) => self.plan_url(remote, target, notes),
            None => self.plan_command(target, setting, notes),
        }
    }
}
