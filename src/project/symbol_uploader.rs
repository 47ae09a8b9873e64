//! The vendor's symbol uploader on this machine, as the settings name it.

use std::path::PathBuf;

use crate::secret::Secret;

/// The uploader, and the projects whose symbols it may upload.
#[derive(Debug, Clone)]
pub struct SymbolUploader {
    /// The vendor's program: a `.jar`, which runs with `java`, or anything that takes the same arguments.
    pub tool: PathBuf,
    /// By project.
    pub apps: Vec<SymbolApp>,
}

/// What the uploader needs for one project.
#[derive(Debug, Clone)]
pub struct SymbolApp {
    /// The project's name.
    pub project: String,
    /// The app's key, which is never passed on a command line; it is known in order to be kept out of replies.
    pub app_key: Option<Result<Secret, String>>,
    /// The settings file that the user wrote for the uploader, with the key in it.
    pub settings_file: Option<PathBuf>,
}

impl SymbolUploader {
    /// What is set for a project.
    pub(crate) fn app(&self, project: &str) -> Option<&SymbolApp> {
        self.apps.iter().find(|app| app.project == project)
    }
}
