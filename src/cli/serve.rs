//! `serve`: MCP over standard input and output.

use super::{Exit, Options};
use crate::server::Server;
use crate::toolbox::Caller;

pub(super) async fn serve(options: &Options) -> anyhow::Result<Exit> {
    let setup = options.set_up().await?;
    let caller = Caller {
        name: "stdio".into(),
    };
    Server::new(setup.toolbox.clone(), caller, setup.budget)
        .with_output(options.output.into())
        .serve_stdio()
        .await?;
    Ok(Exit::Answered)
}
